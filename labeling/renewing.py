"""Leases: a heartbeat says that the worker is there, and keeps the work theirs within the project's limits."""

from datetime import datetime, timedelta

from django.db.models import Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.actions import action
from core.errors import BusinessError
from events import recording
from events.verbs import Verb
from labeling import stopping, timing
from labeling.claiming import event_of
from labeling.models import Assignment, AssignmentStatus
from labeling.situation import Situation

RELATED = ["worker__user", "version", "work_item__task__batch", "work_item__task__project"]


def heartbeat(
    assignment: Assignment, *, active: bool, now: Situation | None = None, at: datetime
) -> tuple[Assignment, list[stopping.Stop]]:
    """The assignment as it is now and the stops over it. Input since the last heartbeat renews a lease past its half.

    While a pause stands nothing is renewed: what was announced as the last moment stays it. `now`: what was read with
    the assignment, for whoever has it already; else it is read anew.
    """
    if now is None:
        assignment = Assignment.objects.select_related(*RELATED).get(pk=assignment.pk)
    if active and assignment.status == AssignmentStatus.ACTIVE:
        assignment.status = note_presence(assignment, at=at)
    stops = stopping.stops_over(assignment, at=at) if now is None or now.is_paused else []
    half = timedelta(seconds=assignment.version.lease_s / 2)
    is_due = assignment.status == AssignmentStatus.ACTIVE and assignment.lease_expires_at - at < half
    if active and is_due and not stops:
        if until := renew(assignment, at=at):
            assignment.lease_expires_at = until
        else:  # it has ended since: how, nobody has read
            assignment.refresh_from_db(fields=["status"])
    return assignment, stops


@action
def note_presence(assignment: Assignment, *, at: datetime) -> str:
    """Time on task, from the heartbeats. It writes rows of the worker's own, never the work item.

    The assignment's status, which may have changed since it was read; what is over gets no time.
    """
    held = Assignment.objects.select_for_update(no_key=True).get(pk=assignment.pk)
    if held.status == AssignmentStatus.ACTIVE:
        timing.note_sign(assignment, at=at, rarely=True)
    return held.status


@action
def renew(assignment: Assignment, *, at: datetime) -> datetime | None:
    """The new end of the lease, never beyond the project's limit since the claim, never shorter than before.

    None for a lease that has ended since the assignment was read.

    The reservation ahead is not kept meanwhile: nobody else could have that work.
    """
    version = assignment.version
    wanted = min(at + timedelta(seconds=version.lease_s), limit_of(assignment))
    active = Assignment.objects.filter(pk=assignment.pk, status=AssignmentStatus.ACTIVE)
    # Without the item's lock: expiry locks items and reads this row's condition again before it changes anything.
    if not active.update(lease_expires_at=Greatest("lease_expires_at", Value(wanted))):
        return None
    return max(assignment.lease_expires_at, wanted)


def extend(assignment: Assignment, *, at: datetime) -> Assignment:
    """A full lease from now, on the worker's word. Raises BusinessError `no_extension_left`, `paused`, `not_active`."""
    if assignment.status != AssignmentStatus.ACTIVE:
        raise lease_is_over()
    if stopping.stops_over(assignment, at=at):
        raise BusinessError(_("While this project is paused a lease cannot be extended."), code="paused")
    until = renew(assignment, at=at)
    if until is None:
        raise lease_is_over()
    if until <= assignment.lease_expires_at:
        raise BusinessError(
            _("This task's time limit is reached. Submit, or release it; the draft stays."), code="no_extension_left"
        )
    assignment.lease_expires_at = until
    return assignment


def lease_is_over() -> BusinessError:
    return BusinessError(_("Your lease on this task is over."), code="not_active")


@action
def prolong(assignment: Assignment, *, minutes: int, by: User, at: datetime) -> datetime:
    """An admin's so many minutes more; the new end of the lease.

    Raises BusinessError `not_active`, `paused`, `beyond_limit` where the project's limit since the claim forbids it.
    """
    now = Assignment.objects.select_related(*RELATED).select_for_update(no_key=True, of=("self",)).get(pk=assignment.pk)
    if now.status != AssignmentStatus.ACTIVE:
        raise BusinessError(_("The lease on this task is over."), code="not_active")
    if stopping.stops_over(now, at=at):
        raise BusinessError(_("While this project is paused a lease cannot be extended."), code="paused")
    begin = max(now.lease_expires_at, at)
    wanted, limit = begin + timedelta(minutes=minutes), limit_of(now)
    if wanted > limit:
        raise BusinessError(beyond_limit(limit - begin), code="beyond_limit")
    Assignment.objects.filter(pk=now.pk).update(lease_expires_at=wanted)
    recording.write(
        event_of(Verb.ASSIGNMENT_EXTENDED, now, at=at, actor=recording.by_user(by), until=wanted.isoformat())
    )
    return wanted


def limit_of(assignment: Assignment) -> datetime:
    """Until when the project lets it be in one person's hands at most, extended or not."""
    return assignment.claimed_at + timedelta(seconds=assignment.version.lease_limit_s)


def beyond_limit(left: timedelta) -> str:
    minutes = int(left / timedelta(minutes=1))
    if minutes < 1:
        return _("The project's time limit for this task is reached.")
    return ngettext(
        "The project's time limit allows %(minutes)s minute more.",
        "The project's time limit allows %(minutes)s minutes more.",
        minutes,
    ) % {"minutes": minutes}
