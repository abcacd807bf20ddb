"""Lanes, work items and cursors: what a claim reads."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from projects.models import Batch, Project, Task
from workers.models import Worker


class StageKind(models.TextChoices):
    ATTEMPT = "attempt", _("Attempt")
    REVIEW = "review", _("Review")


class Lane(models.Model):
    """The work items of one batch at one stage and priority: what a claim chooses first.

    `version` rises with everything that opens a work item here; claims never write this row.
    """

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="lanes")
    # The batch's own, which never change: a claim that looks over a thousand lanes need not read their batches.
    project = models.ForeignKey(Project, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    organization = models.ForeignKey(Organization, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    stage = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=StageKind)
    priority = models.PositiveSmallIntegerField(default=20)
    version = models.BigIntegerField(default=1)
    # False: nothing in it is open (labeling/lanes.py finds out); whatever opens says True again.
    maybe_open = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "stage", "priority"], name="lane_once")]
        indexes = [models.Index(fields=["project"], condition=Q(maybe_open=True), name="lane_maybe_open")]

    def __str__(self) -> str:
        return f"lane {self.batch_id}/{self.stage}/{self.priority}"


class Position(models.Model):
    """SQLite's stand-in for the sequence of positions: one row, written under BEGIN IMMEDIATE."""

    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.last)


class WorkItem(models.Model):
    """Work on offer for one task at one stage and round. The only hot row.

    Always: places = places_left + reserved + active + counted, places_done = counted, open = places_left > 0.
    """

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="work_items")
    stage = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=StageKind)
    round = models.PositiveSmallIntegerField(default=1)
    # The submission under review, or for a redo the rejected one.
    subject = models.ForeignKey(
        "labeling.Submission", on_delete=models.PROTECT, related_name="work_items", null=True, db_index=False
    )
    # No database-level key: a claim's insert elsewhere must not share-lock what a lane's version writes.
    lane = models.ForeignKey(
        Lane, on_delete=models.DO_NOTHING, related_name="work_items", db_constraint=False, db_index=False
    )
    position = models.BigIntegerField()
    places = models.PositiveSmallIntegerField()
    places_left = models.SmallIntegerField()
    places_done = models.SmallIntegerField(default=0)
    open = models.BooleanField()
    reserved_for = models.ForeignKey(
        Worker, on_delete=models.DO_NOTHING, related_name="+", null=True, db_constraint=False, db_index=False
    )
    reserved_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["task", "stage", "round"], condition=Q(subject=None), name="work_item_once"
            ),
            models.UniqueConstraint(
                fields=["task", "stage", "round", "subject"],
                condition=Q(subject__isnull=False),
                name="work_item_once_per_subject",
            ),
            models.CheckConstraint(
                condition=Q(places_left__gte=0, places_left__lte=F("places")), name="work_item_places_left_in_range"
            ),
            models.CheckConstraint(
                condition=Q(places_done__gte=0, places_done__lte=F("places")), name="work_item_places_done_in_range"
            ),
            models.CheckConstraint(
                condition=Q(open=True, places_left__gt=0) | Q(open=False, places_left__lte=0),
                name="work_item_open_while_places_left",
            ),
        ]
        indexes = [
            models.Index(fields=["subject"], condition=Q(subject__isnull=False), name="work_item_of_subject"),
            models.Index(fields=["lane", "position"], condition=Q(open=True), name="work_item_open"),
            # What a claim at a reached spend cap looks for.
            models.Index(fields=["lane", "position"], condition=Q(open=True, round__gt=1), name="work_item_redo"),
            models.Index(
                fields=["reserved_for"], condition=Q(open=True, reserved_for__isnull=False), name="work_item_reserved"
            ),
        ]

    def __str__(self) -> str:
        return f"work item {self.pk}: {self.places_left} of {self.places} left"


class LaneCursor(models.Model):
    """How far a worker has come in a lane, and the lane's version at which nothing was left for them."""

    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="cursors", db_index=False)
    lane = models.ForeignKey(Lane, on_delete=models.CASCADE, related_name="cursors", db_constraint=False)
    position = models.BigIntegerField(default=0)
    empty_version = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["worker", "lane"], name="cursor_once")]

    def __str__(self) -> str:
        return f"cursor of {self.worker_id} in {self.lane_id}"
