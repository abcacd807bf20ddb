"""Projects and batches, as the `v2` of Scale's client makes, reads, pauses, resumes and cancels them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from scaleapi import ScaleClient
from scaleapi.api_client.v2 import (
    BatchOperationRequest,
    BatchStatus,
    CreateBatchRequest,
    ExpandableEnumBatch,
    SetBatchMetadataRequest,
)
from scaleapi.api_client.v2.exceptions import BadRequestException, ConflictException, NotFoundException

from accounts.models import Organization
from events.models import Event
from labeling.claiming import Nothing, claim
from labeling.models import Assignment
from labeling.resuming import resume
from labeling.submitting import submit
from projects import creating
from projects.models import Batch, Pause, PausePolicy, PauseScope, Product, Project, Task
from tests.factories import CAT, MembershipFactory, make_project, make_tasks, make_worker
from tests.labeling.steps import new_key
from tests.labeling.stops import run_jobs, stop

NAME = "Cows & more / 牛? #1 100% +x=;'\""


@pytest.fixture
def project(organization: Organization) -> Project:
    return make_project(organization=organization, name=NAME)


@pytest.fixture
def batch(project: Project) -> Batch:
    return creating.create_batch(project, name=f"{NAME} b", by=None, at=timezone.now())


def named(batch: Batch) -> BatchOperationRequest:
    return BatchOperationRequest(batch_name=batch.name)


def error_of(call: Callable[..., Any], *args: Any, **more: Any) -> str:
    """The sentence of a refusal with 400, in Scale's shape."""
    with pytest.raises(BadRequestException) as refused:
        call(*args, **more)
    assert refused.value.status == 400
    return str(refused.value.body)


def test_projects_are_listed_and_found_by_either_name(client_live: ScaleClient, project: Project):
    second = make_project(organization=project.organization)

    found = client_live.v2.get_projects().projects
    assert [one.id for one in found] == [second.public_id, project.public_id]
    one = client_live.v2.get_project(project_name=NAME)
    assert (one.id, one.name, one.types, one.models) == (project.public_id, NAME, ["categorization"], [])
    assert client_live.v2.get_project(project_id=project.public_id) == one
    after = client_live.v2.get_projects(created_after=project.created_at.replace(year=2030))
    assert after.projects == []


def test_no_project_and_no_name(client_live: ScaleClient, connect, other_organization: Organization, project: Project):
    assert '"project_id\\" is required' in error_of(client_live.v2.get_project)
    with pytest.raises(NotFoundException):
        client_live.v2.get_project(project_name="nothing")
    with pytest.raises(BadRequestException):
        client_live.v2.get_project(project_name="a\0b")
    with pytest.raises(NotFoundException):
        connect(other_organization).v2.get_project(project_id=project.public_id)
    assert connect(other_organization).v2.get_projects().projects == []


def test_a_batch_is_made_and_read(client_live: ScaleClient, project: Project):
    order = CreateBatchRequest(
        name=f"{NAME} b", project_name=NAME, callback="https://example.org/done", metadata={"a": {"b": [1]}}
    )
    made = client_live.v2.create_batch(order)

    assert (made.name, made.status, made.metadata) == (f"{NAME} b", BatchStatus.IN_PROGRESS, {"a": {"b": [1]}})
    assert made.callback == "https://example.org/done"
    assert made.project.actual_instance == project.public_id
    assert client_live.v2.get_batch(batch_name=made.name) == client_live.v2.get_batch(batch_id=made.id) == made
    expanded = client_live.v2.get_batch(batch_id=made.id, expand=[ExpandableEnumBatch.PROJECT])
    assert expanded.project.actual_instance.name == NAME


def test_a_batch_that_cannot_be_made(client_live: ScaleClient, project: Project, batch: Batch):
    with pytest.raises(ConflictException):
        client_live.v2.create_batch(CreateBatchRequest(name=batch.name, project_id=project.public_id))
    with pytest.raises(NotFoundException):
        client_live.v2.create_batch(CreateBatchRequest(name="new", project_name="nothing"))
    assert "required" in error_of(client_live.v2.create_batch, CreateBatchRequest(name="new"))
    wrong = CreateBatchRequest(name="new", project_name=NAME, callback="nowhere")
    assert "callback" in error_of(client_live.v2.create_batch, wrong)
    assert Batch.objects.filter(name="new").count() == 0


