"""Projects, batches and tasks of the second API: 14 methods, and the first client's way through its tasks."""

from typing import Any

from scaleapi.api_client.v2 import (
    BatchOperationRequest,
    CreateBatchRequest,
    CreateChatTaskRequest,
    ExpandableEnumBatch,
    SetBatchMetadataRequest,
    SetTaskMetadataRequest,
)

from tests.api.methods import shown, shown_v2
from tests.api.methods.customer import BATCH_TERMS, TALK, TALKS, Customer
from tests.api.methods.table import NAMES_NOTHING, Ask, Method

ONLY_TIMES = "takes times alone, which the client checks"
NUL = "a\0b"
CANCELLED = "The batch is cancelled. Tasks that nobody has begun are being cancelled; what is in hand may be handed in."


def named_batch(name: str) -> BatchOperationRequest:
    return BatchOperationRequest(batch_name=name)


def read_batch(client: Any, customer: Customer) -> Any:
    return client.v2.get_batch(batch_id=customer.batch_id)


def two(customer: Customer) -> None:
    assert customer.batch
    assert customer.staged


PROJECTS = [
    Method(
        name="v2.get_projects",
        endpoint="GET /v2/projects",
        call=lambda client, named: client.v2.get_projects(),
        given=lambda customer: (customer.project, customer.talks),
        gives=lambda customer: {"projects": [shown_v2.project(customer, TALKS, "chat"), shown_v2.project(customer)]},
        wrong=ONLY_TIMES,
        unknown=NAMES_NOTHING,
    ),
    Method(
        name="v2.get_project",
        endpoint="GET /v2/project",
        call=lambda client, named: client.v2.get_project(project_name=named.project),
        gives=shown_v2.project,
        wrong=Ask('"project_id" is required', lambda client, named: client.v2.get_project()),
    ),
]


def steering(name: str, status: str, message: str, thing: str, wrong: str, says: str) -> Method:
    """Pause, resume or cancel: what the batch is called before it, and a batch that cannot be steered so."""

    def ask(client: Any, batch_name: str) -> Any:
        return getattr(client.v2, f"{name}_batch")(named_batch(batch_name))

    return Method(
        name=f"v2.{name}_batch",
        endpoint=f"POST /v2/batch/{name}",
        call=lambda client, named: ask(client, getattr(named, thing)),
        gives=lambda customer: {"batch": shown_v2.batch(customer, status=status), "message": message},
        reads=read_batch,
        shows=lambda customer: shown_v2.batch(customer, status=status),
        wrong=Ask(says, lambda client, named: ask(client, getattr(named, wrong))),
    )


BATCHES = [
    Method(
        name="v2.create_batch",
        endpoint="POST /v2/batch",
        call=lambda client, named: client.v2.create_batch(
            CreateBatchRequest(name="Herd / 3", project_name=named.project, **BATCH_TERMS)
        ),
        gives=lambda customer: shown_v2.batch(customer, "Herd / 3"),
        reads=lambda client, customer: client.v2.get_batch(batch_name="Herd / 3"),
        wrong=Ask(
            "callback",
            lambda client, named: client.v2.create_batch(
                CreateBatchRequest(name="Herd / 3", project_name=named.project, callback="nowhere")
            ),
        ),
        twice=Ask(
            "this name",
            lambda client, customer: client.v2.create_batch(
                CreateBatchRequest(name=customer.batch, project_name=customer.project)
            ),
        ),
    ),
    Method(
        name="v2.get_batch",
        endpoint="GET /v2/batch",
        call=lambda client, named: client.v2.get_batch(batch_name=named.batch, expand=[ExpandableEnumBatch.PROJECT]),
        gives=lambda customer: shown_v2.batch(customer, project=shown_v2.project(customer)),
        wrong=Ask('"batch_id" is required', lambda client, named: client.v2.get_batch()),
    ),
    Method(
        name="v2.get_batches",
        endpoint="GET /v2/batches",
        call=lambda client, named: client.v2.get_batches(project_name=named.project, limit=1),
        given=two,
        gives=lambda customer: {
            "batches": [shown_v2.staged_batch(customer)],
            "next_token": shown_v2.staged_batch(customer)["id"],
        },
        wrong=Ask("NUL", lambda client, named: client.v2.get_batches(project_name=NUL)),
    ),
    Method(
        name="v2.finalize_batch",
        endpoint="POST /v2/batch/finalize",
        call=lambda client, named: client.v2.finalize_batch(named_batch(named.staged)),
        gives=lambda customer: shown_v2.staged_batch(customer, status="in_progress"),
        reads=lambda client, customer: client.v2.get_batch(batch_name=customer.staged),
        wrong=Ask("launched already", lambda client, named: client.v2.finalize_batch(named_batch(named.batch))),
    ),
    steering(
        "pause",
        "paused",
        "The batch is paused. Only unstarted tasks are: what is in hand may be finished.",
        thing="batch",
        wrong="staged",
        says="Only a batch in progress",
    ),
    steering(
        "resume", "in_progress", "The batch is resumed.", thing="paused", wrong="batch", says="Only a paused batch"
    ),
    steering("cancel", "cancelled", CANCELLED, thing="batch", wrong="called_off", says="cancelled already"),
    Method(
        name="v2.set_batch_metadata",
        endpoint="POST /v2/batch/metadata",
        call=lambda client, named: client.v2.set_batch_metadata(
            SetBatchMetadataRequest(batch_name=named.batch, metadata={"herd": {"of": "May"}}, merge=True)
        ),
        gives=lambda customer: shown_v2.batch(customer, metadata={"herd": {"n": 1, "of": "May"}}),
        reads=read_batch,
        wrong=Ask(
            '"batch_id" is required',
            lambda client, named: client.v2.set_batch_metadata(SetBatchMetadataRequest(metadata={})),
        ),
    ),
]


