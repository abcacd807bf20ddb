"""A worker who has done many tasks: the rows that this would have left."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from bench import rows
from labeling.models import Assignment, Lane, LaneCursor, Submission, WorkInterval, WorkItem
from projects.models import Project
from workers.models import Worker

ANSWER = """'{"category": "cat"}'::jsonb"""


def give_past(worker: Worker, project: Project, count: int) -> None:
    """The worker has done the first `count` tasks, of which each still has places for others."""
    lane = Lane.objects.get(batch__project=project)
    items = f"(SELECT * FROM labeling_workitem WHERE lane_id = {lane.pk} ORDER BY position LIMIT {count}) AS item"
    moment = f"timestamptz '{(timezone.now() - timedelta(days=1)).isoformat()}'"
    rows.without_checks()
    insert_assignments(worker, project, items, moment)
    insert_submissions(worker, f"{items} ON work_item_id = item.id WHERE worker_id = {worker.pk}", moment)
    rows.without_checks("origin")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE labeling_workitem SET places_left = places_left - 1, places_done = 1 "
            f"WHERE id IN (SELECT id FROM {items})"
        )
        cursor.execute(f"SELECT max(position) FROM {items}")
        position = cursor.fetchone()[0]
    LaneCursor.objects.create(worker=worker, lane=lane, position=position)
    rows.analyze(Assignment, Submission, WorkInterval, WorkItem, LaneCursor)


def insert_assignments(worker: Worker, project: Project, items: str, moment: str) -> None:
    version = project.current_version
    assert version is not None  # written with the project
    rows.insert_select(
        Assignment,
        items,
        public_id="substr(md5('past' || id), 1, 24)",
        worker_id=str(worker.pk),
        work_item_id="id",
        status="'submitted'",
        counted="true",
        version_id=str(version.pk),
        rate_micros=str(version.rate_micros),
        currency=f"'{version.currency}'",
        lease_expires_at=moment,
        claimed_at=moment,
        ended_at=moment,
    )


def insert_submissions(worker: Worker, joined: str, moment: str) -> None:
    had = f"(SELECT a.id, task_id FROM labeling_assignment AS a JOIN {joined} ORDER BY a.id) AS had"
    rows.insert_select(
        Submission,
        had,
        public_id="substr(md5('work' || id), 1, 24)",
        assignment_id="id",
        author_id=str(worker.pk),
        key="'past-' || id",
        task_id="task_id",
        response=ANSWER,
        checksum="'none'",
        submitted_at=moment,
    )
    rows.insert_select(
        WorkInterval,
        had,
        worker_id=str(worker.pk),
        assignment_id="id",
        begins_at=moment,
        seen_at=moment,
        worked_ms="900",
    )
