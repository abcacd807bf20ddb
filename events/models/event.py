"""What happened, numbered and chained."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from events.verbs import Verb


class ActorKind(models.TextChoices):
    USER = "user", _("Person")
    WORKER = "worker", _("Contractor")
    API_KEY = "api_key", _("API key")
    SITE = "site", _("Site")


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, user: User) -> "EventQuerySet":
        """Those of the person's own organizations; all for a site admin."""
        if user.is_site_admin:
            return self
        return self.filter(organization__memberships__user=user)


class Event(models.Model):
    """Append-only. The sealer gives sequence and hash per organization, outside the hot path."""

    # No database-level key: hot transactions insert events, and a key would share-lock the organization's row.
    organization = models.ForeignKey(
        Organization, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", null=True
    )
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8, choices=ActorKind)
    actor_id = models.CharField(max_length=24, blank=True)
    # Without choices, which would make a migration of each new verb: recording.event() takes no other.
    verb = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=24)
    subject_id = models.CharField(max_length=24)
    data = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)
    seq = models.BigIntegerField(null=True)
    hash = models.CharField(max_length=64, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        # Partial, so that the hot insert of an event that has no number yet writes none of them.
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "seq"], condition=Q(seq__isnull=False), name="event_seq_once"
            ),
            models.UniqueConstraint(
                fields=["seq"], condition=Q(organization=None, seq__isnull=False), name="event_site_seq_once"
            ),
        ]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="event_by_subject"),
            models.Index(fields=["id"], condition=Q(seq=None), name="event_unsealed"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type} {self.subject_id}"

    @property
    def what(self) -> str:
        """The verb in the reader's language; itself where it is known no more."""
        return str(dict(Verb.choices).get(self.verb, self.verb))


class SealMark(models.Model):
    """One row: which events no open transaction can still come before; locking it makes the sealer the only one."""

    # Up to this id every event is stored or never will be.
    settled_id = models.BigIntegerField(default=0)
    # The next candidate, and the open transactions that had written events when it was noted.
    pending_id = models.BigIntegerField(default=0)
    pending_writers = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"settled up to {self.settled_id}"


class SealChain(models.Model):
    """The end of one organization's chain of events; a null organization is the site's own chain."""

    organization = models.ForeignKey(
        Organization, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", null=True
    )
    last_seq = models.BigIntegerField(default=0)
    last_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(Coalesce("organization", 0), name="seal_chain_once")]

    def __str__(self) -> str:
        return f"{self.organization_id} up to {self.last_seq}"
