"""Pauses: recorded stops. The rows are the truth; who may be handed work is a predicate over those in force."""

import uuid
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from core.ids import public_id_field
from projects.models.order import Batch
from projects.models.project import Project


class PauseScope(models.TextChoices):
    SITE = "site", _("The whole site")
    ORGANIZATION = "organization", _("A customer")
    PROJECT = "project", _("A project")
    BATCH = "batch", _("A batch")


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
        own = Q(organization__memberships__user=user) | Q(project__organization__memberships__user=user)
        return self.filter(own | Q(batch__organization__memberships__user=user) | Q(scope=PauseScope.SITE)).distinct()

    def in_force(self, *, at: datetime) -> "PauseQuerySet":
        """`ends_at` means “not before”: a pause stands until somebody, or beat on its behalf, has ended it.

        One that began when it was written stands for everybody, also for a claim whose clock was read before.
        """
        return self.filter(Q(starts_at__lte=at) | Q(starts_at__lte=F("created_at")), ended_at=None)

    def over(self, *, organization: Any, project: Any, batch: Any) -> "PauseQuerySet":
        """Those whose scope holds the batch of that project and organization: keys, or references to an outer query.

        A pause names the one subject that its scope has (pause_scope_has_its_subject).
        """
        return self.filter(
            Q(scope=PauseScope.SITE) | Q(organization=organization) | Q(project=project) | Q(batch=batch)
        )


class Pause(models.Model):
    public_id = public_id_field()
    scope = models.CharField(max_length=16, choices=PauseScope)
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
    reason = models.CharField(max_length=16, choices=PauseReason)
    text_for_staff = models.TextField(blank=True)
    text_for_workers = models.TextField(blank=True)
    text_for_customer = models.TextField(blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField()
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    ended_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)

    objects = PauseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="pause_scope_has_its_subject",
                condition=Q(scope="site", organization=None, project=None, batch=None)
                | Q(scope="organization", organization__isnull=False, project=None, batch=None)
                | Q(scope="project", organization=None, project__isnull=False, batch=None)
                | Q(scope="batch", organization=None, project=None, batch__isnull=False),
            ),
            models.CheckConstraint(
                name="pause_grace_has_its_end",
                condition=Q(policy="grace", grace_until__isnull=False) | (~Q(policy="grace") & Q(grace_until=None)),
            ),
            models.CheckConstraint(
                name="pause_ends_after_its_start", condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at"))
            ),
        ]
        indexes = [models.Index(fields=["starts_at"], condition=Q(ended_at=None), name="pause_in_force")]

    def __str__(self) -> str:
        return f"{self.scope} {self.policy}"
