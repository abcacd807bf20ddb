"""A batch is called off: nothing of it is handed out, added or done again, and what nobody has begun is cancelled."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Role
from core.errors import BusinessError, StaleState
from events import recording, running
from events.models import Event, Job
from labeling import batches, canceling_batches, reopening
from labeling.canceling_batches import cancel_batch
from labeling.claiming import Nothing, claim, reserve
from labeling.models import Assignment, AssignmentStatus, Resolution
from projects.creating import create_batch
from projects.models import Batch, BatchStatus, Task, TaskStatus
from quality import auditing
from tests.factories import NOON, MembershipFactory, make_project, make_tasks, make_worker
from tests.labeling.steps import REJECTED, submitted, taken
from tests.labeling.stops import run_jobs, stop

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch() -> Batch:
    return create_batch(make_project(), name="spring", by=None, at=NOON)


def test_nothing_is_handed_out_any_more(batch):
    make_tasks(batch.project, 2, batch=batch)
    worker = make_worker(batch.project)
    taken(worker)
    assert isinstance(reserve(worker, at=NOON), Assignment)

    cancel_batch(batch, by=None, at=NOON)

    assert claim(make_worker(batch.project), at=NOON) is Nothing.EMPTY
    run_jobs()
    assert [task.status for task in Task.objects.order_by("pk")] == [TaskStatus.PENDING, TaskStatus.CANCELED]
    ended = Assignment.objects.order_by("pk").values_list("status", flat=True)
    assert list(ended) == [AssignmentStatus.ACTIVE, AssignmentStatus.RECALLED]
    assert Event.objects.filter(verb="batch_canceled").count() == 1


def test_tasks_that_wait_for_their_files_are_cancelled_too(batch):
    make_tasks(batch.project, 1, batch=batch)
    Task.objects.update(offered_at=None)

    cancel_batch(batch, by=None, at=NOON)
    run_jobs()

    assert Task.objects.get().status == TaskStatus.CANCELED


def test_the_job_goes_on_where_it_stopped(batch, monkeypatch):
    monkeypatch.setattr(canceling_batches, "STEP_TASKS", 2)
    make_tasks(batch.project, 5, batch=batch)
    taken(make_worker(batch.project))
    cancel_batch(batch, by=None, at=NOON)
    job = running.claim(Job.objects.get().pk, runner="first", at=NOON)
    assert job is not None

    steps = []
    while not steps or not steps[-1].finished:
        steps.append(canceling_batches.step(job))
        job.done, job.checkpoint = steps[-1].done, steps[-1].checkpoint

    assert [step.done for step in steps] == [1, 3, 4]
    assert Task.objects.filter(status=TaskStatus.CANCELED).count() == 4


def test_it_takes_no_more_tasks_and_is_never_completed(batch):
    make_tasks(batch.project, 1, batch=batch)
    cancel_batch(batch, by=None, at=NOON)
    run_jobs()

    with pytest.raises(BusinessError, match="takes no more tasks"):
        make_tasks(batch.project, 1, batch=batch)
    assert batches.complete_batches(at=NOON + timedelta(hours=1)) == 0
    assert Batch.objects.get(pk=batch.pk).status == BatchStatus.CANCELED


def test_its_answers_are_kept_and_not_done_again(batch):
    make_tasks(batch.project, 1, batch=batch)
    submitted(make_worker(batch.project))
    cancel_batch(batch, by=None, at=NOON)

    found = Resolution.objects.get()
    with pytest.raises(StaleState, match="was cancelled"):
        reopening.send_back(found, reason_class="", comment="", key="k", by=recording.by_site(), at=NOON)
    assert Task.objects.get().status == TaskStatus.COMPLETED


def test_who_audits_it_may_still_reject(batch):
    make_tasks(batch.project, 1, batch=batch)
    submitted(make_worker(batch.project))
    cancel_batch(batch, by=None, at=NOON)
    by = MembershipFactory.create(organization=batch.organization).user
    sample = auditing.draw(batch.project, size=1, by=by, at=NOON)
    task = auditing.take_next(sample, by=by, at=NOON)
    assert task is not None

    given = auditing.audit(sample, task, REJECTED, by=by, at=NOON)

    assert (given.sent_back, Task.objects.get().status) == (False, TaskStatus.COMPLETED)


def test_other_batches_go_on(batch):
    make_tasks(batch.project, 1)

    cancel_batch(batch, by=None, at=NOON)

    assert isinstance(claim(make_worker(batch.project), at=NOON), Assignment)


def test_only_what_has_not_ended_and_has_a_name(batch):
    standing = batch.project.batches.get(name=None)
    cancel_batch(batch, by=None, at=NOON)

    for one in (batch, standing):
        with pytest.raises(BusinessError):
            cancel_batch(one, by=None, at=NOON)
    Batch.objects.filter(pk=standing.pk).update(name="done", status=BatchStatus.COMPLETED)
    with pytest.raises(BusinessError, match="already"):
        cancel_batch(Batch.objects.get(name="done"), by=None, at=NOON)
    assert Job.objects.count() == 1


def test_a_staging_batch_too():
    staged = create_batch(make_project(), name="s", status=BatchStatus.STAGING, by=None, at=NOON)

    assert cancel_batch(staged, by=None, at=NOON).status == BatchStatus.CANCELED


def test_a_pause_that_stands_does_not_hide_it(batch, client):
    stop(batch, is_customers=True)
    cancel_batch(batch, by=None, at=NOON)
    client.force_login(MembershipFactory.create(organization=batch.organization, role=Role.MANAGER).user)

    for name in ("project", "project_batches"):
        page = reverse(f"customer:{name}", args=[batch.organization.slug, batch.project.public_id])
        assert 'data-state="canceled"' in client.get(page).content.decode()
