from datetime import UTC, datetime

import pytest

from accounts import actions
from accounts.models import Membership, Role, User
from accounts.signals import account_changed
from core.errors import BusinessError, StaleState
from tests.factories import MembershipFactory, UserFactory

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def told():
    heard = []
    account_changed.connect(
        lambda **kwargs: heard.append((kwargs["verb"], kwargs["data"])), weak=False, dispatch_uid="t"
    )
    yield heard
    account_changed.disconnect(dispatch_uid="t")


def test_change_profile_tells_what_changed_and_not_to_what(told):
    user = UserFactory(name="Old")

    actions.change_profile(user, by=user, at=NOON, name="New", time_zone=user.time_zone)

    assert User.objects.get().name == "New"
    assert told == [("user_changed", {"fields": ["name"]})]


def test_change_profile_without_a_change_tells_nothing(told):
    user = UserFactory()

    actions.change_profile(user, by=user, at=NOON, name=user.name)

    assert told == []


def test_change_role(told):
    admin = MembershipFactory(role=Role.ADMIN)
    member = MembershipFactory(organization=admin.organization, role=Role.MEMBER)

    actions.change_role(member, role=Role.MANAGER, by=admin.user, at=NOON)

    assert Membership.objects.get(pk=member.pk).role == Role.MANAGER
    assert told == [("membership_changed", {"before": "member", "after": "manager"})]


def test_of_two_who_change_a_role_one_is_told_so():
    admin = MembershipFactory(role=Role.ADMIN)
    member = MembershipFactory(organization=admin.organization, role=Role.MEMBER)
    same = Membership.objects.get(pk=member.pk)
    actions.change_role(same, role=Role.MANAGER, by=admin.user, at=NOON)

    with pytest.raises(StaleState):
        actions.change_role(member, role=Role.ADMIN, by=admin.user, at=NOON)


def test_the_last_admin_stays():
    admin = MembershipFactory(role=Role.ADMIN)

    with pytest.raises(BusinessError):
        actions.change_role(admin, role=Role.MEMBER, by=admin.user, at=NOON)
    with pytest.raises(BusinessError):
        actions.remove_member(admin, by=admin.user, at=NOON)

    assert Membership.objects.get().role == Role.ADMIN


def test_remove_member_keeps_the_account(told):
    admin = MembershipFactory(role=Role.ADMIN)
    member = MembershipFactory(organization=admin.organization, role=Role.MEMBER)

    actions.remove_member(member, by=admin.user, at=NOON)

    assert list(Membership.objects.all()) == [admin]
    assert User.objects.filter(pk=member.user.pk).exists()
    assert told == [("membership_ended", {"role": "member"})]


def test_make_site_admin_of_a_new_and_of_a_known_person(told):
    known = UserFactory(email="known@example.org")

    assert actions.make_site_admin("Known@example.org", at=NOON) == known
    new = actions.make_site_admin("new@example.org", at=NOON)

    assert set(User.objects.filter(is_site_admin=True)) == {known, new}
    assert not new.has_usable_password()
    assert told == [("site_admin_made", {}), ("site_admin_made", {})]


def test_the_last_site_admin_stays():
    one, other = UserFactory(is_site_admin=True), UserFactory(is_site_admin=True)

    actions.end_site_admin(one, by=other, at=NOON)

    with pytest.raises(BusinessError):
        actions.end_site_admin(other, by=other, at=NOON)
    assert User.objects.get(is_site_admin=True) == other
