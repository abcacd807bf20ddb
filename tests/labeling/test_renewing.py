from datetime import datetime, timedelta

import pytest

from core.errors import BusinessError
from events.models import Event
from labeling import renewing
from labeling.claiming import RESERVATION
from labeling.expiring import expire_assignments
from labeling.models import Assignment, WorkInterval
from labeling.renewing import extend, heartbeat, prolong
from labeling.returning import release
from labeling.situation import situation_of
from projects.models import PausePolicy
from tests.factories import NOON, UserFactory, make_project, make_tasks, make_worker
from tests.labeling.steps import reserved, taken
from tests.labeling.test_submitting import stop

pytestmark = pytest.mark.django_db

LEASE = timedelta(minutes=30)


def working(*, tasks: int = 2, **terms) -> Assignment:
    project = make_project(**terms)
    make_tasks(project, tasks)
    return taken(make_worker(project))


@pytest.mark.parametrize(
    ("active", "minutes", "until"), [(True, 14, LEASE), (False, 20, LEASE), (True, 16, LEASE + timedelta(minutes=16))]
)
def test_heartbeat_renews_for_input_past_the_half_of_the_lease(active, minutes, until):
    assignment = working()

    after, stops = heartbeat(assignment, active=active, at=NOON + timedelta(minutes=minutes))

    assignment.refresh_from_db()
    assert (after.lease_expires_at, stops) == (NOON + until, [])
    assert assignment.lease_expires_at == NOON + until


def test_heartbeat_never_passes_the_project_s_limit_or_shortens_a_lease():
    assignment = working(lease_limit_s=2400)

    after, _stops = heartbeat(assignment, active=True, at=NOON + timedelta(minutes=29))
    assert after.lease_expires_at == NOON + timedelta(minutes=40)
    after, _stops = heartbeat(assignment, active=True, at=NOON + timedelta(minutes=39))
    assert after.lease_expires_at == NOON + timedelta(minutes=40)


def test_heartbeat_keeps_nothing_from_others_that_is_only_reserved_ahead():
    assignment = working()
    ahead = reserved(assignment.worker)

    heartbeat(assignment, active=True, at=NOON + timedelta(minutes=16))

    ahead.refresh_from_db()
    assert ahead.lease_expires_at == NOON + RESERVATION


def test_heartbeat_of_an_ended_lease_says_so_and_renews_nothing():
    assignment = working()
    expire_assignments(at=NOON + LEASE)

    after, _stops = heartbeat(assignment, active=True, at=NOON + LEASE)

    assert (after.status, after.lease_expires_at) == ("expired", NOON + LEASE)


@pytest.mark.parametrize(
    ("policy", "may_submit", "until"),
    [
        (PausePolicy.FINISH, True, NOON + LEASE),
        (PausePolicy.GRACE, True, NOON + timedelta(minutes=5)),
        (PausePolicy.SAVE_ONLY, False, None),
        (PausePolicy.RECALL, False, None),
    ],
)
def test_heartbeat_says_what_a_pause_allows(policy, may_submit, until):
    assignment = working()
    one = stop(assignment.work_item.task.project, policy)

    _after, (found,) = heartbeat(assignment, active=True, at=NOON)

    assert (found.pause, found.may_submit, found.submit_until) == (one, may_submit, until)


def test_extend_gives_a_full_lease_from_now():
    assert extend(working(), at=NOON + timedelta(minutes=5)).lease_expires_at == NOON + timedelta(minutes=35)


def test_extend_at_the_limit_is_refused():
    assignment = working(lease_limit_s=1800)

    with pytest.raises(BusinessError) as refused:
        extend(assignment, at=NOON + timedelta(minutes=5))

    assert refused.value.code == "no_extension_left"


@pytest.mark.parametrize("why", ["paused", "not_active"])
def test_extend_is_refused_when_there_is_nothing_to_extend(why):
    assignment = working()
    if why == "paused":
        stop(assignment.work_item.task.project, PausePolicy.FINISH)
    else:
        expire_assignments(at=NOON + LEASE)
        assignment.refresh_from_db()

    with pytest.raises(BusinessError) as refused:
        extend(assignment, at=NOON + LEASE)

    assert refused.value.code == why


