"""Where the machine lives: three customers' projects, people of each role, and the clock."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from accounts.models import User
from core.errors import BusinessError
from labeling.assigning import COVERED
from labeling.models import (
    NEXT_STATUSES,
    Assignment,
    AssignmentStatus,
    Draft,
    Lane,
    WorkDay,
    WorkedFor,
    WorkInterval,
    WorkItem,
)
from projects.creating import create_batch
from projects.grouping import create_group
from projects.models import Batch, EnrollmentRole, Project, ProjectVersion, RequiredSkill, Requirement, Workforce
from tests import memory
from tests.factories import NOON, UserFactory, make_project, make_tasks, make_worker
from tests.proof.invariants import check_all
from workers.models import Skill, Worker, WorkerLanguage, WorkerSkill

SHARE = 1_000_000


class Reversible:
    """What is done inside is undone at the end; an action may be the outermost durable block in it."""

    def __enter__(self) -> None:
        self.atomic = transaction.atomic()
        setattr(self.atomic, "_from_testcase", True)  # noqa: B010 (unknown to the types)
        self.atomic.__enter__()

    def __exit__(self, *_error: object) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)
        memory.forget()


class World(RuleBasedStateMachine):
    """Three attempters, one who does both and a reviewer; two places and a review, a cap, and a project that asks."""

    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.at = NOON
        self.keys: dict[int, tuple[str, Any]] = {}
        self.statuses: dict[int, str] = {}
        self.is_sound = False
        self.all = Reversible()
        self.all.__enter__()

    def teardown(self) -> None:
        self.all.__exit__()

    @initialize()
    def begin(self) -> None:
        self.reviewed = make_project(places=2, reviews=1, rate_micros=5, workforce=Workforce.OWN)
        self.capped = make_project(
            rate_micros=3, price_micros=SHARE, total_cap_micros=5 * SHARE, day_cap_micros=3 * SHARE
        )
        self.picky = make_project(rate_micros=1)
        self.projects = [self.reviewed, self.capped, self.picky]
        self.second = create_batch(self.reviewed, name="second", by=None, at=NOON)
        self.group = create_group(self.reviewed, "Night", [], by=None, at=NOON)
        self.staff: User = UserFactory.create(is_site_admin=True)
        roles = [EnrollmentRole.WORKER] * 3 + [EnrollmentRole.BOTH, EnrollmentRole.REVIEWER]
        self.people = [make_worker(*self.projects, role=role).pk for role in roles]
        self.skill = Skill.objects.create(name="Latin", created_at=NOON)
        RequiredSkill.objects.create(project=self.picky, skill=self.skill)
        Requirement.objects.create(project=self.picky, kind="country", code="KE")
        Requirement.objects.create(project=self.picky, kind="language", code="sw")
        for pk in self.people[:4]:
            self.equip(Worker.objects.get(pk=pk))
        make_tasks(self.reviewed, 2)
        make_tasks(self.reviewed, 1, batch=self.second)
        make_tasks(self.capped, 6)
        make_tasks(self.picky, 2)

    def equip(self, worker: Worker) -> None:
        """With all that the third project asks for."""
        Worker.objects.filter(pk=worker.pk).update(country="KE")
        WorkerLanguage.objects.create(worker=worker, code="sw")
        WorkerSkill.objects.create(worker=worker, skill=self.skill, granted_at=NOON - timedelta(days=1))

    def worker(self, number: int) -> Worker:
        """As the database has them now."""
        return Worker.objects.select_related("user").get(pk=self.people[number])

    def now(self) -> datetime:
        self.is_sound = False
        self.at += timedelta(seconds=1)
        return self.at

    def project(self, number: int) -> Project:
        return Project.objects.get(pk=self.projects[number].pk)

    def batches(self) -> list[Batch]:
        return list(Batch.objects.order_by("pk"))

    @invariant()
    def everything_is_in_order(self) -> None:
        if not hasattr(self, "people"):
            return
        type(self).steps += 1
        check_all()
        check_drafts()
        check_lanes()
        check_time()
        check_worked_for()
        check_spent(self.capped)
        self.check_statuses()
        self.is_sound = True

    def check_statuses(self) -> None:
        """What has ended has not come back but by the ways that there are."""
        for one in Assignment.objects.all():
            before = self.statuses.get(one.pk, one.status)
            assert one.status in reachable(before), f"{before} became {one.status}"
            self.statuses[one.pk] = one.status


def reachable(status: str) -> set[str]:
    """By any number of steps: one rule may take several."""
    found, waiting = {status}, [status]
    while waiting:
        following = set(NEXT_STATUSES.get(AssignmentStatus(waiting.pop()), set())) - found
        found |= following
        waiting += following
    return found


def check_drafts() -> None:
    """What was handed in has no draft."""
    done = {(one.work_item_id, one.worker_id) for one in Assignment.objects.filter(status="submitted")}
    assert done & set(Draft.objects.values_list("work_item_id", "worker_id")) == set()


def check_lanes() -> None:
    """Where something is open claims look."""
    lanes = set(WorkItem.objects.filter(open=True).values_list("lane_id", flat=True))
    assert not Lane.objects.filter(pk__in=lanes, maybe_open=False).exists()


def check_time() -> None:
    """The days have what the stints have."""
    stints, days = (sums_by_worker(model) for model in (WorkInterval, WorkDay))
    assert stints == days


def sums_by_worker(model: Any) -> dict[int, int]:
    found: dict[int, int] = {}
    for worker, worked_ms in model.objects.values_list("worker_id", "worked_ms"):
        found[worker] = found.get(worker, 0) + worked_ms
    return {worker: total for worker, total in found.items() if total}


def check_worked_for() -> None:
    """Walls look at the last hand-out of each customer's work, at most an hour later."""
    last: dict[tuple[int, int], datetime] = {}
    handed = Assignment.objects.values_list("worker_id", "work_item__task__organization_id", "claimed_at")
    for worker, organization, claimed_at in handed:
        key = (worker, organization)
        last[key] = max(last.get(key, claimed_at), claimed_at)
    noted = {(one.worker_id, one.organization_id): one.last_at for one in WorkedFor.objects.all()}
    assert set(noted) == set(last)
    # An activation moves claimed_at by the minutes of a reservation, which the hour covers.
    assert [key for key in last if not last[key] <= noted[key] <= last[key] + COVERED] == []


def check_spent(project: Project) -> None:
    """Never more than the highest cap that any version has had."""
    versions = ProjectVersion.objects.filter(project=project)
    drawn = list(Assignment.objects.filter(version__project=project).values_list("share_day", "share_micros"))
    caps = [(one.total_cap_micros or 0, one.day_cap_micros or 0) for one in versions]
    assert sum(micros for _day, micros in drawn) <= max(ever for ever, _day in caps)
    for day in {day for day, _micros in drawn if day}:
        assert sum(micros for of, micros in drawn if of == day) <= max(a_day for _ever, a_day in caps)


def refused_with(codes: str, verb: Callable[..., Any], *args: Any, **more: Any) -> bool:
    """Do it; whether it was refused, which may only be for one of these reasons."""
    try:
        verb(*args, **more)
    except BusinessError as refused:
        if refused.code not in codes.split(", "):
            raise
        return True
    return False
