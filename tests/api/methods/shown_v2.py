"""What the second API shows of a customer's things, as the client reads it: with times, and without what is absent."""

from datetime import UTC, datetime
from typing import Any

from labeling.models import Resolution
from projects.models import Batch, Project, Task
from tests.api.methods import shown
from tests.api.methods.customer import BATCH, BATCH_TERMS, PROJECT, STAGED, TALK, Customer


def moment(at: datetime | None) -> datetime | None:
    """As the client reads it: to the millisecond."""
    return at and at.astimezone(UTC).replace(microsecond=at.microsecond // 1000 * 1000)


def project(customer: Customer, name: str = PROJECT, kind: str = "imageannotation") -> dict[str, Any]:
    row = Project.objects.get(organization=customer.organization, name=name)
    created_at = moment(row.created_at)
    return {"id": row.public_id, "name": name, "created_at": created_at, "types": [kind], "models": []}


def batch(customer: Customer, name: str = BATCH, **changes: Any) -> dict[str, Any]:
    """A batch that was ordered with BATCH_TERMS."""
    row = Batch.objects.get(organization=customer.organization, name=name)
    found = {
        "id": row.public_id,
        "name": name,
        "project": row.project.public_id,
        "created_at": moment(row.created_at),
        "completed_at": moment(row.completed_at),
        "status": "in_progress",
        **BATCH_TERMS,
    }
    return shown.present(found | changes)


def staged_batch(customer: Customer, **changes: Any) -> dict[str, Any]:
    return batch(customer, STAGED, **({"status": "staging", "callback": None, "metadata": {}} | changes))


def talk(customer: Customer, **changes: Any) -> dict[str, Any]:
    """The customer's newest task: a talk that nobody has had yet."""
    row = shown.tasks(customer)[0]
    found = {
        "task_id": row.public_id,
        "project": row.project.public_id,
        "batch": row.batch.public_id,
        "status": "pending",
        "created_at": moment(row.created_at),
        "metadata": TALK["metadata"],
        "threads": [],
    }
    return shown.present(found | changes)


def annotations(answer: dict[str, Any], task: Task, *, details: bool = False) -> list[dict[str, Any]]:
    """The one annotation of a made up talk, with the id that says where it stands."""
    (found,) = answer["threads"][0]["turns"][0]["messages"][1]["annotations"]
    kept = found if details else {name: found[name] for name in ("key", "type", "value")}
    return [{**kept, "id": f"{task.public_id}-0-0"}]


def done_talk(customer: Customer, **changes: Any) -> dict[str, Any]:
    """The customer's talk in the test world."""
    row = Task.objects.get(public_id=customer.talk)
    answer = Resolution.objects.get(task=row, current=True).response
    (thread,) = answer["threads"]
    (turn,) = thread["turns"]
    question, given = turn["messages"]
    messages = [question, {**given, "annotations": annotations(answer, row)}]
    threads = [{**thread, "turns": [{**turn, "messages": messages}]}]
    done = {"status": "completed", "completed_at": moment(row.completed_at), "threads": threads}
    return talk(customer, **(done | changes))
