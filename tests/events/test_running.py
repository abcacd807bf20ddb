import threading
from datetime import timedelta

import pytest
from django.utils.timezone import now

from accounts.models import KillSwitch
from core.errors import BusinessError
from events import jobs, running, waking
from events.models import NEXT_JOB_STATES, Event, Job, JobState, Notice
from events.running import HANDLERS, JobHandler, Progress
from tests.events.together import together
from tests.factories import NOON, MembershipFactory, OrganizationFactory, UserFactory

SILENT = running.SILENCE + timedelta(seconds=1)


@pytest.fixture(autouse=True)
def woken(monkeypatch):
    found = []

    def publish(name, args):
        found.append((name, args))
        return True

    monkeypatch.setattr(waking, "publish", publish)
    monkeypatch.setattr(jobs, "publish", publish)
    return found


@pytest.fixture
def handle(monkeypatch):
    """Registers a function as the steps of the kind `count`."""

    def register(step, **fields):
        monkeypatch.setitem(HANDLERS, "count", JobHandler(step, "Counting", **fields))

    return register


def count_to_three(job):
    done = job.checkpoint.get("done", 0) + 1
    return Progress(done=done, total=3, checkpoint={"done": done}, finished=done == 3, result_key=f"counts/{done}")


def make(by=None, **changes):
    job = running.start_job("count", organization=None, by=by, params={"n": 1}, at=NOON)
    if changes:
        Job.objects.filter(pk=job.pk).update(**changes)
    return job


def again(job):
    job.refresh_from_db()
    return job


def test_run_does_steps_until_the_end_and_keeps_each(db, handle):
    seen = []

    def step(job):
        seen.append(Job.objects.values_list("done", "checkpoint", "state").get(pk=job.pk))
        return count_to_three(job)

    handle(step)
    job = make()
    running.run(job.pk)

    assert seen == [(0, {}, "running"), (1, {"done": 1}, "running"), (2, {"done": 2}, "running")]
    again(job)
    assert (job.state, job.done, job.total, job.result_key, job.runner) == ("done", 3, 3, "counts/3", "")
    assert job.started_at is not None
    assert job.ended_at is not None


def test_run_of_an_ended_job_does_nothing(db, handle):
    handle(lambda job: pytest.fail("a step"))
    running.run(make(state=JobState.CANCELED).pk)
    running.run(10**9)


