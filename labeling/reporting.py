"""A person decides about a task that a worker says is broken."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from core.actions import action
from core.errors import StaleState
from events import recording, telling
from events.verbs import Verb
from labeling import places, spending
from labeling.models import LEASED, Assignment, AssignmentStatus, Report, ReportDecision, WorkItem
from projects.models import Task, TaskStatus
from projects.readiness import free_unique_id
from projects.signals import task_errored


@action
def decide(report: Report, *, confirmed: bool, by: User, at: datetime) -> Report:
    """Confirmed: the task ends with an error and its work is closed. Dismissed: it stays in work.

    Either way it never counts against the worker, who is told. Raises StaleState when it was decided before.
    """
    task = report.assignment.work_item.task
    items = places.locked_of_task(task.pk)
    decision = ReportDecision.CONFIRMED if confirmed else ReportDecision.DISMISSED
    changed = Report.objects.filter(pk=report.pk, decision=ReportDecision.OPEN).update(
        decision=decision, decided_by=by, decided_at=at
    )
    if not changed:
        raise StaleState(_("Somebody else has decided this already."), code="decided")
    if confirmed:
        close(task, items, by=by, at=at)
    telling.tell(
        [report.assignment.worker.user_id],
        code=f"report_{decision}",
        params={"codename": task.project.codename},
        dedupe_key=f"report:{report.public_id}",
        at=at,
        mail=False,
    )
    report.refresh_from_db()
    return report


def close(task: Task, items: list[WorkItem], *, by: User, at: datetime) -> None:
    """Pending becomes error; open places are withdrawn, whoever has it in hand keeps the draft and loses nothing."""
    changed = Task.objects.filter(pk=task.pk, status=TaskStatus.PENDING).update(
        status=TaskStatus.ERROR, error_code="reported", completed_at=at, updated_at=at
    )
    if not changed:
        return
    free_unique_id(task)
    leased = Assignment.objects.filter(work_item__in=items, status__in=LEASED)
    for assignment in leased.order_by("pk").select_for_update(of=("self",)):
        Assignment.objects.filter(pk=assignment.pk).update(status=AssignmentStatus.RECALLED, ended_at=at)
        spending.give_back(assignment)
    for item in items:
        WorkItem.objects.filter(pk=item.pk).update(places=item.places_done, places_left=0, open=False)
    task_errored.send(Task, task=task, at=at)
    recording.write(
        recording.event(
            Verb.TASK_ERRORED,
            at=at,
            actor=recording.by_user(by),
            subject_type="task",
            subject_id=task.public_id,
            organization_id=task.organization_id,
            data={"code": "reported"},
        )
    )
