"""What is told to a customer's own server: the settings, the webhooks, each delivery and each of its attempts."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Mode, Organization, Role, User
from core import limits
from core.ids import public_id_field

MANAGERS = [Role.ADMIN, Role.MANAGER]


def managed_by(user: User) -> Q:
    """Addresses, keys and what was sent are for those who manage the keys, not for every member."""
    return Q(organization__memberships__user=user, organization__memberships__role__in=MANAGERS)


class CallbackSettingsQuerySet(models.QuerySet["CallbackSettings"]):
    def visible_to(self, user: User) -> "CallbackSettingsQuerySet":
        return self.filter(managed_by(user))


class CallbackSettings(models.Model):
    """One organization's key, and where callbacks go that name no address of their own."""

    organization = models.OneToOneField(Organization, on_delete=models.PROTECT, related_name="callback_settings")
    # Kept as it is: it goes out as a header with each callback.
    key = models.CharField(max_length=64)
    # A URL or an e-mail address; empty: such callbacks are not sent.
    address = models.CharField(_("address"), max_length=limits.ADDRESS_CHARACTERS, blank=True)
    changed_at = models.DateTimeField()

    objects = CallbackSettingsQuerySet.as_manager()

    def __str__(self) -> str:
        return f"callbacks of {self.organization_id}"


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def visible_to(self, user: User) -> "WebhookQuerySet":
        return self.filter(managed_by(user))

    def active(self) -> "WebhookQuerySet":
        return self.filter(ended_at=None)


class Webhook(models.Model):
    """An address that is told of some kinds of events of one organization, from the moment it was made."""

    public_id = public_id_field()
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="webhooks")
    mode = models.CharField(_("mode"), max_length=4, choices=Mode, default=Mode.LIVE)
    address = models.CharField(_("address"), max_length=limits.ADDRESS_CHARACTERS)
    # Names of delivery.happenings.
    kinds = models.JSONField(default=list)
    # The number of the last event of the organization that was looked at.
    seq = models.BigIntegerField(default=0)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = WebhookQuerySet.as_manager()

    def __str__(self) -> str:
        return self.address


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Given up")


NEXT_DELIVERY_STATES = {
    DeliveryState.WAITING: {DeliveryState.DELIVERED, DeliveryState.FAILED},
    DeliveryState.DELIVERED: {DeliveryState.WAITING},  # sent again by hand
    DeliveryState.FAILED: {DeliveryState.WAITING},
}


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, user: User) -> "DeliveryQuerySet":
        return self.filter(managed_by(user))


class Delivery(models.Model):
    """One thing that happened and has to reach one address. The outbox row of the same key carries its tries."""

    public_id = public_id_field(unique=False)
    # Says what happened to what, once: the outbox has it too, after “callback:”.
    key = models.CharField(max_length=100)
    # No database-level key, as with events: hot transactions insert these.
    organization = models.ForeignKey(
        Organization, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False
    )
    mode = models.CharField(max_length=4, choices=Mode, default=Mode.LIVE)
    # A name of delivery.happenings: task.completed, batch.completed, project.paused …
    kind = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=24)
    # Of a task the number of its resolution, of a webhook the number of the event.
    number = models.BigIntegerField(default=0)
    webhook = models.ForeignKey(
        Webhook, on_delete=models.PROTECT, related_name="deliveries", null=True, db_constraint=False
    )
    address = models.CharField(max_length=limits.ADDRESS_CHARACTERS)
    state = models.CharField(max_length=9, choices=DeliveryState, default=DeliveryState.WAITING)
    # When it happened; when it was delivered or given up last.
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="delivery_public_id_once"),
            models.UniqueConstraint(fields=["key"], name="delivery_key_once"),
        ]
        indexes = [
            models.Index(fields=["organization", "-id"], name="delivery_by_organization"),
            models.Index(
                fields=["organization", "state", "-id"], condition=~Q(state="delivered"), name="delivery_not_arrived"
            ),
            models.Index(fields=["subject_id", "id"], name="delivery_by_subject"),
            models.Index(fields=["ended_at"], condition=Q(ended_at__isnull=False), name="delivery_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}: {self.state}"

    @property
    def outbox_key(self) -> str:
        return f"callback:{self.key}"

    def is_mail(self) -> bool:
        return is_mail(self.address)


def is_mail(address: str) -> bool:
    """Whether it is an e-mail address rather than a URL."""
    return "@" in address and "/" not in address


class Attempt(models.Model):
    """One try to deliver: what the other side said."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField()
    address = models.CharField(max_length=limits.ADDRESS_CHARACTERS)
    # Null where no answer came, or where it was a mail.
    status = models.PositiveSmallIntegerField(null=True)
    # A code of delivery.wording where it did not arrive; empty where it did.
    error = models.CharField(max_length=40, blank=True)
    # The first characters of what was answered.
    answer = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"attempt {self.pk} of {self.delivery_id}: {self.status or self.error}"

    def as_json(self) -> dict[str, Any]:
        return {
            "at": self.at.isoformat(),
            "duration_ms": self.duration_ms,
            "status": self.status,
            "error": self.error or None,
            "answer": self.answer,
        }
