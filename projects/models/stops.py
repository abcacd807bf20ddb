"""Pauses: recorded stops. The rows are the truth; who may be handed work is a predicate over those in force."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q, Value
from django.utils.translation import gettext_lazy as _

from accounts.models import KillSwitch, Organization, User
from core.ids import public_id_field
from projects.models.conditions import RequiredSkill
from projects.models.order import Batch
from projects.models.project import Project
from projects.models.quiet_hours import QuietHours
from projects.models.ramps import turn, turn_of
from workers.models import Skill


class PauseScope(models.TextChoices):
    """What stops, the widest first: of a country it is the people there, of all others the work."""

    SITE = "site", _("The whole site")
    TYPE = "type", _("A kind of work")
    SKILL = "skill", _("Work that asks for a skill")
    COUNTRY = "country", _("People in a country")
    ORGANIZATION = "organization", _("A customer")
    PROJECT = "project", _("A project")
    BATCH = "batch", _("A batch")


# What each column of a subject holds where the scope has another one; the site has none.
NO_SUBJECT: dict[str, Any] = {
    PauseScope.TYPE: "",
    PauseScope.SKILL: None,
    PauseScope.COUNTRY: "",
    PauseScope.ORGANIZATION: None,
    PauseScope.PROJECT: None,
    PauseScope.BATCH: None,
}


def has_its_subject() -> Q:
    """That a pause names the one subject that its scope has."""
    empty = {str(scope): Q(**{str(scope): value}) for scope, value in NO_SUBJECT.items()}
    found = Q()
    for one in PauseScope.values:
        named = [~condition if scope == one else condition for scope, condition in empty.items()]
        found |= Q(*named, scope=one)
    return found


class PausePolicy(models.TextChoices):
    """What happens to work in hand."""

    FINISH = "finish", _("Finish")
    GRACE = "grace", _("Grace")
    SAVE_ONLY = "save_only", _("Save only")
    RECALL = "recall", _("Recall")


class PauseReason(models.TextChoices):
    INSTRUCTIONS = "instructions", _("Instructions are unclear")
    DATA = "data", _("Something is wrong with the data")
    QUALITY = "quality", _("Quality is being checked")
    BUDGET = "budget", _("The budget is used up")
    CUSTOMER = "customer", _("The customer asked for it")
    MAINTENANCE = "maintenance", _("Maintenance")
    LEGAL = "legal", _("Legal reasons")
    OTHER = "other", _("Another reason")


class PauseQuerySet(models.QuerySet["Pause"]):
    def visible_to(self, user: User) -> "PauseQuerySet":
        """All for a site admin; for members those that stop their own organization's work."""
        if user.is_site_admin:
            return self
        projects = Project.objects.visible_to(user)
        asking = RequiredSkill.objects.filter(project__in=projects)
        own = Q(organization__memberships__user=user) | Q(project__in=projects) | Q(batch__project__in=projects)
        kinds = Q(scope=PauseScope.TYPE, type__in=projects.values("type")) | Q(skill__in=asking.values("skill"))
        return self.filter(own | kinds | Q(scope=PauseScope.SITE)).distinct()

    def in_force(self, *, at: datetime, ahead: Any = None) -> "PauseQuerySet":
        """`ends_at` means “not before”: a pause stands until somebody, or beat on its behalf, has ended it.

        One that began when it was written stands for everybody, also for a claim whose clock was read before. Quiet
        hours are over by the clock: nobody has to be there for it. `ahead`: those that drain count so long before
        they begin, an expression for a length of time.
        """
        return self.filter(standing(at=at, ahead=ahead))

    def withholding(self, worker: int, *, at: datetime, ahead: Any = None) -> "PauseQuerySet":
        """Those in force, and those that are over whose ramp has not come to the worker, an id, yet.

        A ramp withholds what is handed out and nothing else: what is in hand may be handed in.
        """
        # As the index says it.
        kept = self.filter(Q(ended_at=None) | Q(ramp_ends_at__isnull=False)).alias(turn=turn(worker))
        return kept.filter(standing(at=at, ahead=ahead) | Q(turn__gt=at))

    def ramping(self, *, at: datetime) -> "PauseQuerySet":
        """Those that are over and have not let everybody in yet."""
        return self.filter(ramp_ends_at__gt=at)

    def to_come(self, *, at: datetime) -> "PauseQuerySet":
        return self.filter(Q(starts_at__gt=F("created_at")), starts_at__gt=at, ended_at=None)

    def over(self, *, organization: Any, project: Any, task_type: Any, batch: Any, country: Any) -> "PauseQuerySet":
        """Those whose scope holds the batch, of that project, organization and kind, for somebody in that country.

        Keys, kinds and codes, or references to an outer query. A pause names the one subject that its scope has
        (pause_scope_has_its_subject).
        """
        # Looked up from within the pause's own row: a reference to the query around that is one further out.
        around = OuterRef(project) if isinstance(project, OuterRef) else project
        asked = RequiredSkill.objects.filter(project=around, skill=OuterRef("skill"))
        return self.filter(
            Q(scope=PauseScope.SITE)
            | Q(organization=organization)
            | Q(project=project)
            | Q(batch=batch)
            | Q(type=task_type)
            | Q(Exists(asked))
            # Of many people nobody knows the country.
            | Q(scope=PauseScope.COUNTRY, country=country)
        )


