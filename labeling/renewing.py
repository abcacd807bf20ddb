"""Leases: a heartbeat says that the worker is there, and keeps the work theirs within the project's limits."""

from datetime import datetime, timedelta

from django.db.models import Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from core.actions import action
from core.errors import BusinessError
from labeling import stopping, timing
from labeling.claiming import RESERVATION
from labeling.models import Assignment, AssignmentStatus


def heartbeat(assignment: Assignment, *, active: bool, at: datetime) -> tuple[Assignment, list[stopping.Stop]]:
    """The assignment as it is now and the stops over it. Input since the last heartbeat renews a lease past its half.

    While a pause stands nothing is renewed: what was announced as the last moment stays it.
    """
    related = ["worker__user", "version", "work_item__task__batch", "work_item__task__project"]
    assignment = Assignment.objects.select_related(*related).get(pk=assignment.pk)
    stops = stopping.stops_over(assignment, at=at)
    if active and assignment.status == AssignmentStatus.ACTIVE:
        note_presence(assignment, at=at)
    half = timedelta(seconds=assignment.version.lease_s / 2)
    is_due = assignment.status == AssignmentStatus.ACTIVE and assignment.lease_expires_at - at < half
    if active and is_due and not stops:
        assignment.lease_expires_at = renew(assignment, at=at)
    return assignment, stops


@action
def note_presence(assignment: Assignment, *, at: datetime) -> None:
    """Time on task, from the heartbeats. It writes rows of the worker's own, never the work item."""
    Assignment.objects.select_for_update(no_key=True).get(pk=assignment.pk)
    timing.note_sign(assignment, at=at, rarely=True)


@action
def renew(assignment: Assignment, *, at: datetime) -> datetime:
    """The new end of the lease, never beyond the project's limit since the claim, never shorter than before.

    The reservation ahead is kept as long as its worker is at work.
    """
    version = assignment.version
    limit = assignment.claimed_at + timedelta(seconds=version.lease_limit_s)
    wanted = min(at + timedelta(seconds=version.lease_s), limit)
    active = Assignment.objects.filter(pk=assignment.pk, status=AssignmentStatus.ACTIVE)
    # Without the item's lock: expiry locks items and reads this row's condition again before it changes anything.
    active.update(lease_expires_at=Greatest("lease_expires_at", Value(wanted)))
    ahead = Assignment.objects.filter(worker_id=assignment.worker_id, status=AssignmentStatus.RESERVED)
    ahead.update(lease_expires_at=Greatest("lease_expires_at", Value(at + RESERVATION)))
    return max(assignment.lease_expires_at, wanted)


def extend(assignment: Assignment, *, at: datetime) -> Assignment:
    """A full lease from now, on the worker's word. Raises BusinessError `no_extension_left`, `paused`, `not_active`."""
    if assignment.status != AssignmentStatus.ACTIVE:
        raise BusinessError(_("Your lease on this task is over."), code="not_active")
    if stopping.stops_over(assignment, at=at):
        raise BusinessError(_("While this project is paused a lease cannot be extended."), code="paused")
    before = assignment.lease_expires_at
    assignment.lease_expires_at = renew(assignment, at=at)
    if assignment.lease_expires_at <= before:
        raise BusinessError(
            _("This task's time limit is reached. Submit, or release it; the draft stays."), code="no_extension_left"
        )
    return assignment
