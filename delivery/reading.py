"""Reading tasks for delivery: short pages by key, each with the same few queries, and no long snapshot."""

from collections.abc import Iterator

from django.db.models import Prefetch, QuerySet

from labeling.models import Resolution
from projects.models import Attachment, Task, TaskContent, TaskTag

PAGE_TASKS = 200


class DeliveredTask:
    """A task with everything that leaves with it, read already."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.content: TaskContent = task.content
        self.tags = [row.tag for row in task.tags.all()]
        self.attachments = list(task.attachments.all())
        # `resolutions` holds the current one alone; see with_related.
        self.resolution: Resolution | None = next(iter(task.resolutions.all()), None)


def with_related(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """Six queries a page, however many tasks it has."""
    current = Resolution.objects.filter(current=True)
    attachments = Attachment.objects.select_related("file").order_by("role", "position")
    return tasks.select_related("organization", "project", "batch").prefetch_related(
        "content",
        "version",
        Prefetch("tags", queryset=TaskTag.objects.order_by("pk")),
        Prefetch("attachments", queryset=attachments),
        Prefetch("resolutions", queryset=current),
    )


def next_page(tasks: QuerySet[Task], *, after: int, size: int = PAGE_TASKS) -> list[DeliveredTask]:
    """The tasks behind that primary key, oldest first; fewer than `size` at the end."""
    rows = with_related(tasks).filter(pk__gt=after).order_by("pk")[:size]
    return [DeliveredTask(task) for task in rows]


def pages(tasks: QuerySet[Task], *, size: int = PAGE_TASKS) -> Iterator[list[DeliveredTask]]:
    after = 0
    while page := next_page(tasks, after=after, size=size):
        yield page
        if len(page) < size:
            return
        after = page[-1].task.pk
