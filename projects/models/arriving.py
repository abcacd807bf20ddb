"""What customers bring: imports of many tasks from one file, and single files that became a task."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from core.ids import public_id_field
from events.models import Job
from projects.models.order import Batch, Task
from projects.models.project import Project


class ImportKind(models.TextChoices):
    ARCHIVE = "archive", _("ZIP archive")
    CSV = "csv", _("Table (CSV)")
    JSON_LINES = "json_lines", _("JSON Lines")
    ORDERS = "orders", _("Orders by the API")


class ColumnHolds(models.TextChoices):
    TEXT = "text", _("Texts")
    ADDRESS = "address", _("Addresses of pictures")


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, user: User) -> "ImportQuerySet":
        """Those of the person's own organizations; file names are the customer's own."""
        return self.filter(organization__memberships__user=user)


class Import(models.Model):
    """One file with many tasks. `position` moves in the transaction that writes the tasks: nothing comes twice."""

    public_id = public_id_field()
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="imports")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="imports")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="imports")
    kind = models.CharField(max_length=16, choices=ImportKind)
    name = models.CharField(max_length=255)
    # Of files.Upload, whose bytes are kept for two days. One file is one import, also if its end is asked for twice.
    upload_id = models.CharField(max_length=24, unique=True)
    # Of a table: what it has, and which column holds what is labeled; empty until somebody has chosen.
    columns = models.JSONField(default=list)
    column = models.CharField(max_length=255, blank=True)
    holds = models.CharField(max_length=8, choices=ColumnHolds, default=ColumnHolds.TEXT)
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="+", null=True)
    # Entries or rows read so far, tasks made of them, and those that were refused.
    position = models.PositiveIntegerField(default=0)
    made = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = ImportQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class ImportRefusal(models.Model):
    """An entry or row that was not taken, and why; the first thousand of an import."""

    of_import = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="refusals")
    # The line of a table, or the number of the entry in its archive.
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=255, blank=True)
    code = models.CharField(max_length=40)
    params = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["of_import", "number"], name="refusal_once")]

    def __str__(self) -> str:
        return f"{self.number}: {self.code}"


class TakenUpload(models.Model):
    """A single file that became a task: whoever finishes the same upload again makes no second one."""

    upload_id = models.CharField(max_length=24, unique=True)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return self.upload_id
