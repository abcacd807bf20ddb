"""Writing what was brought from elsewhere: open tasks go the way of every task, finished ones have their answer.

A finished one makes no work item, no money and no callback: nobody works on it here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.cutting_off import refuse_cut_off
from accounts.models import User
from core.actions import action
from events import recording
from events.verbs import Verb
from labeling import importing
from labeling.models import ReviewStatus
from projects import adding, creating
from projects.models import Batch, BatchStatus, Task, TaskStatus
from projects.task_rows import NewTask


@dataclass(frozen=True)
class Brought:
    """A task and its answers, the last of which counts; none for one that has still to be done."""

    task: NewTask
    answers: Sequence[dict[str, Any]] = ()
    # One that had ended elsewhere without an answer: canceled or error.
    ended: str = ""
    # What the customer has said of the answer that counts.
    review_status: str = ReviewStatus.PENDING
    # When it was made and done elsewhere, where that is to be kept.
    created_at: datetime | None = None
    completed_at: datetime | None = None


def known_among(batch: Batch, unique_ids: Sequence[str]) -> set[str]:
    """Which of them the batch's organization has tasks of, in its world."""
    rows = Task.objects.filter(organization_id=batch.organization_id, mode=batch.mode, unique_id__in=unique_ids)
    return {found for found in rows.values_list("unique_id", flat=True) if found}


@action
def take_in(batch: Batch, brought: Sequence[Brought], *, by: User | None, at: datetime) -> int:
    """Write those whose unique_id is new; how many they were. All have one.

    Who is killed before the end has written nothing, and the batch's lock keeps two runners from writing the same.
    """
    refuse_cut_off(batch.organization_id)
    held = adding.locked(batch)
    known = known_among(held, [one.task.unique_id or "" for one in brought])
    new = [one for one in brought if one.task.unique_id not in known]
    write(held, new, by=by, at=at)
    return len(new)


def write(held: Batch, new: Sequence[Brought], *, by: User | None, at: datetime) -> list[str]:
    """The public ids, in order, inside a transaction that holds the batch."""
    ids: dict[int, str] = {}
    past = [one for one in new if one.answers or one.ended]
    to_do = [one for one in new if not (one.answers or one.ended)]
    for group in filter(None, (past, to_do)):
        rows = adding.store_tasks(held, [one.task for one in group], at=at)
        if group is past:
            finish(dict(zip(rows.keys, past, strict=True)), at=at)
        else:
            adding.begin_tasks(held, rows, at=at)
        keep_times(dict(zip(rows.keys, group, strict=True)))
        ids |= {id(one): public_id for one, public_id in zip(group, rows.public_ids, strict=True)}
    if new:
        record(held, len(new), by=by, at=at)
    return [ids[id(one)] for one in new]


def finish(past: Mapping[int, Brought], *, at: datetime) -> None:
    reviews = {key: one.review_status for key, one in past.items()}
    importing.finish({key: one.answers for key, one in past.items() if not one.ended}, reviews=reviews, at=at)
    for status in (TaskStatus.CANCELED, TaskStatus.ERROR):
        importing.end([key for key, one in past.items() if one.ended == status], status, at=at)


def keep_times(written: Mapping[int, Brought]) -> None:
    """A customer's own programs ask for tasks by these times."""
    made = [Task(pk=key, created_at=one.created_at) for key, one in written.items() if one.created_at is not None]
    done = [Task(pk=key, completed_at=one.completed_at) for key, one in written.items() if one.completed_at is not None]
    Task.objects.bulk_update(made, ["created_at"])
    Task.objects.bulk_update(done, ["completed_at"])


def record(batch: Batch, made: int, *, by: User | None, at: datetime) -> None:
    recording.write(
        recording.event(
            Verb.TASKS_IMPORTED,
            at=at,
            actor=recording.by_user_or_site(by),
            subject_type="batch",
            subject_id=batch.public_id,
            organization_id=batch.organization_id,
            data={"batch": batch.public_id, "made": made},
        )
    )


def launch_if_done(batch: Batch, *, by: User | None, at: datetime) -> None:
    """A staged batch whose tasks have all ended needs nobody's launch."""
    rows = Task.objects.filter(batch=batch)
    if rows.exists() and not rows.filter(status=TaskStatus.PENDING).exists():
        now = Batch.objects.get(pk=batch.pk)
        if now.status == BatchStatus.STAGING:
            creating.finalize_batch(now, by=by, at=at)
