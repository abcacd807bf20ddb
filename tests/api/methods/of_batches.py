"""Batches and projects of the first API: 7 and 6 methods, with 3 shortcuts."""

from typing import Any

from scaleapi import ScaleClient
from scaleapi.batches import Batch
from scaleapi.projects import Project as ProjectObject
from scaleapi.tasks import TaskType

from projects.models import Project
from task_types import registry
from tests.api.methods import shown
from tests.api.methods.customer import BATCH_TERMS, BOX, FIELDS, PARAMS, Customer
from tests.api.methods.table import ANY_NAME, NAMES_NOTHING, NO_PARAMETERS, Ask, Method

COUNTS = {"status": "in_progress", "pending": 1, "completed": 0, "error": 0, "canceled": 0}
WRONG_PARAMS = {"geometries": {"blob": {"objects_to_annotate": ["cow"]}}}


def batch_object(client: ScaleClient, name: str) -> Batch:
    """By its name alone: making it asks the server nothing."""
    return Batch({"name": name, "status": "staging", "project": "", "created_at": "", "metadata": {}}, client)


def counted(client: ScaleClient, named: Any) -> Any:
    """What the object holds after it was asked."""
    batch = batch_object(client, named.batch)
    assert batch.get_status()["status"] == batch.status
    return {
        "status": batch.status,
        "pending": batch.tasks_pending,
        "completed": batch.tasks_completed,
        "error": batch.tasks_error,
        "canceled": batch.tasks_canceled,
    }


def launched(customer: Customer) -> dict[str, Any]:
    return shown.staged_batch(customer, status="in_progress")


def page(customer: Customer) -> dict[str, Any]:
    docs = [shown.staged_batch(customer)]
    return {"docs": docs, "total": 2, "limit": 1, "offset": 0, "has_more": True, "next_token": None}


def two(customer: Customer) -> None:
    assert customer.batch
    assert customer.staged


BATCHES = [
    Method(
        name="create_batch",
        endpoint="POST /v1/batches",
        call=lambda client, named: client.create_batch(named.project, "Herd / 3", **BATCH_TERMS),
        gives=lambda customer: shown.batch(customer, "Herd / 3"),
        reads=lambda client, customer: client.get_batch("Herd / 3"),
        wrong=Ask("callback", lambda client, named: client.create_batch(named.project, "Herd / 3", callback="nowhere")),
        twice=Ask("this name", lambda client, named: client.create_batch(named.project, named.batch)),
    ),
    Method(
        name="get_batch",
        endpoint="GET /v1/batches/{name}",
        call=lambda client, named: client.get_batch(named.batch),
        gives=shown.batch,
        wrong=ANY_NAME,
    ),
    Method(
        name="batch_status",
        endpoint="GET /v1/batches/{name}/status",
        call=lambda client, named: client.batch_status(named.batch),
        given=lambda customer: customer.task,
        gives=lambda customer: COUNTS,
        wrong=ANY_NAME,
    ),
    Method(
        name="Batch.get_status",
        endpoint="GET /v1/batches/{name}/status",
        call=counted,
        given=lambda customer: customer.task,
        gives=lambda customer: COUNTS,
        wrong=ANY_NAME,
    ),
    Method(
        name="finalize_batch",
        endpoint="POST /v1/batches/{name}/finalize",
        call=lambda client, named: client.finalize_batch(named.staged),
        gives=launched,
        reads=lambda client, customer: client.get_batch(customer.staged),
        wrong=Ask("was cancelled", lambda client, named: client.finalize_batch(named.called_off)),
    ),
    Method(
        name="Batch.finalize",
        endpoint="POST /v1/batches/{name}/finalize",
        call=lambda client, named: batch_object(client, named.staged).finalize(),
        gives=launched,
        reads=lambda client, customer: client.get_batch(customer.staged),
        wrong=Ask("was cancelled", lambda client, named: batch_object(client, named.called_off).finalize()),
    ),
    Method(
        name="batches",
        endpoint="GET /v1/batches",
        call=lambda client, named: client.batches(project=named.project, limit=1),
        given=two,
        gives=page,
        wrong=Ask('"limit"', lambda client, named: client.batches(limit=101)),
    ),
    Method(
        name="get_batches",
        endpoint="GET /v1/batches",
        call=lambda client, named: client.get_batches(project_name=named.project),
        given=two,
        gives=lambda customer: [shown.staged_batch(customer), shown.batch(customer)],
        wrong=Ask("end_time", lambda client, named: list(client.get_batches(created_before="soon"))),
    ),
    Method(
        name="set_batch_metadata",
        endpoint="POST /v1/batches/{name}/setMetadata",
        call=lambda client, named: client.set_batch_metadata(named.batch, {"b": {"c": 2}}),
        gives=lambda customer: shown.batch(customer, metadata={"b": {"c": 2}}),
        reads=lambda client, customer: client.get_batch(customer.batch),
        wrong=Ask(
            "of at most 64000 bytes", lambda client, named: client.set_batch_metadata(named.batch, {"a": "x" * 70_000})
        ),
    ),
]


