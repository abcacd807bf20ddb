"""Tasks of the first API: 13 methods, and 9 shortcuts of a task."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from scaleapi import ScaleClient
from scaleapi.tasks import Task

from tests.api.methods import shown
from tests.api.methods.customer import BOX, ORDER, Customer
from tests.api.methods.table import ANY_ID, NOTHING_UNIQUE, Ask, Call, Given, Method, nothing

TOO_LARGE = {"a": "x" * 70_000}
FREED = "there is nothing to refuse: freeing is repeatable"


def same(client: ScaleClient, named: Any) -> Any:
    """The task read again."""
    return client.get_task(named.task)


def shortcut(client: ScaleClient, named: Any) -> Task:
    """The task's object, by its id alone: making it asks the server nothing."""
    return Task({"task_id": named.task}, client)


def refreshed(client: ScaleClient, named: Any) -> Task:
    task = shortcut(client, named)
    task.refresh()
    return task


def newest(customer: Customer, **changes: Any) -> dict[str, Any]:
    return shown.task(customer, shown.tasks(customer)[0].public_id, **changes)


def both(customer: Customer) -> list[dict[str, Any]]:
    return [shown.task(customer, customer.other_task, unique_id="cow-2"), shown.task(customer)]


def page(customer: Customer) -> dict[str, Any]:
    """Of two tasks the newest."""
    token = customer.other_task
    return {"docs": both(customer)[:1], "total": 2, "limit": 1, "offset": 0, "has_more": True, "next_token": token}


def changing(
    name: str,
    short: str,
    endpoint: str,
    arguments: tuple[Any, ...],
    changes: dict[str, Any],
    *,
    wrong: tuple[str, tuple[Any, ...], Given] | str,
    twice: tuple[Any, ...] = (),
) -> Iterator[Method]:
    """A method that changes a task and gives it, and the shortcut of that name, which gives nothing.

    `wrong`: what the refusal says, for which arguments, and what has to be so before. `twice`: arguments that get 409.
    """

    def gives(customer: Customer) -> dict[str, Any]:
        return shown.task(customer, **changes)

    def by_client(client: ScaleClient, named: Any) -> Any:
        return partial(getattr(client, name), named.task)

    def by_object(client: ScaleClient, named: Any) -> Any:
        return getattr(shortcut(client, named), short)

    for called, way, given in ((name, by_client, gives), (f"Task.{short}", by_object, nothing)):
        yield Method(
            name=called,
            endpoint=endpoint,
            call=with_arguments(way, arguments),
            gives=given,
            reads=same,
            shows=gives,
            wrong=wrong if isinstance(wrong, str) else Ask(wrong[0], with_arguments(way, wrong[1]), wrong[2]),
            twice=Ask("this unique_id", with_arguments(way, twice), there_are_two) if twice else NOTHING_UNIQUE,
        )


def with_arguments(way: Call, arguments: tuple[Any, ...]) -> Call:
    return lambda client, named: way(client, named)(*arguments)


def there_are_two(customer: Customer) -> str:
    return customer.other_task


def is_there(customer: Customer) -> str:
    return customer.task


ORDERING = [
    Method(
        name="create_task",
        endpoint="POST /v1/task/{type}",
        call=lambda client, named: client.create_task(
            BOX, **ORDER, project=named.project, batch=named.batch, unique_id="cow-3"
        ),
        gives=lambda customer: newest(customer, unique_id="cow-3"),
        reads=lambda client, customer: client.tasks(unique_id="cow-3").docs[0],
        wrong=Ask('"attachment" is required', lambda client, named: client.create_task(BOX, project=named.project)),
        twice=Ask(
            "this unique_id",
            lambda client, named: client.create_task(BOX, **ORDER, batch=named.batch, unique_id="cow-1"),
            given=lambda customer: customer.task,
        ),
    ),
    Method(
        name="get_task",
        endpoint="GET /v1/task/{id}",
        call=lambda client, named: client.get_task(named.task),
        gives=shown.task,
        wrong=ANY_ID,
    ),
    Method(
        name="tasks",
        endpoint="GET /v1/tasks",
        call=lambda client, named: client.tasks(project=named.project, batch=named.batch, limit=1),
        given=there_are_two,
        gives=page,
        wrong=Ask("start_time", lambda client, named: client.tasks(start_time="yesterday")),
    ),
    Method(
        name="get_tasks",
        endpoint="GET /v1/tasks",
        # By pages of one: the second is asked for with the token of the first.
        call=lambda client, named: list(client.get_tasks(project_name=named.project, limit=1)),
        given=there_are_two,
        gives=lambda customer: [{**task, "attachmentS3Downloads": []} for task in both(customer)],
        wrong=Ask(
            "start_time", lambda client, named: list(client.get_tasks(project_name=named.project, created_after="soon"))
        ),
    ),
    Method(
        name="get_tasks_count",
        endpoint="GET /v1/tasks",
        call=lambda client, named: client.get_tasks_count(batch_name=named.batch),
        given=there_are_two,
        gives=lambda customer: 2,
        wrong=Ask(
            "updated_before",
            lambda client, named: client.get_tasks_count(batch_name=named.batch, updated_before="soon"),
        ),
    ),
]

