"""Adding tasks to a batch."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Mode, User
from core import copying, cursors
from core.actions import action
from core.errors import BusinessError
from core.prepared import PreparedObjects, SharedObjects
from events import recording
from events.verbs import Verb
from projects import signals
from projects.models import Batch, BatchStatus, Project, Task
from projects.readiness import settle
from projects.task_events import event_about
from projects.task_rows import Insert, NewRows, NewTask, is_broken, new_rows, same_of, task_columns, write_rows
from projects.versions import version

MOST_PER_ACTION = 200


def add_tasks(batch: Batch, new: Sequence[NewTask], *, by: User | None, at: datetime) -> list[Task]:
    """Store the tasks, in order; in transactions of at most MOST_PER_ACTION.

    Raises BusinessError `archived` for a project and `finalized` for a batch that takes no more, and for a source that
    is no address (400, a code of files/reasons.py: FETCH_REASONS) or names a file that is not there (`file_unknown`).
    """
    tasks: list[Task] = []
    for start in range(0, len(new), MOST_PER_ACTION):
        tasks += write_tasks(batch, new[start : start + MOST_PER_ACTION], by=by, at=at)
    return tasks


@action
def write_tasks(batch: Batch, new: Sequence[NewTask], *, by: User | None, at: datetime) -> list[Task]:
    held, keys = shared(batch, len(new))
    # Nobody has to look at what has no files, and is not done at once.
    is_plain = held.mode == Mode.LIVE and not any(one.files or one.sources for one in new)
    insert = copying.insert_all_at_end if is_plain else copying.insert_all
    rows = record_tasks(held, new, by=by, at=at, keys=keys, insert=insert)
    return tasks_of(held, rows, at=at) if is_plain else read_back(keys)


def tasks_of(batch: Batch, rows: NewRows, *, at: datetime) -> list[Task]:
    """What was written, without reading it: nothing has happened to it yet."""
    current = batch.project.current_version
    assert current is not None  # written with the project
    columns, same = task_columns(rows, at=at), same_of(batch, at=at)
    tasks = [Task(**dict(zip(columns, values, strict=True)), **same) for values in zip(*columns.values(), strict=True)]
    for task in tasks:
        task.batch, task.project, task.version = batch, batch.project, current
    return tasks


def read_back(keys: Sequence[int]) -> list[Task]:
    """Just inserted: they have ascending keys."""
    return list(Task.objects.filter(pk__in=keys).select_related("version").order_by("pk"))


def locked(batch: Batch) -> Batch:
    """The batch as it is now, held open while tasks are added to it, by nobody else.

    Its project is read in a later statement: one that waits for a lock sees everything else as it was before.
    """
    held = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    held.project = Project.objects.select_related("current_version").get(pk=held.project_id)
    return held


SHARED = SharedObjects(lambda batch: Batch.objects.filter(pk=batch), batch=int)
ITS_PROJECT = PreparedObjects(lambda project: Project.objects.filter(pk=project), project=int)


def shared(batch: Batch, count: int) -> tuple[Batch, list[int]]:
    """As `locked`, beside others who add: programs order one task at a time, many at once. With so many new keys.

    One that has to be opened again is locked: those who share it would wait for one another to change it.
    """
    if batch.status == BatchStatus.COMPLETED:
        return locked(batch), copying.new_keys(Task, count)
    asked = [SHARED.asked(batch=batch.pk), ITS_PROJECT.asked(project=batch.project_id)]
    *found, keys = cursors.execute_each([*asked, copying.asking_keys(Task, count)])
    (held,), (project,) = SHARED.objects_of(found[0]), ITS_PROJECT.objects_of(found[1])
    project.current_version = version(project.current_version_id)
    held.project = project
    return held, copying.keys_of(keys, count)


@action
def wait_for_adders(project_id: int) -> None:
    """After a new version is committed: until none is left who may be adding tasks to the project at an earlier one."""
    batches = Batch.objects.filter(project_id=project_id).order_by("pk")
    list(batches.select_for_update(no_key=True).values_list("pk"))


def insert_tasks(batch: Batch, new: Sequence[NewTask], *, by: User | None, at: datetime) -> list[int]:
    """Write the tasks inside the caller's transaction, which has locked the batch; their keys, in order.

    A constant number of statements. Those whose files are all ready are on offer from the start.
    """
    return record_tasks(batch, new, by=by, at=at).keys


def record_tasks(batch: Batch, new: Sequence[NewTask], *, by: User | None, at: datetime, **more: Any) -> NewRows:
    """`more` is as `store_tasks` takes it."""
    refuse_closed(batch)
    rows = store_tasks(batch, new, at=at, **more)
    created = partial(event_about, Verb.TASK_CREATED, organization_id=batch.organization_id, by=by, at=at)
    recording.write(*map(created, rows.public_ids))
    begin_tasks(batch, rows, at=at)
    return rows


def store_tasks(
    batch: Batch,
    new: Sequence[NewTask],
    *,
    at: datetime,
    keys: list[int] | None = None,
    insert: Insert = copying.insert_all,
) -> NewRows:
    """Their rows alone: the caller records it, and begins them. `keys` are new ones, where the caller has them."""
    reopen(batch)
    rows = new_rows(batch, new, keys or copying.new_keys(Task, len(new)), at=at)
    write_rows(batch, rows, insert, at=at)
    return rows


def begin_tasks(batch: Batch, rows: NewRows, *, at: datetime) -> None:
    """Put on offer those whose files are all ready; end with an error those with a broken one.

    In the test world nobody works: they are done already.
    """
    if batch.mode == Mode.TEST:
        signals.test_tasks_ordered.send(Task, keys=rows.keys, at=at)
        return
    offered = [(key, one.priority) for key, one, offer in zip(rows.keys, rows.new, rows.on_offer, strict=True) if offer]
    if offered:
        signals.tasks_begun.send(Task, tasks=offered, batch=batch, at=at)
    if broken := [key for key, files in zip(rows.keys, rows.files, strict=True) if any(map(is_broken, files))]:
        settle(broken, at=at)


def reopen(batch: Batch) -> None:
    """A task added to a completed batch, which is locked, opens it again."""
    refuse_archived(batch)
    refuse_canceled(batch)
    if batch.status != BatchStatus.COMPLETED:
        return
    Batch.objects.filter(pk=batch.pk, status=BatchStatus.COMPLETED).update(
        status=BatchStatus.IN_PROGRESS, completed_at=None
    )


def refuse_archived(batch: Batch) -> None:
    if batch.project.archived_at is not None:
        raise BusinessError(_("This project is archived."), code="archived")


def refuse_canceled(batch: Batch) -> None:
    if batch.status == BatchStatus.CANCELED:
        raise BusinessError(_("This batch was cancelled: it takes no more tasks."), code="batch_canceled")


def refuse_closed(batch: Batch) -> None:
    """An import that has begun before the launch goes on: what it brings was there to be launched."""
    if batch.project.closes_batches and batch.name is not None and batch.status != BatchStatus.STAGING:
        raise BusinessError(_("This batch has been finalized: it takes no more tasks."), code="finalized", status=400)
