from datetime import timedelta

import pytest

from accounts.models import Mode
from core.errors import BusinessError
from events.models import Event
from labeling import choosing, claiming
from labeling.assigning import COVERED
from labeling.claiming import Nothing, claim, reserve
from labeling.expiring import expire_assignments
from labeling.models import Assignment, AssignmentStatus, Lane, LaneCursor, WorkedFor, WorkItem
from labeling.pausing import Order, pause
from labeling.places import bump
from labeling.returning import release, skip
from labeling.scopes import Scope
from projects import versions
from projects.creating import create_batch
from projects.models import Batch, BatchStatus, Enrollment, EnrollmentRole, Hold, Pause, Project, ProjectVersion
from tests.factories import NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import REJECTED, judged, make_reviewer, reserved, submitted, taken
from workers.models import Worker

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=5)
ORDER = Order(policy="finish", reason="data", text_for_workers="New data comes.")


def new_events() -> list[str]:
    found = Event.objects.filter(subject_type="assignment").order_by("pk")
    return list(found.values_list("verb", flat=True))


def put_on_hold(worker: Worker, project: Project | None = None) -> Hold:
    return Hold.objects.create(
        worker=worker, project=project, reason="quality", text="Too fast.", starts_at=NOON, until=LATER
    )


def test_claim_hands_out_the_first_task_and_takes_its_place():
    project = make_project(places=2, rate_micros=340_000)
    first, _second = make_tasks(project, 2)
    worker = make_worker(project)

    assignment = taken(worker)

    item = WorkItem.objects.get(pk=assignment.work_item_id)
    assert (item.task, item.places, item.places_left, item.places_done, item.open) == (first, 2, 1, 0, True)
    assert (assignment.status, assignment.rate_micros, assignment.currency) == ("active", 340_000, "USD")
    assert assignment.lease_expires_at == NOON + timedelta(minutes=30)
    assert assignment.version == project.current_version
    assert LaneCursor.objects.get(worker=worker).position == item.position


def test_claim_returns_what_is_in_hand():
    project = make_project()
    make_tasks(project, 2)
    worker = make_worker(project)

    assert taken(worker) == taken(worker, at=LATER)
    assert Assignment.objects.count() == 1


def test_claim_gives_each_worker_another_task():
    project = make_project()
    make_tasks(project, 3)

    items = [taken(make_worker(project)).work_item_id for _n in range(3)]

    assert len(set(items)) == 3
    assert claim(make_worker(project), at=NOON) is Nothing.EMPTY


def test_claim_never_gives_two_places_of_a_task_to_one_worker():
    project = make_project(places=3)
    make_tasks(project)
    worker = make_worker(project)
    submitted(worker)

    assert claim(worker, at=NOON) is Nothing.EMPTY


def test_claim_without_tasks_or_enrollment_is_empty():
    project = make_project()
    make_tasks(project)

    assert claim(make_worker(make_project()), at=NOON) is Nothing.EMPTY
    assert claim(make_worker(), at=NOON) is Nothing.EMPTY


def test_claim_of_a_worker_who_is_gone_is_refused():
    worker = make_worker()
    Worker.objects.filter(pk=worker.pk).delete()
    worker.pk = 4711

    with pytest.raises(BusinessError) as refused:
        claim(worker, at=NOON)

    assert (refused.value.code, refused.value.status) == ("gone", 404)


def test_claim_prefers_returned_work_then_reviews_then_batch_order_then_priority():
    project = make_project(reviews=1)
    (reviewable,) = make_tasks(project)
    submitted(make_worker(project))
    later = create_batch(project, name="later", by=None, at=NOON)
    sooner = create_batch(project, name="sooner", by=None, at=NOON)
    Batch.objects.filter(pk=sooner.pk).update(order_key=-1)
    (last,) = make_tasks(project, batch=later)
    (second,) = make_tasks(project, batch=sooner, priority=20)
    (first,) = make_tasks(project, batch=sooner, priority=30)
    (returned,) = make_tasks(project, batch=later)
    worker = make_worker(project, role=EnrollmentRole.BOTH)
    WorkItem.objects.filter(task=returned).update(reserved_for=worker, reserved_until=LATER)

    got = []
    for _n in range(5):
        assignment = taken(worker)
        got.append(assignment.work_item.task)
        skip(assignment, reason="other", at=NOON) if len(got) < 5 else None

    assert got == [returned, reviewable, first, second, last]


