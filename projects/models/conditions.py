"""Who may be handed a project's work: what it asks for, and walls between customers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from core.ids import public_id_field
from projects.models.project import Project
from workers.models import Skill


class RequiredSkill(models.Model):
    """The worker needs all of a project's skills, valid at the moment of the claim."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="required_skills")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="required_by")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "skill"], name="required_skill_once")]

    def __str__(self) -> str:
        return f"{self.skill} for {self.project_id}"


class RequirementKind(models.TextChoices):
    LANGUAGE = "language", _("Language")
    COUNTRY = "country", _("Country")


class Requirement(models.Model):
    """One of the languages, or of the countries, of which a worker needs one; a project without any asks for none."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="requirements")
    kind = models.CharField(max_length=8, choices=RequirementKind)
    code = models.CharField(max_length=16)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "kind", "code"], name="requirement_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"


class WallQuerySet(models.QuerySet["Wall"]):
    def visible_to(self, user: User) -> "WallQuerySet":
        """Site admins alone: a customer who saw a wall would learn who else is a customer."""
        return self if user.is_site_admin else self.none()


class Wall(models.Model):
    """Between competing customers: who has worked for one of them gets nothing from the others for a time."""

    public_id = public_id_field()
    name = models.CharField(_("name"), max_length=100)
    length = models.DurationField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField()
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    ended_at = models.DateTimeField(null=True)

    objects = WallQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["created_at"], condition=Q(ended_at=None), name="wall_in_force")]

    def __str__(self) -> str:
        return self.name


class WallMember(models.Model):
    wall = models.ForeignKey(Wall, on_delete=models.CASCADE, related_name="members")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="walls")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wall", "organization"], name="wall_member_once")]

    def __str__(self) -> str:
        return f"{self.organization} behind {self.wall}"
