"""What has to be true before work is handed out: skills, languages, countries, walls, hours, groups."""

from datetime import timedelta

import pytest

from labeling.assigning import COVERED
from labeling.claiming import Nothing, claim, reserve
from labeling.models import Assignment, AssignmentStatus, WorkDay, WorkedFor, WorkItem
from projects.creating import create_batch
from projects.models import (
    Batch,
    BatchGroup,
    Enrollment,
    Group,
    GroupMember,
    Hold,
    Project,
    RequiredSkill,
    Requirement,
    Wall,
)
from tests.factories import NOON, OrganizationFactory, make_project, make_tasks, make_worker, wall_between
from tests.labeling.steps import REJECTED, judged, make_reviewer, submitted, taken
from workers.models import Skill, Worker, WorkerLanguage, WorkerSkill

pytestmark = pytest.mark.django_db

HOUR_MS = 3_600_000


def with_tasks(count: int = 3, **terms) -> Project:
    project = make_project(**terms)
    make_tasks(project, count)
    return project


def gets(worker: Worker, project: Project, *, at=NOON) -> bool:
    """Whether a claim finds something of the project for them; it is given back to nobody."""
    return isinstance(claim(worker, at=at, project_id=project.pk), Assignment)


def grant(worker: Worker, skill: Skill, **more) -> WorkerSkill:
    return WorkerSkill.objects.create(worker=worker, skill=skill, granted_at=NOON - timedelta(days=30), **more)


@pytest.fixture
def skill(db):
    return Skill.objects.create(name="Medical terms", created_at=NOON)


@pytest.mark.parametrize(
    ("granted", "expected"),
    [
        (None, False),
        ({}, True),
        ({"expires_at": NOON + timedelta(seconds=1)}, True),
        ({"expires_at": NOON}, False),
        ({"revoked_at": NOON - timedelta(days=1)}, False),
    ],
)
def test_a_skill_counts_until_it_ends_or_is_revoked(skill, granted, expected):
    project = with_tasks()
    RequiredSkill.objects.create(project=project, skill=skill)
    worker = make_worker(project)
    if granted is not None:
        grant(worker, skill, **granted)

    assert gets(worker, project) is expected


def test_all_skills_of_a_project_are_needed(skill):
    project, other = with_tasks(), Skill.objects.create(name="Latin", created_at=NOON)
    for one in (skill, other):
        RequiredSkill.objects.create(project=project, skill=one)
    worker = make_worker(project)
    grant(worker, skill)

    assert not gets(worker, project)
    grant(worker, other)
    assert gets(worker, project)


def test_somebody_else_s_skill_and_another_project_s_need_change_nothing(skill):
    project, free = with_tasks(), with_tasks()
    RequiredSkill.objects.create(project=project, skill=skill)
    worker = make_worker(project, free)
    grant(make_worker(project), skill)

    assert not gets(worker, project)
    assert gets(worker, free)


@pytest.mark.parametrize(
    ("asked", "own", "expected"),
    [
        ([], [], True),
        (["ja"], [], False),
        (["ja"], ["en"], False),
        (["ja", "en"], ["en"], True),
        (["ja"], ["en", "ja"], True),
    ],
)
def test_one_of_the_languages_is_enough(asked, own, expected):
    project = with_tasks()
    worker = make_worker(project)
    for code in asked:
        Requirement.objects.create(project=project, kind="language", code=code)
    for code in own:
        WorkerLanguage.objects.create(worker=worker, code=code)

    assert gets(worker, project) is expected


@pytest.mark.parametrize(("country", "expected"), [("KE", True), ("IN", True), ("US", False), ("", False)])
def test_one_of_the_countries_is_enough(country, expected):
    project = with_tasks()
    for code in ("KE", "IN"):
        Requirement.objects.create(project=project, kind="country", code=code)
    worker = make_worker(project)
    Worker.objects.filter(pk=worker.pk).update(country=country)
    worker.refresh_from_db()

    assert gets(worker, project) is expected


