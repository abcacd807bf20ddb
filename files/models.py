"""Originals, what contractors get of them, and uploads in progress."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Mode, Organization, User
from core.ids import public_id_field, secret_id_field


class FileState(models.TextChoices):
    UPLOADED = "uploaded", _("Waiting to be read")
    READY = "ready", _("Ready")
    BROKEN = "broken", _("Cannot be read")


NEXT_FILE_STATES = {
    FileState.UPLOADED: {FileState.READY, FileState.BROKEN},
    FileState.BROKEN: {FileState.UPLOADED},  # given again, and worth another look
}
# A wake-up that has not come by then was lost.
WAKE_UP_GRACE = timedelta(seconds=30)


class FileQuerySet(models.QuerySet["File"]):
    def visible_to(self, user: User) -> "FileQuerySet":
        """Those of the person's own organizations. A site admin sees a customer's files only through a grant."""
        return self.filter(organization__memberships__user=user)

    def unclaimed(self, *, at: datetime) -> "FileQuerySet":
        """Waiting to be read, and nobody is reading them (or whoever was has not been heard of)."""
        return self.filter(Q(claimed_until=None) | Q(claimed_until__lt=at), state=FileState.UPLOADED)

    def overdue(self, *, at: datetime) -> "FileQuerySet":
        """Those that no wake-up reached."""
        return self.unclaimed(at=at).filter(created_at__lt=at - WAKE_UP_GRACE)


class File(models.Model):
    """An immutable original, stored once per organization and world. Never served to contractors."""

    public_id = public_id_field()
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="files")
    mode = models.CharField(max_length=4, choices=Mode, default=Mode.LIVE)
    sha256 = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    # The name it was given first; for the customer's eyes only.
    name = models.CharField(max_length=255, blank=True)
    type = models.CharField(max_length=64, blank=True)
    bytes = models.BigIntegerField()
    # Of the upright original, in pixels; null until it has been read, and for what has no size.
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    frames = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=8, choices=FileState, default=FileState.UPLOADED)
    error_code = models.CharField(max_length=40, blank=True)
    error_params = models.JSONField(default=dict)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)

    objects = FileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "sha256", "mode"], name="file_once_per_organization"),
        ]
        indexes = [
            models.Index(fields=["created_at"], condition=models.Q(state="uploaded"), name="file_to_read"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.type}"


class FetchState(models.TextChoices):
    WAITING = "waiting", _("Waiting to be fetched")
    DONE = "done", _("Fetched")
    FAILED = "failed", _("Cannot be fetched")


NEXT_FETCH_STATES = {FetchState.WAITING: {FetchState.DONE, FetchState.FAILED}}


class FetchQuerySet(models.QuerySet["Fetch"]):
    def visible_to(self, user: User) -> "FetchQuerySet":
        """Those of the person's own organizations; addresses are the customer's own."""
        return self.filter(organization__memberships__user=user)

    def due(self, *, at: datetime) -> "FetchQuerySet":
        """Waiting, and nobody is at it (or whoever was has not been heard of)."""
        free = Q(claimed_until=None) | Q(claimed_until__lt=at)
        return self.filter(free, state=FetchState.WAITING, due_at__lte=at)

    def under_way(self, *, at: datetime) -> "FetchQuerySet":
        return self.filter(state=FetchState.WAITING, claimed_until__gte=at)


class Fetch(models.Model):
    """One address that is asked for a file, once for all tasks of an organization and world that wait for it."""

    # Of what a customer imports by itself: the name of a file that is still on its way. None: only tasks wait for it.
    public_id = models.CharField(max_length=24, null=True, unique=True, editable=False)  # noqa: DJ001 (unique where set)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="fetches")
    mode = models.CharField(max_length=4, choices=Mode, default=Mode.LIVE)
    address = models.CharField(max_length=2000)
    # SHA-256 of the address: what is unique.
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=FetchState, default=FetchState.WAITING)
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="fetches", null=True)
    # Of the last try, also while another one is to come.
    error_code = models.CharField(max_length=40, blank=True)
    error_params = models.JSONField(default=dict)
    tries = models.PositiveSmallIntegerField(default=0)
    # Nobody asks before: after a failure the server is left in peace.
    due_at = models.DateTimeField()
    # Whoever asks says again and again that they live.
    claimed_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = FetchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "fetches"
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "digest", "mode"], condition=Q(state="waiting"), name="fetch_one_waiting"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "due_at"], condition=Q(state="waiting"), name="fetch_due"),
            models.Index(fields=["claimed_until"], condition=Q(claimed_until__isnull=False), name="fetch_under_way"),
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.state}"


class RenditionKind(models.TextChoices):
    FULL = "full", _("For work")
    THUMB = "thumb", _("Small")


class RenditionQuerySet(models.QuerySet["Rendition"]):
    def visible_to(self, user: User) -> "RenditionQuerySet":
        """Those of the person's own organizations. Contractors reach one by a signed address only."""
        return self.filter(file__organization__memberships__user=user)


class Rendition(models.Model):
    """An upright, metadata-free derivative: sRGB, 8 bit. The only thing that contractors get.

    `width` × `height` are its own pixels (null for text); coordinates of answers are those of the file.
    """

    file = models.ForeignKey(File, on_delete=models.CASCADE, related_name="renditions")
    kind = models.CharField(max_length=16, choices=RenditionKind)
    key = models.CharField(max_length=255)
    type = models.CharField(max_length=64)
    bytes = models.BigIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    token = secret_id_field()

    objects = RenditionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "kind"], name="rendition_once")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.file_id}"


class UploadQuerySet(models.QuerySet["Upload"]):
    def visible_to(self, user: User) -> "UploadQuerySet":
        """One's own, while one still belongs to the organization."""
        return self.filter(by=user, organization__memberships__user=user)

    def unfinished(self) -> "UploadQuerySet":
        return self.filter(ended_at=None)


class Upload(models.Model):
    """One file on its way, in chunks: a broken connection goes on where it was."""

    public_id = public_id_field()
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="uploads")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="uploads")
    mode = models.CharField(max_length=4, choices=Mode, default=Mode.LIVE)
    # What it is for (files/uploading.py: TARGETS), and which one of these; both empty: a file by itself.
    target_kind = models.CharField(max_length=16, blank=True)
    target_id = models.CharField(max_length=24, blank=True)
    name = models.CharField(max_length=255)
    bytes = models.BigIntegerField()
    received = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # What was said at the end; whoever asks again hears the same.
    answer = models.JSONField(null=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organization"], condition=Q(ended_at=None), name="upload_unfinished")]

    def __str__(self) -> str:
        return f"{self.name}: {self.received} of {self.bytes}"
