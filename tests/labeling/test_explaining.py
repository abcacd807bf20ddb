from datetime import timedelta

import pytest

from labeling.assigning import COVERED
from labeling.claiming import Nothing, claim
from labeling.eligibility import Barrier
from labeling.explaining import NEAREST_FIRST, OF_BARRIER, Explanation, Reason, explain
from labeling.models import WorkDay, WorkItem
from projects.models import (
    Attachment,
    Batch,
    BatchGroup,
    BatchStatus,
    EnrollmentRole,
    Hold,
    Pause,
    Project,
    RequiredSkill,
    Requirement,
    Task,
)
from tests.factories import NOON, make_project, make_tasks, make_worker, wall_between
from tests.labeling.steps import REJECTED, judged, make_reviewer, submitted, taken
from workers.models import Skill, Worker, WorkerSkill

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=5)


def why(worker: Worker, *, project: Project | None = None, at=NOON) -> Explanation:
    """After a claim that found nothing."""
    project_id = project.pk if project else None
    assert claim(worker, at=at, project_id=project_id) is Nothing.EMPTY
    return explain(worker, project_id=project_id, at=at)


def with_task(**terms) -> Project:
    project = make_project(**terms)
    make_tasks(project)
    return project


def pause_of(project: Project, *, ends_at=None, policy: str = "finish", text: str = "New data comes.") -> None:
    Pause.objects.create(
        scope="project",
        project=project,
        policy=policy,
        starts_at=NOON,
        created_at=NOON,
        ends_at=ends_at,
        reason="data",
        text_for_workers=text,
    )


def test_without_a_project_the_worker_hears_that():
    assert why(make_worker()).reason == Reason.NO_PROJECT


def test_a_hold_everywhere_is_named_with_its_end_and_its_text():
    worker = make_worker(with_task())
    Hold.objects.create(worker=worker, reason="quality", text="Too fast.", starts_at=NOON, until=LATER)

    assert why(worker) == Explanation(
        Reason.HOLD, "Too fast.", "Your pay is untouched. You can appeal.", next_at=LATER, codename=""
    )


def test_a_hold_on_one_project_is_named_for_it():
    project = with_task()
    worker = make_worker(project)
    Hold.objects.create(worker=worker, project=project, reason="quality", text="Too fast.", starts_at=NOON, until=LATER)

    found = why(worker)

    assert (found.reason, found.message, found.next_at, found.codename) == (
        Reason.HOLD,
        "Too fast.",
        LATER,
        project.codename,
    )


def test_a_pause_is_named_with_its_text_and_its_end():
    project = with_task()
    pause_of(project, ends_at=LATER)

    found = why(make_worker(project))

    assert (found.reason, found.message, found.next_at) == (Reason.PAUSED, "New data comes.", LATER)


@pytest.mark.parametrize(
    ("second", "expected"), [(LATER + timedelta(hours=1), LATER + timedelta(hours=1)), (None, None)]
)
def test_stacked_pauses_end_with_the_last_of_them(second, expected):
    project = with_task()
    pause_of(project, ends_at=LATER, policy="recall")
    pause_of(project, ends_at=second)

    assert why(make_worker(project)).next_at == expected


def test_work_that_was_not_launched_is_named():
    project = with_task()
    Batch.objects.update(status=BatchStatus.STAGING)

    assert why(make_worker(project)).reason == Reason.NOT_STARTED


def test_work_for_another_role_is_named():
    project = with_task()

    assert why(make_reviewer(project)).reason == Reason.ROLE


def test_a_reached_cap_is_named_with_the_next_day():
    project = with_task(price_micros=1_000_000, day_cap_micros=999_999)
    project.organization.time_zone = "Africa/Nairobi"
    project.organization.save()

    found = why(make_worker(project))

    assert (found.reason, found.next_at) == (Reason.CAP_REACHED, NOON + timedelta(hours=9))


def test_a_reached_cap_of_all_days_has_no_next_day():
    project = with_task(price_micros=1_000_000, total_cap_micros=999_999)

    assert (why(make_worker(project)).reason, why(make_worker(project)).next_at) == (Reason.CAP_REACHED, None)


def test_work_kept_for_its_author_is_named_with_its_end():
    project = with_task(reviews=1)
    submitted(make_worker(project))
    judged(make_reviewer(project), REJECTED)

    found = why(make_worker(project))

    assert (found.reason, found.next_at) == (Reason.RESERVED, NOON + timedelta(hours=24))


def test_work_in_other_hands_is_named_with_the_first_lease_s_end():
    project = with_task()
    taken(make_worker(project))

    found = why(make_worker(project))

    assert (found.reason, found.next_at) == (Reason.ALL_IN_HANDS, NOON + timedelta(minutes=30))


