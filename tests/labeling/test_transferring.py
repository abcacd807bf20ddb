from datetime import timedelta

import pytest

from core.errors import BusinessError, StaleState
from events.models import Event, Notice
from labeling.claiming import Nothing, claim
from labeling.expiring import expire_assignments
from labeling.models import LEASED, Assignment, AssignmentStatus, Draft, Submission, WorkedFor, WorkItem
from labeling.returning import release
from labeling.reviewing import Judgement, review
from labeling.submitting import submit
from labeling.transferring import transfer
from projects.models import EnrollmentRole, Hold, Project, Task
from tests.events.together import together
from tests.factories import CAT, DOG, NOON, UserFactory, make_project, make_tasks, make_worker
from tests.labeling.steps import REJECTED, judged, make_reviewer, new_key, reserved, submitted, taken
from tests.proof.invariants import check_all
from workers.models import Worker

pytestmark = pytest.mark.django_db

ILL = "They are ill."
LATER = NOON + timedelta(minutes=20)


@pytest.fixture
def admin(db):
    return UserFactory.create(is_site_admin=True)


def working(count: int = 1, **terms) -> tuple[Assignment, Worker, Project]:
    """Somebody's assignment, somebody else on the same project, and that project."""
    project = make_project(**terms)
    make_tasks(project, count)
    return taken(make_worker(project)), make_worker(project), project


def draft_of(assignment: Assignment, worker: Worker, document: object, *, revision: int = 4) -> Draft:
    return Draft.objects.create(
        work_item=assignment.work_item, worker=worker, revision=revision, document=document, saved_at=NOON
    )


def refused(assignment: Assignment, to: Worker, admin) -> str:
    """The code of the refusal, which changes nothing."""
    before = list(Assignment.objects.order_by("pk").values())
    with pytest.raises(BusinessError) as found:
        transfer(assignment, to=to, by=admin, text=ILL, at=LATER)
    assert list(Assignment.objects.order_by("pk").values()) == before
    return found.value.code


def test_transfer_puts_the_task_and_the_draft_into_other_hands(admin):
    assignment, other, project = working(rate_micros=340_000)
    draft_of(assignment, assignment.worker, DOG)

    found = transfer(assignment, to=other, by=admin, text=ILL, at=LATER)

    assignment.refresh_from_db()
    assert (assignment.status, assignment.reason, assignment.ended_at) == ("released", "transferred", LATER)
    made = Assignment.objects.get(worker=other)
    assert (made, made.status, made.claimed_at) == (found.assignment, "active", LATER)
    assert (made.lease_expires_at, made.rate_micros) == (LATER + timedelta(minutes=30), 340_000)
    assert list(Draft.objects.order_by("pk").values_list("worker", "revision", "document")) == [
        (assignment.worker_id, 4, DOG),
        (other.pk, 1, DOG),
    ]
    assert WorkItem.objects.values_list("places_left", "open").get() == (0, False)
    assert WorkedFor.objects.filter(worker=other, organization=project.organization).exists()
    check_all()


def test_transfer_is_told_to_both_and_recorded(admin):
    assignment, other, _project = working()
    before = Event.objects.count()

    made = transfer(assignment, to=other, by=admin, text=ILL, at=LATER).assignment

    notices = Notice.objects.order_by("pk").values_list("user", "code", "params__text")
    assert list(notices) == [
        (assignment.worker.user_id, "work_transferred", ILL),
        (other.user_id, "work_received", None),
    ]
    events = Event.objects.order_by("pk")[before:]
    assert [(one.verb, one.subject_id, one.actor_id) for one in events] == [
        ("assignment_released", assignment.public_id, admin.public_id),
        ("assignment_transferred", made.public_id, admin.public_id),
    ]


def test_the_new_holder_goes_on_and_hands_in(admin):
    assignment, other, _project = working(rate_micros=5)

    made = transfer(assignment, to=other, by=admin, text=ILL, at=LATER).assignment

    assert taken(other, at=LATER) == made
    assert submit(made, response=CAT, key=new_key(), at=LATER)["counted"] is True
    check_all()


def test_the_former_holder_s_answer_becomes_their_draft(admin):
    assignment, other, _project = working(places=2)
    transfer(assignment, to=other, by=admin, text=ILL, at=LATER)

    with pytest.raises(BusinessError) as found:
        submit(assignment, response=CAT, key=new_key(), at=LATER)

    assert found.value.code == "draft_kept"
    assert Draft.objects.get(worker=assignment.worker).document == CAT
    assert not Submission.objects.exists()


