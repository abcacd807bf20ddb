"""What the pauses in force say about one assignment: what its worker reads, and whether it may be handed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Value
from django.utils.translation import gettext as _

from accounts.models import is_cut_off
from core.errors import BusinessError
from labeling.models import Assignment, AssignmentStatus, StageKind
from projects.models import Batch, Pause, PausePolicy, PauseQuerySet
from workers.models import Worker

STRICTEST_FIRST = [PausePolicy.RECALL, PausePolicy.SAVE_ONLY, PausePolicy.GRACE, PausePolicy.FINISH]


@dataclass(frozen=True)
class Stop:
    """One pause as it concerns one assignment."""

    pause: Pause
    may_submit: bool
    submit_until: datetime | None


def pauses_over(batch: Batch, kind: str, worker: Worker, *, at: datetime) -> list[Pause]:
    """The pauses in force over the worker's work of the kind in the batch, the strictest policy first."""
    return those_over(Pause.objects.in_force(at=at), batch, kind, worker)


def withheld_by(
    batch: Batch, kind: str, worker: Worker, *, ahead: timedelta | None = None, at: datetime
) -> list[Pause]:
    """What holds work of the kind in the batch back from the worker: those in force, and ramps, in the same order.

    `ahead`: those that drain count so long before they begin.
    """
    found = Pause.objects.withholding(worker.pk, at=at, ahead=ahead and Value(ahead))
    return those_over(found, batch, kind, worker)


def those_over(pauses: PauseQuerySet, batch: Batch, kind: str, worker: Worker) -> list[Pause]:
    found = pauses.over(
        organization=batch.organization_id,
        project=batch.project_id,
        task_type=batch.project.type,
        batch=batch.pk,
        country=worker.country,
    )
    if kind == StageKind.REVIEW:
        found = found.filter(reviews_go_on=False)
    return sorted(found, key=lambda pause: STRICTEST_FIRST.index(PausePolicy(pause.policy)))


def turn_in(withheld: Sequence[Pause], worker_id: int) -> datetime | None:
    """When the worker is let in where nothing but ramps holds work back; None where a pause stands, or nothing does."""
    if any(one.ended_at is None for one in withheld):
        return None
    return max((one.turn_of(worker_id) for one in withheld), default=None)


def stops_over(assignment: Assignment, *, at: datetime) -> list[Stop]:
    """The stops that concern the assignment now, the strictest first."""
    item = assignment.work_item
    found = pauses_over(item.task.batch, item.kind, assignment.worker, at=at)
    return [stop_of(pause, assignment, at=at) for pause in found]


def stop_of(pause: Pause, assignment: Assignment, *, at: datetime) -> Stop:
    active = assignment.status == AssignmentStatus.ACTIVE
    match pause.policy:
        case PausePolicy.FINISH:
            return Stop(pause, may_submit=True, submit_until=assignment.lease_expires_at if active else None)
        case PausePolicy.GRACE:
            assert pause.grace_until is not None  # a constraint
            return Stop(pause, may_submit=at <= pause.grace_until, submit_until=pause.grace_until)
    return Stop(pause, may_submit=False, submit_until=None)


def refusal(assignment: Assignment, *, at: datetime) -> Stop | None:
    """The stop that forbids handing this in now; None when none does."""
    return next((stop for stop in stops_over(assignment, at=at) if not stop.may_submit), None)


def refuse_to_show(organization_id: int) -> None:
    """Raises BusinessError `stopped` while the customer is cut off, who is not named: their data is shown to nobody."""
    if is_cut_off(organization_id):
        raise BusinessError(_("This work is stopped until further notice."), code="stopped")


def sentence(stop: Stop, codename: str) -> str:
    """What the worker reads in the workbench."""
    parts = [_("%(codename)s is paused.") % {"codename": codename}]
    if stop.pause.text_for_workers:
        parts.append(stop.pause.text_for_workers)
    parts.append(policy_sentence(stop))
    return " ".join(parts)


def policy_sentence(stop: Stop) -> str:
    if stop.may_submit and stop.submit_until:
        return _("You may submit your open task until the time shown.")
    if stop.pause.policy == PausePolicy.RECALL:
        return _("Your task was taken back. Your draft is kept and what you have earned is untouched.")
    return _(
        "Nothing can be submitted until it is open again. Your draft is kept and what you have earned is untouched."
    )