def form_template(customer: Customer) -> dict[str, Any]:
    row = Project.objects.get(organization=customer.organization, name=customer.form)
    assert row.current_version
    return {
        "id": row.public_id,
        "version": 0,
        "created_at": shown.stamp(row.created_at),
        "updated_at": shown.stamp(row.current_version.created_at),
        "template_variables": {
            "attachments": {"required": True},
            "fields": {"required": False, "default": FIELDS},
        },
        "response_schema": registry.get("textcollection").response_model.model_json_schema(),
    }


def project_object(client: ScaleClient, name: str) -> ProjectObject:
    return ProjectObject({"name": name, "type": "textcollection", "param_history": []}, client)


def all_projects(customer: Customer) -> list[dict[str, Any]]:
    """The oldest first."""
    return [shown.project(customer), shown.project(customer, customer.other_project, studio=True)]


def two_projects(customer: Customer) -> None:
    assert customer.project
    assert customer.other_project


PROJECTS = [
    Method(
        name="create_project",
        endpoint="POST /v1/projects",
        call=lambda client, named: client.create_project("Sheep", BOX, params=PARAMS, rapid=True, dataset_id="ds_1"),
        gives=lambda customer: shown.project(customer, "Sheep", rapid=True, datasetId="ds_1"),
        reads=lambda client, customer: client.get_project("Sheep"),
        wrong=Ask("geometries.blob", lambda client, named: client.create_project("Sheep", BOX, params=WRONG_PARAMS)),
        twice=Ask("this name", lambda client, customer: client.create_project(customer.project, TaskType.Chat)),
        unknown=NAMES_NOTHING,
    ),
    Method(
        name="get_project",
        endpoint="GET /v1/projects/{name}",
        call=lambda client, named: client.get_project(named.project),
        gives=shown.project,
        wrong=ANY_NAME,
    ),
    *(
        Method(
            name=name,
            endpoint="GET /v1/projects",
            call=lambda client, named, name=name: getattr(client, name)(),  # type: ignore[misc]
            given=two_projects,
            gives=all_projects,
            wrong=NO_PARAMETERS,
            unknown=NAMES_NOTHING,
        )
        for name in ("projects", "get_projects")
    ),
    Method(
        name="update_project",
        endpoint="POST /v1/projects/{name}/setParams",
        call=lambda client, named: client.update_project(named.project, patch=True, padding=3),
        gives=lambda customer: shown.project(customer, customer.project, PARAMS, {**PARAMS, "padding": 3}),
        reads=lambda client, customer: client.get_project(customer.project),
        wrong=Ask("geometries.blob", lambda client, named: client.update_project(named.project, **WRONG_PARAMS)),
    ),
    Method(
        name="get_project_template",
        endpoint="GET /v1/projects/{name}/taskTemplates",
        call=lambda client, named: client.get_project_template(named.form),
        gives=form_template,
        wrong=Ask("chat, textcollection", lambda client, named: client.get_project_template(named.project)),
    ),
    Method(
        name="Project.get_template",
        endpoint="GET /v1/projects/{name}/taskTemplates",
        call=lambda client, named: project_object(client, named.form).get_template(),
        gives=form_template,
        wrong=Ask("chat, textcollection", lambda client, named: project_object(client, named.project).get_template()),
    ),
]
