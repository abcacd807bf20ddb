"""What was brought from other servers: which of ours is which of theirs, and how far an import has come."""

from django.db import models

from accounts.models import Mode, Organization, User


class OriginQuerySet(models.QuerySet["Origin"]):
    def visible_to(self, user: User) -> "OriginQuerySet":
        return self.filter(organization__memberships__user=user)


class Origin(models.Model):
    """A server that a customer brings work from, into one world. Its key is never stored."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="origins")
    mode = models.CharField(max_length=4, choices=Mode, default=Mode.LIVE)
    address = models.CharField(max_length=2000)
    # By project: the token of the page that comes next, null before the first. A project that is whole is not in it.
    checkpoint = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    objects = OriginQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "mode", "address"], name="origin_once")]

    def __str__(self) -> str:
        return self.address


class Kind(models.TextChoices):
    PROJECT = "project"
    BATCH = "batch"
    TASK = "task"


class Counterpart(models.Model):
    """Ours of something of theirs: projects and batches by their name there, tasks by their id."""

    origin = models.ForeignKey(Origin, on_delete=models.CASCADE, related_name="counterparts")
    kind = models.CharField(max_length=8, choices=Kind)
    theirs = models.CharField(max_length=255)
    # Its public id; empty while it is being made, which may have been cut short.
    ours = models.CharField(max_length=24, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["origin", "kind", "theirs"], name="counterpart_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.theirs}"
