from datetime import UTC, datetime, timedelta

import pytest

from accounts import inviting
from accounts.models import Invitation, InvitationRole, Membership, Role, User
from accounts.signals import account_changed, invitation_created
from core.errors import BusinessError
from tests.factories import MembershipFactory, OrganizationFactory, UserFactory
from workers.models import Worker

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def invited(role=InvitationRole.MEMBER, organization=None, email="new@example.org", at=NOON):
    return inviting.invite(email=email, role=role, organization=organization, by=None, at=at)


def accept(token, at=NOON):
    return inviting.accept(
        token, name="New Person", password="a-long-password", language="en", time_zone="Africa/Nairobi", at=at
    )


@pytest.mark.parametrize(
    ("role", "days"), [(InvitationRole.WORKER, 14), (InvitationRole.MEMBER, 7), (InvitationRole.SITE_ADMIN, 7)]
)
def test_an_invitation_lasts_by_its_role(role, days):
    organization = OrganizationFactory() if role == InvitationRole.MEMBER else None

    invitation, _token = invited(role, organization)

    assert invitation.expires_at == NOON + timedelta(days=days)


def test_the_token_is_told_once_and_stored_as_its_hash():
    told = []
    invitation_created.connect(lambda **kwargs: told.append(kwargs["token"]), weak=False, dispatch_uid="told")
    try:
        invitation, token = invited(organization=OrganizationFactory())
    finally:
        invitation_created.disconnect(dispatch_uid="told")

    assert told == [token]
    assert token not in str(Invitation.objects.values().get(pk=invitation.pk))


def test_accepting_makes_the_account_and_the_membership():
    organization = OrganizationFactory()
    _invitation, token = invited(InvitationRole.MANAGER, organization)

    user = accept(token)

    assert (user.email, user.name, user.time_zone) == ("new@example.org", "New Person", "Africa/Nairobi")
    assert user.check_password("a-long-password")
    assert list(Membership.objects.values_list("user", "organization", "role")) == [
        (user.pk, organization.pk, Role.MANAGER)
    ]
    assert not Worker.objects.exists()


def test_accepting_as_a_contractor_makes_the_worker():
    _invitation, token = invited(InvitationRole.WORKER)

    user = accept(token)

    worker = Worker.objects.get()
    assert (worker.user, worker.organization) == (user, None)
    assert len(worker.pseudonym) == 4


def test_accepting_as_own_contractor_keeps_the_organization():
    organization = OrganizationFactory()
    _invitation, token = invited(InvitationRole.WORKER, organization)

    accept(token)

    assert Worker.objects.get().organization == organization
    assert not Membership.objects.exists()


def test_accepting_as_site_admin():
    _invitation, token = invited(InvitationRole.SITE_ADMIN)

    assert accept(token).is_site_admin


def test_an_invitation_works_once():
    _invitation, token = invited(InvitationRole.WORKER)
    accept(token)

    with pytest.raises(BusinessError) as refused:
        accept(token)

    assert refused.value.code == "invitation_over"
    assert User.objects.count() == 1


@pytest.mark.parametrize("token", ["", "wrong", "a" * 43])
def test_a_wrong_token_opens_nothing(token):
    invited(InvitationRole.WORKER)

    assert inviting.find_open(token, at=NOON) is None


def test_an_old_invitation_opens_nothing():
    invitation, token = invited(InvitationRole.WORKER)

    assert inviting.find_open(token, at=NOON + timedelta(days=13)) == invitation
    assert inviting.find_open(token, at=NOON + timedelta(days=14)) is None


def test_a_withdrawn_invitation_opens_nothing():
    admin = UserFactory(is_site_admin=True)
    invitation, token = invited(InvitationRole.WORKER)

    inviting.withdraw(invitation, by=admin, at=NOON)

    assert inviting.find_open(token, at=NOON) is None
    with pytest.raises(BusinessError):
        inviting.withdraw(invitation, by=admin, at=NOON)


def test_inviting_again_ends_the_earlier_link():
    organization = OrganizationFactory()
    _first, old = invited(InvitationRole.MEMBER, organization)
    second, new = invited(InvitationRole.MANAGER, organization, email="NEW@example.org")

    assert inviting.find_open(old, at=NOON) is None
    assert inviting.find_open(new, at=NOON) == second


def test_who_is_there_is_not_invited():
    membership = MembershipFactory()

    with pytest.raises(BusinessError) as refused:
        invited(InvitationRole.ADMIN, membership.organization, email=membership.user.email.upper())

    assert refused.value.code == "already_there"


def test_a_person_with_an_account_accepts_with_it():
    user, organization = UserFactory(email="new@example.org"), OrganizationFactory()
    _invitation, token = invited(InvitationRole.MEMBER, organization, email="New@Example.org")

    inviting.accept_as(user, token, at=NOON)

    assert Membership.objects.get().user == user


def test_an_invitation_is_for_its_address_only():
    stranger, organization = UserFactory(), OrganizationFactory()
    _invitation, token = invited(InvitationRole.MEMBER, organization)

    with pytest.raises(BusinessError) as refused:
        inviting.accept_as(stranger, token, at=NOON)

    assert refused.value.code == "invitation_for_another"
    assert inviting.find_open(token, at=NOON) is not None


def test_a_new_account_is_not_made_where_one_exists():
    UserFactory(email="new@example.org")
    _invitation, token = invited(InvitationRole.WORKER)

    with pytest.raises(BusinessError) as refused:
        accept(token)

    assert refused.value.code == "account_exists"
    assert inviting.find_open(token, at=NOON) is not None


def test_what_happened_is_told():
    told = []
    account_changed.connect(lambda **kwargs: told.append(kwargs["verb"]), weak=False, dispatch_uid="told")
    try:
        _invitation, member_token = invited(InvitationRole.MEMBER, OrganizationFactory())
        accept(member_token)
        worker_invitation, _token = invited(InvitationRole.WORKER, email="other@example.org")
        inviting.withdraw(worker_invitation, by=UserFactory(), at=NOON)
    finally:
        account_changed.disconnect(dispatch_uid="told")

    assert told == ["membership_started", "invitation_withdrawn"]
