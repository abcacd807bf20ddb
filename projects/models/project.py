"""Projects and their immutable versions."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Mode, Organization, User
from core import limits
from core.ids import public_id_field


class Workforce(models.TextChoices):
    MANAGED = "managed", _("The site's contractors")
    OWN = "own", _("Our own people")


class Product(models.TextChoices):
    """As which of Scale's products a project behaves where they differ: when its batches begin, and when they close."""

    ENTERPRISE = "enterprise", _("Batches begin at once and stay open")
    RAPID = "rapid", _("Batches are launched, and closed by it")
    STUDIO = "studio", _("The same, for our own people")


class Filling(models.TextChoices):
    """Which task is next while one has places left: the one that was begun, or one that nobody has."""

    FINISH = "finish", _("Finish a task, then begin the next")
    BREADTH = "breadth", _("Every task once, then again")


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, user: User) -> "ProjectQuerySet":
        """Those of the person's own organizations; all for a site admin. Contractors see assignments, not projects."""
        if user.is_site_admin:
            return self
        return self.filter(organization__memberships__user=user)

    def live(self) -> "ProjectQuerySet":
        return self.filter(mode=Mode.LIVE, archived_at=None)


class Project(models.Model):
    """What to label and how; one task type for ever. Contractors only ever see the codename."""

    public_id = public_id_field()
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="projects")
    mode = models.CharField(max_length=4, choices=Mode, default=Mode.LIVE)
    name = models.CharField(_("name"), max_length=limits.NAME_CHARACTERS)
    codename = models.CharField(_("codename"), max_length=64, unique=True)
    type = models.CharField(_("kind of work"), max_length=32)
    workforce = models.CharField(_("workforce"), max_length=8, choices=Workforce, default=Workforce.MANAGED)
    product = models.CharField(max_length=10, choices=Product, default=Product.ENTERPRISE)
    # Made for tasks that were ordered without a project: one per kind of work and world. The API does not name it.
    implicit = models.BooleanField(default=False)
    # The dataset that it was linked to when it was ordered; nothing here reads it.
    dataset = models.CharField(max_length=limits.NAME_CHARACTERS, blank=True, default="")
    filling = models.CharField(_("order of tasks"), max_length=8, choices=Filling, default=Filling.FINISH)
    current_version = models.ForeignKey(
        "projects.ProjectVersion", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "mode", "name"], name="project_name_once"),
            models.UniqueConstraint(
                fields=["organization", "mode", "type"], condition=models.Q(implicit=True), name="project_one_implicit"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def closes_batches(self) -> bool:
        """Whether its batches take no more tasks once they are launched."""
        return self.product != Product.ENTERPRISE


class ProjectVersion(models.Model):
    """One immutable set of everything that decides an answer and its pay (Scale's `param_history`)."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    params = models.JSONField(default=dict)
    # Labels and fields with a key that survives renaming, colour and hotkey: what `params` of Scale cannot say.
    taxonomy = models.JSONField(default=dict)
    instruction = models.TextField(blank=True)
    # Steps in order: {"kind": "attempt", "places": n} first, then {"kind": "review"}…; each may carry rate_micros.
    pipeline = models.JSONField(default=list)
    rate_micros = models.BigIntegerField(default=0)
    price_micros = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    # The most that work handed out on one day, and ever, may cost the customer; null: no cap.
    day_cap_micros = models.BigIntegerField(null=True)
    total_cap_micros = models.BigIntegerField(null=True)
    lease_s = models.PositiveIntegerField(default=1800)
    lease_limit_s = models.PositiveIntegerField(default=4 * 3600)
    skips_per_day = models.PositiveIntegerField(default=5)
    review_days = models.PositiveIntegerField(default=7)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="version_number_once"),
            models.CheckConstraint(
                condition=models.Q(rate_micros__gte=0, price_micros__gte=0), name="version_money_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of {self.project_id}"

    def step_rate_micros(self, stage: int) -> int:
        """What one accepted assignment of the stage pays: the step's own rate, else the version's."""
        return int(self.pipeline[stage].get("rate_micros", self.rate_micros))