@pytest.mark.parametrize(("role", "kind"), [(EnrollmentRole.WORKER, "attempt"), (EnrollmentRole.REVIEWER, "review")])
def test_claim_follows_the_role(role, kind):
    project = make_project(reviews=1)
    make_tasks(project, 2)
    submitted(make_worker(project))

    assert taken(make_worker(project, role=role)).work_item.kind == kind


def test_claim_follows_the_wish_for_project_and_kind():
    first, second = make_project(reviews=1), make_project(reviews=1)
    for project in (first, second):
        make_tasks(project, 2)
        submitted(make_worker(project))
    worker = make_worker(first, second, role=EnrollmentRole.BOTH)

    assignment = claim(worker, at=NOON, project_id=second.pk, kind="attempt")

    assert isinstance(assignment, Assignment)
    assert (assignment.work_item.task.project, assignment.work_item.kind) == (second, "attempt")


@pytest.mark.parametrize("change", ["staging", "completed", "archived", "test", "ended", "hold", "hold everywhere"])
def test_claim_passes_over_what_is_closed(change):
    project = make_project()
    make_tasks(project)
    worker = make_worker(project)
    match change:
        case "staging" | "completed":
            Batch.objects.update(status=BatchStatus(change))
        case "archived":
            Project.objects.update(archived_at=NOON)
        case "test":
            Project.objects.update(mode=Mode.TEST)
        case "ended":
            Enrollment.objects.update(state="ended")
        case "hold":
            put_on_hold(worker, project)
        case "hold everywhere":
            put_on_hold(worker)

    assert claim(worker, at=NOON) is Nothing.EMPTY


def test_claim_goes_on_when_a_hold_is_over_or_for_another_project():
    project, other = make_project(), make_project()
    make_tasks(project)
    worker = make_worker(project)
    put_on_hold(worker, other)
    put_on_hold(worker)

    assert claim(worker, at=NOON) is Nothing.EMPTY
    assert isinstance(claim(worker, at=LATER), Assignment)


def test_claim_with_a_clock_read_before_the_stop_is_stopped():
    project = make_project()
    make_tasks(project)
    worker, held = make_worker(project), make_worker(project)
    put_on_hold(held)
    pause([Scope.of(project)], ORDER, by=None, at=NOON)

    assert claim(worker, at=NOON - timedelta(seconds=1)) is Nothing.EMPTY
    Pause.objects.all().update(ended_at=NOON)
    assert claim(held, at=NOON - timedelta(seconds=1)) is Nothing.EMPTY


def test_claim_follows_a_pause_that_is_to_begin_later():
    project = make_project()
    make_tasks(project, 2)
    Pause.objects.create(
        scope="project", project=project, policy="finish", starts_at=LATER, created_at=NOON, reason="data"
    )

    assert isinstance(claim(make_worker(project), at=NOON), Assignment)
    assert claim(make_worker(project), at=LATER) is Nothing.EMPTY


def test_claim_of_an_empty_lane_is_remembered_until_something_opens():
    project = make_project()
    make_tasks(project)
    holder, worker = make_worker(project), make_worker(project)
    assignment = taken(holder)

    assert claim(worker, at=NOON) is Nothing.EMPTY
    lane = Lane.objects.get()
    assert LaneCursor.objects.get(worker=worker).empty_version == lane.version
    release(assignment, at=NOON)

    assert taken(worker).work_item == assignment.work_item


