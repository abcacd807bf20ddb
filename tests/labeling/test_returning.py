from datetime import timedelta

import pytest

from core.errors import BusinessError
from events.models import Event, Notice
from labeling.claiming import Nothing, claim
from labeling.models import Assignment, AssignmentStatus, Report, WorkDay, WorkItem
from labeling.returning import release, report, skip, skips_left, take_back
from labeling.submitting import submit
from projects.models import Project
from tests.factories import CAT, NOON, UserFactory, make_project, make_tasks, make_worker
from tests.labeling.steps import reserved, taken

pytestmark = pytest.mark.django_db


def project_with_tasks(count: int = 1, **terms) -> Project:
    project = make_project(**terms)
    make_tasks(project, count)
    return project


def places() -> tuple[int, bool]:
    item = WorkItem.objects.get()
    return item.places_left, item.open


def test_skip_gives_the_place_back_and_bars_its_worker():
    project = project_with_tasks()
    assignment = taken(make_worker(project))

    skip(assignment, reason="too_hard", at=NOON)

    assignment.refresh_from_db()
    assert (assignment.status, assignment.reason, assignment.ended_at) == ("skipped", "too_hard", NOON)
    assert places() == (1, True)
    assert claim(assignment.worker, at=NOON) is Nothing.EMPTY
    assert isinstance(claim(make_worker(project), at=NOON), Assignment)


def test_skip_counts_against_the_day_of_the_worker_s_time_zone():
    project = project_with_tasks(4, skips_per_day=2)
    worker = make_worker(project)
    worker.user.time_zone = "Africa/Nairobi"
    worker.user.save()
    assert skips_left(taken(worker), at=NOON) == 2
    for _n in range(2):
        skip(taken(worker), reason="unclear", at=NOON)

    with pytest.raises(BusinessError) as refused:
        skip(taken(worker), reason="unclear", at=NOON + timedelta(hours=8))
    assert refused.value.code == "no_skips_left"

    skip(taken(worker), reason="unclear", at=NOON + timedelta(hours=9))  # midnight in Nairobi


def test_skip_counts_for_its_project_only():
    first, second = project_with_tasks(skips_per_day=1), project_with_tasks(skips_per_day=1)
    worker = make_worker(first, second)

    skip(taken(worker, project=first), reason="unclear", at=NOON)

    assert skips_left(taken(worker, project=second), at=NOON) == 1


def test_skips_of_another_worker_or_of_a_later_day_do_not_count():
    project = project_with_tasks(4, skips_per_day=1)
    worker = make_worker(project)
    skip(taken(make_worker(project)), reason="unclear", at=NOON)
    skip(taken(worker), reason="unclear", at=NOON + timedelta(days=1))

    left = [skips_left(taken(worker), at=NOON + timedelta(days=day)) for day in range(3)]

    assert left == [1, 0, 1]


@pytest.mark.parametrize("verb", ["skip", "report", "release"])
def test_giving_back_ends_nobody_else_s_work(verb):
    verbs = {
        "skip": lambda one: skip(one, reason="unclear", at=NOON),
        "report": lambda one: report(one, reason="broken", at=NOON),
        "release": lambda one: release(one, at=NOON),
    }
    project = project_with_tasks(3, places=2)
    mine = taken(make_worker(project))
    for _n in range(2):
        taken(make_worker(project))
    reserved(make_worker(project))
    beside = Assignment.objects.exclude(pk=mine.pk).order_by("pk")
    items = WorkItem.objects.exclude(pk=mine.work_item_id).order_by("pk")
    before = list(beside.values()), list(items.values())

    verbs[verb](mine)

    assert (list(beside.values()), list(items.values())) == before


def test_report_never_counts_and_waits_for_a_person():
    project = project_with_tasks(skips_per_day=1)
    assignment = taken(make_worker(project))

    found = report(assignment, reason="broken", comment="It is black.", at=NOON)

    assert (found.assignment, found.reason, found.comment, found.decision) == (
        assignment,
        "broken",
        "It is black.",
        "open",
    )
    assert (skips_left(assignment, at=NOON), places()) == (1, (1, True))
    assert claim(assignment.worker, at=NOON) is Nothing.EMPTY


