"""Drafts, submissions, reviews and what was decided."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.ids import public_id_field, secret_id_field
from labeling.models.assignment import Assignment
from labeling.models.queue import WorkItem
from projects.models import Task
from workers.models import Worker


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, user: User) -> "DraftQuerySet":
        return self.filter(worker__user=user)


class Draft(models.Model):
    """Saved work in progress of (worker, work item); survives the assignment's lease."""

    work_item = models.ForeignKey(WorkItem, on_delete=models.PROTECT, related_name="drafts", db_index=False)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="drafts")
    revision = models.PositiveIntegerField()
    document = models.JSONField()
    saved_at = models.DateTimeField()

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["work_item", "worker"], name="draft_once")]

    def __str__(self) -> str:
        return f"draft {self.revision} of {self.worker_id}"


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def visible_to(self, user: User) -> "SubmissionQuerySet":
        """One's own, and those on tasks of the person's organizations."""
        return self.filter(Q(author__user=user) | Q(task__organization__memberships__user=user)).distinct()


class Submission(models.Model):
    """What a worker handed in. Never changes: a correction is an Amendment, a fix is a Submission that `fixes` it."""

    public_id = secret_id_field(unique=False)
    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="submission")
    author = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="submissions", db_index=False)
    key = models.CharField(max_length=64)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="submissions")
    response = models.JSONField()
    checksum = models.CharField(max_length=71)
    fixes = models.ForeignKey("self", on_delete=models.PROTECT, related_name="fixed_by", null=True, db_index=False)
    submitted_at = models.DateTimeField()

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="submission_public_id_once"),
            models.UniqueConstraint(fields=["author", "key"], name="submission_key_once"),
        ]
        indexes = [
            models.Index(fields=["author", "-id"], name="submission_by_author"),
            models.Index(fields=["fixes"], condition=Q(fixes__isnull=False), name="submission_fixes"),
        ]

    def __str__(self) -> str:
        return self.public_id


class Amendment(models.Model):
    """A correction of one's own submission, within ten minutes and before its review began. The latest counts."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="amendments")
    number = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=64)
    response = models.JSONField()
    checksum = models.CharField(max_length=71)
    amended_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "number"], name="amendment_once")]

    def __str__(self) -> str:
        return f"amendment {self.number} of {self.submission_id}"


class Verdict(models.TextChoices):
    ACCEPTED = "accepted", _("Accepted")
    FIXED = "fixed", _("Fixed")
    REJECTED = "rejected", _("Rejected")


class Review(models.Model):
    """A verdict on a submission, handed in like work."""

    public_id = secret_id_field()
    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="review")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="reviews")
    key = models.CharField(max_length=64)
    checksum = models.CharField(max_length=71)
    verdict = models.CharField(max_length=8, choices=Verdict)
    reason_class = models.CharField(max_length=40, blank=True)
    evidence = models.JSONField(default=list)
    comment = models.TextField(blank=True)
    reviewed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.verdict} {self.submission_id}"


class ResolutionSource(models.TextChoices):
    ATTEMPT = "attempt", _("Attempt")
    REVIEW = "review", _("Review")
    CONSENSUS = "consensus", _("Consensus")
    AUDIT = "audit", _("Audit")
    TEST = "test", _("Made up in the test world")
    IMPORT = "import", _("Import")


class ReviewStatus(models.TextChoices):
    """What the customer's audit said of the task's answer, in the words of Scale's API."""

    PENDING = "pending", _("Not audited yet")
    ACCEPTED = "accepted", _("Accepted")
    FIXED = "fixed", _("Fixed")
    COMMENTED = "commented", _("Commented")
    REJECTED = "rejected", _("Rejected")


class Resolution(models.Model):
    """The task's decided answer, however it was reached; versions are kept, one is current."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="resolutions", db_index=False)
    number = models.PositiveSmallIntegerField()
    current = models.BooleanField(default=True)
    source = models.CharField(max_length=16, choices=ResolutionSource)
    response = models.JSONField()
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="+", null=True)
    resolved_at = models.DateTimeField()
    # The database's own default: the statement of every submission need not name it.
    review_status = models.CharField(
        max_length=9, choices=ReviewStatus, default=ReviewStatus.PENDING, db_default=ReviewStatus.PENDING.value
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "number"], name="resolution_number_once"),
            models.UniqueConstraint(fields=["task"], condition=Q(current=True), name="resolution_one_current"),
        ]

    def __str__(self) -> str:
        return f"resolution {self.number} of {self.task_id}"


class ReportDecision(models.TextChoices):
    OPEN = "open", _("Open")
    CONFIRMED = "confirmed", _("Confirmed")
    DISMISSED = "dismissed", _("Dismissed")


NEXT_DECISIONS = {ReportDecision.OPEN: {ReportDecision.CONFIRMED, ReportDecision.DISMISSED}}


class Report(models.Model):
    """A worker says that the task is broken; a person decides. Never counts against the worker."""

    public_id = public_id_field()
    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="report")
    reason = models.CharField(max_length=24)
    comment = models.TextField(blank=True)
    reported_at = models.DateTimeField()
    decision = models.CharField(max_length=12, choices=ReportDecision, default=ReportDecision.OPEN)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"report on {self.assignment_id}: {self.decision}"