def test_a_staging_batch_is_finalized_once(client_live: ScaleClient, project: Project):
    made = client_live.v2.create_batch(CreateBatchRequest(name="s", project_name=NAME, staging_batch=True))
    assert made.status == BatchStatus.STAGING
    assert "progress" in error_of(client_live.v2.pause_batch, BatchOperationRequest(batch_id=made.id))

    done = client_live.v2.finalize_batch(BatchOperationRequest(batch_id=made.id))
    assert done.status == BatchStatus.IN_PROGRESS
    assert "launched already" in error_of(client_live.v2.finalize_batch, BatchOperationRequest(batch_id=made.id))


def test_batches_of_rapid_begin_in_staging(client_live: ScaleClient, project: Project):
    Project.objects.update(product=Product.RAPID)

    made = client_live.v2.create_batch(CreateBatchRequest(name="r", project_name=NAME))
    assert made.status == BatchStatus.STAGING


def test_pages_of_batches_are_stable_while_more_are_made(client_live: ScaleClient, project: Project):
    made = [client_live.v2.create_batch(CreateBatchRequest(name=f"b{n}", project_name=NAME)).id for n in range(5)]

    first = client_live.v2.get_batches(project_name=NAME, limit=2)
    client_live.v2.create_batch(CreateBatchRequest(name="later", project_name=NAME))
    second = client_live.v2.get_batches(project_name=NAME, limit=2, next_token=first.next_token)
    last = client_live.v2.get_batches(project_name=NAME, limit=2, next_token=second.next_token)

    assert [one.id for one in [*first.batches, *second.batches, *last.batches]] == made[::-1]
    assert last.next_token is None
    with pytest.raises(NotFoundException):
        client_live.v2.get_batches(next_token="0" * 24)


def test_batches_are_filtered(client_live: ScaleClient, project: Project, batch: Batch):
    canceled = client_live.v2.create_batch(CreateBatchRequest(name="c", project_name=NAME))
    client_live.v2.cancel_batch(BatchOperationRequest(batch_id=canceled.id))
    stop(batch)

    def found(**wanted: Any) -> list[str]:
        return [one.name for one in client_live.v2.get_batches(**wanted).batches]

    assert found() == ["c", batch.name]
    assert found(status=BatchStatus.PAUSED) == [batch.name]
    assert found(status=BatchStatus.IN_PROGRESS) == []
    assert found(status=BatchStatus.CANCELLED) == ["c"]
    assert found(created_before=batch.created_at) == []
    assert found(completed_after=batch.created_at) == []
    with pytest.raises(NotFoundException):
        found(project_id="0" * 24)


def test_a_paused_batch_hands_nothing_out_and_lets_work_be_finished(client_live: ScaleClient, batch: Batch):
    make_tasks(batch.project, 2, batch=batch)
    worker, other = make_worker(batch.project), make_worker(batch.project)
    at_work = claim(worker, at=timezone.now())
    assert isinstance(at_work, Assignment)

    said = client_live.v2.pause_batch(named(batch))

    assert (said.batch.status, "unstarted" in said.message) == (BatchStatus.PAUSED, True)
    assert client_live.v2.get_batch(batch_id=batch.public_id).status == BatchStatus.PAUSED
    one = Pause.objects.get()
    assert (one.scope, one.batch, one.policy) == (PauseScope.BATCH, batch, PausePolicy.FINISH)
    assert (one.is_customers, one.created_by) == (True, None)
    assert Event.objects.get(verb="pause_started").actor_kind == "api_key"
    assert claim(other, at=timezone.now()) is Nothing.EMPTY
    submit(at_work, response=CAT, key=new_key(), at=timezone.now())
    assert claim(worker, at=timezone.now()) is Nothing.EMPTY
    assert "progress" in error_of(client_live.v2.pause_batch, named(batch))

    said = client_live.v2.resume_batch(named(batch))

    assert (said.batch.status, said.message) == (BatchStatus.IN_PROGRESS, "The batch is resumed.")
    assert isinstance(claim(other, at=timezone.now()), Assignment)
    assert "not" in error_of(client_live.v2.resume_batch, named(batch))


