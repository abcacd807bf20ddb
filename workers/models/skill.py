"""Something proved: what a project may ask for, and who has it until when."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from core.ids import public_id_field
from workers.models.worker import Worker


class SkillQuerySet(models.QuerySet["Skill"]):
    def visible_to(self, user: User) -> "SkillQuerySet":
        """All for a site admin; else the site's, those of one's own organizations, and those that one has."""
        if user.is_site_admin:
            return self
        own = Q(organization__memberships__user=user) | Q(grants__worker__user=user)
        return self.filter(Q(organization=None) | own).distinct()

    def in_use(self) -> "SkillQuerySet":
        return self.filter(retired_at=None)

    def for_people_of(self, organization: Organization | None) -> "SkillQuerySet":
        """The site's, and those of that organization."""
        return self.filter(Q(organization=None) | Q(organization=organization))


class Skill(models.Model):
    """The site's, or of one organization's own workforce. Workers read its name where a project asks for it.

    A retired one is neither granted nor asked for anew; who has it keeps it, and what asks for it goes on.
    """

    public_id = public_id_field()
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="skills", null=True)
    name = models.CharField(_("name"), max_length=100)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    objects = SkillQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="skill_name_once"),
            models.UniqueConstraint(fields=["name"], condition=Q(organization=None), name="skill_name_once_on_site"),
        ]

    def __str__(self) -> str:
        return self.name


class WorkerSkillQuerySet(models.QuerySet["WorkerSkill"]):
    def visible_to(self, user: User) -> "WorkerSkillQuerySet":
        return self if user.is_site_admin else self.filter(worker__user=user)

    def valid(self, *, at: datetime) -> "WorkerSkillQuerySet":
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=at), revoked_at=None)


class WorkerSkill(models.Model):
    """One worker's skill; granted again, the same row begins anew."""

    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="skills")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="grants")
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    granted_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = WorkerSkillQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["worker", "skill"], name="worker_skill_once"),
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(expires_at__gt=F("granted_at")), name="worker_skill_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.skill} of {self.worker}"