def test_claim_finds_the_work_behind_many_empty_lanes():
    project = make_project()
    batches = [create_batch(project, name=f"batch {number}", by=None, at=NOON) for number in range(9)]
    for batch in batches:
        make_tasks(project, batch=batch)
    for _batch in batches[:-1]:
        submitted(make_worker(project))

    assert taken(make_worker(project)).work_item.task.batch == batches[-1]


def test_claim_never_says_empty_before_all_lanes_were_looked_at(monkeypatch):
    project = make_project()
    batches = [create_batch(project, name=f"batch {number}", by=None, at=NOON) for number in range(6)]
    for batch in batches:
        make_tasks(project, batch=batch)
    for _batch in batches[:-1]:
        submitted(make_worker(project))
    monkeypatch.setattr(choosing, "MOST_LANES", 2)
    monkeypatch.setattr(choosing, "FIRST_LANES", 1)
    worker = make_worker(project)

    answers = [claim(worker, at=NOON)]
    while answers[-1] is Nothing.BUSY:
        answers.append(claim(worker, at=NOON))

    assert isinstance(answers.pop(), Assignment)
    assert set(answers) <= {Nothing.BUSY}  # none at all where the first look is lucky


def test_claim_reaches_work_behind_lanes_that_are_kept_for_others(monkeypatch):
    project = make_project()
    batches = [create_batch(project, name=f"batch {number}", by=None, at=NOON) for number in range(5)]
    for batch in batches:
        make_tasks(project, batch=batch)
    kept = WorkItem.objects.exclude(task__batch=batches[-1])
    kept.update(reserved_for=make_worker(project), reserved_until=LATER)
    monkeypatch.setattr(choosing, "MOST_LANES", 2)
    monkeypatch.setattr(choosing, "FIRST_LANES", 1)
    worker = make_worker(project)

    found = next(one for one in (claim(worker, at=NOON) for _n in range(200)) if one is not Nothing.BUSY)

    assert isinstance(found, Assignment)
    assert found.work_item.task.batch == batches[-1]


def test_claim_does_not_remember_a_lane_in_which_own_work_is_the_obstacle():
    """Places of two, one answer sent back and its time for the author over: the second author may take its redo."""
    project = make_project(places=2, reviews=1)
    make_tasks(project)
    first, second = make_worker(project), make_worker(project, role=EnrollmentRole.BOTH)
    submitted(first)
    submitted(make_worker(project))
    reviewer = make_reviewer(project)
    judged(reviewer, REJECTED)
    WorkItem.objects.filter(round=2).update(reserved_until=NOON)
    redo = claim(second, at=NOON, kind="attempt")
    assert isinstance(redo, Assignment)

    assert reserve(second, at=NOON) is Nothing.EMPTY
    release(redo, at=NOON)

    assert isinstance(claim(second, at=NOON, kind="review"), Assignment)


def test_claim_keeps_work_reserved_for_its_author():
    project = make_project(reviews=1)
    make_tasks(project)
    author, other = make_worker(project), make_worker(project)
    submitted(author)
    judged(make_reviewer(project), REJECTED)

    assert claim(other, at=NOON) is Nothing.EMPTY
    assert taken(author).work_item.round == 2


def test_claim_gives_reserved_work_to_others_when_its_time_is_over():
    project = make_project(reviews=1)
    make_tasks(project)
    author, other = make_worker(project), make_worker(project)
    submitted(author)
    judged(make_reviewer(project), REJECTED)
    assert claim(other, at=NOON) is Nothing.EMPTY

    assert taken(other, at=NOON + timedelta(hours=24)).work_item.round == 2


@pytest.mark.parametrize("how", ["expired", "released"])
def test_claim_gives_the_author_a_lost_redo_again(how):
    project = make_project(reviews=1)
    make_tasks(project)
    author = make_worker(project)
    submitted(author)
    judged(make_reviewer(project), REJECTED)
    redo = taken(author)
    release(redo, at=LATER) if how == "released" else expire_assignments(at=LATER)

    assert taken(author, at=LATER) == redo


