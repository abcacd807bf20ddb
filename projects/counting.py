"""How far batches and projects are: aggregates, kept for two seconds per batch; no counter is ever written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

from django.core.cache import cache
from django.db.models import Count

from files.models import Fetch, FetchState
from projects.models import Attachment, AttachmentState, Batch, Project, Task, TaskStatus

KEPT_S = 2


@dataclass(frozen=True)
class Counts:
    """Tasks by status, and what the completed ones cost the customer."""

    pending: int = 0
    completed: int = 0
    canceled: int = 0
    error: int = 0
    cost_micros: int = 0

    @property
    def total(self) -> int:
        """Without the cancelled ones: nobody waits for them."""
        return self.pending + self.completed + self.error

    @property
    def share(self) -> float:
        return self.completed / self.total if self.total else 0.0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


def of_batches(batch_ids: Iterable[int]) -> dict[int, Counts]:
    """Counts by batch, for every id given; one query for those that are not known of the last two seconds."""
    keys = {f"counts:{pk}": pk for pk in batch_ids}
    known: dict[str, Counts] = cache.get_many(keys)
    fresh = counted([pk for key, pk in keys.items() if key not in known])
    cache.set_many({f"counts:{pk}": counts for pk, counts in fresh.items()}, KEPT_S)
    return {pk: known.get(key) or fresh[pk] for key, pk in keys.items()}


def counted(batch_ids: Sequence[int]) -> dict[int, Counts]:
    found = dict.fromkeys(batch_ids, Counts())
    if not batch_ids:
        return found
    rows = Task.objects.filter(batch_id__in=batch_ids).order_by().values("batch_id", "status", "version__price_micros")
    for row in rows.annotate(count=Count("pk")):
        cost = row["count"] * row["version__price_micros"] if row["status"] == TaskStatus.COMPLETED else 0
        found[row["batch_id"]] += Counts(**{row["status"]: row["count"]}, cost_micros=cost)
    return found


def fetching(batch_ids: Sequence[int]) -> dict[int, int]:
    """By batch: tasks that wait for a file at an address; no entry where there is none.

    Asked from the fetches that wait, of which there are few: a batch may have a million attachments.
    """
    organizations = Batch.objects.filter(pk__in=batch_ids).values("organization_id")
    waiting = Fetch.objects.filter(organization__in=organizations, state=FetchState.WAITING)
    rows = Attachment.objects.filter(fetch__in=waiting, state=AttachmentState.WAITING, task__batch__in=batch_ids)
    counted = rows.order_by().values_list("task__batch_id").annotate(count=Count("task_id", distinct=True))
    return dict(counted)


def of_projects(projects: Sequence[Project]) -> dict[int, Counts]:
    """Counts by project, for every project given."""
    batches = Batch.objects.filter(project__in=projects).order_by().values_list("pk", "project_id")
    project_of = dict(batches)
    found = {project.pk: Counts() for project in projects}
    for batch_id, counts in of_batches(project_of).items():
        found[project_of[batch_id]] += counts
    return found