def read_talk(client: Any, customer: Customer) -> Any:
    return client.v2.get_task(shown.tasks(customer)[0].public_id)


TASKS = [
    Method(
        name="v2.create_chat_task",
        endpoint="POST /v2/task/chat",
        call=lambda client, named: client.v2.create_chat_task(
            CreateChatTaskRequest(project_name=named.talks, callback_url="https://example.org/hook", **TALK)
        ),
        # The project's standing batch is none to Scale.
        gives=lambda customer: shown_v2.talk(customer, batch=None),
        reads=read_talk,
        wrong=Ask(
            "is of the kind",
            lambda client, named: client.v2.create_chat_task(CreateChatTaskRequest(project_name=named.project)),
        ),
    ),
    Method(
        name="v2.get_task",
        endpoint="GET /v2/task",
        mode="test",
        call=lambda client, named: client.v2.get_task(named.talk),
        gives=shown_v2.done_talk,
        wrong=Ask("NUL", lambda client, named: client.v2.get_task(NUL)),
    ),
    Method(
        name="v2.get_tasks",
        endpoint="GET /v2/tasks",
        mode="test",
        call=lambda client, named: client.v2.get_tasks(project_name=named.talks),
        given=lambda customer: customer.talk,
        gives=lambda customer: {"tasks": [shown_v2.done_talk(customer)]},
        wrong=Ask("a project or a batch", lambda client, named: client.v2.get_tasks()),
    ),
    Method(
        name="v2_get_tasks",
        endpoint="GET /v2/tasks",
        # By pages of one: the second is asked for with the token of the first.
        call=lambda client, named: list(client.v2_get_tasks(batch_name=named.batch, limit=1)),
        given=lambda customer: customer.other_task,
        gives=lambda customer: [
            shown_v2.talk(
                customer,
                task_id=row.public_id,
                created_at=shown_v2.moment(row.created_at),
                metadata={"row": 7, "ü": [1, None]},
            )
            for row in shown.tasks(customer)
        ],
        wrong=Ask("a project or a batch", lambda client, named: list(client.v2_get_tasks())),
    ),
    Method(
        name="v2.set_task_metadata",
        endpoint="POST /v2/task/metadata",
        call=lambda client, named: client.v2.set_task_metadata(
            SetTaskMetadataRequest(task_id=named.talk, metadata={"row": {"b": None}}, merge=True)
        ),
        gives=lambda customer: shown_v2.talk(customer, metadata={"row": {"a": 1, "b": None}}),
        reads=read_talk,
        wrong=Ask(
            "of at most 64000 bytes",
            lambda client, named: client.v2.set_task_metadata(
                SetTaskMetadataRequest(task_id=named.talk, metadata={"a": "x" * 70_000})
            ),
        ),
    ),
]
