"""Giving work back without an answer: skip, report, release."""

from collections.abc import Container
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.actions import action
from core.errors import BusinessError
from events import recording, telling
from events.verbs import Verb
from labeling import places, spending, timing
from labeling.claiming import event_of
from labeling.models import LEASED, Assignment, AssignmentStatus, Report
from workers.models import Worker

TAKEN_BACK = "taken_back"
SKIP_REASONS = {"unclear", "too_hard", "not_my_field", "other"}
REPORT_REASONS = {
    "broken": gettext_lazy("It does not load or is broken"),
    "unreadable": gettext_lazy("It cannot be made out"),
    "wrong_task": gettext_lazy("It does not belong to this project"),
    "personal_data": gettext_lazy("It shows personal data that should not be here"),
    "illegal": gettext_lazy("It is illegal or harmful"),
}


@action
def skip(assignment: Assignment, *, reason: str, at: datetime) -> Assignment:
    """The worker does not want this task: it is not offered to them again. Counts against the day's allowance.

    Raises BusinessError `no_skips_left`, `unknown_reason`, or `not_active` when the lease is over.
    """
    known(reason, SKIP_REASONS)
    if skips_left(assignment, at=at) <= 0:
        raise BusinessError(
            _("You have used today's skips. Release the task, or report what is wrong with it."), code="no_skips_left"
        )
    return end(assignment, AssignmentStatus.SKIPPED, Verb.ASSIGNMENT_SKIPPED, reason=reason, at=at)


def report_reason_name(code: str) -> str:
    return str(REPORT_REASONS.get(code, code))


@action
def report(assignment: Assignment, *, reason: str, comment: str = "", at: datetime) -> Report:
    """A skip that says that the task is broken: a person decides, and it never counts against the worker."""
    known(reason, REPORT_REASONS)
    end(assignment, AssignmentStatus.SKIPPED, Verb.ASSIGNMENT_REPORTED, reason=reason, at=at)
    return Report.objects.create(assignment=assignment, reason=reason, comment=comment, reported_at=at)


@action
def release(assignment: Assignment, *, at: datetime) -> Assignment:
    """Give it back; the draft stays, and the worker may take it again. Raises BusinessError `not_active`."""
    return end(assignment, AssignmentStatus.RELEASED, Verb.ASSIGNMENT_RELEASED, reason="", at=at)


@action
def take_back(assignment: Assignment, *, text: str, by: User, at: datetime) -> Assignment:
    """An admin gives it back for its worker, who reads why; the draft stays. Raises BusinessError `not_active`."""
    actor = recording.by_user(by)
    ended = end(assignment, AssignmentStatus.RELEASED, Verb.ASSIGNMENT_RELEASED, reason=TAKEN_BACK, actor=actor, at=at)
    telling.tell(
        [assignment.worker.user_id],
        code="work_taken_back",
        params={"codename": assignment.work_item.task.project.codename, "text": text},
        dedupe_key=f"taken_back:{assignment.public_id}:{at.isoformat()}",
        at=at,
        mail=False,
    )
    return ended


def known(reason: str, reasons: Container[str]) -> None:
    if reason not in reasons:
        raise BusinessError(_("Say why, with one of the reasons offered."), code="unknown_reason", status=400)


def end(
    assignment: Assignment,
    status: AssignmentStatus,
    verb: Verb,
    *,
    reason: str,
    actor: recording.Actor | None = None,
    at: datetime,
) -> Assignment:
    """Under the item's lock: the assignment ends, its place is free again. Raises BusinessError `not_active`.

    It is its worker's deed, and so a sign of them, unless an actor is named.
    """
    item = places.lock(assignment.work_item_id)
    from_statuses = [AssignmentStatus.ACTIVE] if status == AssignmentStatus.SKIPPED else sorted(LEASED)
    changed = Assignment.objects.filter(pk=assignment.pk, status__in=from_statuses).update(
        status=status, ended_at=at, reason=reason
    )
    if not changed:
        raise BusinessError(_("The lease on this task is over."), code="not_active")
    assignment.refresh_from_db(fields=["share_micros", "share_day", "version"])
    if assignment.status == AssignmentStatus.ACTIVE and actor is None:
        timing.note_sign(assignment, at=at)
    spending.give_back(assignment)
    places.give_place_back(item)
    assignment.status = status
    recording.write(event_of(verb, assignment, at=at, actor=actor, reason=reason))
    places.bump([item.lane_id])
    return assignment


def skips_left(assignment: Assignment, *, at: datetime) -> int:
    """What the day of the worker's time zone still allows on this project; reports do not count."""
    allowed = assignment.version.skips_per_day
    return max(0, allowed - skips_today(assignment.worker, assignment.version.project_id, at=at))


def skips_today(worker: Worker, project_id: int, *, at: datetime) -> int:
    skipped = skips_between(*day_around(worker, at=at))
    return skipped.filter(worker=worker, work_item__task__project_id=project_id).count()


def day_around(worker: Worker, *, at: datetime) -> tuple[datetime, datetime]:
    """Begin and end of the day in the worker's time zone."""
    begin = at.astimezone(ZoneInfo(worker.user.time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    return begin, begin + timedelta(days=1)


def skips_between(since: datetime, until: datetime) -> QuerySet[Assignment]:
    """Everybody's skips that count."""
    return Assignment.objects.filter(
        status=AssignmentStatus.SKIPPED, reason__in=sorted(SKIP_REASONS), ended_at__gte=since, ended_at__lt=until
    )
