"""Versions as every hand-out and submission needs them: read once per process, because they never change."""

from copy import copy
from functools import lru_cache

from django.db.models.base import ModelState

from projects.models import ProjectVersion

KEPT = 200


def version(pk: int) -> ProjectVersion:
    """The row. What it refers to can change, so that each caller gets an object that remembers nothing of that yet."""
    found = copy(kept(pk))
    state = ModelState()
    state.db, state.adding = found._state.db, False  # noqa: SLF001 (the copy would share what it remembers)
    found._state = state  # noqa: SLF001
    return found


@lru_cache(maxsize=KEPT)
def kept(pk: int) -> ProjectVersion:
    return ProjectVersion.objects.get(pk=pk)
