"""What rules read: counts of closed minutes, and how full spend caps were."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from projects.models import Batch, Project


class Tally(models.Model):
    """What happened to the work of one batch in one minute, counted once from the events. A past minute never changes.

    Another measure is two more columns, which automation.tallying fills, and a line in automation.measures.
    """

    batch = models.ForeignKey(Batch, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    minute = models.DateTimeField()
    handed_out = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    reported = models.PositiveIntegerField(default=0)
    reviewed = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "tallies"
        constraints = [models.UniqueConstraint(fields=["batch", "minute"], name="tally_once")]
        indexes = [models.Index(fields=["minute"], name="tally_by_minute")]

    def __str__(self) -> str:
        return f"{self.batch_id} at {self.minute}"


class TallyMark(models.Model):
    """One row: up to which event is counted, which minutes are closed; locking it makes the counter the only one."""

    event_id = models.BigIntegerField(default=0)
    # Null until all that had happened before has been counted.
    closed_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"counted up to {self.event_id}"


class BudgetSpan(models.TextChoices):
    DAY = "day", _("A day")
    ALL = "all", _("All days")


class BudgetLevel(models.Model):
    """How much of a project's spend cap was used at the end of a minute; written when it has changed, and each hour."""

    project = models.ForeignKey(
        Project, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    span = models.CharField(max_length=4, choices=BudgetSpan)
    minute = models.DateTimeField()
    used_micros = models.BigIntegerField()
    cap_micros = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "span", "minute"], name="budget_level_once")]
        indexes = [models.Index(fields=["minute"], name="budget_level_by_minute")]

    def __str__(self) -> str:
        return f"{self.project_id} at {self.minute}"
