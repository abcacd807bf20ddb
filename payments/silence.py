"""Silence is acceptance: what nobody has judged within the project's review days is accepted and paid."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from core.actions import action
from events import telling
from labeling.models import Assignment
from payments import earning
from payments.models import LedgerLine, TransferKind
from projects.models import ProjectVersion

CHUNK = 100


def accept_by_silence(*, at: datetime) -> int:
    """Accept everything whose time is over, pauses or not; the number of assignments."""
    total = 0
    for days in ProjectVersion.objects.order_by("review_days").values_list("review_days", flat=True).distinct():
        while ids := due(days, at=at):
            accepted = accept_chunk(ids, at=at)
            total += accepted
            if not accepted:
                break
    return total


def due(days: int, *, at: datetime) -> list[int]:
    """Assignments of versions with so many review days that were earned before them and are not decided."""
    earned = undecided().filter(assignment__version__review_days=days, at__lte=at - timedelta(days=days))
    return list(earned.order_by("pk").values_list("assignment_id", flat=True)[:CHUNK])


def undecided() -> QuerySet[LedgerLine]:
    """The workers' lines of what was earned and neither accepted nor rejected."""
    decided = LedgerLine.objects.filter(assignment=OuterRef("assignment"), kind__in=earning.DECIDED)
    return LedgerLine.objects.filter(~Exists(decided), kind=TransferKind.EARNED, amount_micros__gt=0)


@action
def accept_chunk(assignment_ids: list[int], *, at: datetime) -> int:
    chosen = Assignment.objects.filter(pk__in=assignment_ids)
    assignments = list(chosen.select_related("worker", "work_item__task__project").order_by("pk"))
    accepted = [one for one in assignments if earning.accept(one, kind=TransferKind.SILENT, at=at)]
    for one in accepted:
        tell(one, at=at)
    return len(accepted)


def tell(assignment: Assignment, *, at: datetime) -> None:
    telling.tell(
        [assignment.worker.user_id],
        code="accepted_by_time",
        params={
            "codename": assignment.work_item.task.project.codename,
            "amount_micros": assignment.rate_micros,
            "currency": assignment.currency,
        },
        dedupe_key=f"silent:{assignment.public_id}",
        at=at,
        mail=False,
    )
