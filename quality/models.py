"""The customer's own look at finished work: samples, verdicts, and who is looking at what right now."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.ids import public_id_field
from labeling.models import Resolution
from projects.models import Batch, Project, Task


class SampleQuerySet(models.QuerySet["Sample"]):
    def visible_to(self, user: User) -> "SampleQuerySet":
        """Those of the person's own organizations: they show answers."""
        return self.filter(project__organization__memberships__user=user)


class Sample(models.Model):
    """Completed tasks drawn by chance, before anybody has looked at them: what a share of good ones is a share of."""

    public_id = public_id_field()
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="audit_samples")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+", null=True)
    # Whether a rejected task is done again.
    send_back = models.BooleanField(default=True)
    drawn_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()

    objects = SampleQuerySet.as_manager()

    def __str__(self) -> str:
        return self.public_id


class SampledTask(models.Model):
    """One task of a sample; `verdict` repeats the audit's, so that a sample is counted without it."""

    sample = models.ForeignKey(Sample, on_delete=models.CASCADE, related_name="tasks")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=8, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sample", "task"], name="sampled_once")]

    def __str__(self) -> str:
        return f"{self.task_id} of {self.sample_id}"


class AuditVerdict(models.TextChoices):
    ACCEPTED = "accepted", _("Accepted")
    FIXED = "fixed", _("Fixed")
    REJECTED = "rejected", _("Rejected")


class AuditQuerySet(models.QuerySet["Audit"]):
    def visible_to(self, user: User) -> "AuditQuerySet":
        return self.filter(task__organization__memberships__user=user)


class Audit(models.Model):
    """The customer's verdict on one resolution of a task. Never changes."""

    public_id = public_id_field()
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="audits")
    resolution = models.OneToOneField(Resolution, on_delete=models.PROTECT, related_name="audit")
    # Null: given by an API key.
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    verdict = models.CharField(max_length=8, choices=AuditVerdict)
    reason_class = models.CharField(max_length=40, blank=True)
    comment = models.TextField(blank=True)
    evidence = models.JSONField(default=list)
    # What the fix is: a resolution version of its own.
    fix = models.OneToOneField(Resolution, on_delete=models.PROTECT, related_name="fixed_audit", null=True)
    sent_back = models.BooleanField(default=False)
    at = models.DateTimeField()

    objects = AuditQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.verdict} {self.task_id}"


class AuditLeaseQuerySet(models.QuerySet["AuditLease"]):
    def running(self, *, at: datetime) -> "AuditLeaseQuerySet":
        return self.filter(expires_at__gt=at)


class AuditLease(models.Model):
    """Who looks at the task now: one person a task, one task a person."""

    task = models.OneToOneField(Task, on_delete=models.CASCADE, related_name="audit_lease")
    by = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField()

    objects = AuditLeaseQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.task_id} until {self.expires_at}"


class QualityKind(models.TextChoices):
    TRAINING = "training", _("Training")
    EVALUATION = "evaluation", _("Evaluation")


class QualityTaskQuerySet(models.QuerySet["QualityTask"]):
    def visible_to(self, user: User) -> "QualityTaskQuerySet":
        """Those of the person's own organizations: they show the right answers."""
        return self.filter(project__organization__memberships__user=user)


class QualityTask(models.Model):
    """A task whose right answer is known. Nothing of it reaches who works on the task."""

    public_id = public_id_field()
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="quality_tasks")
    kind = models.CharField(max_length=10, choices=QualityKind)
    task = models.OneToOneField(Task, on_delete=models.PROTECT, related_name="quality_task")
    expected_response = models.JSONField()
    # With what a reviewer begins; null: it is for whoever answers.
    initial_response = models.JSONField(null=True)
    retired_at = models.DateTimeField(null=True)
    # Null: ordered by an API key.
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = QualityTaskQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.kind} {self.task_id}"
