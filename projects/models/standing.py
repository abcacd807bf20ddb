"""Who works on a project, who may not for a while, and what may be spent."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.ids import public_id_field
from projects.models.project import Project
from workers.models import Worker


class EnrollmentRole(models.TextChoices):
    WORKER = "worker", _("Attempts")
    REVIEWER = "reviewer", _("Reviews")
    BOTH = "both", _("Attempts and reviews")


class EnrollmentState(models.TextChoices):
    ACTIVE = "active", _("Active")
    ENDED = "ended", _("Ended")


class EnrollmentQuerySet(models.QuerySet["Enrollment"]):
    def visible_to(self, user: User) -> "EnrollmentQuerySet":
        """One's own; all for a site admin; an organization's managers see those of their own workforce."""
        if user.is_site_admin:
            return self
        own = Q(project__workforce="own", project__organization__memberships__user=user)
        return self.filter(Q(worker__user=user) | own).distinct()

    def active(self) -> "EnrollmentQuerySet":
        return self.filter(state=EnrollmentState.ACTIVE)


class Enrollment(models.Model):
    """This worker's standing on this project."""

    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="enrollments")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="enrollments")
    role = models.CharField(max_length=8, choices=EnrollmentRole, default=EnrollmentRole.WORKER)
    state = models.CharField(max_length=8, choices=EnrollmentState, default=EnrollmentState.ACTIVE)
    created_at = models.DateTimeField()

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["worker", "project"], name="enrollment_once")]

    def __str__(self) -> str:
        return f"{self.worker} on {self.project_id}"


class HoldReason(models.TextChoices):
    QUALITY = "quality", _("Quality of the work")
    RULES = "rules", _("Against the rules")
    IDENTITY = "identity", _("Who they are is being checked")
    SECURITY = "security", _("Safety of the account or the data")
    OWN_WISH = "own_wish", _("Their own wish")
    OTHER = "other", _("Something else")


class HoldQuerySet(models.QuerySet["Hold"]):
    def visible_to(self, user: User) -> "HoldQuerySet":
        if user.is_site_admin:
            return self
        return self.filter(worker__user=user)

    def in_force(self, *, at: datetime) -> "HoldQuerySet":
        """A hold begins when it is written, also for a claim whose clock was read before."""
        return self.filter(ended_at=None, until__gt=at)


class Hold(models.Model):
    """A stop for one worker, on one project or everywhere: always with a reason and an end."""

    public_id = public_id_field()
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="holds")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="holds", null=True)
    reason = models.CharField(max_length=40)
    # What the worker reads, and what it is based on.
    text = models.TextField()
    evidence = models.JSONField(default=dict)
    starts_at = models.DateTimeField()
    until = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    ended_at = models.DateTimeField(null=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(until__gt=F("starts_at")), name="hold_has_an_end")]

    def __str__(self) -> str:
        return f"hold of {self.worker}"

    @property
    def reason_name(self) -> str:
        """In words; the code itself where it is none of HoldReason."""
        return str(HoldReason(self.reason).label) if self.reason in HoldReason else self.reason


class BudgetPool(models.Model):
    """What one project may still hand out on one day (day null: ever). Tokens draw on it in chunks."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="budget_pools")
    day = models.DateField(null=True)
    cap_micros = models.BigIntegerField()
    granted_micros = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "day"], name="pool_once_a_day"),
            models.UniqueConstraint(fields=["project"], condition=Q(day=None), name="pool_once_in_all"),
            models.CheckConstraint(
                condition=Q(granted_micros__gte=0, granted_micros__lte=F("cap_micros")), name="pool_within_cap"
            ),
        ]

    def __str__(self) -> str:
        return f"budget of {self.project_id} on {self.day}"


class BudgetToken(models.Model):
    """One worker's share of a pool: the claim writes this row only, so that workers do not wait for one another."""

    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="budget_tokens")
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    day = models.DateField(null=True)
    # The pool's cap when this was granted.
    cap_micros = models.BigIntegerField(default=0)
    granted_micros = models.BigIntegerField(default=0)
    granted_at = models.DateTimeField(null=True)
    used_micros = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "day", "worker"], name="token_once_a_day"),
            models.UniqueConstraint(fields=["project", "worker"], condition=Q(day=None), name="token_once_in_all"),
            models.CheckConstraint(
                condition=Q(used_micros__gte=0, used_micros__lte=F("granted_micros")), name="token_within_grant"
            ),
        ]

    def __str__(self) -> str:
        return f"token of {self.worker_id} for {self.project_id}"
