"""Callbacks in tests: tasks that have one, and the outbox emptied with the clock moved on."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import F
from django.utils.timezone import now

from core.actions import action
from delivery import noting, sweeping
from delivery.happenings import TASK_COMPLETED
from delivery.models import Delivery
from events import sending
from events.models import Outbox
from projects.models import Project, Task
from tests.delivery.making import add_task, answer, box, resolve
from tests.factories import NOON


@action
def note(task: Task, number: int) -> None:
    noting.note_task(task, TASK_COMPLETED, number=number, at=NOON)


def completed(project: Project, address: str = "", *, label: str = "a", task: Task | None = None) -> Task:
    """A task with an answer whose callback waits; given one, another answer of it."""
    task = task or add_task(project, params={"callback_url": address} if address else {})
    note(task, resolve(task, answer(box(label))).number)
    return task


def send_all() -> int:
    """Send what is due now; how many tries that were. What fails is due later, however soon."""
    return sum(1 for _row in rows())


def rows() -> Iterator[Outbox]:
    at = now()
    while (row := sweeping.claim_next(at=at)) is not None:
        sending.deliver(row)
        yield row


def move_clock(by: timedelta = timedelta(hours=3)) -> None:
    """As if so much time had passed: what waits is that much nearer."""
    Outbox.objects.unsent().update(next_at=F("next_at") - by)


def states() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))