CHANGING = [
    *changing(
        "cancel_task",
        "cancel",
        "POST /v1/task/{id}/cancel",
        (True,),
        {"status": "canceled", "unique_id": None},
        wrong=("has ended", (), lambda customer: customer.client.cancel_task(customer.task)),
    ),
    *changing(
        "update_task_unique_id",
        "update_unique_id",
        "POST /v1/task/{id}/unique_id",
        ("cow-9 / 牛",),
        {"unique_id": "cow-9 / 牛"},
        wrong=("of 1 to 255 characters", ("",), is_there),
        twice=("cow-2",),
    ),
    *changing(
        "clear_task_unique_id",
        "clear_unique_id",
        "DELETE /v1/task/{id}/unique_id",
        (),
        {"unique_id": None},
        wrong=FREED,
    ),
    *changing(
        "set_task_metadata",
        "set_metadata",
        "POST /v1/task/{id}/setMetadata",
        ({"b": {"c": [1, None, "ü"]}},),
        {"metadata": {"b": {"c": [1, None, "ü"]}}},
        wrong=("of at most 64000 bytes", (TOO_LARGE,), is_there),
    ),
    *changing(
        "set_task_tags",
        "set_tags",
        "POST /v1/task/{id}/tags",
        (["z", "y"],),
        {"tags": ["z", "y"]},
        wrong=("of 1 to 100 characters", (["z", "x" * 101],), is_there),
    ),
    *changing(
        "add_task_tags",
        "add_tags",
        "PUT /v1/task/{id}/tags",
        (["c", "a"],),
        {"tags": ["b", "a", "c"]},
        wrong=("of 1 to 100 characters", (["x" * 101],), is_there),
    ),
    *changing(
        "delete_task_tags",
        "delete_tags",
        "DELETE /v1/task/{id}/tags",
        (["b", "unknown"],),
        {"tags": ["a"]},
        wrong=("of 1 to 100 characters", (["x" * 101],), is_there),
    ),
    Method(
        name="audit_task",
        endpoint="POST /v1/task/{id}/audit",
        mode="test",
        call=lambda client, named: client.audit_task(named.task, False, "Two cows are missing."),
        reads=same,
        shows=lambda customer: shown.done_task(customer, customer_review_status="rejected"),
        wrong=Ask(
            "verdict already",
            lambda client, named: client.audit_task(named.task, True),
            given=lambda customer: customer.client.audit_task(customer.task, True),
        ),
    ),
    Method(
        name="Task.audit",
        endpoint="POST /v1/task/{id}/audit",
        mode="test",
        call=lambda client, named: shortcut(client, named).audit(True),
        reads=same,
        shows=lambda customer: shown.done_task(customer, customer_review_status="accepted"),
        wrong=Ask(
            "verdict already",
            lambda client, named: shortcut(client, named).audit(True),
            given=lambda customer: customer.client.audit_task(customer.task, True),
        ),
    ),
    Method(
        name="Task.refresh",
        endpoint="GET /v1/task/{id}",
        call=refreshed,
        gives=shown.task,
        wrong=ANY_ID,
    ),
]

TASKS = ORDERING + CHANGING
