"""Batches, tasks and what belongs to a task. Cold: the work on them is labeling's."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Mode, Organization, User
from core import limits
from core.ids import public_id_field
from files.models import Fetch, File
from projects.models.project import Project, ProjectVersion


class BatchKind(models.TextChoices):
    PRODUCTION = "production", _("Production")
    CALIBRATION = "calibration", _("Calibration")
    SELF_LABEL = "self_label", _("Self-label")


class BatchStatus(models.TextChoices):
    STAGING = "staging", _("Staging")
    IN_PROGRESS = "in_progress", _("In progress")
    COMPLETED = "completed", _("Completed")
    CANCELED = "canceled", _("Cancelled")


NEXT_BATCH_STATUSES = {
    BatchStatus.STAGING: {BatchStatus.IN_PROGRESS, BatchStatus.CANCELED},
    BatchStatus.IN_PROGRESS: {BatchStatus.COMPLETED, BatchStatus.CANCELED},
    BatchStatus.COMPLETED: {BatchStatus.IN_PROGRESS},  # a task was added, or one is done again
}


class BatchQuerySet(models.QuerySet["Batch"]):
    def visible_to(self, user: User) -> "BatchQuerySet":
        if user.is_site_admin:
            return self
        return self.filter(organization__memberships__user=user)

    def delivered(self) -> "BatchQuerySet":
        """What was handed over: completed ones, not opened again. A standing batch never is."""
        return self.filter(name__isnull=False, status=BatchStatus.COMPLETED, completed_at__isnull=False)


class Batch(models.Model):
    """Tasks launched together. A project's standing batch has no name and never completes."""

    public_id = public_id_field()
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="batches")
    mode = models.CharField(max_length=4, choices=Mode, default=Mode.LIVE)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="batches")
    name = models.CharField(_("name"), max_length=limits.NAME_CHARACTERS, null=True)  # noqa: DJ001 (unique where named)
    kind = models.CharField(max_length=16, choices=BatchKind, default=BatchKind.PRODUCTION)
    status = models.CharField(max_length=16, choices=BatchStatus, default=BatchStatus.IN_PROGRESS)
    # Lower comes first.
    order_key = models.BigIntegerField(default=0)
    metadata = models.JSONField(default=dict)
    # Where its completion is told: a URL or an e-mail address; empty: at the organization's own.
    callback = models.CharField(max_length=limits.ADDRESS_CHARACTERS, blank=True, default="")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "batches"
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "mode", "name"], condition=Q(name__isnull=False), name="batch_name_once"
            ),
            models.UniqueConstraint(fields=["project"], condition=Q(name=None), name="batch_one_standing"),
        ]

    def __str__(self) -> str:
        return self.name or str(_("Standing batch"))


class TaskStatus(models.TextChoices):
    PENDING = "pending", _("Pending")
    COMPLETED = "completed", _("Completed")
    CANCELED = "canceled", _("Cancelled")
    ERROR = "error", _("Error")


NEXT_TASK_STATUSES = {
    TaskStatus.PENDING: {TaskStatus.COMPLETED, TaskStatus.CANCELED, TaskStatus.ERROR},
    TaskStatus.COMPLETED: {TaskStatus.PENDING},  # the customer's audit sent it back
}


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, user: User) -> "TaskQuerySet":
        """Those of the person's own organizations. Site admins see counts, not a customer's tasks."""
        return self.filter(organization__memberships__user=user)


class Task(models.Model):
    """One unit of data to be labeled. PostgreSQL holds its project and organization to its batch's by one key."""

    public_id = public_id_field(unique=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="tasks")
    mode = models.CharField(max_length=4, choices=Mode, default=Mode.LIVE)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="tasks", db_index=False)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="tasks", db_index=False)
    # No database-level key, which would be checked for each of a million rows: versions are never deleted.
    version = models.ForeignKey(
        ProjectVersion, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    type = models.CharField(max_length=32)
    status = models.CharField(max_length=16, choices=TaskStatus, default=TaskStatus.PENDING)
    priority = models.PositiveSmallIntegerField(default=20)
    # On offer: every attachment is ready and the work items exist.
    offered_at = models.DateTimeField(null=True)
    # Whether the workbench can show it; one that it cannot waits, pending and not on offer (projects/showing.py).
    is_shown = models.BooleanField(default=True)
    unique_id = models.CharField(max_length=255, null=True)  # noqa: DJ001 (unique where set)
    error_code = models.CharField(max_length=40, blank=True)
    # Whether the last callback that ended arrived; null while none has ended.
    callback_succeeded = models.BooleanField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="task_public_id_once"),
            models.UniqueConstraint(
                fields=["organization", "mode", "unique_id"],
                condition=Q(unique_id__isnull=False),
                name="task_unique_id",
            ),
        ]
        indexes = [
            models.Index(fields=["batch", "created_at", "id"], name="task_by_batch"),
            models.Index(fields=["project", "created_at", "id"], name="task_by_project"),
            models.Index(fields=["project", "id"], condition=Q(is_shown=False), name="task_not_shown"),
        ]

    def __str__(self) -> str:
        return self.public_id


class TaskContent(models.Model):
    """The wide part of a task, apart from the row that lists and counts read."""

    task = models.OneToOneField(Task, on_delete=models.CASCADE, related_name="content")
    params = models.JSONField(default=dict)
    metadata = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"content of {self.task_id}"


class TaskTag(models.Model):
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="tags")
    tag = models.CharField(max_length=limits.TAG_CHARACTERS)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "tag"], name="task_tag_once")]
        indexes = [models.Index(fields=["tag", "task"], name="task_by_tag")]

    def __str__(self) -> str:
        return self.tag


class AttachmentState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    READY = "ready", _("Ready")
    BROKEN = "broken", _("Broken")


class Attachment(models.Model):
    """A file in its role in a task."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="attachments")
    role = models.CharField(max_length=24, default="attachment")
    position = models.PositiveSmallIntegerField(default=0)
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="attachments", null=True)
    # Where the customer said it is, as they wrote it; empty for what was uploaded with the task.
    source = models.CharField(max_length=2000, blank=True)
    # What brings the file from there.
    fetch = models.ForeignKey(Fetch, on_delete=models.PROTECT, related_name="attachments", null=True, db_index=False)
    state = models.CharField(max_length=8, choices=AttachmentState, default=AttachmentState.WAITING)
    error_code = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "role", "position"], name="attachment_once")]
        indexes = [models.Index(fields=["fetch"], condition=Q(fetch__isnull=False), name="attachment_fetched")]

    def __str__(self) -> str:
        return f"{self.role} {self.position} of {self.task_id}"