def test_claim_gives_a_redo_to_nobody_who_holds_another_place_of_the_task():
    project = make_project(places=2, reviews=1)
    make_tasks(project)
    first, second = make_worker(project), make_worker(project)
    submitted(first)
    submitted(second)
    judged(make_reviewer(project), REJECTED)
    WorkItem.objects.filter(round=2).update(reserved_for=second, reserved_until=LATER)

    assert claim(second, at=NOON) is Nothing.EMPTY


def test_claim_takes_an_expired_assignment_again():
    project = make_project(rate_micros=5)
    make_tasks(project)
    worker = make_worker(project)
    first = taken(worker)
    expire_assignments(at=LATER)
    ProjectVersion.objects.update(rate_micros=6)
    versions.kept.cache_clear()

    again = taken(worker, at=LATER)

    assert (again, again.rate_micros, again.claimed_at, again.ended_at) == (first, 6, LATER, None)
    assert new_events() == ["assignment_claimed", "assignment_expired", "assignment_reactivated"]


def test_reserve_holds_the_next_task_for_a_short_time():
    project = make_project()
    make_tasks(project, 2)
    worker = make_worker(project)
    active = taken(worker)

    ahead = reserved(worker)

    assert ahead == reserved(worker)
    assert (ahead.status, ahead.lease_expires_at) == ("reserved", NOON + claiming.RESERVATION)
    assert ahead.work_item != active.work_item
    assert new_events() == ["assignment_claimed", "assignment_reserved"]


def test_claim_activates_what_is_reserved():
    project = make_project()
    make_tasks(project, 2)
    worker = make_worker(project)
    ahead = reserved(worker)

    assignment = taken(worker, at=NOON + timedelta(minutes=1))

    assert (assignment, assignment.status) == (ahead, AssignmentStatus.ACTIVE)
    assert assignment.lease_expires_at == NOON + timedelta(minutes=31)
    assert new_events() == ["assignment_reserved", "assignment_claimed"]


def test_a_reservation_that_nobody_ended_counts_for_walls_from_when_it_is_taken_up():
    project = make_project()
    make_tasks(project)
    worker = make_worker(project)
    reserved(worker)
    next_day = NOON + timedelta(days=1)

    taken(worker, at=next_day)

    assert WorkedFor.objects.get().last_at == next_day + COVERED


@pytest.mark.parametrize("why", ["pause", "hold", "wish"])
def test_claim_gives_a_reservation_back_that_may_not_become_active(why):
    project, other = make_project(places=2), make_project()
    make_tasks(project)
    worker = make_worker(project, other)
    ahead = reserved(worker)
    if why == "pause":
        pause([Scope.of(project)], ORDER, by=None, at=NOON)
    elif why == "hold":
        put_on_hold(worker, project)

    found = claim(worker, at=NOON, project_id=other.pk if why == "wish" else None)

    assert found is Nothing.EMPTY
    ahead.refresh_from_db()
    assert (ahead.status, ahead.ended_at) == (AssignmentStatus.RELEASED, NOON)
    assert WorkItem.objects.get().places_left == 2
    assert new_events() == ["assignment_reserved", "assignment_released"]


def test_claim_keeps_its_high_water_mark_when_it_starts_from_the_head(monkeypatch):
    project = make_project()
    make_tasks(project, 3)
    worker = make_worker(project)
    first = taken(worker)
    release(first, at=NOON)
    submitted(worker)
    submitted(worker)
    mark = LaneCursor.objects.get(worker=worker).position
    WorkItem.objects.filter(pk=first.work_item_id).update(position=0)
    bump(Lane.objects.values_list("pk", flat=True))

    assert taken(worker) == first
    assert LaneCursor.objects.get(worker=worker).position == mark