def test_a_wall_keeps_who_worked_for_one_customer_from_the_others_for_its_length():
    first, second, third = with_tasks(), with_tasks(), with_tasks()
    wall_between(first, second, days=30)
    worker = make_worker(first, second, third)
    submitted(worker, project=first)

    end = NOON + COVERED + timedelta(days=30)
    assert not gets(worker, second, at=end - timedelta(seconds=1))
    assert gets(worker, second, at=end)


def test_a_wall_is_none_for_the_same_customer_and_for_those_outside():
    first, outside = with_tasks(), with_tasks()
    again = with_tasks(organization=first.organization)
    wall_between(first, with_tasks(), days=30)
    for project in (again, outside):
        worker = make_worker(first, project)
        submitted(worker, project=first)
        assert gets(worker, project)


def test_work_in_hand_counts_for_a_wall_and_what_is_reserved_too():
    first, second = with_tasks(), with_tasks()
    wall_between(first, second, days=1)
    worker = make_worker(first, second)
    taken(worker, project=first)

    assert set(WorkedFor.objects.values_list("organization", flat=True)) == {first.organization_id}
    Assignment.objects.update(status="released")
    assert not gets(worker, second)


def test_a_wall_that_has_ended_is_none():
    first, second = with_tasks(), with_tasks()
    wall_between(first, second, days=30)
    worker = make_worker(first, second)
    submitted(worker, project=first)
    Wall.objects.update(ended_at=NOON)

    assert gets(worker, second)


@pytest.mark.parametrize(
    ("limits", "worked", "expected"),
    [
        ({}, {0: 20 * HOUR_MS}, True),
        ({"day_limit_s": 3600}, {0: HOUR_MS - 1}, True),
        ({"day_limit_s": 3600}, {0: HOUR_MS}, False),
        ({"day_limit_s": 3600}, {-1: 9 * HOUR_MS}, True),
        ({"week_limit_s": 3600}, {-1: HOUR_MS}, False),
        ({"week_limit_s": 3600}, {-2: HOUR_MS}, True),
        ({"day_limit_s": 3600, "week_limit_s": 7200}, {0: 1000, -1: 2 * HOUR_MS}, False),
    ],
)
def test_hours_end_with_the_limit_of_the_day_or_the_week(limits, worked, expected):
    """On a Tuesday."""
    project = with_tasks()
    worker = make_worker(project)
    Worker.objects.filter(pk=worker.pk).update(**limits)
    worker.refresh_from_db()
    tuesday = NOON + timedelta(days=1)
    for days, worked_ms in worked.items():
        WorkDay.objects.create(worker=worker, day=(tuesday + timedelta(days=days)).date(), worked_ms=worked_ms)

    assert gets(worker, project, at=tuesday) is expected


def test_the_day_is_the_worker_s_own():
    project = with_tasks()
    worker = make_worker(project)
    worker.user.time_zone = "Pacific/Auckland"
    worker.user.save()
    Worker.objects.filter(pk=worker.pk).update(day_limit_s=1)
    worker.refresh_from_db()
    WorkDay.objects.create(worker=worker, day=NOON.date() + timedelta(days=1), worked_ms=HOUR_MS)

    assert gets(worker, project, at=NOON - timedelta(hours=2))
    Assignment.objects.update(status="released")
    assert not gets(worker, project)


@pytest.mark.parametrize("what", ["hold", "hold everywhere", "hours", "wall"])
def test_what_closes_a_project_to_one_worker_closes_it_to_nobody_else(what):
    project, competitor = with_tasks(), with_tasks()
    wall_between(project, competitor, days=30)
    closed, bystander = make_worker(project), make_worker(project)
    Worker.objects.update(day_limit_s=3600)
    match what:
        case "hold" | "hold everywhere":
            where = project if what == "hold" else None
            until = NOON + timedelta(days=1)
            Hold.objects.create(worker=closed, project=where, reason="quality", text="No.", starts_at=NOON, until=until)
        case "hours":
            WorkDay.objects.create(worker=closed, day=NOON.date(), worked_ms=HOUR_MS)
        case "wall":
            WorkedFor.objects.create(worker=closed, organization=competitor.organization, last_at=NOON)

    assert (gets(closed, project), gets(bystander, project)) == (False, True)


