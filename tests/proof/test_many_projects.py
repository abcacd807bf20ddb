"""Where most projects have nothing for a worker, a claim costs what the few that have something cost."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labeling import choosing, timing
from labeling.choosing import MOST_LANES
from labeling.claiming import Nothing, claim
from labeling.lanes import close_idle_lanes
from labeling.models import Assignment, Lane, WorkItem
from labeling.submitting import submit
from projects.models import Enrollment, Project
from tests.factories import CAT, NOON, OrganizationFactory, make_project, make_tasks, make_worker
from tests.labeling.steps import new_key
from workers.models import Worker

pytestmark = [pytest.mark.django_db, pytest.mark.slow(reason="many projects")]

WITH_WORK = 10
# Of one lane that turns out to be empty: a look, a look without SKIP LOCKED, and the note.
PER_LANE = 4
SIZES = pytest.mark.parametrize(("people", "n_projects"), [(4, 60), pytest.param(64, 1000, marks=pytest.mark.proof)])


def make_projects(count: int, *, tasks: int = 1) -> list[Project]:
    """Ten with so many tasks; of the others all work is taken."""
    customers = OrganizationFactory.create_batch(5)
    projects = [make_project(organization=customers[number % 5]) for number in range(count)]
    for number, project in enumerate(projects):
        make_tasks(project, tasks if number < WITH_WORK else 1)
    WorkItem.objects.filter(task__project__in=projects[WITH_WORK:]).update(places_left=0, open=False)
    return projects


def make_people(count: int, projects: list[Project]) -> list[Worker]:
    people = [make_worker() for _n in range(count)]
    rows = [Enrollment(worker=one, project=project, created_at=NOON) for one in people for project in projects]
    Enrollment.objects.bulk_create(rows, batch_size=5000)
    return people


def analyze() -> None:
    """As autovacuum would have done long before."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def statements_of_a_claim(worker: Worker) -> int:
    with CaptureQueriesContext(connection) as captured:
        found = claim(worker, at=NOON)
    assert isinstance(found, Assignment)
    submit(found, response=CAT, key=new_key(), at=NOON)
    return len(captured)


def settled(worker: Worker) -> int:
    """The claim of somebody who has worked on each of the ten before: no cursor is made any more."""
    for project in Project.objects.filter(pk__in=Lane.objects.filter(maybe_open=True).values("project")):
        found = claim(worker, at=NOON, project_id=project.pk)
        assert isinstance(found, Assignment)
        submit(found, response=CAT, key=new_key(), at=NOON)
    return statements_of_a_claim(worker)


@SIZES
def test_projects_without_work_cost_nothing(people, n_projects, monkeypatch):
    monkeypatch.setattr("labeling.picking.FROM_THE_HEAD", 0)
    enough = 2 * people  # each does one of every project, and one more of any
    few = make_people(1, make_projects(WITH_WORK, tasks=enough))
    expected = settled(few[0])
    WorkItem.objects.update(places_left=0, open=False)
    close_all()
    many = make_people(people, make_projects(n_projects, tasks=enough))
    close_all()
    analyze()

    assert {settled(worker) for worker in many} == {expected}
    assert lanes_read(many[0]) <= 2 * WITH_WORK


def close_all() -> None:
    while close_idle_lanes():
        pass


def lanes_read(worker: Worker) -> int:
    """How many rows of lanes the choice touches; SQLite does not say."""
    if connection.vendor == "sqlite":
        return 0
    today = timing.day_of(worker, at=NOON)
    rows = choosing.lanes(worker.pk, at=NOON, today=today, monday=timing.monday_before(today))
    (plan,) = json.loads(rows.explain(analyze=True, format="json"))
    return int(sum(touched(node) for node in nodes(plan["Plan"]) if node.get("Relation Name") == Lane._meta.db_table))


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


def touched(node: dict[str, Any]) -> float:
    """A row that a filter throws away was read too."""
    return float((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"])


@SIZES
def test_what_is_found_empty_is_looked_at_once(people, n_projects):
    """Before the lanes are closed: no claim looks into more than a handful, and none into one of them again."""
    projects = make_projects(n_projects)
    WorkItem.objects.update(places_left=0, open=False)
    worker = make_people(1, projects)[0]
    analyze()
    spent = []
    while True:
        with CaptureQueriesContext(connection) as captured:
            found = claim(worker, at=NOON)
        spent.append(len(captured))
        if found is Nothing.EMPTY:
            break
    with CaptureQueriesContext(connection) as captured:
        assert claim(worker, at=NOON + timedelta(minutes=1)) is Nothing.EMPTY

    assert max(spent) <= 10 + PER_LANE * MOST_LANES
    assert len(spent) == -(-n_projects // MOST_LANES)
    assert len(captured) <= 6
