"""Work of a given size, written by the database itself: the rows that the product would have left."""

from contextlib import nullcontext
from datetime import datetime

from django.db.models import F
from django.utils import timezone

from bench import rows
from labeling.models import (
    Lane,
    Resolution,
    StageKind,
    WorkItem,
)
from projects.models import (
    Batch,
    Enrollment,
    Pause,
    Project,
    RequiredSkill,
    Requirement,
    Task,
    TaskContent,
    TaskStatus,
    WallMember,
)
from workers.models import Worker, WorkerLanguage, WorkerSkill

# From here on indexes are made at the end, and only the first tasks have contents: a claim does not look at them.
MANY = 5_000_000
FEW_CONTENTS = 10_000
SMALL = (Worker, WorkerSkill, WorkerLanguage, Enrollment, RequiredSkill, Requirement, Pause, WallMember)


def fill(project: Project, count: int, *, analyze: bool = True) -> Batch:
    """So many tasks on offer in the project's standing batch: the rows that adding them would have left."""
    batch = Batch.objects.select_related("project").get(project=project, name=None)
    assert project.current_version is not None  # written with the project
    rows.without_checks()
    with rows.without_indexes(Task, WorkItem) if count >= MANY else nullcontext():
        insert_tasks(batch, count, at=timezone.now())
        insert_items(batch, places=int(project.current_version.pipeline[0]["places"]))
    rows.without_checks("origin")
    if analyze:
        rows.analyze(Task, TaskContent, WorkItem, Lane, *SMALL)
    return batch


def insert_tasks(batch: Batch, count: int, *, at: datetime) -> None:
    moment = f"timestamptz '{at.isoformat()}'"
    rows.insert_select(
        Task,
        f"generate_series(1, {count}) AS n",
        public_id=f"'{int(at.timestamp()):08x}' || lpad(to_hex({batch.pk}), 6, '0') || lpad(to_hex(n), 10, '0')",
        organization_id=str(batch.organization_id),
        project_id=str(batch.project_id),
        batch_id=str(batch.pk),
        version_id=str(batch.project.current_version_id),
        type=f"'{batch.project.type}'",
        offered_at=moment,
        created_at=moment,
        updated_at=moment,
    )
    few = f"LIMIT {FEW_CONTENTS}" if count >= MANY else ""
    rows.insert_select(
        TaskContent,
        f"(SELECT id FROM projects_task WHERE batch_id = {batch.pk} ORDER BY id {few}) AS task",
        task_id="id",
        params="jsonb_build_object('attachment', 'Text number ' || id || ': ' || repeat('some words to read, ', 14))",
    )


def insert_items(batch: Batch, *, places: int) -> None:
    lane = Lane.objects.create(
        batch=batch, project_id=batch.project_id, organization_id=batch.organization_id, stage=0, kind=StageKind.ATTEMPT
    )
    rows.insert_select(
        WorkItem,
        f"(SELECT id FROM projects_task WHERE batch_id = {batch.pk} ORDER BY id) AS task",
        task_id="id",
        stage="0",
        kind="'attempt'",
        lane_id=str(lane.pk),
        position="nextval('labeling_position_seq')",
        places=str(places),
        places_left=str(places),
        open="true",
    )
    Lane.objects.filter(pk=lane.pk).update(version=F("version") + 1)


def finish_all(project: Project) -> None:
    """Every task of the project with an answer, as after its last submission."""
    rows.insert_select(
        Resolution,
        f"projects_task WHERE project_id = {project.pk} ORDER BY id",
        task_id="id",
        number="0",
        source="'attempt'",
        response="""'{"category": "cat"}'::jsonb""",
        resolved_at="created_at",
    )
    Task.objects.filter(project=project).update(status=TaskStatus.COMPLETED, completed_at=F("created_at"))
    rows.analyze(Task, Resolution)
