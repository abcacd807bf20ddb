"""Groups of a project's own people, of the first API: 4 methods."""

from typing import Any

from projects.models import Batch, Group
from tests.api.methods.customer import GROUP, OTHER_PROJECT, OWN_BATCH, Customer
from tests.api.methods.table import ANY_NAME, Ask, Method
from workers.models import Worker


def person(email: str) -> dict[str, Any]:
    return {"id": Worker.objects.get(user__email=email).public_id, "email": email}


def group(customer: Customer, *emails: str, name: str = GROUP) -> dict[str, Any]:
    row = Group.objects.get(project__organization=customer.organization, name=name)
    workers = [person(email) for email in emails]
    return {"id": row.public_id, "name": name, "numWorkers": len(workers), "isSingleton": False, "workers": workers}


def alone(email: str) -> dict[str, Any]:
    """Who is on the project is a group by themselves."""
    who = person(email)
    return {"id": who["id"], "name": email, "numWorkers": 1, "isSingleton": True, "workers": [who]}


def all_groups(customer: Customer, *groups: dict[str, Any]) -> list[dict[str, Any]]:
    """Those that were made by name, then each person; both are on the project."""
    return [*groups, alone(customer.assigned), alone(customer.colleague)]


def read(client: Any, customer: Customer) -> Any:
    return client.list_project_groups(customer.other_project)


def two_people(customer: Customer) -> None:
    assert customer.assigned
    assert customer.colleague


def batch(customer: Customer) -> dict[str, Any]:
    """Given to the group alone."""
    row = Batch.objects.get(organization=customer.organization, name=OWN_BATCH)
    return {
        "id": row.public_id,
        "name": OWN_BATCH,
        "projectId": row.project.public_id,
        "projectName": OTHER_PROJECT,
        "batchType": "Production",
        "studioPriority": 1,
        "total": 0,
        "completed": 0,
        "groups": [GROUP],
    }


GROUPS = [
    Method(
        name="list_project_groups",
        endpoint="GET /v1/studio/projects/{project}/groups",
        call=lambda client, named: client.list_project_groups(named.other_project),
        given=lambda customer: (customer.group, customer.colleague),
        gives=lambda customer: all_groups(customer, group(customer, customer.assigned)),
        wrong=ANY_NAME,
    ),
    Method(
        name="create_project_group",
        endpoint="POST /v1/studio/projects/{project}/groups",
        call=lambda client, named: client.create_project_group(named.other_project, [named.assigned], "Days / 50%"),
        given=two_people,
        gives=lambda customer: group(customer, customer.assigned, name="Days / 50%"),
        reads=read,
        shows=lambda customer: all_groups(customer, group(customer, customer.assigned, name="Days / 50%")),
        wrong=Ask(
            "nobody@example.org",
            lambda client, customer: client.create_project_group(
                customer.other_project, ["nobody@example.org"], "Days / 50%"
            ),
        ),
        twice=Ask(
            "this name",
            lambda client, customer: client.create_project_group(customer.other_project, [], customer.group),
        ),
    ),
    Method(
        name="update_project_group",
        endpoint="PUT /v1/studio/projects/{project}/groups/{group}",
        call=lambda client, named: client.update_project_group(
            named.other_project, named.group, [named.colleague], [named.assigned]
        ),
        gives=lambda customer: group(customer, customer.colleague),
        reads=read,
        shows=lambda customer: all_groups(customer, group(customer, customer.colleague)),
        wrong=Ask(
            "in both lists",
            lambda client, customer: client.update_project_group(
                customer.other_project, customer.group, [customer.assigned], [customer.assigned]
            ),
        ),
    ),
    Method(
        name="assign_studio_batches",
        endpoint="PUT /v1/studio/batches/{batch}",
        call=lambda client, named: client.assign_studio_batches(named.own_batch, [named.group]),
        gives=batch,
        reads=lambda client, customer: client.list_studio_batches(),
        shows=lambda customer: [batch(customer)],
        wrong=Ask(
            "nobody@example.org",
            lambda client, customer: client.assign_studio_batches(customer.own_batch, ["nobody@example.org"]),
        ),
    ),
]
