"""Files as the API knows them: under a name and an id of the customer's own, also before their bytes have come."""

from django.db import models
from django.db.models import Q

from accounts.models import Mode, Organization, User
from core import limits
from core.ids import public_id_field
from files.models import Fetch, File
from projects.models.project import Project


class AssetQuerySet(models.QuerySet["Asset"]):
    def visible_to(self, user: User) -> "AssetQuerySet":
        return self.filter(organization__memberships__user=user)


class Asset(models.Model):
    """A file that was uploaded or is fetched by itself, for tasks that will name it. One content may have several."""

    public_id = public_id_field()
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="assets")
    mode = models.CharField(max_length=4, choices=Mode, default=Mode.LIVE)
    # One of the two: what was uploaded is here at once, what was imported when its fetch is done.
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="assets", null=True)
    fetch = models.ForeignKey(Fetch, on_delete=models.PROTECT, related_name="assets", null=True)
    name = models.CharField(max_length=255)
    reference_id = models.CharField(max_length=255, null=True)  # noqa: DJ001 (unique where set)
    metadata = models.JSONField(default=dict)
    projects = models.ManyToManyField(Project, related_name="assets")
    created_at = models.DateTimeField()

    objects = AssetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "mode", "reference_id"],
                condition=Q(reference_id__isnull=False),
                name="asset_reference_once",
            ),
            models.CheckConstraint(
                condition=Q(file=None, fetch__isnull=False) | Q(file__isnull=False, fetch=None), name="asset_has_one"
            ),
        ]

    def __str__(self) -> str:
        return self.name[: limits.NAME_CHARACTERS]

    def stored(self) -> File | None:
        """Its file; None while it is fetched, and where nothing came."""
        return self.fetch.file if self.fetch else self.file
