"""Teams and the own people, of the first API: 3 and 6 methods, with one shortcut."""

from typing import Any

from django.utils import timezone
from scaleapi.teams import Teammate, TeammateRole

from accounts.models import Invitation
from projects.models import Batch
from tests.api.methods import shown
from tests.api.methods.customer import BATCH, OTHER_PROJECT, PROJECT, STAGED, Customer
from tests.api.methods.table import NAMES_NOTHING, NO_PARAMETERS, Ask, Method

NAMES: dict[str, Any] = {"firstName": "Otto Lind", "lastName": "Berg"}


def address(customer: Customer, name: str) -> str:
    return f"{name}@{customer.organization.slug}.example"


def mate(email: str, role: str, *, labels: bool = False, **more: Any) -> dict[str, Any]:
    return {"company": "Basalt", "email": email, "role": role, "isStudioLabeler": labels, **more}


def team(customer: Customer, otto: str = "member") -> list[dict[str, Any]]:
    """Members, the own people, open invitations."""
    invited = Invitation.objects.open(at=timezone.now()).filter(organization=customer.organization)
    return [
        mate(address(customer, "mara"), "admin", **NAMES),
        mate(address(customer, "otto"), otto, **NAMES),
        mate(address(customer, "ida"), "labeler", labels=True),
        *(mate(one.email, "manager", expiry=shown.stamp(one.expires_at)) for one in invited),
    ]


def people(customer: Customer) -> None:
    assert customer.member
    assert customer.own_worker


def teammate(client: Any, email: str) -> Teammate:
    """By the address alone: making the object asks the server nothing."""
    return Teammate({"email": email, "role": "member"}, client)


TEAMS = [
    Method(
        name="list_teammates",
        endpoint="GET /v1/teams",
        call=lambda client, named: client.list_teammates(),
        given=people,
        gives=team,
        wrong=NO_PARAMETERS,
        unknown=NAMES_NOTHING,
    ),
    Method(
        name="invite_teammates",
        endpoint="POST /v1/teams/invite",
        call=lambda client, named: client.invite_teammates(["new@basalt.example"], TeammateRole.Manager),
        given=people,
        gives=team,
        reads=lambda client, customer: client.list_teammates(),
        wrong=Ask("“nobody”", lambda client, named: client.invite_teammates(["nobody"], TeammateRole.Manager)),
        unknown=NAMES_NOTHING,
    ),
    Method(
        name="update_teammates_role",
        endpoint="POST /v1/teams/set_role",
        call=lambda client, named: client.update_teammates_role([named.member], TeammateRole.Manager),
        given=people,
        gives=lambda customer: team(customer, "manager"),
        is_of_both_worlds=True,
        reads=lambda client, customer: client.list_teammates(),
        wrong=Ask('"emails"', lambda client, named: client.update_teammates_role([], TeammateRole.Manager)),
    ),
    Method(
        name="Teammate.update_teammate_role",
        endpoint="POST /v1/teams/set_role",
        call=lambda client, named: teammate(client, named.member).update_teammate_role(TeammateRole.Admin),
        given=people,
        gives=lambda customer: team(customer, "admin"),
        is_of_both_worlds=True,
        reads=lambda client, customer: client.list_teammates(),
        # The last admin stays one.
        wrong=Ask(
            "last admin",
            lambda client, customer: teammate(client, address(customer, "mara")).update_teammate_role(
                TeammateRole.Member
            ),
            given=people,
        ),
    ),
]


def batch(customer: Customer, name: str, place: int, total: int = 0) -> dict[str, Any]:
    row = Batch.objects.get(organization=customer.organization, name=name)
    return {
        "id": row.public_id,
        "name": name,
        "projectId": row.project.public_id,
        "projectName": PROJECT,
        "batchType": "Production",
        "studioPriority": place,
        "total": total,
        "completed": 0,
        "groups": [],
    }


def in_order(customer: Customer) -> list[dict[str, Any]]:
    return [batch(customer, BATCH, 1, total=1), batch(customer, STAGED, 2)]


def turned_round(customer: Customer) -> list[dict[str, Any]]:
    return [batch(customer, STAGED, 1), batch(customer, BATCH, 2, total=1)]


def two_batches(customer: Customer) -> None:
    assert customer.task
    assert customer.staged


def turn_round(customer: Customer) -> None:
    two_batches(customer)
    customer.client.set_studio_batches_priorities([STAGED, BATCH])


STUDIO = [
    Method(
        name="list_studio_assignments",
        endpoint="GET /v1/studio/assignments",
        call=lambda client, named: client.list_studio_assignments(),
        given=lambda customer: customer.assigned,
        gives=lambda customer: {customer.own_worker: [OTHER_PROJECT]},
        wrong=NO_PARAMETERS,
        unknown=NAMES_NOTHING,
    ),
    Method(
        name="add_studio_assignments",
        endpoint="POST /v1/studio/assignments/add",
        call=lambda client, named: client.add_studio_assignments([named.own_worker], [named.other_project]),
        gives=lambda customer: {customer.own_worker: [OTHER_PROJECT]},
        reads=lambda client, customer: client.list_studio_assignments(),
        wrong=Ask(
            "not by your own people",
            lambda client, customer: client.add_studio_assignments([customer.own_worker], [customer.project]),
        ),
    ),
    Method(
        name="remove_studio_assignments",
        endpoint="POST /v1/studio/assignments/remove",
        call=lambda client, named: client.remove_studio_assignments([named.assigned], [named.other_project]),
        gives=lambda customer: {customer.own_worker: []},
        reads=lambda client, customer: client.list_studio_assignments(),
        wrong=Ask(
            "nobody@example.org",
            lambda client, customer: client.remove_studio_assignments(["nobody@example.org"], [customer.other_project]),
        ),
    ),
    Method(
        name="list_studio_batches",
        endpoint="GET /v1/studio/batches",
        call=lambda client, named: client.list_studio_batches(),
        given=two_batches,
        gives=in_order,
        wrong=NO_PARAMETERS,
        unknown=NAMES_NOTHING,
    ),
    Method(
        name="set_studio_batches_priorities",
        endpoint="POST /v1/studio/batches/set_priorities",
        call=lambda client, named: client.set_studio_batches_priorities([named.staged, named.batch]),
        given=two_batches,
        gives=turned_round,
        reads=lambda client, customer: client.list_studio_batches(),
        wrong=Ask(
            "Missing, 1 of them",
            lambda client, named: client.set_studio_batches_priorities([named.batch]),
            given=two_batches,
        ),
    ),
    Method(
        name="reset_studio_batches_priorities",
        endpoint="POST /v1/studio/batches/reset_priorities",
        call=lambda client, named: client.reset_studio_batches_priorities(),
        given=turn_round,
        gives=in_order,
        reads=lambda client, customer: client.list_studio_batches(),
        wrong=NO_PARAMETERS,
        unknown=NAMES_NOTHING,
    ),
]
