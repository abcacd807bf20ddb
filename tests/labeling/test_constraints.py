"""What the database itself refuses, whatever the code above it does; and the partial indexes that claims live on."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction

from accounts.models import KillSwitch
from files.models import Fetch, File
from labeling.amending import amend
from labeling.drafting import save_draft
from labeling.models import (
    Amendment,
    Assignment,
    CorrectionKind,
    Draft,
    Lane,
    LaneCursor,
    Resolution,
    Submission,
    TimeCorrection,
    WorkDay,
    WorkedFor,
    WorkInterval,
    WorkItem,
)
from labeling.returning import skips_between
from projects.creating import create_batch
from projects.models import (
    Asset,
    Attachment,
    Batch,
    BatchGroup,
    BudgetPool,
    BudgetToken,
    Enrollment,
    Group,
    GroupMember,
    Hold,
    Import,
    ImportRefusal,
    Pause,
    Project,
    ProjectVersion,
    QuietHours,
    RequiredSkill,
    Requirement,
    Task,
    TaskTag,
    Wall,
    WallMember,
)
from tests.factories import CAT, DOG, NOON, make_project, make_tasks, make_worker, wall_between
from tests.labeling.steps import new_key, reserved, submitted, taken
from workers.models import Skill, Worker

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def world(db):
    """A project in the middle of its work, with one row at least of what is refused a second time."""
    project = make_project(reviews=1, places=2, rate_micros=5, price_micros=10, total_cap_micros=100, day_cap_micros=50)
    other = make_project(organization=project.organization)
    create_batch(project, name="named", by=None, at=NOON)
    make_tasks(project, 4, unique_id=None)
    Task.objects.filter(pk=Task.objects.order_by("pk")[0].pk).update(unique_id="one")
    worker = make_worker(project)
    first = submitted(worker)
    amend(first, response=DOG, key=new_key(), at=NOON)
    submitted(make_worker(project))
    held = taken(worker)
    save_draft(held, revision=0, document=CAT, at=NOON)
    reserved(worker)
    submitted(make_worker(other, role="both"), project=(make_tasks(other), other)[1])
    skill = Skill.objects.create(name="Latin", created_at=NOON)
    RequiredSkill.objects.create(project=project, skill=skill)
    Requirement.objects.create(project=project, kind="country", code="KE")
    some_groups(project, worker)
    wall_between(project, make_project(), days=3)
    WorkDay.objects.get_or_create(worker=worker, day=NOON.date())
    task = Task.objects.order_by("pk")[0]
    TaskTag.objects.create(task=task, tag="new")
    Attachment.objects.create(task=task)
    brought = Import.objects.create(
        organization=project.organization, project=project, batch=task.batch, kind="csv", name="a", upload_id="u",
        created_at=NOON,
    )  # fmt: skip
    ImportRefusal.objects.create(of_import=brought, number=1, code="empty")
    some_asset(project)
    return project


def some_groups(project: Project, worker: Worker) -> None:
    """A batch that is given to a group, and one that is given to a person."""
    group = Group.objects.create(project=project, name="Night", created_at=NOON)
    GroupMember.objects.create(group=group, worker=worker)
    BatchGroup.objects.create(batch=Batch.objects.get(name="named"), group=group)
    BatchGroup.objects.create(batch=Batch.objects.get(project=project, name=None), worker=worker)


def some_asset(project: Project) -> None:
    """And a fetch that brings another one."""
    organization = project.organization
    file = File.objects.create(organization=organization, sha256="0" * 64, key="a", bytes=1, created_at=NOON)
    Asset.objects.create(organization=organization, file=file, name="a", reference_id="a", created_at=NOON)
    Fetch.objects.create(organization=organization, address="a", digest="0" * 64, due_at=NOON, created_at=NOON)


def again(model: type[models.Model], **more: Any) -> None:
    """The same row once more, with something else in what is not the point."""
    row = model._default_manager.order_by("pk")[0]
    row.pk = None
    row._state.adding = True
    for name, value in more.items():
        setattr(row, name, value)
    row.save(force_insert=True)


def change(model: type[models.Model], **values: Any) -> None:
    pk = model._default_manager.order_by("pk")[0].pk
    model._default_manager.filter(pk=pk).update(**values)


def some_hold(**more: Any) -> None:
    worker = Enrollment.objects.order_by("pk")[0].worker
    Hold.objects.create(**{"worker": worker, "reason": "quality", "starts_at": NOON, "until": LATER} | more)


def some_pause(**more: Any) -> None:
    Pause.objects.create(
        **{"scope": "site", "policy": "finish", "reason": "data", "starts_at": NOON, "created_at": NOON} | more
    )


def some_quiet_hours() -> QuietHours:
    return QuietHours.objects.create(
        time_zone="UTC", weekdays=[0], begins=time(1), ends=time(2), written_until=NOON.date(), created_at=NOON
    )


def some_correction(**more: Any) -> None:
    worker = Enrollment.objects.order_by("pk")[0].worker
    times = {"begins_at": NOON, "ends_at": LATER} | more
    TimeCorrection.objects.create(
        worker=worker, day=NOON.date(), kind=CorrectionKind.ADD, note="", created_at=NOON, **times
    )


def review_item() -> WorkItem:
    return WorkItem.objects.filter(subject__isnull=False).order_by("pk")[0]


def second_of(status: str) -> None:
    """Another assignment of the status for a worker who has one."""
    worker = Assignment.objects.get(status=status).worker
    free = WorkItem.objects.exclude(assignments__worker=worker).order_by("pk")[0]
    Assignment.objects.create(
        worker=worker, work_item=free, status=status, lease_expires_at=LATER, version=free.task.version, rate_micros=0,
        currency="USD", claimed_at=NOON,
    )  # fmt: skip


def day_and_ever(model: type[models.Model], *, ever: bool) -> None:
    row = model._default_manager.filter(day__isnull=ever).order_by("pk")[0]
    row.pk = None
    row.save(force_insert=True)


def secret() -> str:
    return f"secret{Assignment.objects.count()}{Submission.objects.count()}x"


REFUSED: dict[str, Callable[[Project], Any]] = {
    "lane_once": lambda project: again(Lane),
    "work_item_once": lambda project: again(WorkItem),
    "work_item_once_per_subject": lambda project: WorkItem.objects.bulk_create([copy_of(review_item())]),
    "work_item_places_left_in_range": lambda project: change(WorkItem, places_left=3, open=True),
    "work_item_places_done_in_range": lambda project: change(WorkItem, places_done=3),
    "work_item_open_while_places_left": lambda project: change(WorkItem, places_left=0, open=True),
    "cursor_once": lambda project: again(LaneCursor),
    "assignment_public_id_once": lambda project: change(
        Assignment, public_id=Assignment.objects.order_by("-pk")[0].public_id
    ),
    "assignment_once_per_work_item": lambda project: again(Assignment, public_id=secret()),
    "assignment_one_in_hand_per_worker": lambda project: second_of("active"),
    "draft_once": lambda project: again(Draft),
    "submission_public_id_once": lambda project: again(
        Submission, key="another key", assignment=Assignment.objects.get(status="active")
    ),
    "submission_key_once": lambda project: again(
        Submission, public_id=secret(), assignment=Assignment.objects.get(status="active")
    ),
    "amendment_once": lambda project: again(Amendment),
    "resolution_number_once": lambda project: again(Resolution, current=False),
    "resolution_one_current": lambda project: again(Resolution, number=7),
    "interval_once": lambda project: again(WorkInterval),
    "interval_not_backwards": lambda project: change(WorkInterval, seen_at=NOON - timedelta(days=1)),
    "work_day_once": lambda project: again(WorkDay),
    "correction_not_backwards": lambda project: some_correction(ends_at=NOON),
    "worked_for_once": lambda project: again(WorkedFor),
    "asset_reference_once": lambda project: again(Asset, public_id=secret()),
    "asset_has_one": lambda project: change(Asset, fetch=Fetch.objects.get()),
    "project_name_once": lambda project: again(Project, public_id=secret(), codename="other"),
    "version_number_once": lambda project: again(ProjectVersion),
    "version_money_not_negative": lambda project: change(ProjectVersion, rate_micros=-1),
    "batch_name_once": lambda project: Batch.objects.bulk_create(
        [copy_of(Batch.objects.get(name="named"), public_id=secret())]
    ),
    "batch_one_standing": lambda project: again(Batch, public_id=secret()),
    "task_public_id_once": lambda project: again(Task, unique_id=None),
    "task_unique_id": lambda project: again(Task, public_id=secret()),
    "task_tag_once": lambda project: again(TaskTag),
    "attachment_once": lambda project: again(Attachment),
    "refusal_once": lambda project: again(ImportRefusal),
    "required_skill_once": lambda project: again(RequiredSkill),
    "requirement_once": lambda project: again(Requirement),
    "group_name_once": lambda project: again(Group, public_id=secret()),
    "group_member_once": lambda project: again(GroupMember),
    "batch_group_once": lambda project: again(BatchGroup),
    "batch_person_once": lambda project: BatchGroup.objects.bulk_create([copy_of(BatchGroup.objects.get(group=None))]),
    "batch_group_has_one": lambda project: change(BatchGroup, worker=Enrollment.objects.order_by("pk")[0].worker),
    "wall_member_once": lambda project: again(WallMember),
    "enrollment_once": lambda project: again(Enrollment),
    "hold_has_an_end": lambda project: some_hold(until=NOON),
    "pool_once_a_day": lambda project: day_and_ever(BudgetPool, ever=False),
    "pool_once_in_all": lambda project: day_and_ever(BudgetPool, ever=True),
    "pool_within_cap": lambda project: change(BudgetPool, granted_micros=101),
    "token_once_a_day": lambda project: day_and_ever(BudgetToken, ever=False),
    "token_once_in_all": lambda project: day_and_ever(BudgetToken, ever=True),
    "token_within_grant": lambda project: change(BudgetToken, used_micros=101),
    "pause_scope_has_its_subject": lambda project: some_pause(scope="project"),
    "pause_grace_has_its_end": lambda project: some_pause(policy="grace"),
    "pause_ends_after_its_start": lambda project: some_pause(ends_at=NOON),
    "pause_ramps_after_its_end": lambda project: some_pause(ramp_s=60, ramp_ends_at=LATER),
    "pause_of_quiet_hours_ends": lambda project: some_pause(quiet_hours=some_quiet_hours()),
    "pause_of_a_kill_switch_stops_all": lambda project: some_pause(
        kill_switch=KillSwitch.objects.create(organization=project.organization, reason="An order.", asked_at=NOON)
    ),
}


def copy_of(row: Any, **more: Any) -> Any:
    row.pk = None
    row._state.adding = True
    for name, value in more.items():
        setattr(row, name, value)
    return row


@pytest.mark.parametrize("name", REFUSED)
def test_the_database_refuses(world, name):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        REFUSED[name](world)

    assert connection.vendor != "postgresql" or f'"{name}"' in str(refused.value)


def test_nobody_has_two_reservations(world):
    with pytest.raises(IntegrityError), transaction.atomic():
        second_of("reserved")


# A query of the hot paths that the partial index is for.
CARRIED: dict[str, Callable[[Project], Any]] = {
    "lane_maybe_open": lambda project: Lane.objects.filter(project=project, maybe_open=True),
    "work_item_open": lambda project: WorkItem.objects.filter(lane=Lane.objects.all()[0], open=True).order_by(
        "position"
    ),
    "work_item_reserved": lambda project: WorkItem.objects.filter(open=True, reserved_for=7),
    "work_item_redo": lambda project: WorkItem.objects.filter(
        lane=Lane.objects.all()[0], open=True, round__gt=1
    ).order_by("position"),
    "work_item_of_subject": lambda project: WorkItem.objects.filter(subject=7),
    "assignment_leased": lambda project: Assignment.objects.expired(at=LATER),
    "assignment_skipped_by_worker": lambda project: skips_between(NOON, LATER).filter(worker=7),
    "submission_fixes": lambda project: Submission.objects.filter(fixes=7),
    "correction_pending": lambda project: TimeCorrection.objects.all().pending().order_by("id"),
    "wall_in_force": lambda project: Wall.objects.filter(ended_at=None).order_by("created_at"),
    "pause_withholding": lambda project: Pause.objects.withholding(7, at=NOON),
}


@pytest.mark.parametrize("name", CARRIED)
def test_a_partial_index_carries_its_query(world, name):
    """With no table read whole and no other index there. SQLite's planner knows no parameters: there it exists."""
    rows = CARRIED[name](world)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            assert name in connection.introspection.get_constraints(cursor, rows.model._meta.db_table)
            return
        cursor.execute("SET LOCAL enable_seqscan = off")
        # Which of several it takes depends on what else has been in the tables.
        cursor.execute(
            "UPDATE pg_index SET indisvalid = false WHERE indrelid = %s::regclass AND indexrelid <> %s::regclass",
            [rows.model._meta.db_table, name],
        )

    assert name in rows.explain()