def more_time(assignment: Assignment, how: str, *, at: datetime) -> None:
    match how:
        case "heartbeat":
            heartbeat(assignment, active=True, at=at)
        case "worker":
            extend(assignment, at=at)
        case "admin":
            prolong(assignment, minutes=16, by=UserFactory.create(), at=at)


@pytest.mark.parametrize("how", ["heartbeat", "worker", "admin"])
def test_more_time_for_one_is_no_more_time_for_others(how):
    mine = working(tasks=3)
    others = [taken(make_worker(mine.work_item.task.project)), working(), reserved(mine.worker)]
    before = dict(Assignment.objects.values_list("pk", "lease_expires_at"))

    more_time(mine, how, at=NOON + timedelta(minutes=16))

    after = dict(Assignment.objects.values_list("pk", "lease_expires_at"))
    assert len(after) == 1 + len(others)
    assert after == before | {mine.pk: NOON + timedelta(minutes=46)}


def test_a_lease_that_ends_while_its_worker_asks_for_more_time_stays_over():
    read_before = working()
    expire_assignments(at=NOON + LEASE)

    with pytest.raises(BusinessError) as refused:
        extend(read_before, at=NOON + LEASE)

    assert refused.value.code == "not_active"
    assert Assignment.objects.get().lease_expires_at == NOON + LEASE


@pytest.mark.parametrize("minutes", [1, 29], ids=["soon after the claim", "when it would renew"])
def test_the_heartbeat_during_which_a_lease_ends_says_so_and_notes_no_time(minutes):
    read_before = working()
    now = situation_of(read_before, at=NOON)
    release(Assignment.objects.get(), at=NOON)
    noted = list(WorkInterval.objects.values())

    after, _stops = heartbeat(read_before, active=True, now=now, at=NOON + timedelta(minutes=minutes))

    assert (after.status, after.lease_expires_at) == ("released", NOON + LEASE)
    assert Assignment.objects.get().lease_expires_at == NOON + LEASE
    assert list(WorkInterval.objects.values()) == noted


def test_a_lease_that_ends_between_the_sign_and_the_renewal_stays_over(monkeypatch):
    assignment = working()
    note_presence = renewing.note_presence

    def noted(*args, **more):
        status = note_presence(*args, **more)
        expire_assignments(at=NOON + LEASE)
        return status

    monkeypatch.setattr(renewing, "note_presence", noted)

    after, _stops = heartbeat(assignment, active=True, at=NOON + LEASE)

    assert (after.status, after.lease_expires_at) == ("expired", NOON + LEASE)
    assert Assignment.objects.get().lease_expires_at == NOON + LEASE


@pytest.mark.parametrize(("at", "until"), [(5, 45), (31, 46)], ids=["running", "over and not yet given back"])
def test_an_admin_prolongs_a_lease_by_minutes(at, until):
    assignment, admin = working(lease_limit_s=3600), UserFactory.create()

    end = prolong(assignment, minutes=15, by=admin, at=NOON + timedelta(minutes=at))

    assignment.refresh_from_db()
    assert (end, assignment.lease_expires_at) == (NOON + timedelta(minutes=until),) * 2
    event = Event.objects.latest("pk")
    assert (event.verb, event.actor_id) == ("assignment_extended", admin.public_id)


@pytest.mark.parametrize(
    ("limit_s", "sentence"), [(1800, "is reached"), (1860, "allows 1 minute more"), (2399, "allows 9 minutes more")]
)
def test_an_admin_does_not_pass_the_project_s_limit(limit_s, sentence):
    assignment = working(lease_limit_s=limit_s)

    with pytest.raises(BusinessError, match=sentence) as refused:
        prolong(assignment, minutes=10, by=UserFactory.create(), at=NOON)

    assignment.refresh_from_db()
    assert (refused.value.code, assignment.lease_expires_at) == ("beyond_limit", NOON + LEASE)


@pytest.mark.parametrize("why", ["paused", "not_active"])
def test_an_admin_prolongs_nothing_that_is_paused_or_over(why):
    assignment = working()
    if why == "paused":
        stop(assignment.work_item.task.project, PausePolicy.FINISH)
    else:
        expire_assignments(at=NOON + LEASE)

    with pytest.raises(BusinessError) as refused:
        prolong(assignment, minutes=10, by=UserFactory.create(), at=NOON)

    assert refused.value.code == why
