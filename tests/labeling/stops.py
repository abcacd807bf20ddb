"""How tests of the queue stop work; `at` is noon unless it matters."""

from datetime import datetime, timedelta
from typing import Any

from accounts.models import Organization
from events import running
from events.models import Job, JobState
from labeling.models import Assignment
from labeling.pausing import Order, pause
from labeling.scopes import Scope
from projects.models import Batch, Hold, Pause, PausePolicy, Project
from tests.factories import NOON, make_tasks, make_worker
from tests.labeling.steps import taken
from workers.models import Worker


def order(policy: str = PausePolicy.FINISH, **more: Any) -> Order:
    grace = timedelta(minutes=10) if policy == PausePolicy.GRACE else None
    return Order(policy=policy, grace=grace, reason="data", text_for_workers="New data comes.", **more)


def stop(
    *subjects: Organization | Project | Batch | None,
    policy: str = PausePolicy.FINISH,
    at: datetime = NOON,
    **more: Any,
) -> list[Pause]:
    return pause([Scope.of(subject) for subject in subjects], order(policy, **more), by=None, at=at)


def working(project: Project) -> Assignment:
    make_tasks(project)
    return taken(make_worker(project))


def run_jobs() -> list[str]:
    """What Celery would do; the states in which the jobs ended."""
    jobs = Job.objects.filter(state=JobState.QUEUED).order_by("pk")
    for job in jobs:
        running.run(job.pk)
    return list(Job.objects.order_by("pk").values_list("state", flat=True))


def put_on_hold(worker: Worker, project: Project | None = None) -> Hold:
    """For five hours."""
    until = NOON + timedelta(hours=5)
    return Hold.objects.create(
        worker=worker, project=project, reason="quality", text="Too fast.", starts_at=NOON, until=until
    )