def standing(*, at: datetime, ahead: Any = None) -> Q:
    """in_force() as a condition."""
    begun = Q(starts_at__lte=at) | Q(starts_at__lte=F("created_at"))
    if ahead is not None:
        end = ExpressionWrapper(Value(at) + ahead, output_field=DateTimeField())
        begun |= Q(drains=True, starts_at__lt=end)
    return Q(begun, Q(quiet_hours=None) | Q(ends_at__gt=at), ended_at=None)


class Pause(models.Model):
    public_id = public_id_field()
    scope = models.CharField(max_length=16, choices=PauseScope)
    type = models.CharField(max_length=32, blank=True)
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="pauses", null=True)
    country = models.CharField(max_length=2, blank=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="pauses", null=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="pauses", null=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="pauses", null=True)
    policy = models.CharField(max_length=16, choices=PausePolicy)
    # Only with the policy grace: until when work in hand may be submitted.
    grace_until = models.DateTimeField(null=True)
    reviews_go_on = models.BooleanField(default=False)
    # Pauses that were made by one act share it; a person gets one notice per act.
    group = models.UUIDField(default=uuid.uuid4, db_index=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    # Nothing is handed out any more whose lease would go beyond the start.
    drains = models.BooleanField(default=False)
    # When people are told that it is to come; null: only when it begins.
    warns_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    # When its begin was recorded, people told, work in hand treated; for one that begins at once when it was written.
    begun_at = models.DateTimeField(null=True)
    # How often somebody was reminded of it.
    reminders = models.PositiveIntegerField(default=0)
    quiet_hours = models.ForeignKey(QuietHours, on_delete=models.PROTECT, related_name="pauses", null=True)
    # It stands as long as its kill switch does: nobody resumes it by itself.
    kill_switch = models.OneToOneField(KillSwitch, on_delete=models.PROTECT, related_name="pause", null=True)
    reason = models.CharField(max_length=16, choices=PauseReason)
    text_for_staff = models.TextField(blank=True)
    text_for_workers = models.TextField(blank=True)
    text_for_customer = models.TextField(blank=True)
    # Ordered by the customer whose work it is: their own people may lift it too.
    is_customers = models.BooleanField(default=False)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField()
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    ended_at = models.DateTimeField(null=True)
    # How long after its end it takes until everybody is let in again; 0: all at once.
    ramp_s = models.PositiveIntegerField(default=0)
    # Whose turn comes first: one for all pauses that one act has lifted.
    ramp_offset = models.PositiveIntegerField(default=0)
    # Only while somebody may still wait for their turn: beat takes it away, so that no claim reads the pause any more.
    ramp_ends_at = models.DateTimeField(null=True)
    # What it concerned when it began, and what when it ended.
    counts = models.JSONField(default=dict)
    counts_after = models.JSONField(default=dict)

    objects = PauseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="pause_scope_has_its_subject", condition=has_its_subject()),
            models.CheckConstraint(
                name="pause_grace_has_its_end",
                condition=Q(policy="grace", grace_until__isnull=False) | (~Q(policy="grace") & Q(grace_until=None)),
            ),
            models.CheckConstraint(
                name="pause_ends_after_its_start", condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="pause_of_a_kill_switch_stops_all",
                condition=Q(kill_switch=None)
                | Q(scope="organization", policy="recall", reviews_go_on=False, ends_at=None, is_customers=False),
            ),
            models.CheckConstraint(
                name="pause_ramps_after_its_end",
                condition=Q(ramp_ends_at=None) | Q(ended_at__isnull=False, ramp_ends_at__gt=F("ended_at")),
            ),
            models.CheckConstraint(
                name="pause_of_quiet_hours_ends", condition=Q(quiet_hours=None) | Q(ends_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(
                fields=["starts_at"],
                condition=Q(ended_at=None) | Q(ramp_ends_at__isnull=False),
                name="pause_withholding",
            )
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.policy}"

    def turn_of(self, worker_id: int) -> datetime:
        """When its end comes to the worker; of a pause that is over."""
        assert self.ended_at is not None  # its callers'
        return turn_of(worker_id, ended_at=self.ended_at, ramp_s=self.ramp_s, offset=self.ramp_offset)

    @property
    def all_in_at(self) -> datetime | None:
        """When its ramp is over; None where it has none, or has not ended."""
        return self.ended_at + timedelta(seconds=self.ramp_s) if self.ended_at and self.ramp_s else None
