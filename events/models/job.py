"""Long work."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, Role, User
from core.ids import public_id_field


class JobState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELED = "canceled", _("Cancelled")


ENDED_JOBS = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELED})
NEXT_JOB_STATES = {
    JobState.QUEUED: {JobState.RUNNING, JobState.FAILED, JobState.CANCELED},
    JobState.RUNNING: {JobState.QUEUED, JobState.RUNNING, JobState.DONE, JobState.FAILED, JobState.CANCELED},
}


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: User) -> "JobQuerySet":
        """Those that the person began or that belong to their organizations; all for a site admin."""
        if user.is_site_admin:
            return self
        return self.filter(Q(by=user) | Q(organization__memberships__user=user)).distinct()

    def unfinished(self) -> "JobQuerySet":
        return self.filter(state__in=[JobState.QUEUED, JobState.RUNNING])

    def stalled(self, *, before: datetime) -> "JobQuerySet":
        """Running without a sign of life since then, or never begun."""
        return self.unfinished().filter(heartbeat_at__lt=before)

    def by(self, user: User) -> "JobQuerySet":
        return self.filter(by=user)


class Job(models.Model):
    """Long work with progress, checkpoint and cancel. Two runners are excluded by a claim on the row."""

    public_id = public_id_field()
    kind = models.CharField(max_length=24)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="jobs", null=True)
    # What the job is about: a project's or a pause's public id.
    subject_id = models.CharField(max_length=24, blank=True, db_index=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="jobs", null=True)
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=JobState, default=JobState.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    checkpoint = models.JSONField(default=dict)
    message_code = models.CharField(max_length=40, blank=True)
    message_params = models.JSONField(default=dict)
    result_key = models.CharField(max_length=255, blank=True)
    # Who runs it now; empty between two runs. Every write of a runner is conditional on it.
    runner = models.CharField(max_length=64, blank=True)
    # Runs begun since the last progress.
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["heartbeat_at"], condition=Q(state__in=["queued", "running"]), name="job_unfinished")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}: {self.state}"

    def may_be_managed_by(self, user: User) -> bool:
        """Whoever began it, managers of its organization, site admins."""
        if user.is_site_admin or self.by_id == user.pk:
            return True
        roles = [Role.ADMIN, Role.MANAGER]
        return (
            self.organization is not None and self.organization.memberships.filter(user=user, role__in=roles).exists()
        )
