"""A contractor, and people who work together."""

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from core.ids import public_id_field

# Without letters and digits that are mistaken for others.
PSEUDONYM_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def new_pseudonym() -> str:
    """Four signs for the eye, as in “Worker K7Q2”; the unique constraint decides, the caller tries again."""
    return "".join(secrets.choice(PSEUDONYM_ALPHABET) for _n in range(4))


class WorkerQuerySet(models.QuerySet["Worker"]):
    def visible_to(self, user: User) -> "WorkerQuerySet":
        """Oneself; everybody for a site admin; customers meet workers only as pseudonyms on their work."""
        if user.is_site_admin:
            return self
        return self.filter(user=user)


class Worker(models.Model):
    """A contractor. The row is also the lock of everything that is handed out to this person."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="worker")
    public_id = public_id_field()
    pseudonym = models.CharField(max_length=8, unique=True, default=new_pseudonym)
    country = models.CharField(_("country"), max_length=2, blank=True)
    # Of the own workforce of one organization; null for the site's managed workforce.
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="own_workers", null=True)
    # The most recorded time of a day and of a week (from Monday) in the worker's time zone; null: no limit.
    day_limit_s = models.PositiveIntegerField(null=True)
    week_limit_s = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkerQuerySet.as_manager()

    def __str__(self) -> str:
        return self.pseudonym


class WorkerLanguage(models.Model):
    """A language that the worker works in, as a code of BCP 47 in lower case: `en`, `pt-br`."""

    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="languages")
    code = models.CharField(max_length=16)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["worker", "code"], name="worker_language_once")]

    def __str__(self) -> str:
        return self.code


class TeamQuerySet(models.QuerySet["Team"]):
    def visible_to(self, user: User) -> "TeamQuerySet":
        if user.is_site_admin:
            return self
        return self.filter(organization__memberships__user=user)


class Team(models.Model):
    public_id = public_id_field()
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="teams", null=True)
    name = models.CharField(_("name"), max_length=200)

    objects = TeamQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class TeamMember(models.Model):
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="members")
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="teams")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "worker"], name="team_member_once")]

    def __str__(self) -> str:
        return f"{self.worker} in {self.team}"
