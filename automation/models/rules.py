"""Rules that pause by themselves, and each time that one was passed."""

from datetime import timedelta
from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from core import limits
from core.ids import public_id_field
from projects.models import Batch, Pause, PausePolicy, Project


class Watched(models.TextChoices):
    """Over what a rule stands: it looks at each project of it by itself, and stops that project."""

    SITE = "site", _("Every project of the site")
    ORGANIZATION = "organization", _("Every project of a customer")
    PROJECT = "project", _("A project")
    BATCH = "batch", _("A batch")


class PauseRuleQuerySet(models.QuerySet["PauseRule"]):
    def visible_to(self, user: User) -> "PauseRuleQuerySet":
        """Rules are the site's: customers read of a pause that one has made, as of any other."""
        return self if user.is_site_admin else self.none()

    def watching(self) -> "PauseRuleQuerySet":
        return self.filter(is_on=True)


class PauseRule(models.Model):
    """When a measure of a project's work goes beyond a threshold, the project is paused, for so long at most."""

    public_id = public_id_field()
    name = models.CharField(max_length=limits.NAME_CHARACTERS)
    # A key of automation.measures.MEASURES.
    measure = models.CharField(max_length=24)
    threshold_percent = models.DecimalField(max_digits=5, decimal_places=2)
    # Also at least so many times what is usual for the project; null: the threshold alone decides.
    times_usual = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    # Below so many the share says nothing.
    least_count = models.PositiveIntegerField(default=1)
    window_minutes = models.PositiveIntegerField(default=60)
    watches = models.CharField(max_length=16, choices=Watched)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="pause_rules", null=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="pause_rules", null=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="pause_rules", null=True)
    # Of the pause that it makes.
    policy = models.CharField(max_length=16, choices=PausePolicy, default=PausePolicy.FINISH)
    grace_minutes = models.PositiveIntegerField(null=True)
    length_minutes = models.PositiveIntegerField()
    cool_down_minutes = models.PositiveIntegerField()
    text_for_staff = models.TextField(blank=True)
    text_for_workers = models.TextField()
    text_for_customer = models.TextField(blank=True)
    # Who is told each time.
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    is_on = models.BooleanField(default=True)
    # False: it only watches, and says what it would have stopped.
    acts = models.BooleanField(default=False)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField()

    objects = PauseRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="pause_rule_watches_its_subject",
                condition=Q(watches="site", organization=None, project=None, batch=None)
                | Q(watches="organization", organization__isnull=False, project=None, batch=None)
                | Q(watches="project", organization=None, project__isnull=False, batch=None)
                | Q(watches="batch", organization=None, project=None, batch__isnull=False),
            ),
            models.CheckConstraint(
                name="pause_rule_grace_has_minutes",
                condition=Q(policy="grace", grace_minutes__gt=0, grace_minutes__isnull=False)
                | (~Q(policy="grace") & Q(grace_minutes=None)),
            ),
            models.CheckConstraint(
                name="pause_rule_has_spans",
                condition=Q(length_minutes__gt=0, cool_down_minutes__gt=0, window_minutes__gt=0),
            ),
            models.CheckConstraint(
                name="pause_rule_has_a_threshold",
                condition=Q(threshold_percent__gt=0) & (Q(times_usual=None) | Q(times_usual__gt=Decimal(0))),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> Organization | Project | Batch | None:
        return self.organization or self.project or self.batch

    @property
    def window(self) -> timedelta:
        return timedelta(minutes=self.window_minutes)

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=self.length_minutes)

    @property
    def cool_down(self) -> timedelta:
        return timedelta(minutes=self.cool_down_minutes)


class Outcome(models.TextChoices):
    """What came of it that a measure went beyond a rule's threshold."""

    STOPPED = "stopped", _("Stopped")
    WATCHED = "watched", _("Would have stopped")
    COOLING = "cooling", _("Not stopped: within the cool-down")
    PAUSED = "paused", _("Not stopped: paused already")


class RuleFiringQuerySet(models.QuerySet["RuleFiring"]):
    def visible_to(self, user: User) -> "RuleFiringQuerySet":
        return self if user.is_site_admin else self.none()


class RuleFiring(models.Model):
    """A rule's threshold was passed: by which numbers, and what came of it. Never changes."""

    rule = models.ForeignKey(PauseRule, on_delete=models.PROTECT, related_name="firings")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="rule_firings")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="rule_firings", null=True)
    # The full minute up to which was counted.
    at = models.DateTimeField()
    part = models.BigIntegerField()
    whole = models.BigIntegerField()
    outcome = models.CharField(max_length=8, choices=Outcome)
    # Of what stopped or would have: when the pause was to end by itself.
    until = models.DateTimeField(null=True)
    # The pause that it made, or the one that stood already.
    pause = models.ForeignKey(Pause, on_delete=models.PROTECT, related_name="rule_firings", null=True)

    objects = RuleFiringQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "project", "at"], name="rule_firing_once"),
            models.UniqueConstraint(fields=["pause"], condition=Q(outcome="stopped"), name="rule_firing_one_per_pause"),
            models.CheckConstraint(
                name="rule_firing_has_its_pause",
                condition=Q(outcome="stopped", pause__isnull=False, until__isnull=False)
                | Q(outcome="watched", pause=None, until__isnull=False)
                | Q(outcome="cooling", pause=None, until=None)
                | Q(outcome="paused", pause__isnull=False, until=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.at}: {self.outcome}"

    @property
    def share(self) -> float:
        return self.part / self.whole
