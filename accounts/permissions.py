"""Who may do what in an organization. Reading goes through `visible_to()`; this is about doing.

The table of docs/permissions.md; a test compares the two.
"""

from rules.permissions import add_perm, has_perm, perm_exists
from rules.predicates import Predicate

from accounts.models import Organization, Role, User


def has_role(*roles: Role) -> Predicate:
    """True for somebody who has one of the roles in the organization."""

    def check(user: User, organization: Organization | None) -> bool:
        return organization is not None and user.role_in(organization) in roles

    return Predicate(check, name="has_role:" + ",".join(roles))


is_site_admin = Predicate(lambda user: user.is_site_admin, name="is_site_admin")
is_admin = has_role(Role.ADMIN)
is_manager = has_role(Role.ADMIN, Role.MANAGER)
is_member = has_role(Role.ADMIN, Role.MANAGER, Role.MEMBER)

PERMISSIONS = {
    "organization.see_people": is_site_admin | is_member,
    "organization.invite": is_site_admin | is_manager,
    "organization.change_roles": is_site_admin | is_admin,
    "organization.bill": is_admin,
    "organization.manage_keys": is_manager,
    "organization.export": is_manager,
    "organization.change_projects": is_member,
    "organization.audit": is_member,
    "organization.label": is_member,
    "organization.assign_people": is_manager,
    "organization.see_worker_figures": is_manager,
    "organization.pause": is_site_admin | is_manager,
    "organization.resume": is_site_admin | is_manager,
    "organization.cut_off": is_site_admin,
    "organization.let_in_again": is_site_admin,
}
for _name, _predicate in PERMISSIONS.items():
    if not perm_exists(_name):  # type: ignore[no-untyped-call]
        add_perm(_name, _predicate)  # type: ignore[no-untyped-call]


def may(user: User, permission: str, organization: Organization | None = None) -> bool:
    """Whether the person may do it; raises KeyError for a permission that does not exist."""
    if permission not in PERMISSIONS:
        raise KeyError(permission)
    return bool(has_perm(permission, user, organization))  # type: ignore[no-untyped-call]


def roles_to_give(user: User, organization: Organization) -> list[Role]:
    """The roles that the person may give to others; nobody gives a role above their own."""
    if may(user, "organization.change_roles", organization):
        return [Role.ADMIN, Role.MANAGER, Role.MEMBER]
    return [Role.MANAGER, Role.MEMBER] if may(user, "organization.invite", organization) else []