def test_one_s_own_work_in_review_is_named():
    project = with_task(reviews=1)
    worker = make_worker(project, role=EnrollmentRole.BOTH)
    submitted(worker)

    assert why(worker).reason == Reason.OWN_WORK


def test_tasks_whose_files_are_read_are_named():
    project = with_task()
    worker = make_worker(project)
    WorkItem.objects.all().delete()
    Task.objects.update(offered_at=None)
    Attachment.objects.create(task=Task.objects.get(), state="waiting")

    assert why(worker).reason == Reason.PREPARING


def test_when_everything_is_done_that_is_said():
    project = with_task()
    worker = make_worker(project)
    submitted(worker)

    assert why(worker) == Explanation(
        Reason.ALL_DONE, "Everything is done.", "You are told when there is new work.", codename=project.codename
    )


def skill_for(project: Project, name: str = "Medical terms") -> Skill:
    skill = Skill.objects.create(name=name, created_at=NOON)
    RequiredSkill.objects.create(project=project, skill=skill)
    return skill


def test_a_missing_skill_is_named():
    project = with_task()
    skill_for(project)

    found = why(make_worker(project))

    assert (found.reason, found.message) == (Reason.SKILL, "This project needs the skill “Medical terms”.")


def test_a_skill_that_is_over_is_named_with_its_end():
    project = with_task()
    skill, worker = skill_for(project), make_worker(project)
    WorkerSkill.objects.create(worker=worker, skill=skill, granted_at=NOON - timedelta(days=9), expires_at=NOON)

    assert why(worker).message == "Your skill “Medical terms” ended 12:00."


def test_another_language_is_named():
    project = with_task()
    for code in ("pt-br", "ja"):
        Requirement.objects.create(project=project, kind="language", code=code)

    found = why(make_worker(project))

    assert found.reason == Reason.LANGUAGE
    assert found.message == "This project is for people who work in one of: Japanese, Portuguese (Brazil)."


def test_another_country_is_named():
    project = with_task()
    Requirement.objects.create(project=project, kind="country", code="KE")

    assert why(make_worker(project)).reason == Reason.COUNTRY


def test_a_wall_is_named_with_its_end_and_without_the_other_customer():
    first, second = with_task(), with_task()
    wall_between(first, second, days=30)
    worker = make_worker(first, second)
    submitted(worker, project=first)

    found = why(worker, project=second)

    assert (found.reason, found.next_at) == (Reason.WALL, NOON + COVERED + timedelta(days=30))
    assert first.organization.name not in found.message + found.what_to_do


def test_work_that_is_given_to_others_is_named_without_them():
    project = with_task()
    other = make_worker(project)
    BatchGroup.objects.create(batch=Batch.objects.get(), worker=other)

    found = why(make_worker(project))

    assert found == Explanation(
        Reason.GROUP,
        "What is open is given to other people on the project.",
        "Ask the person who runs your team if you should work on it too.",
        codename=project.codename,
    )
    BatchGroup.objects.update(worker=make_worker(project))
    assert why(other).reason == Reason.GROUP


@pytest.mark.parametrize(
    ("limit", "next_at"),
    [
        ({"day_limit_s": 3600}, NOON + timedelta(hours=12)),
        ({"week_limit_s": 3600}, NOON + timedelta(days=6, hours=12)),
        ({"day_limit_s": 3600, "week_limit_s": 3600}, NOON + timedelta(days=6, hours=12)),
    ],
)
def test_used_up_hours_are_named_with_their_end(limit, next_at):
    worker = make_worker(with_task())
    Worker.objects.filter(pk=worker.pk).update(**limit)
    worker.refresh_from_db()
    WorkDay.objects.create(worker=worker, day=NOON.date(), worked_ms=3_600_000)

    found = why(worker)

    assert (found.reason, found.next_at) == (Reason.HOURS, next_at)


def test_each_barrier_has_its_reason_and_each_reason_its_place():
    assert set(OF_BARRIER) == set(Barrier)
    assert set(NEAREST_FIRST) == set(Reason) - {Reason.NO_PROJECT}


def test_of_several_projects_the_one_nearest_to_work_is_named():
    done, paused, busy = with_task(), with_task(), with_task()
    submitted(make_worker(done))
    pause_of(paused)
    taken(make_worker(busy))
    worker = make_worker(done, paused, busy)

    assert why(worker).codename == busy.codename
    assert why(worker, project=paused).reason == Reason.PAUSED


def test_an_archived_project_counts_as_done():
    project = with_task()
    Project.objects.update(archived_at=NOON)

    assert why(make_worker(project)).reason == Reason.ALL_DONE