def test_start_job_wakes_a_runner_after_the_commit(db, woken, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = make()
        assert woken == []
    assert woken == [("events.jobs.run_job", (job.pk,))]


def test_done_is_a_message(db, handle):
    handle(count_to_three)
    user = UserFactory.create()
    running.run(make(by=user).pk)
    running.run(make().pk)

    notice = Notice.objects.get()
    assert (notice.user, notice.code, notice.params["kind"]) == (user, "job_done", "count")


def test_ended_is_called_in_the_transaction_that_ends_the_job(db, handle):
    ended = []
    handle(count_to_three, ended=lambda job: ended.append((job.state, job.done)))
    running.run(make().pk)
    assert ended == [("done", 3)]


def test_cancel_acts_after_the_step(db, handle):
    user = UserFactory.create()
    steps = []

    def step(job):
        steps.append(job.pk)
        if len(steps) == 2:
            assert running.cancel(Job.objects.get(pk=job.pk), by=user, at=NOON)
        return Progress(done=len(steps), checkpoint={"done": len(steps)})

    handle(step)
    job = make(by=user)
    running.run(job.pk)

    again(job)
    assert (job.state, job.done, len(steps)) == ("canceled", 2, 2)
    assert Event.objects.values_list("verb", "subject_id", "actor_id").get() == (
        "job_canceled",
        job.public_id,
        user.public_id,
    )
    assert Notice.objects.get().code == "job_canceled"


def test_cancel_of_a_job_that_nobody_runs_ends_it_at_once(db, handle):
    handle(lambda job: pytest.fail("a step"))
    user = UserFactory.create()
    waiting, between = make(), make(state=JobState.RUNNING, runner="")

    assert running.cancel(waiting, by=user, at=NOON)
    assert running.cancel(between, by=user, at=NOON)
    assert not running.cancel(waiting, by=user, at=NOON)

    assert (again(waiting).state, again(between).state) == ("canceled", "canceled")
    running.run(waiting.pk)


def test_what_is_asked_to_stop_and_ends_in_that_step_is_done(db, handle):
    user = UserFactory.create()

    def step(job):
        running.cancel(Job.objects.get(pk=job.pk), by=user, at=NOON)
        return Progress(done=1, finished=True)

    handle(step)
    job = make()
    running.run(job.pk)
    assert again(job).state == "done"


def test_business_error_fails_the_job_with_its_sentence(db, handle):
    def step(job):
        raise BusinessError("The file is empty.", code="empty_file")

    handle(step)
    user = UserFactory.create()
    job = make(by=user)
    running.run(job.pk)

    again(job)
    assert (job.state, job.message_code, job.message_params) == (
        "failed",
        "empty_file",
        {"sentence": "The file is empty."},
    )
    assert Notice.objects.get().code == "job_failed"


def test_exception_is_tried_three_times(db, handle, caplog):
    handle(lambda job: 1 // 0)
    job = make()

    states = []
    for _run in range(3):
        running.run(job.pk)
        states.append((again(job).state, job.tries))

    assert states == [("queued", 1), ("queued", 2), ("failed", 3)]
    assert job.message_code == "crashed"
    assert "job.step_failed" in caplog.text


def test_progress_makes_the_tries_new(db, handle):
    failing = {"done": False}

    def step(job):
        failing["done"] = not failing["done"]
        if failing["done"]:
            raise ZeroDivisionError
        return count_to_three(job)

    handle(step)
    job = make()
    for _run in range(4):
        running.run(job.pk)
    assert again(job).state == "done"


def test_job_whose_runners_die_each_time_fails(db, handle):
    handle(lambda job: pytest.fail("a step"))
    job = make(state=JobState.RUNNING, runner="dead", tries=3, heartbeat_at=now() - SILENT)
    running.run(job.pk)
    assert (again(job).state, job.message_code) == ("failed", "crashed")


def test_a_kind_that_nobody_registered_fails(db):
    job = make()
    running.run(job.pk)
    assert (again(job).state, job.message_code) == ("failed", "crashed")


def test_runner_is_excluded_while_another_lives_and_takes_over_when_it_is_silent(db):
    job = make()
    first = running.claim(job.pk, runner="first", at=NOON)
    assert first is not None
    assert running.claim(job.pk, runner="second", at=NOON + running.SILENCE) is None

    second = running.claim(job.pk, runner="second", at=NOON + SILENT)
    assert second is not None
    assert not running.keep(first, Progress(done=9, finished=True), at=NOON + SILENT)
    assert running.keep(second, Progress(done=1), at=NOON + SILENT)
    assert (again(job).done, job.runner) == (1, "second")


@pytest.mark.django_db(transaction=True)
def test_of_many_runners_one_runs(handle):
    threads = set()

    def step(job):
        threads.add(threading.get_ident())
        return count_to_three(job)

    handle(step)
    job = make()
    together(*[lambda: running.run(job.pk)] * 6)

    assert len(threads) == 1
    assert (again(job).state, job.done) == ("done", 3)


def test_run_gives_others_a_turn(db, handle, monkeypatch, woken, django_capture_on_commit_callbacks):
    monkeypatch.setattr(running, "RUN", timedelta())
    handle(count_to_three)
    job = make()
    with django_capture_on_commit_callbacks(execute=True):
        running.run(job.pk)

    assert (again(job).state, job.runner, job.done) == ("running", "", 1)
    assert woken == [("events.jobs.run_job", (job.pk,))]
    for _run in range(2):
        running.run(job.pk)
    assert again(job).state == "done"


def test_sweep_wakes_what_never_began_and_what_is_silent(db, woken):
    at = now()
    never = make(heartbeat_at=at - SILENT)
    silent = make(state=JobState.RUNNING, runner="dead", heartbeat_at=at - 2 * SILENT)
    make(state=JobState.RUNNING, runner="alive", heartbeat_at=at)
    make(state=JobState.DONE, heartbeat_at=at - SILENT)

    jobs.sweep_jobs()

    assert woken == [("events.jobs.run_job", (silent.pk,)), ("events.jobs.run_job", (never.pk,))]


def test_job_is_seen_by_whoever_began_it_and_by_members(db):
    membership, by, stranger = MembershipFactory.create(), UserFactory.create(), UserFactory.create()
    admin = UserFactory.create(is_site_admin=True)
    job = running.start_job("count", organization=membership.organization, by=by, at=NOON)
    running.start_job("count", organization=OrganizationFactory.create(), by=None, at=NOON)

    assert list(Job.objects.visible_to(by)) == list(Job.objects.visible_to(membership.user)) == [job]
    assert not Job.objects.visible_to(stranger).exists()
    assert Job.objects.visible_to(admin).count() == 2


def test_every_state_is_ended_or_has_a_way_on():
    assert set(NEXT_JOB_STATES) | {"done", "failed", "canceled"} == set(JobState)


@pytest.mark.parametrize("needs_access", [True, False])
def test_run_cancels_what_needs_access_of_a_customer_who_is_cut_off(db, handle, needs_access):
    organization = OrganizationFactory.create()

    def step(job):
        KillSwitch.objects.get_or_create(organization=organization, reason="x", asked_at=NOON, thrown_at=NOON)
        return count_to_three(job)

    handle(step, needs_access=needs_access)
    job = make(organization=organization)

    running.run(job.pk)

    job = again(job)
    assert (job.state, job.done) == (("canceled", 1) if needs_access else ("done", 3))
