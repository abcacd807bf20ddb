"""Money follows work: inserts only, in the transaction of the work."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from labeling import signals
from labeling.models import Assignment
from payments import earning


@receiver(signals.work_handed_in)
def earn(sender: Any, *, assignment: Assignment, at: datetime, **_more: Any) -> None:
    earning.earn(assignment, at=at)


@receiver(signals.work_taken)
def pay_time(sender: Any, *, assignment: Assignment, at: datetime, **_more: Any) -> None:
    earning.pay_time(assignment, at=at)


@receiver(signals.work_accepted)
def accept(sender: Any, *, assignment: Assignment, at: datetime, **_more: Any) -> None:
    earning.accept(assignment, at=at)


@receiver(signals.work_rejected)
def reject(sender: Any, *, assignment: Assignment, at: datetime, **_more: Any) -> None:
    earning.reject(assignment, at=at)
