"""Groups of a project's own people, and the batches that are given to them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import limits
from core.ids import public_id_field
from projects.models.order import Batch
from projects.models.project import Project
from workers.models import Worker


class GroupQuerySet(models.QuerySet["Group"]):
    def visible_to(self, user: User) -> "GroupQuerySet":
        """Those of a member's own organizations; all for a site admin. Workers do not see in which groups they are."""
        if user.is_site_admin:
            return self
        return self.filter(project__organization__memberships__user=user)


class Group(models.Model):
    """Some of the people on a project of the own workforce, so that a batch may be for them alone."""

    public_id = public_id_field()
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="groups", db_index=False)
    name = models.CharField(_("name"), max_length=limits.NAME_CHARACTERS)
    created_at = models.DateTimeField()

    objects = GroupQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="group_name_once")]

    def __str__(self) -> str:
        return self.name


class GroupMember(models.Model):
    """Ends with the enrollment: who comes back to the project is put into its groups again."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="members", db_index=False)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="groups")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "worker"], name="group_member_once")]

    def __str__(self) -> str:
        return f"{self.worker_id} in {self.group_id}"


class BatchGroup(models.Model):
    """One of those to whom a batch is given: a group, or one person. A batch without any is for all on its project."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="given_to", db_index=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="batches", null=True)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "group"], name="batch_group_once"),
            models.UniqueConstraint(fields=["batch", "worker"], name="batch_person_once"),
            models.CheckConstraint(
                condition=Q(group=None, worker__isnull=False) | Q(group__isnull=False, worker=None),
                name="batch_group_has_one",
            ),
        ]

    def __str__(self) -> str:
        return f"batch {self.batch_id} for {self.group_id or self.worker_id}"
