"""The customer's and the admin's side of the site, for whom they exist."""

import zoneinfo
from collections.abc import Iterator

from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import Organization, Role, User
from core.navigation import Place, Side

# Pages of those who manage keys (accounts/permissions.py: organization.manage_keys).
MANAGERS_PAGES = frozenset({"customer:callbacks"})


def places(request: HttpRequest) -> Iterator[Place]:
    user = request.user
    if not isinstance(user, User):
        return
    name = user.name or user.email
    if user.is_site_admin:
        yield Place(Side.ADMIN, _("This site"), name, _("Site admin"), user.public_id)
    for membership in user.all_memberships:
        note = membership.get_role_display()
        is_manager = membership.role in {Role.ADMIN, Role.MANAGER}
        yield customer_place(
            membership.organization,
            name=name,
            note=note,
            subject=user.public_id,
            closed=frozenset() if is_manager else MANAGERS_PAGES,
        )
    visited = getattr(request, "organization", None)
    if visited is not None and user.is_site_admin and user.role_in(visited) is None:
        note = _("Site admin")
        yield customer_place(visited, name=name, note=note, subject=user.public_id, closed=MANAGERS_PAGES)


def customer_place(organization: Organization, *, name: str, note: str, subject: str, closed: frozenset[str]) -> Place:
    return Place(Side.CUSTOMER, organization.name, name, note, subject, {"slug": organization.slug}, closed)


def zone_words(name: str) -> str:
    """“Nairobi time” for Africa/Nairobi."""
    if name not in zoneinfo.available_timezones() or "/" not in name:
        return name
    return _("%(city)s time") % {"city": name.rpartition("/")[2].replace("_", " ")}
