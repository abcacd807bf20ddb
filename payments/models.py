"""Money owed: append-only and two-sided. Balances are sums, never a column that every submit locks."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from labeling.models import Assignment
from workers.models import Worker


class AccountKind(models.TextChoices):
    PROVISIONAL = "provisional", _("In review")
    FINAL = "final", _("Earned")
    COST = "cost", _("Labeling cost")
    SITE = "site", _("Site")


class AccountQuerySet(models.QuerySet["Account"]):
    def visible_to(self, user: User) -> "AccountQuerySet":
        """One's own, and those of the person's organizations; all for a site admin."""
        if user.is_site_admin:
            return self
        return self.filter(Q(worker__user=user) | Q(organization__memberships__user=user)).distinct()


class Account(models.Model):
    """One side of transfers: of a worker, of an organization, or of the site (both null). One currency."""

    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="accounts", null=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="accounts", null=True)
    kind = models.CharField(max_length=16, choices=AccountKind)
    currency = models.CharField(max_length=3)

    objects = AccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["worker", "kind", "currency"], condition=Q(worker__isnull=False), name="account_once_per_worker"
            ),
            models.UniqueConstraint(
                fields=["organization", "kind", "currency"],
                condition=Q(organization__isnull=False),
                name="account_once_per_organization",
            ),
            models.UniqueConstraint(
                fields=["kind", "currency"],
                condition=Q(worker=None, organization=None),
                name="account_once_of_the_site",
            ),
            models.CheckConstraint(condition=Q(worker=None) | Q(organization=None), name="account_of_one"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.currency}"


class TransferKind(models.TextChoices):
    EARNED = "earned", _("Submitted")
    ACCEPTED = "accepted", _("Accepted")
    SILENT = "silent", _("Accepted by time")
    REJECTED = "rejected", _("Rejected")
    ADJUSTED = "adjusted", _("Adjusted")
    TIME = "time", _("Time that a pause took")


class LedgerLineQuerySet(models.QuerySet["LedgerLine"]):
    def visible_to(self, user: User) -> "LedgerLineQuerySet":
        if user.is_site_admin:
            return self
        own = Q(account__worker__user=user) | Q(account__organization__memberships__user=user)
        return self.filter(own).distinct()


class LedgerLine(models.Model):
    """One side of a transfer. The lines of a transfer sum to 0; nothing is ever changed or deleted."""

    transfer = models.UUIDField(default=uuid.uuid4)
    kind = models.CharField(max_length=16, choices=TransferKind)
    # No database-level key: every submit would share-lock the row of its customer's account.
    account = models.ForeignKey(
        Account, on_delete=models.DO_NOTHING, related_name="lines", db_constraint=False, db_index=False
    )
    amount_micros = models.BigIntegerField()
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="ledger_lines", null=True)
    at = models.DateTimeField()
    note_code = models.CharField(max_length=40, blank=True)

    objects = LedgerLineQuerySet.as_manager()

    class Meta:
        constraints = [
            # An assignment is earned once and decided once, whoever is first: reviewer, customer or time.
            models.UniqueConstraint(
                fields=["assignment", "account"],
                condition=Q(kind="earned"),
                name="ledger_earned_once",
            ),
            models.UniqueConstraint(
                fields=["assignment"],
                condition=Q(kind__in=["accepted", "silent", "rejected"], amount_micros__lt=0),
                name="ledger_decided_once",
            ),
        ]
        indexes = [models.Index(fields=["account", "-id"], name="ledger_by_account")]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_micros}"
