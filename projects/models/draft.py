"""Projects that are being thought up: what the steps of the wizard have so far."""

from django.db import models

from accounts.models import Organization, User
from core.ids import public_id_field
from files.models import File


class ProjectDraftQuerySet(models.QuerySet["ProjectDraft"]):
    def visible_to(self, user: User) -> "ProjectDraftQuerySet":
        """One's own, while one belongs to the organization."""
        return self.filter(by=user, organization__memberships__user=user)


class ProjectDraft(models.Model):
    """One person's unfinished project; nothing of it is checked until its step is left."""

    public_id = public_id_field()
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="project_drafts")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="project_drafts")
    # kind, name, rows (projects/asking), instruction, pipeline, people, money: as the forms of the steps have them.
    document = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()

    objects = ProjectDraftQuerySet.as_manager()

    def __str__(self) -> str:
        return self.public_id


class DraftFile(models.Model):
    """A picture or text for the first batch, or a list of many that is read when the project is created."""

    draft = models.ForeignKey(ProjectDraft, on_delete=models.CASCADE, related_name="files")
    upload_id = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=255)
    # Null for an archive or a table: its bytes are kept with the upload, for two days.
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+", null=True)
    text = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name
