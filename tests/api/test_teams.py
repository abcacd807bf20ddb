"""Teams, as Scale's client lists, invites and changes them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from scaleapi import ScaleClient
from scaleapi.exceptions import (
    ScaleException,
    ScaleInvalidRequest,
    ScaleResourceNotFound,
)
from scaleapi.teams import TeammateRole

from accounts import inviting
from accounts.models import ApiKey, Invitation, InvitationRole, Membership, Organization, Role
from events.models import Event, Outbox
from tests.api.asking import key_of, refused_without_key_or_scope
from tests.api.test_access import ask
from tests.factories import MembershipFactory, OrganizationFactory, UserFactory, WorkerFactory


def member(organization: Organization, email: str, role: str, name: str = "Mara") -> Membership:
    return MembershipFactory.create(
        organization=organization, user=UserFactory.create(email=email, name=name), role=role
    )


@pytest.fixture
def team(organization: Organization, other_organization: Organization) -> None:
    member(organization, "mara@basalt.example", Role.ADMIN, "Mara Lind Berg")
    member(organization, "otto@basalt.example", Role.MEMBER)
    WorkerFactory.create(organization=organization, user=UserFactory.create(email="ida@basalt.example", name=""))
    WorkerFactory.create(organization=None, user=UserFactory.create(email="contractor@example.org"))
    member(other_organization, "gerd@gneiss.example", Role.ADMIN)


def roles(client: ScaleClient) -> dict[str, str]:
    return {mate.email: mate.role for mate in client.list_teammates()}


@pytest.mark.usefixtures("team")
def test_the_team_is_members_own_people_and_invitations(client_live: ScaleClient, organization: Organization):
    now = timezone.now()
    for email, role in (("new@basalt.example", InvitationRole.WORKER), ("boss@basalt.example", InvitationRole.ADMIN)):
        inviting.invite(email=email, role=role, organization=organization, by=None, at=now)
    over = now - timedelta(days=30)
    inviting.invite(
        email="late@basalt.example", role=InvitationRole.MEMBER, organization=organization, by=None, at=over
    )

    mara, otto, ida, boss, new = client_live.list_teammates()

    assert mara.as_dict() == {
        "email": "mara@basalt.example",
        "role": "admin",
        "company": "Basalt",
        "firstName": "Mara Lind",
        "lastName": "Berg",
        "isStudioLabeler": False,
    }
    assert (otto.email, otto.role, otto.first_name, otto.last_name) == ("otto@basalt.example", "member", "Mara", None)
    assert (ida.email, ida.role, ida.is_studio_labeler, ida.expiry) == ("ida@basalt.example", "labeler", True, None)
    assert (boss.email, boss.role, boss.is_studio_labeler) == ("boss@basalt.example", "admin", False)
    assert (new.email, new.role, new.is_studio_labeler) == ("new@basalt.example", "labeler", True)
    assert new.expiry == (now + timedelta(days=14)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_a_member_who_labels_is_there_once(client_live: ScaleClient, organization: Organization):
    both = member(organization, "mara@basalt.example", Role.MANAGER)
    WorkerFactory.create(organization=organization, user=both.user)

    (mate,) = client_live.list_teammates()

    assert (mate.role, mate.is_studio_labeler) == ("manager", True)


@pytest.mark.django_db
@pytest.mark.parametrize("people", [1, 9])
def test_a_list_needs_a_constant_number_of_queries(people: int, django_assert_num_queries: Any):
    organization = OrganizationFactory.create()
    key = key_of(organization)
    ask("get", "/v1/teams", key)
    for _each in range(people):
        WorkerFactory.create(organization=organization)
        MembershipFactory.create(organization=organization)
    with django_assert_num_queries(4):
        assert len(ask("get", "/v1/teams", key).json()) == 2 * people


@pytest.mark.usefixtures("team")
def test_people_are_invited_once(client_live: ScaleClient, organization: Organization):
    found = client_live.invite_teammates([" New@basalt.example", "two@basalt.example"], TeammateRole.Labeler)
    again = client_live.invite_teammates(["new@basalt.example", "NEW@basalt.example"], TeammateRole.Labeler)

    assert [mate.as_dict() for mate in again] == [mate.as_dict() for mate in found]
    assert [(mate.email, mate.role) for mate in found if mate.expiry] == [
        ("New@basalt.example", "labeler"),
        ("two@basalt.example", "labeler"),
    ]
    assert Outbox.objects.filter(kind="mail", target__iexact="new@basalt.example").count() == 1
    first = Invitation.objects.get(email="New@basalt.example")
    assert (first.organization, first.role, first.invited_by) == (organization, InvitationRole.WORKER, None)
    made = Event.objects.filter(verb="invitation_created")
    assert set(made.values_list("actor_kind", "organization")) == {("api_key", organization.pk)}


@pytest.mark.usefixtures("team")
def test_another_role_takes_the_place_of_the_first_one(client_live: ScaleClient):
    client_live.invite_teammates(["new@basalt.example"], TeammateRole.Member)
    client_live.invite_teammates(["new@basalt.example"], TeammateRole.Manager)

    assert roles(client_live)["new@basalt.example"] == "manager"
    assert Invitation.objects.open(at=timezone.now()).count() == 1


@pytest.mark.usefixtures("team")
@pytest.mark.parametrize(
    ("emails", "role", "sentence"),
    [
        (["new@basalt.example"], TeammateRole.Admin, "team_role"),
        (["new@basalt.example", "nobody"], TeammateRole.Member, "“nobody” is no e-mail address"),
        (["new@basalt.example", f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}"], TeammateRole.Member, "aaa"),
        (["new@basalt.example", "OTTO@basalt.example"], TeammateRole.Manager, "OTTO@basalt.example is there already"),
        (["new@basalt.example", "ida@basalt.example"], TeammateRole.Labeler, "ida@basalt.example is there already"),
        ([], TeammateRole.Member, "emails"),
        ([f"{number}@basalt.example" for number in range(101)], TeammateRole.Member, "emails"),
    ],
)
def test_nobody_is_invited_when_one_is_refused(
    client_live: ScaleClient, emails: list[str], role: TeammateRole, sentence: str
):
    with pytest.raises(ScaleInvalidRequest, match=sentence):
        client_live.invite_teammates(emails, role)
    assert Invitation.objects.count() == 0


@pytest.mark.usefixtures("team")
def test_who_labels_may_be_invited_as_a_member(client_live: ScaleClient):
    client_live.invite_teammates(["ida@basalt.example"], TeammateRole.Member)

    assert [one.role for one in client_live.list_teammates() if one.email == "ida@basalt.example"] == [
        "labeler",
        "member",
    ]


@pytest.mark.usefixtures("team")
def test_roles_change(client_live: ScaleClient, organization: Organization):
    mara = next(mate for mate in client_live.list_teammates() if mate.email == "mara@basalt.example")
    found = client_live.update_teammates_role(["Otto@basalt.example", "mara@basalt.example"], TeammateRole.Admin)
    assert {mate.email: mate.role for mate in found}["otto@basalt.example"] == "admin"
    mara.update_teammate_role(TeammateRole.Manager)
    client_live.update_teammates_role(["mara@basalt.example"], TeammateRole.Manager)

    assert roles(client_live)["mara@basalt.example"] == "manager"
    changed = Event.objects.filter(verb="membership_changed", organization=organization).order_by("pk")
    assert [(one.actor_kind, one.data["before"], one.data["after"]) for one in changed] == [
        ("api_key", "member", "admin"),
        ("api_key", "admin", "manager"),
    ]


@pytest.mark.usefixtures("team")
@pytest.mark.parametrize(
    ("emails", "role", "refusal", "sentence"),
    [
        (["otto@basalt.example", "mara@basalt.example"], TeammateRole.Manager, ScaleInvalidRequest, "last admin"),
        (["otto@basalt.example"], TeammateRole.Labeler, ScaleInvalidRequest, "team_role"),
        ([], TeammateRole.Member, ScaleInvalidRequest, "emails"),
        (["otto@basalt.example", "ida@basalt.example"], TeammateRole.Manager, ScaleResourceNotFound, "ida@basalt"),
        (["otto@basalt.example", "gerd@gneiss.example"], TeammateRole.Manager, ScaleResourceNotFound, "gerd@gneiss"),
    ],
)
def test_no_role_changes_when_one_is_refused(
    client_live: ScaleClient, emails: list[str], role: TeammateRole, refusal: type[ScaleException], sentence: str
):
    before = roles(client_live)

    with pytest.raises(refusal, match=sentence):
        client_live.update_teammates_role(emails, role)
    assert roles(client_live) == before


@pytest.mark.usefixtures("team")
@pytest.mark.parametrize(("role", "may"), [(Role.ADMIN, True), (Role.MANAGER, False), (Role.MEMBER, False)])
def test_a_key_gives_no_role_that_its_maker_could_not_give(
    client_live: ScaleClient, organization: Organization, role: Role, may: bool
):
    maker = member(organization, "maker@basalt.example", role).user
    ApiKey.objects.filter(organization=organization).update(created_by=maker)
    before = roles(client_live)

    if may:
        client_live.update_teammates_role(["otto@basalt.example"], TeammateRole.Manager)
        Membership.objects.filter(user=maker).delete()
    for target in (TeammateRole.Admin, TeammateRole.Member):
        with pytest.raises(ScaleException, match="Only an admin changes roles") as refused:
            client_live.update_teammates_role(["maker@basalt.example", "mara@basalt.example"], target)
        assert refused.value.code == 403
    assert roles(client_live)["mara@basalt.example"] == before["mara@basalt.example"] == "admin"
    assert roles(client_live)["otto@basalt.example"] == ("manager" if may else "member")


CALLS: list[Callable[[ScaleClient], Any]] = [
    lambda client: client.list_teammates(),
    lambda client: client.invite_teammates(["new@basalt.example"], TeammateRole.Member),
    lambda client: client.update_teammates_role(["otto@basalt.example"], TeammateRole.Manager),
]


@pytest.mark.usefixtures("team")
def test_people_are_for_keys_that_administer(connect: Callable[..., ScaleClient], organization: Organization):
    refused_without_key_or_scope(CALLS, connect(organization, scopes=["read", "write"]))
    assert Invitation.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("body", ["", "[]", '{"emails": "a@b.example", "team_role": "member"}', '{"emails": [1]}'])
def test_another_body_is_refused_with_a_sentence(body: str):
    key = key_of(OrganizationFactory.create())
    for path in ("/v1/teams/invite", "/v1/teams/set_role"):
        answer = Client().post(path, body, content_type="application/json", headers={"Authorization": f"Bearer {key}"})
        assert (answer.status_code, answer.json()["status_code"]) == (400, 400)
