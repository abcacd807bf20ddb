"""The kill switch of one customer: who asked for it, who threw it, who lifted it."""

from typing import Any

from django.db import models
from django.db.models import Exists, F, Q

from accounts.models.people import Organization, User
from core.ids import public_id_field


class KillSwitchQuerySet(models.QuerySet["KillSwitch"]):
    def visible_to(self, user: User) -> "KillSwitchQuerySet":
        """All for a site admin; for everybody else there are none: members read on their pages that it stands."""
        return self if user.is_site_admin else self.none()

    def open(self) -> "KillSwitchQuerySet":
        """Asked for or thrown, and not over: one at most of an organization."""
        return self.filter(ended_at=None)

    def standing(self) -> "KillSwitchQuerySet":
        return self.filter(thrown_at__isnull=False, ended_at=None)


class KillSwitch(models.Model):
    """Cuts a customer off from thrown to ended: nothing of theirs goes out, and nothing of theirs comes in.

    Asked for by one person and thrown by the same or, where two are needed, by another one; lifted alike. Nobody in a
    column of a person: the command line. Ended without being thrown: withdrawn.
    """

    public_id = public_id_field()
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="kill_switches")
    reason = models.TextField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    asked_at = models.DateTimeField()
    thrown_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    thrown_at = models.DateTimeField(null=True)
    lift_reason = models.TextField(blank=True)
    lift_asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    lift_asked_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    ended_at = models.DateTimeField(null=True)
    # What it stopped: people, tasks in hand, drafts, exports and imports.
    counts = models.JSONField(default=dict)

    objects = KillSwitchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization"], condition=Q(ended_at=None), name="kill_switch_open_once"),
            models.CheckConstraint(name="kill_switch_has_its_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="kill_switch_is_thrown_before_it_is_lifted",
                condition=Q(lift_asked_at=None) | Q(thrown_at__isnull=False),
            ),
            models.CheckConstraint(
                name="kill_switch_ends_after_it_was_asked_for",
                condition=Q(ended_at=None) | Q(ended_at__gte=F("asked_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"kill switch of {self.organization_id}"

    @property
    def is_thrown(self) -> bool:
        return self.thrown_at is not None


def cut_off(organization: Any) -> Exists:
    """Whether the organization (its key, or a reference to an outer query) is cut off: the one predicate.

    Whatever gives out what is a customer's, or takes something in for them, asks it, or `is_cut_off`.
    """
    return Exists(KillSwitch.objects.standing().filter(organization=organization))


def is_cut_off(organization_id: int) -> bool:
    return KillSwitch.objects.standing().filter(organization=organization_id).exists()