def test_the_former_reviewer_s_verdict_is_refused(admin):
    project = make_project(reviews=1)
    make_tasks(project)
    submitted(make_worker(project))
    assignment = taken(make_reviewer(project))
    made = transfer(assignment, to=make_reviewer(project), by=admin, text=ILL, at=LATER).assignment

    with pytest.raises(BusinessError) as found:
        review(assignment, Judgement("accepted"), key=new_key(), at=LATER)

    assert found.value.code == "draft_kept"
    review(made, Judgement("accepted"), key=new_key(), at=LATER)
    check_all()


def test_another_place_of_the_task_is_not_filled_from_the_same_draft(admin):
    assignment, other, _project = working(places=2)

    transfer(assignment, to=other, by=admin, text=ILL, at=LATER)

    assert claim(assignment.worker, at=LATER) is Nothing.EMPTY


def test_a_transfer_can_be_taken_back_by_another(admin):
    assignment, other, _project = working()
    draft_of(assignment, assignment.worker, CAT)
    made = transfer(assignment, to=other, by=admin, text=ILL, at=LATER).assignment
    Draft.objects.filter(worker=other).update(document=DOG)

    found = transfer(made, to=assignment.worker, by=admin, text=ILL, at=LATER)

    assert (found.assignment, found.draft) == (assignment, None)
    assert list(Draft.objects.order_by("pk").values_list("document", flat=True)) == [CAT, DOG]
    check_all()


def test_a_draft_of_one_s_own_is_not_written_over(admin):
    assignment, other, _project = working()
    draft_of(assignment, assignment.worker, DOG)
    draft_of(assignment, other, CAT)

    assert transfer(assignment, to=other, by=admin, text=ILL, at=LATER).draft is None
    assert Draft.objects.get(worker=other).document == CAT


def test_who_has_had_it_and_lost_it_takes_the_same_row_again(admin):
    project = make_project()
    make_tasks(project)
    lost = taken(make_worker(project))
    expire_assignments(at=NOON + timedelta(hours=5))
    later = NOON + timedelta(hours=5)
    assignment = taken(make_worker(project), at=later)

    made = transfer(assignment, to=lost.worker, by=admin, text=ILL, at=later).assignment

    assert (made.pk, made.status, made.reason, made.ended_at) == (lost.pk, "active", "", None)


def test_what_is_reserved_is_transferred_too(admin):
    project = make_project()
    make_tasks(project)
    ahead = reserved(make_worker(project))

    made = transfer(ahead, to=make_worker(project), by=admin, text=ILL, at=NOON).assignment

    ahead.refresh_from_db()
    assert (ahead.status, made.status) == ("released", "active")


@pytest.mark.parametrize("cap", ["day_cap_micros", "total_cap_micros"])
def test_the_share_of_a_cap_moves_with_it_even_where_nothing_is_left(admin, cap):
    assignment, other, project = working(2, price_micros=100, **{cap: 100})
    assert claim(other, at=NOON) is Nothing.EMPTY

    made = transfer(assignment, to=other, by=admin, text=ILL, at=LATER).assignment

    assignment.refresh_from_db()
    assert (assignment.share_micros, made.share_micros) == (0, 100)
    check_all()
    release(made, at=LATER)
    check_all()
    assert isinstance(claim(make_worker(project), at=LATER), Assignment)


def test_transfer_to_the_holder_is_refused(admin):
    assignment, _other, _project = working()

    assert refused(assignment, assignment.worker, admin) == "same_worker"


def test_who_has_work_in_hand_gets_no_second_task(admin):
    assignment, other, _project = working(2)
    taken(other)

    assert refused(assignment, other, admin) == "has_work"


def test_who_has_something_reserved_keeps_it(admin):
    assignment, other, _project = working(2)
    ahead = reserved(other, at=LATER)

    transfer(assignment, to=other, by=admin, text=ILL, at=LATER)

    assert Assignment.objects.get(pk=ahead.pk).status == AssignmentStatus.RESERVED


def test_the_lane_has_to_be_open_to_the_other(admin):
    assignment, other, project = working()

    assert refused(assignment, make_worker(), admin) == "not_eligible"
    assert refused(assignment, make_worker(project, role=EnrollmentRole.REVIEWER), admin) == "not_eligible"
    Hold.objects.create(
        worker=other, reason="quality", text="Too fast.", starts_at=NOON, until=NOON + timedelta(days=1)
    )
    with pytest.raises(BusinessError, match="On hold"):
        transfer(assignment, to=other, by=admin, text=ILL, at=LATER)


