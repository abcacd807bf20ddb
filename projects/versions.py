"""Versions as every hand-out needs them: read once per process, because they never change."""

from functools import lru_cache

from projects.models import ProjectVersion

KEPT = 200


@lru_cache(maxsize=KEPT)
def version(pk: int) -> ProjectVersion:
    """The row alone. Its project can change: ask for that where it is needed, not through this one."""
    return ProjectVersion.objects.get(pk=pk)
