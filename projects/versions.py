"""Versions as every hand-out and submission needs them: read once per process, because they never change."""

from functools import lru_cache

from django.db.models.base import ModelState

from projects.models import ProjectVersion

KEPT = 200


def version(pk: int) -> ProjectVersion:
    """The row. What it refers to can change, so that each caller gets an object that remembers nothing of that yet."""
    row = kept(pk)
    found = ProjectVersion.__new__(ProjectVersion)  # copy() goes the long way of a pickle
    state = ModelState()
    state.db, state.adding = row._state.db, False  # noqa: SLF001 (a shared one would share what it remembers)
    found.__dict__ = {**row.__dict__, "_state": state}
    return found


@lru_cache(maxsize=KEPT)
def kept(pk: int) -> ProjectVersion:
    return ProjectVersion.objects.get(pk=pk)
