"""Changes of accounts and memberships."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from accounts.inviting import lock_members, tell_of_site_admin
from accounts.models import Membership, Organization, Role, User
from accounts.signals import account_changed
from core.actions import action
from core.errors import BusinessError, StaleState


def tell(
    verb: str, subject: Model, *, by: User | None, organization: Organization | None, at: datetime, **data: Any
) -> None:
    account_changed.send(
        sender=type(subject), verb=verb, actor=by, subject=subject, organization=organization, data=data, at=at
    )


@action
def create_organization(name: str, *, slug: str, by: User | None, at: datetime) -> Organization:
    """A new customer; the one that is there where somebody was first."""
    organization, is_new = Organization.objects.get_or_create(slug=slug, defaults={"name": name})
    if is_new:
        tell("organization_created", organization, by=by, organization=organization, at=at)
    return organization


@action
def change_profile(user: User, *, by: User, at: datetime, **fields: str) -> User:
    """Name, language, time zone, theme; names of what changed go into the event, never the values."""
    changed = sorted(name for name, value in fields.items() if getattr(user, name) != value)
    if not changed:
        return user
    User.objects.filter(pk=user.pk).update(**{name: fields[name] for name in changed})
    for name in changed:
        setattr(user, name, fields[name])
    tell("user_changed", user, by=by, organization=None, at=at, fields=changed)
    return user


@action
def change_role(membership: Membership, *, role: Role, by: User, at: datetime) -> Membership:
    """Raises BusinessError for the last admin, StaleState when somebody else was first."""
    lock_members(membership.organization)
    return with_role(membership, role=role, by=by, at=at)


@action
def change_roles(
    organization: Organization, emails: Sequence[str], *, role: Role, by: User | None, at: datetime
) -> list[Membership]:
    """Those whose role is another one now. All or none.

    Raises BusinessError `no_member` (404) that names whoever is none, and `last_admin`.
    """
    lock_members(organization)
    found = {one.pk: one for one in (member_with(organization, email.strip()) for email in emails)}
    return [with_role(one, role=role, by=by, at=at) for one in found.values() if one.role != role]


def member_with(organization: Organization, email: str) -> Membership:
    rows = Membership.objects.filter(organization=organization, user__email__iexact=email)
    found = rows.select_related("organization", "user").first()
    if found is None:
        raise BusinessError(_("%(email)s is not a member.") % {"email": email}, code="no_member", status=404)
    return found


def with_role(membership: Membership, *, role: Role, by: User | None, at: datetime) -> Membership:
    """Under the members' lock."""
    before = membership.role
    keep_an_admin(membership, leaves=role != Role.ADMIN)
    if not Membership.objects.filter(pk=membership.pk, role=before).update(role=role):
        raise StaleState(_("Somebody else has changed this role meanwhile."), code="stale")
    membership.role = role
    tell(
        "membership_changed",
        membership,
        by=by,
        organization=membership.organization,
        at=at,
        before=str(before),
        after=str(role),
    )
    return membership


@action
def remove_member(membership: Membership, *, by: User, at: datetime) -> None:
    """The account stays, its place in the organization ends; raises BusinessError for the last admin."""
    lock_members(membership.organization)
    keep_an_admin(membership, leaves=True)
    tell("membership_ended", membership, by=by, organization=membership.organization, at=at, role=membership.role)
    Membership.objects.filter(pk=membership.pk).delete()


def keep_an_admin(membership: Membership, *, leaves: bool) -> None:
    admins = Membership.objects.filter(organization=membership.organization, role=Role.ADMIN)
    if leaves and membership.role == Role.ADMIN and not admins.exclude(pk=membership.pk).exists():
        raise BusinessError(_("The last admin stays: make somebody else an admin first."), code="last_admin")


@action
def make_site_admin(email: str, *, at: datetime) -> User:
    """The account of that address, made where there is none, with the rights of a site admin."""
    user = User.objects.filter(email__iexact=email.strip()).first() or User.objects.create_user(email)
    if not user.is_site_admin:
        user.is_site_admin = True
        user.save(update_fields=["is_site_admin"])
        tell_of_site_admin(user, by=None, at=at)
    return user


@action
def end_site_admin(user: User, *, by: User, at: datetime) -> User:
    """Raises BusinessError for the last one."""
    if not User.objects.site_admins().exclude(pk=user.pk).exists():
        raise BusinessError(_("The last site admin stays: make another one first."), code="last_admin")
    if User.objects.filter(pk=user.pk, is_site_admin=True).update(is_site_admin=False):
        tell("site_admin_ended", user, by=by, organization=None, at=at)
    user.is_site_admin = False
    return user
