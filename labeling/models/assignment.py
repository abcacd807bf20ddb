"""One worker's claim on one work item."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.ids import secret_id_field
from labeling.models.queue import WorkItem
from projects.models import ProjectVersion
from workers.models import Worker


class AssignmentStatus(models.TextChoices):
    RESERVED = "reserved", _("Reserved")
    ACTIVE = "active", _("Active")
    SUBMITTED = "submitted", _("Submitted")
    SKIPPED = "skipped", _("Skipped")
    RELEASED = "released", _("Given back")
    EXPIRED = "expired", _("Expired")
    RECALLED = "recalled", _("Recalled")


_S = AssignmentStatus
# The reason of what was released because somebody else has it now, with the draft.
TRANSFERRED = "transferred"
LEASED = frozenset({_S.RESERVED, _S.ACTIVE})
NEXT_STATUSES = {
    _S.RESERVED: {_S.ACTIVE, _S.RELEASED, _S.EXPIRED, _S.RECALLED},
    _S.ACTIVE: {_S.SUBMITTED, _S.SKIPPED, _S.RELEASED, _S.EXPIRED, _S.RECALLED},
    _S.EXPIRED: {_S.ACTIVE, _S.RESERVED, _S.SUBMITTED},  # taken again, or late
    _S.RECALLED: {_S.ACTIVE, _S.RESERVED, _S.SUBMITTED},
    _S.RELEASED: {_S.ACTIVE, _S.RESERVED, _S.SUBMITTED},
}


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def visible_to(self, user: User) -> "AssignmentQuerySet":
        """One's own, and nobody else's: not even a site admin works in another's name."""
        return self.filter(worker__user=user)

    def active(self) -> "AssignmentQuerySet":
        return self.filter(status=AssignmentStatus.ACTIVE)

    def leased(self) -> "AssignmentQuerySet":
        return self.filter(status__in=LEASED)

    def expired(self, *, at: datetime) -> "AssignmentQuerySet":
        return self.leased().filter(lease_expires_at__lte=at)


class Assignment(models.Model):
    """From reserved or active to submitted, skipped, released, expired or recalled.

    An expired, released or recalled one is reactivated, the same row, when its worker comes back to a free place.
    Freezes rate and version. Every change happens under its work item's row lock, by a conditional UPDATE.
    """

    public_id = secret_id_field(unique=False)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="assignments", db_index=False)
    work_item = models.ForeignKey(WorkItem, on_delete=models.PROTECT, related_name="assignments")
    status = models.CharField(max_length=16, choices=AssignmentStatus, default=AssignmentStatus.ACTIVE)
    # Whether its submission fills a place; a rejected or surplus one does not.
    counted = models.BooleanField(default=False)
    lease_expires_at = models.DateTimeField()
    # Frozen at the claim. No database-level keys above the task: see WorkItem.lane.
    version = models.ForeignKey(
        ProjectVersion, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    rate_micros = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    # What a spend cap holds for this assignment, and on which day's token; given back if it ends without a submission.
    share_micros = models.BigIntegerField(default=0)
    share_day = models.DateField(null=True)
    claimed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    active_ms = models.PositiveBigIntegerField(default=0)
    reason = models.CharField(max_length=24, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="assignment_public_id_once"),
            models.UniqueConstraint(fields=["worker", "work_item"], name="assignment_once_per_work_item"),
            # One active and one reserved. A claim reads both by it, whatever its worker has done before.
            models.UniqueConstraint(
                fields=["worker", "status"],
                condition=Q(status__in=["active", "reserved"]),
                name="assignment_one_in_hand_per_worker",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lease_expires_at"], condition=Q(status__in=["active", "reserved"]), name="assignment_leased"
            ),
            models.Index(
                fields=["worker", "ended_at"], condition=Q(status="skipped"), name="assignment_skipped_by_worker"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.status}"