def test_what_stands_besides_is_named_when_the_batch_is_resumed(client_live: ScaleClient, batch: Batch):
    make_tasks(batch.project, 1, batch=batch)
    worker = make_worker(batch.project)
    client_live.v2.pause_batch(named(batch))
    (whole,) = stop(batch.project, at=timezone.now())
    stop(None, at=timezone.now())

    said = client_live.v2.resume_batch(named(batch))

    assert said.message == "The batch is resumed. Still paused: its project, the whole site."
    assert said.batch.status == BatchStatus.IN_PROGRESS
    assert claim(worker, at=timezone.now()) is Nothing.EMPTY
    assert Pause.objects.filter(ended_at=None).count() == 2
    resume(whole, by=None, at=timezone.now())


def test_what_a_person_has_paused_is_theirs_to_resume(client_live: ScaleClient, batch: Batch):
    (by_page,) = stop(batch, is_customers=True)
    Pause.objects.update(created_by=MembershipFactory.create(organization=batch.organization).user)

    assert client_live.v2.get_batch(batch_id=batch.public_id).status == BatchStatus.PAUSED
    assert "by a person" in error_of(client_live.v2.resume_batch, named(batch))
    by_page.refresh_from_db()
    assert by_page.ended_at is None


def test_a_cancelled_batch_is_cancelled_for_ever(client_live: ScaleClient, batch: Batch):
    tasks = make_tasks(batch.project, 3, batch=batch)
    worker = make_worker(batch.project)
    at_work = claim(worker, at=timezone.now())
    assert isinstance(at_work, Assignment)

    said = client_live.v2.cancel_batch(named(batch))

    assert said.batch.status == BatchStatus.CANCELLED
    assert claim(make_worker(batch.project), at=timezone.now()) is Nothing.EMPTY
    assert run_jobs() == ["done"]
    assert [task.status for task in Task.objects.order_by("pk")] == ["pending", "canceled", "canceled"]
    submit(at_work, response=CAT, key=new_key(), at=timezone.now())
    assert Task.objects.get(pk=tasks[0].pk).status == "completed"
    for call in (
        client_live.v2.cancel_batch,
        client_live.v2.resume_batch,
        client_live.v2.pause_batch,
        client_live.v2.finalize_batch,
    ):
        error_of(call, named(batch))
    assert client_live.v2.get_batch(batch_id=batch.public_id).status == BatchStatus.CANCELLED


def test_a_paused_batch_can_be_cancelled_and_not_resumed(client_live: ScaleClient, batch: Batch):
    client_live.v2.pause_batch(named(batch))

    assert client_live.v2.cancel_batch(named(batch)).batch.status == BatchStatus.CANCELLED
    assert "not" in error_of(client_live.v2.resume_batch, named(batch))


def test_metadata_is_replaced_or_merged(client_live: ScaleClient, batch: Batch):
    def set_to(metadata: dict[str, Any], **more: Any) -> Any:
        order = SetBatchMetadataRequest(batch_name=batch.name, metadata=metadata, **more)
        return client_live.v2.set_batch_metadata(order).metadata

    assert set_to({"a": {"b": 1, "c": 2}, "d": 3}) == {"a": {"b": 1, "c": 2}, "d": 3}
    assert set_to({"a": {"b": 9}}, merge=True) == {"a": {"b": 9, "c": 2}, "d": 3}
    assert set_to({}) == {}


@pytest.mark.parametrize(
    "name", ["get_batch", "finalize_batch", "pause_batch", "resume_batch", "cancel_batch", "set_batch_metadata"]
)
def test_no_batch_and_a_strangers(name: str, connect, organization, other_organization, batch: Batch):
    def ask(client: ScaleClient, **which: Any) -> Any:
        if name == "get_batch":
            return client.v2.get_batch(**which)
        if name == "set_batch_metadata":
            return client.v2.set_batch_metadata(SetBatchMetadataRequest(metadata={}, **which))
        return getattr(client.v2, name)(BatchOperationRequest(**which))

    assert "required" in error_of(ask, connect(organization))
    for client in (connect(other_organization), connect(organization, mode="test")):
        with pytest.raises(NotFoundException):
            ask(client, batch_id=batch.public_id)
        with pytest.raises(NotFoundException):
            ask(client, batch_name=batch.name)
