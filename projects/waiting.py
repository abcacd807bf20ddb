"""Tasks that wait because the workbench could not show them: counted, and put on offer once it can."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from core.actions import action
from projects import readiness
from projects.models import Project, ProjectVersion, Task, TaskStatus
from projects.showing import Showing
from task_types import registry

CHUNK = 200


def waiting_in(project: Project) -> int:
    """How many of its tasks wait."""
    return Task.objects.filter(project=project, is_shown=False, status=TaskStatus.PENDING).count()


def hidden() -> QuerySet[Task]:
    """Tasks that could not be shown, of kinds that the workbench shows by now."""
    return Task.objects.filter(is_shown=False, type__in=registry.NAMES)


def offer_waiting(*, at: datetime) -> int:
    """Look at all of them again, a chunk at a time; how many can be shown now. May be run at any time, and twice."""
    count, after = 0, 0
    while ids := list(hidden().filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        count += look_again(ids, at=at)
        after = ids[-1]
    return count


@action
def look_again(task_ids: Sequence[int], *, at: datetime) -> int:
    """Put on offer those of the tasks that can be shown now and are ready; how many can be shown."""
    # Who moves them to another version, or offers them, waits here, or has done so before.
    locked = hidden().filter(pk__in=task_ids).order_by("pk").select_for_update(no_key=True)
    keys = list(locked.values_list("pk", flat=True))
    seen = shown_of(keys)
    Task.objects.filter(pk__in=seen).update(is_shown=True, updated_at=at)
    readiness.settle(seen, at=at)
    return len(seen)


def shown_of(keys: Sequence[int], *, version: ProjectVersion | None = None) -> list[int]:
    """Those of the tasks that the workbench shows at their own version, or at the one that is given."""
    rows = Task.objects.filter(pk__in=keys).select_related("content", "version").order_by("pk")
    by_version: dict[int, Showing] = {}
    found = []
    for task in rows:
        wanted = version or task.version
        showing = by_version.setdefault(wanted.pk, Showing(task.type, wanted))
        if showing.shows(task.content.params):
            found.append(task.pk)
    return found