def test_who_has_a_part_in_the_task_is_refused(admin):
    assignment, other, project = working(places=2)
    submitted(other)
    make_tasks(project)

    assert refused(assignment, other, admin) == "had_before"


def test_the_review_of_one_s_own_work_is_refused(admin):
    project = make_project(reviews=1)
    make_tasks(project)
    author = make_worker(project, role=EnrollmentRole.BOTH)
    submitted(author)

    assert refused(taken(make_reviewer(project)), author, admin) == "had_before"


def test_a_redo_goes_to_somebody_else(admin):
    project = make_project(reviews=1)
    make_tasks(project)
    author = submitted(make_worker(project)).worker
    judged(make_reviewer(project), REJECTED)
    redo = taken(author)

    made = transfer(redo, to=make_worker(project), by=admin, text=ILL, at=LATER).assignment

    assert submit(made, response=CAT, key=new_key(), at=LATER)["counted"] is True
    check_all()


def test_a_task_that_has_ended_is_refused(admin):
    assignment, other, _project = working()
    Task.objects.update(status="canceled")

    assert refused(assignment, other, admin) == "task_over"


@pytest.mark.parametrize("how", ["submitted", "released", "claimed again"])
def test_what_is_no_longer_in_the_hands_that_were_seen_is_refused(admin, how):
    assignment, other, _project = working()
    if how == "submitted":
        submit(Assignment.objects.get(pk=assignment.pk), response=CAT, key=new_key(), at=NOON)
    else:
        release(Assignment.objects.get(pk=assignment.pk), at=NOON)
    if how == "claimed again":
        taken(assignment.worker, at=LATER)

    with pytest.raises(StaleState) as found:
        transfer(assignment, to=other, by=admin, text=ILL, at=LATER)
    assert found.value.code == "not_in_hand"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(6))
def test_of_a_transfer_and_a_submission_one_wins_and_no_answer_is_lost(admin, _round):
    assignment, other, _project = working(rate_micros=5)
    mine = Assignment.objects.select_related("work_item__task__batch", "version", "worker").get(pk=assignment.pk)

    transferred, handed_in = together(
        lambda: won(lambda: transfer(assignment, to=other, by=admin, text=ILL, at=LATER)),
        lambda: won(lambda: submit(mine, response=CAT, key=new_key(), at=LATER)),
    )

    assert transferred is not handed_in
    if handed_in:
        assert Submission.objects.get().response == CAT
    else:
        assert Draft.objects.get(worker=assignment.worker).document == CAT
    check_all()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(4))
def test_of_a_transfer_and_the_end_of_the_lease_one_wins(admin, _round):
    assignment, other, _project = working()
    over = NOON + timedelta(hours=1)

    transferred, _count = together(
        lambda: won(lambda: transfer(assignment, to=other, by=admin, text=ILL, at=over)),
        lambda: expire_assignments(at=over),
    )

    assignment.refresh_from_db()
    assert assignment.status == ("released" if transferred else "expired")
    assert Assignment.objects.filter(status__in=LEASED).count() == (1 if transferred else 0)
    check_all()


@pytest.mark.django_db(transaction=True)
def test_two_transfers_at_once_put_it_into_one_pair_of_hands(admin):
    assignment, other, project = working(price_micros=100, total_cap_micros=100)
    third = make_worker(project)
    same = Assignment.objects.get(pk=assignment.pk)

    results = together(
        lambda: won(lambda: transfer(assignment, to=other, by=admin, text=ILL, at=LATER)),
        lambda: won(lambda: transfer(same, to=third, by=admin, text=ILL, at=LATER)),
    )

    assert sorted(results) == [False, True]
    assert Assignment.objects.filter(status__in=LEASED).count() == 1
    check_all()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(4))
def test_a_transfer_and_a_claim_of_the_same_worker_leave_one_task_in_hand(admin, _round):
    assignment, other, _project = working(3, price_micros=100, total_cap_micros=1000)

    together(
        lambda: won(lambda: transfer(assignment, to=other, by=admin, text=ILL, at=LATER)),
        lambda: won(lambda: claim(other, at=LATER)),
    )

    assert Assignment.objects.active().filter(worker=other).count() == 1
    check_all()


def won(deed) -> bool:
    try:
        deed()
    except BusinessError:
        return False
    return True
