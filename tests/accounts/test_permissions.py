import re
from pathlib import Path

import pytest

from accounts.models import Role
from accounts.permissions import PERMISSIONS, may, roles_to_give
from tests.factories import MembershipFactory, OrganizationFactory, UserFactory

pytestmark = pytest.mark.django_db
TABLE = (Path(__file__).parents[2] / "docs" / "permissions.md").read_text(encoding="utf-8")
ROWS = {
    cells[0]: [bool(cell) for cell in cells[2:]]
    for line in TABLE.splitlines()
    if line.startswith("| organization.") and (cells := [cell.strip() for cell in re.split(r"\|", line)[1:-1]])
}


def test_the_documented_table_names_every_permission():
    assert ROWS.keys() == PERMISSIONS.keys()


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_the_documented_table_is_true(permission):
    organization = OrganizationFactory()
    people = [MembershipFactory(organization=organization, role=role).user for role in Role]
    people.append(UserFactory(is_site_admin=True))

    assert [may(person, permission, organization) for person in people] == ROWS[permission]


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_a_stranger_may_nothing(permission):
    stranger = MembershipFactory(role=Role.ADMIN).user

    assert not may(stranger, permission, OrganizationFactory())


def test_an_unknown_permission_is_a_mistake_in_the_code():
    with pytest.raises(KeyError):
        may(UserFactory(), "organization.fly", OrganizationFactory())


def test_nobody_gives_a_role_above_their_own():
    organization = OrganizationFactory()
    given = {
        role: roles_to_give(MembershipFactory(organization=organization, role=role).user, organization) for role in Role
    }

    assert given == {
        Role.ADMIN: [Role.ADMIN, Role.MANAGER, Role.MEMBER],
        Role.MANAGER: [Role.MANAGER, Role.MEMBER],
        Role.MEMBER: [],
    }
