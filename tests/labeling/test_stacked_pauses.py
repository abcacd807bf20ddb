"""Pauses over the same work stack: every subset of the scopes, and what is left after each is lifted."""

from itertools import chain, combinations
from typing import Any

import pytest

from events.models import Notice
from labeling.claiming import Nothing, claim
from labeling.eligibility import open_to
from labeling.models import AssignmentStatus
from labeling.offers import offers
from labeling.pausing import Order, pause
from labeling.previewing import preview
from labeling.resuming import resume
from labeling.scopes import Scope
from labeling.stopping import stops_over
from projects.models import Pause, PauseScope, Project, RequiredSkill
from projects.stopping import over_projects
from tests.factories import NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import submitted, taken
from tests.labeling.stops import run_jobs
from workers.models import Skill, Worker, WorkerSkill

pytestmark = pytest.mark.django_db

SCOPES = list(PauseScope)
WHOLE = [scope for scope in SCOPES if scope not in {PauseScope.BATCH, PauseScope.COUNTRY}]
SUBSETS = list(chain.from_iterable(combinations(SCOPES, size) for size in range(len(SCOPES) + 1)))


def picky_project() -> Project:
    """Its work asks for a skill."""
    project = make_project()
    make_tasks(project, 2)
    skill, _new = Skill.objects.get_or_create(name="Latin", defaults={"created_at": NOON})
    RequiredSkill.objects.create(project=project, skill=skill)
    return project


def worker_from(country: str, *projects: Project) -> Worker:
    worker = make_worker(*projects)
    Worker.objects.filter(pk=worker.pk).update(country=country)
    WorkerSkill.objects.create(worker=worker, skill=Skill.objects.get(name="Latin"), granted_at=NOON)
    worker.refresh_from_db()
    return worker


def subject_of(scope: str, project: Project) -> Any:
    return {
        PauseScope.TYPE: project.type,
        PauseScope.SKILL: project.required_skills.get().skill,
        PauseScope.COUNTRY: "KE",
        PauseScope.ORGANIZATION: project.organization,
        PauseScope.PROJECT: project,
        PauseScope.BATCH: project.batches.get(),
    }.get(PauseScope(scope))


def stop(scope: str, project: Project) -> Pause:
    order = Order("finish", "data", text_for_workers="Wait.")
    (one,) = pause([Scope(scope, subject_of(scope, project))], order, by=None, at=NOON)
    return one


@pytest.mark.parametrize("scopes", SUBSETS, ids=lambda scopes: "+".join(scopes) or "none")
def test_every_subset_of_scopes_stops_until_the_last_of_it_is_lifted(scopes):
    project = picky_project()
    holder, asking = worker_from("KE", project), worker_from("KE", project)
    held = taken(holder)
    standing = [stop(scope, project) for scope in scopes]

    for lifted in range(len(standing) + 1):
        left = set(standing[lifted:])

        assert open_to(asking, at=NOON).exists() is not bool(left)
        assert {one.pause for one in stops_over(held, at=NOON)} == left
        assert over_projects([project], at=NOON)[project.pk] == [one for one in standing[lifted:] if one.scope in WHOLE]
        (offer,) = offers(asking, at=NOON)
        assert offer.barrier == ("paused" if left else "")
        if left:
            assert claim(asking, at=NOON) is Nothing.EMPTY
            resume(standing[lifted], by=None, at=NOON)
    assert claim(asking, at=NOON) is not Nothing.EMPTY


def test_a_skill_a_kind_of_work_or_a_country_stops_nothing_else():
    project, other = picky_project(), make_project()
    make_tasks(other)
    stop(PauseScope.SKILL, project)
    stop(PauseScope.COUNTRY, project)
    order = Order("finish", "data", text_for_workers="Wait.")
    pause([Scope(PauseScope.TYPE, "imageannotation")], order, by=None, at=NOON)

    assert claim(worker_from("US", project), at=NOON) is Nothing.EMPTY
    assert taken(worker_from("US", other)).work_item.task.project == other
    assert claim(worker_from("KE", other), at=NOON) is Nothing.EMPTY


def test_recall_of_a_country_leaves_its_work_to_the_others():
    project = picky_project()
    here, elsewhere = worker_from("KE", project), worker_from("US", project)
    held = taken(here)

    (one,) = pause([Scope(PauseScope.COUNTRY, "KE")], Order("recall", "data", text_for_workers="W"), by=None, at=NOON)
    run_jobs()

    held.refresh_from_db()
    assert (one.counts["people"], one.counts["in_hand"], one.counts["open_places"]) == (1, 1, 0)
    assert held.status == AssignmentStatus.RECALLED
    taken_elsewhere = [submitted(elsewhere).work_item_id for _n in range(2)]
    assert held.work_item_id in taken_elsewhere
    assert Notice.objects.get().user == here.user


def test_of_a_skill_only_what_asks_for_it_is_concerned():
    project = picky_project()
    other = make_project()
    RequiredSkill.objects.create(project=other, skill=Skill.objects.create(name="Greek", created_at=NOON))
    make_tasks(other)

    found = preview(Scope.of(project.required_skills.get().skill), at=NOON)

    assert (found.projects, found.batches, found.open_places) == (1, 1, 2)


def test_a_pause_of_another_skill_stops_nobody_here():
    project = picky_project()
    held = taken(worker_from("KE", project))
    greek = Skill.objects.create(name="Greek", created_at=NOON)

    pause([Scope.of(greek)], Order("finish", "data", text_for_workers="Wait."), by=None, at=NOON)

    assert stops_over(held, at=NOON) == []
    assert claim(worker_from("KE", project), at=NOON) is not Nothing.EMPTY
