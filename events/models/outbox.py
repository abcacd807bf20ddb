"""What must still reach somebody outside."""

from datetime import datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _


class OutboxState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


class OutboxQuerySet(models.QuerySet["Outbox"]):
    def unsent(self) -> "OutboxQuerySet":
        return self.filter(state__in=[OutboxState.WAITING, OutboxState.SENDING])

    def due(self, *, at: datetime) -> "OutboxQuerySet":
        """What may be sent now: waiting, or its sender died; and first of what has to keep an order."""
        earlier = Outbox.objects.unsent().filter(order_key=OuterRef("order_key"), pk__lt=OuterRef("pk"))
        return self.unsent().filter(Q(order_key="") | ~Exists(earlier), next_at__lte=at)


class Outbox(models.Model):
    """What must still reach somebody outside. Celery is only woken; the sweeper finds what a wake-up missed."""

    dedupe_key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=24)
    target = models.CharField(max_length=500)
    order_key = models.CharField(max_length=64, blank=True)
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=OutboxState, default=OutboxState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    # While it waits: when the next try is due. While it is sent: until when its sender is believed to live.
    next_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "outbox"
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state__in=["waiting", "sending"]), name="outbox_due"),
            models.Index(
                fields=["order_key", "id"],
                condition=Q(state__in=["waiting", "sending"]) & ~Q(order_key=""),
                name="outbox_in_order",
            ),
            # How many are under way to one place, and which of them wait after a failure.
            models.Index(fields=["kind", "target"], condition=Q(state="sending"), name="outbox_under_way"),
            models.Index(
                fields=["kind", "target"], condition=Q(state="waiting", attempts__gt=0), name="outbox_tried_in_vain"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.target}: {self.state}"


NEXT_OUTBOX_STATES = {
    OutboxState.WAITING: {OutboxState.SENDING},
    OutboxState.SENDING: {OutboxState.SENDING, OutboxState.WAITING, OutboxState.SENT, OutboxState.FAILED},
    OutboxState.FAILED: {OutboxState.WAITING},  # sent again by hand
    OutboxState.SENT: {OutboxState.WAITING},  # a callback that its customer asks for again
}