@pytest.mark.parametrize("verb", [skip, report])
def test_a_reason_that_is_not_offered_is_refused(verb):
    assignment = taken(make_worker(project_with_tasks()))

    with pytest.raises(BusinessError) as refused:
        verb(assignment, reason="because", at=NOON)

    assert (refused.value.code, refused.value.status) == ("unknown_reason", 400)
    assert (places(), Report.objects.count()) == ((0, False), 0)


def test_release_gives_back_and_may_be_taken_again():
    assignment = taken(make_worker(project_with_tasks()))

    release(assignment, at=NOON)

    assert places() == (1, True)
    assert taken(assignment.worker) == assignment


def test_release_of_a_reservation_gives_it_back():
    ahead = reserved(make_worker(project_with_tasks()))

    release(ahead, at=NOON)

    ahead.refresh_from_db()
    assert (ahead.status, places()) == (AssignmentStatus.RELEASED, (1, True))


def test_skip_of_a_reservation_is_refused():
    ahead = reserved(make_worker(project_with_tasks()))

    with pytest.raises(BusinessError) as refused:
        skip(ahead, reason="unclear", at=NOON)

    assert (refused.value.code, places()) == ("not_active", (0, False))


@pytest.mark.parametrize("verb", ["skip", "report", "release"])
def test_giving_back_twice_or_after_submitting_is_refused(verb):
    verbs = {
        "skip": lambda one: skip(one, reason="unclear", at=NOON),
        "report": lambda one: report(one, reason="broken", at=NOON),
        "release": lambda one: release(one, at=NOON),
    }
    project = project_with_tasks(2)
    worker = make_worker(project)
    gone, done = taken(worker), None
    verbs[verb](gone)
    done = taken(worker)
    submit(done, response=CAT, key="key-00000", at=NOON)

    for one in (gone, done):
        with pytest.raises(BusinessError) as refused:
            verbs[verb](one)
        assert refused.value.code == "not_active"


def test_each_way_has_its_own_event():
    project = project_with_tasks(3)
    worker = make_worker(project)

    skip(taken(worker), reason="unclear", at=NOON)
    report(taken(worker), reason="broken", at=NOON)
    release(taken(worker), at=NOON)

    events = Event.objects.filter(subject_type="assignment").exclude(verb="assignment_claimed").order_by("pk")
    assert list(events.values_list("verb", "data__reason")) == [
        ("assignment_skipped", "unclear"),
        ("assignment_reported", "broken"),
        ("assignment_released", ""),
    ]


def test_what_an_admin_takes_back_is_free_and_its_worker_reads_why():
    assignment = taken(make_worker(project_with_tasks()))
    admin = UserFactory.create(is_site_admin=True)

    take_back(assignment, text="The file is being replaced.", by=admin, at=NOON + timedelta(minutes=2))

    assignment.refresh_from_db()
    assert (assignment.status, assignment.reason, places()) == ("released", "taken_back", (1, True))
    notice = Notice.objects.get()
    assert (notice.user, notice.code, notice.params["text"]) == (
        assignment.worker.user,
        "work_taken_back",
        "The file is being replaced.",
    )
    event = Event.objects.latest("pk")
    assert (event.verb, event.actor_id, event.data["reason"]) == (
        "assignment_released",
        admin.public_id,
        "taken_back",
    )
    assert not WorkDay.objects.exists()  # what an admin does is no sign of the worker


def test_what_was_handed_in_cannot_be_taken_back():
    assignment = taken(make_worker(project_with_tasks()))
    submit(assignment, response=CAT, key="key-00000", at=NOON)

    with pytest.raises(BusinessError) as refused:
        take_back(assignment, text="Too late.", by=UserFactory.create(), at=NOON)

    assert (refused.value.code, Notice.objects.count()) == ("not_active", 0)
