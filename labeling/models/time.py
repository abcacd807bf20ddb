"""Time that workers spend on assignments, and with whom they have worked."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from core.ids import public_id_field
from labeling.models.assignment import Assignment
from workers.models import Worker


class WorkIntervalQuerySet(models.QuerySet["WorkInterval"]):
    def visible_to(self, user: User) -> "WorkIntervalQuerySet":
        return self if user.is_site_admin else self.filter(worker__user=user)


class WorkInterval(models.Model):
    """Work on an assignment without a long silence in it: what the server saw, from `begins_at` to `seen_at`.

    `worked_ms` is its length. A silence beyond the idle limit ends it that much after the last sign; the next sign
    begins another one, whose `cut_ms` says how much before it was left out (the longest said: a day).
    """

    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="intervals", db_index=False)
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="intervals", db_index=False)
    begins_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    worked_ms = models.PositiveIntegerField()
    cut_ms = models.PositiveIntegerField(default=0)

    objects = WorkIntervalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assignment", "begins_at"], name="interval_once"),
            models.CheckConstraint(condition=Q(seen_at__gte=F("begins_at")), name="interval_not_backwards"),
        ]
        indexes = [models.Index(fields=["worker", "begins_at"], name="interval_by_worker")]

    def __str__(self) -> str:
        return f"{self.begins_at} of {self.worker_id}"


class WorkDay(models.Model):
    """The recorded time of one worker on one day of their time zone: what daily and weekly hours are counted by."""

    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="days", db_index=False)
    day = models.DateField()
    worked_ms = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["worker", "day"], name="work_day_once")]

    def __str__(self) -> str:
        return f"{self.day} of {self.worker_id}"

    @property
    def worked(self) -> timedelta:
        return timedelta(milliseconds=self.worked_ms)


class CorrectionKind(models.TextChoices):
    ADD = "add", _("I worked, and it is not here")
    REMOVE = "remove", _("I did not work, and it is here")


class CorrectionStatus(models.TextChoices):
    PENDING = "pending", _("Waits for a decision")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


NEXT_CORRECTION_STATUSES = {
    CorrectionStatus.PENDING: {CorrectionStatus.ACCEPTED, CorrectionStatus.REFUSED, CorrectionStatus.WITHDRAWN},
}


class TimeCorrectionQuerySet(models.QuerySet["TimeCorrection"]):
    def visible_to(self, user: User) -> "TimeCorrectionQuerySet":
        return self if user.is_site_admin else self.filter(worker__user=user)

    def pending(self) -> "TimeCorrectionQuerySet":
        return self.filter(status=CorrectionStatus.PENDING)

    def accepted(self) -> "TimeCorrectionQuerySet":
        """In the order in which they were accepted: a later one is about what an earlier one left."""
        return self.filter(status=CorrectionStatus.ACCEPTED).order_by("decided_at", "pk")

    def within(self, worker: Worker, begins_at: datetime, ends_at: datetime) -> "TimeCorrectionQuerySet":
        """Those of the worker that have to do with the time between two instants."""
        return self.filter(worker=worker, begins_at__lt=ends_at, ends_at__gt=begins_at)


class TimeCorrection(models.Model):
    """The worker's own word about a day's recorded time, with a note, and what was decided about it.

    The record itself stays: an accepted correction stands beside it, and changes the day's total.
    """

    public_id = public_id_field()
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="corrections")
    day = models.DateField()
    kind = models.CharField(max_length=8, choices=CorrectionKind)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    note = models.TextField()
    created_at = models.DateTimeField()
    status = models.CharField(max_length=16, choices=CorrectionStatus, default=CorrectionStatus.PENDING)
    # By an admin, or, when it was withdrawn, by the worker: then nobody is named.
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    answer = models.TextField(blank=True)

    objects = TimeCorrectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="correction_not_backwards"),
        ]
        indexes = [
            models.Index(fields=["worker", "day"], name="correction_by_day"),
            models.Index(fields=["id"], condition=Q(status="pending"), name="correction_pending"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} on {self.day} of {self.worker_id}"


class WorkedFor(models.Model):
    """Until when a worker was handed something of a customer, at most an hour too late: what walls look at."""

    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="worked_for")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["worker", "organization"], name="worked_for_once")]

    def __str__(self) -> str:
        return f"{self.worker_id} for {self.organization_id}"
