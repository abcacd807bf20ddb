"""Who belongs to an organization: its members, its own workforce, and who is invited. They are of no world."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import BaseModel, Field

from accounts import actions, inviting
from accounts.models import ApiKey, Invitation, InvitationRole, Membership, Organization, Role, User
from accounts.permissions import may
from api.auth import ADMIN, KeyRequest
from api.tree import ok
from api.v1.listing import one_of
from api.v1.shapes import Error
from core.errors import BusinessError
from delivery.scale_json import stamp
from workers.models import Worker

router = Router(tags=["Teams"], auth=ADMIN)
ERRORS = {400: Error, 401: Error, 403: Error, 429: Error}
LABELER = "labeler"
MOST_EMAILS = 100
EMAIL_CHARACTERS = 254
# An admin is made on the page by one, or of a member.
INVITED_AS = {
    LABELER: InvitationRole.WORKER,
    "member": InvitationRole.MEMBER,
    "manager": InvitationRole.MANAGER,
}
CALLED = {InvitationRole.WORKER: LABELER}


class TeamOrder(BaseModel):
    emails: list[str] = Field(min_length=1, max_length=MOST_EMAILS)
    team_role: str = Field(description="`labeler`, `member`, `manager`; `admin` for a member only.")


class Teammate(BaseModel):
    """A person. Keys that do not apply are absent."""

    email: str
    role: str = Field(description="`admin`, `manager`, `member`, or `labeler` of the own workforce.")
    company: str
    is_studio_labeler: bool = Field(alias="isStudioLabeler")
    first_name: str | None = Field(default=None, alias="firstName")
    last_name: str | None = Field(default=None, alias="lastName")
    expiry: str | None = Field(default=None, description="Of an invitation that nobody has accepted yet.")


@router.get("/teams", response={200: list[Teammate], **ERRORS}, by_alias=True, operation_id="list_teammates")
def teams(request: KeyRequest) -> HttpResponse:
    """Everybody: members, then the own workforce, then invitations that are open, each by address."""
    return team_of(request.auth.organization, at=timezone.now())


@router.post("/teams/invite", response={200: list[Teammate], **ERRORS}, by_alias=True, operation_id="invite_teammates")
def invite(request: KeyRequest, order: TeamOrder) -> HttpResponse:
    """Send a link to each address. Who has an open one as the same gets no second one; an admin is not invited."""
    role = INVITED_AS[one_of(order.team_role, list(INVITED_AS), "team_role")]
    organization, now = request.auth.organization, timezone.now()
    check_addresses(order.emails)
    if role == InvitationRole.WORKER:
        refuse_own_workers(organization, order.emails)
    inviting.invite_all(order.emails, role=role, organization=organization, by=None, at=now)
    return team_of(organization, at=now)


@router.post(
    "/teams/set_role", response={200: list[Teammate], 404: Error, **ERRORS}, by_alias=True, operation_id="set_team_role"
)
def set_role(request: KeyRequest, order: TeamOrder) -> HttpResponse:
    """Give members another role, with a key that an admin has made. Who only labels is invited instead."""
    refuse_keys_of_others(request.auth)
    role = Role(one_of(order.team_role, Role.values, "team_role"))
    organization, now = request.auth.organization, timezone.now()
    actions.change_roles(organization, order.emails, role=role, by=None, at=now)
    return team_of(organization, at=now)


def refuse_keys_of_others(key: ApiKey) -> None:
    """A key gives no role that whoever made it could not give now. Raises BusinessError `not_by_this_key` (403)."""
    if key.created_by and not may(key.created_by, "organization.change_roles", key.organization):
        sentence = _("Only an admin changes roles: use a key that an admin of your organization has made.")
        raise BusinessError(sentence, code="not_by_this_key", status=403)


def check_addresses(emails: Sequence[str]) -> None:
    """Raises BusinessError `bad_email` (400) that names the first that is none."""
    for email in emails:
        try:
            validate_email(email.strip())
            is_address = len(email.strip()) <= EMAIL_CHARACTERS
        except ValidationError:
            is_address = False
        if not is_address:
            sentence = _("“%(email)s” is no e-mail address.") % {"email": email[:100]}
            raise BusinessError(sentence, code="bad_email", status=400)


def refuse_own_workers(organization: Organization, emails: Sequence[str]) -> None:
    own = organization.own_workers.values_list("user__email", flat=True)
    there = {email.casefold() for email in own}
    for email in emails:
        if email.strip().casefold() in there:
            sentence = _("%(email)s is there already.") % {"email": email.strip()}
            raise BusinessError(sentence, code="already_there", status=400)


def team_of(organization: Organization, *, at: datetime) -> HttpResponse:
    """Three queries, however many they are."""
    return ok([{"company": organization.name} | one for one in teammates(organization, at=at)])


def teammates(organization: Organization, *, at: datetime) -> Iterator[dict[str, Any]]:
    workers = list(Worker.objects.filter(organization=organization, user__is_active=True).select_related("user"))
    labels = {worker.user_id for worker in workers}
    members = Membership.objects.filter(organization=organization, user__is_active=True).select_related("user")
    found = {one.user_id: one for one in members.order_by("user__email")}
    for member in found.values():
        yield person(member.user, member.role, labels=member.user_id in labels)
    for worker in sorted(workers, key=lambda one: one.user.email):
        if worker.user_id not in found:
            yield person(worker.user, LABELER, labels=True)
    for invitation in Invitation.objects.open(at=at).filter(organization=organization).order_by("email", "pk"):
        yield waiting(invitation)


def person(user: User, role: str, *, labels: bool) -> dict[str, Any]:
    """A name is one text here: its last word is taken for the last name."""
    first, _space, last = user.name.strip().rpartition(" ")
    names = {"firstName": first or last, "lastName": last if first else ""}
    given = {key: value for key, value in names.items() if value}
    return {"email": user.email, "role": role, "isStudioLabeler": labels, **given}


def waiting(invitation: Invitation) -> dict[str, Any]:
    role = InvitationRole(invitation.role)
    return {
        "email": invitation.email,
        "role": CALLED.get(role, role.value),
        "isStudioLabeler": role == InvitationRole.WORKER,
        "expiry": stamp(invitation.expires_at),
    }