@pytest.mark.parametrize(("kind", "code"), [("language", "ja"), ("country", "JP")])
def test_what_opens_a_project_to_one_worker_opens_it_to_nobody_else(kind, code):
    project = with_tasks()
    Requirement.objects.create(project=project, kind=kind, code=code)
    suited, bystander = make_worker(project), make_worker(project)
    WorkerLanguage.objects.create(worker=suited, code="ja")
    Worker.objects.filter(pk=suited.pk).update(country="JP")

    assert (gets(suited, project), gets(bystander, project)) == (True, False)


def test_nothing_is_asked_of_projects_that_ask_for_nothing():
    project = with_tasks(organization=OrganizationFactory.create())

    assert gets(make_worker(project), project)
    assert claim(make_worker(), at=NOON) is Nothing.EMPTY


def group_of(project: Project, *people: Worker) -> Group:
    group = Group.objects.create(project=project, name=f"group {Group.objects.count()}", created_at=NOON)
    for worker in people:
        GroupMember.objects.create(group=group, worker=worker)
    return group


def give(project: Project, *to: Group | Worker) -> Batch:
    """The batch of the project that has no name, as in with_tasks."""
    batch = project.batches.get(name=None)
    for one in to:
        BatchGroup.objects.create(batch=batch, **{"group" if isinstance(one, Group) else "worker": one})
    return batch


@pytest.mark.parametrize("how", ["group", "second group", "person"])
def test_a_batch_is_handed_to_those_alone_to_whom_it_is_given(how):
    project = with_tasks(9)
    chosen, bystander = make_worker(project), make_worker(project)
    match how:
        case "group":
            give(project, group_of(project, chosen))
        case "second group":
            give(project, group_of(project), group_of(project, chosen))
        case "person":
            give(project, group_of(project), chosen)
    elsewhere = create_batch(project, name="another", by=None, at=NOON)
    for more in ({"group": group_of(project, bystander)}, {"worker": bystander}):
        BatchGroup.objects.create(batch=elsewhere, **more)

    assert (gets(chosen, project), gets(bystander, project)) == (True, False)


def test_a_batch_that_is_given_to_an_empty_group_is_handed_to_nobody():
    project = with_tasks()
    give(project, group_of(project))

    assert not gets(make_worker(project), project)


def test_other_batches_of_the_project_are_for_everybody():
    project, other = with_tasks(1), with_tasks()
    give(project, group_of(project))
    free = create_batch(project, name="free", by=None, at=NOON)
    (task,) = make_tasks(project, 1, batch=free)
    worker = make_worker(project, other)

    assert taken(worker, project=project).work_item.task == task
    assert gets(make_worker(other), other)


def test_who_is_in_a_group_and_not_on_the_project_gets_nothing():
    project = with_tasks()
    worker = make_worker(project)
    give(project, group_of(project, worker), worker)
    Enrollment.objects.update(state="ended")

    assert not gets(worker, project)


def test_reviews_of_a_batch_are_handed_to_those_to_whom_it_is_given():
    project = with_tasks(1, reviews=1)
    author, inside, outside = make_worker(project), make_reviewer(project), make_reviewer(project)
    give(project, group_of(project, author, inside))
    submitted(author)

    assert (gets(outside, project), gets(inside, project)) == (False, True)


def test_what_is_reserved_for_whom_a_batch_is_no_longer_for_is_given_back():
    project = with_tasks(1)
    worker, other = make_worker(project), make_worker(project)
    assert isinstance(reserve(worker, at=NOON), Assignment)
    give(project, other)

    assert claim(worker, at=NOON) is Nothing.EMPTY
    assert Assignment.objects.get().status == AssignmentStatus.RELEASED
    assert gets(other, project)


def test_a_redo_goes_to_another_of_the_group_when_its_author_is_out_of_it():
    project = with_tasks(1, reviews=1)
    author, other = make_worker(project), make_worker(project)
    submitted(author)
    judged(make_reviewer(project), REJECTED)
    give(project, group_of(project, other))

    assert [gets(author, project), gets(other, project)] == [False, False]
    WorkItem.objects.update(reserved_until=NOON)
    assert [gets(author, project), gets(other, project)] == [False, True]
