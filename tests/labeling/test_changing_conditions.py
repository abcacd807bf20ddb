"""What an admin changes counts for every claim after the change has returned, and the worker reads why."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction

from core import gate
from core.actions import ending
from labeling.claiming import Nothing, claim
from labeling.explaining import Reason, explain
from labeling.models import Assignment, WorkDay
from projects.enrolling import end_enrollment, enroll
from projects.giving import Given, give_batch
from projects.grouping import GroupChange, change_group, create_group, delete_group
from projects.holding import HoldOrder, change_hold_end, lift_hold, put_on_hold
from projects.models import Enrollment, HoldReason, Project, Workforce
from projects.own_people import take_off
from projects.requiring import Requirements, change_requirements
from projects.walling import end_wall, start_wall
from tests.factories import NOON, UserFactory, WorkerFactory, make_project, make_tasks, make_worker
from tests.labeling.steps import submitted
from workers import actions
from workers.actions import Profile
from workers.models import Skill, Worker

ORDER = HoldOrder(HoldReason.QUALITY, "Too fast to read.")
LATER = NOON + timedelta(days=40)


def with_tasks(workforce: str = Workforce.MANAGED) -> Project:
    project = make_project(workforce=workforce)
    make_tasks(project, 5)
    return project


def reason(worker: Worker, project: Project) -> Reason | None:
    """Why a claim found nothing; None when it found something, which is then done."""
    if claim(worker, at=NOON, project_id=project.pk) is Nothing.EMPTY:
        return explain(worker, project_id=project.pk, at=NOON).reason
    submitted(worker, project=project)
    return None


@pytest.fixture
def admin(db):
    return UserFactory.create(is_site_admin=True)


@pytest.fixture
def project(db):
    return with_tasks()


@pytest.fixture
def worker(project):
    return make_worker(project)


@pytest.mark.parametrize("everywhere", [True, False])
def test_a_hold_counts_at_once_and_until_it_is_lifted(admin, project, worker, everywhere):
    other = with_tasks()
    order = HoldOrder(HoldReason.QUALITY, "Too fast to read.", project=None if everywhere else other)
    hold = put_on_hold(worker, order, by=admin, at=NOON)

    assert reason(worker, project) == (Reason.HOLD if everywhere else None)
    lift_hold(hold, by=admin, at=NOON)
    assert reason(worker, project) is None


def test_a_hold_with_another_end_counts_until_then(admin, project, worker):
    hold = put_on_hold(worker, ORDER, by=admin, at=NOON)
    change_hold_end(hold, until=LATER, by=admin, at=NOON)

    assert claim(worker, at=LATER - timedelta(seconds=1)) is Nothing.EMPTY
    assert explain(worker, at=NOON).message == "Too fast to read."
    assert isinstance(claim(worker, at=LATER), Assignment)


def test_a_skill_that_is_asked_for_granted_and_taken_back(admin, project, worker):
    skill = Skill.objects.create(name="Latin", created_at=NOON)
    change_requirements(project, Requirements((skill,)), by=admin, at=NOON)
    assert reason(worker, project) == Reason.SKILL
    grant = actions.grant_skill(worker, skill, by=admin, at=NOON)
    assert reason(worker, project) is None
    actions.revoke_skill(grant, by=admin, at=NOON)
    assert reason(worker, project) == Reason.SKILL
    change_requirements(project, Requirements(), by=admin, at=NOON)
    assert reason(worker, project) is None


def test_languages_and_countries_as_the_forms_write_them(admin, project, worker):
    change_requirements(project, Requirements((), ("pt-br",), ("KE",)), by=admin, at=NOON)
    assert reason(worker, project) == Reason.COUNTRY
    actions.change_profile(worker, Profile("KE", ("pt",)), by=admin, at=NOON)
    assert reason(worker, project) == Reason.LANGUAGE
    actions.change_profile(worker, Profile("KE", ("pt-br",)), by=admin, at=NOON)
    assert reason(worker, project) is None


def test_a_limit_of_hours(admin, project, worker):
    WorkDay.objects.create(worker=worker, day=NOON.date(), worked_ms=7_200_000)
    actions.change_profile(worker, Profile(day_limit_s=7200), by=admin, at=NOON)
    assert reason(worker, project) == Reason.HOURS
    actions.change_profile(worker, Profile(day_limit_s=7201), by=admin, at=NOON)
    assert reason(worker, project) is None


def test_a_wall_between_customers(admin, project):
    other = with_tasks()
    worker = make_worker(project, other)
    submitted(worker, project=other)
    pair = [project.organization, other.organization]
    wall = start_wall("Maps", pair, length=timedelta(days=90), by=admin, at=NOON)

    assert reason(worker, project) == Reason.WALL
    end_wall(wall, by=admin, at=NOON)
    assert reason(worker, project) is None


def test_groups_to_which_a_batch_is_given(admin):
    project = with_tasks(Workforce.OWN)
    worker, other = make_worker(project), make_worker(project)
    batch = project.batches.get()
    group = create_group(project, "Night", [other], by=admin, at=NOON)
    give_batch(batch, Given((group,)), by=admin, at=NOON)

    assert [reason(worker, project), reason(other, project)] == [Reason.GROUP, None]
    change_group(group, GroupChange(add=[worker], remove=[other]), by=admin, at=NOON)
    assert [reason(worker, project), reason(other, project)] == [None, Reason.GROUP]
    give_batch(batch, Given((), (other,)), by=admin, at=NOON)
    assert [reason(worker, project), reason(other, project)] == [Reason.GROUP, None]
    give_batch(batch, Given(), by=admin, at=NOON)
    assert [reason(worker, project), reason(other, project)] == [None, None]


def narrowing(admin, project, worker) -> dict[str, Callable[[], object]]:
    """Every verb that closes work to somebody."""
    skill = Skill.objects.create(name="Latin", created_at=NOON)
    grant = actions.grant_skill(worker, skill, by=admin, at=NOON)
    hold = put_on_hold(worker, ORDER, by=admin, at=NOON)
    pair = [project.organization, make_project().organization]
    own = with_tasks(Workforce.OWN)
    batch, member = own.batches.get(), make_worker(own)
    groups = [create_group(own, name, [member], by=admin, at=NOON) for name in ("Day", "Night", "Late")]
    give_batch(batch, Given(tuple(groups)), by=admin, at=NOON)
    on_it = make_worker(project, own)
    standing = Enrollment.objects.select_related("worker", "project").get(worker=on_it, project=project)
    Worker.objects.filter(pk=on_it.pk).update(organization=own.organization)
    return {
        "enroll": lambda: enroll(on_it, project, role="reviewer", by=admin, at=NOON),
        "end_enrollment": lambda: end_enrollment(standing, by=admin, at=NOON),
        "take_off": lambda: take_off(own.organization, [on_it.user.email], [own], by=admin, at=NOON),
        "change_group": lambda: change_group(groups[0], GroupChange(remove=[member]), by=admin, at=NOON),
        "give_batch": lambda: give_batch(batch, Given(tuple(groups[1:])), by=admin, at=NOON),
        "delete_group": lambda: delete_group(groups[2], by=admin, at=NOON),
        "put_on_hold": lambda: put_on_hold(worker, ORDER, by=admin, at=NOON),
        "change_hold_end": lambda: change_hold_end(hold, until=LATER, by=admin, at=NOON),
        "change_requirements": lambda: change_requirements(project, Requirements((), ("en",)), by=admin, at=NOON),
        "start_wall": lambda: start_wall("Maps", pair, length=timedelta(days=1), by=admin, at=NOON),
        "change_profile": lambda: actions.change_profile(worker, Profile("KE"), by=admin, at=NOON),
        "grant_skill": lambda: actions.grant_skill(worker, skill, expires_at=LATER, by=admin, at=NOON),
        "revoke_skill": lambda: actions.revoke_skill(grant, by=admin, at=NOON),
    }


def test_what_narrows_drains_the_gate_after_its_action(admin, project, worker, monkeypatch):
    verbs = narrowing(admin, project, worker)
    drained: list[bool] = []
    monkeypatch.setattr(gate, "drain", lambda: drained.append(ending.gathered is None))
    seen = {}
    for name, verb in verbs.items():
        drained.clear()
        verb()
        seen[name] = list(drained)

    assert seen == {name: [True] for name in verbs}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "verb", ["put_on_hold", "change_requirements", "start_wall", "revoke_skill", "change_group", "give_batch"]
)
def test_what_narrows_waits_for_whoever_is_handing_out(verb, admin, project, worker):
    """A claim that has read the old state, of anybody, is over when the verb returns."""
    if connection.vendor == "sqlite":  # one writer at a time: the commit itself waits
        narrowing(admin, project, worker)[verb]()
        return
    somebody = WorkerFactory.create()
    run = narrowing(admin, project, worker)[verb]
    thread = threading.Thread(target=lambda: (run(), connections.close_all()))
    with transaction.atomic():
        gate.enter(Worker._meta.db_table, somebody.pk)
        thread.start()
        thread.join(0.4)
        waited = thread.is_alive()
    thread.join(20)

    assert waited
    assert not thread.is_alive()
