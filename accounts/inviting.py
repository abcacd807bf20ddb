"""Invitations: the only way to get an account. A token is shown once; only its hash is stored."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import (
    ORGANIZATION_ROLES,
    Invitation,
    InvitationRole,
    Membership,
    Organization,
    User,
)
from accounts.signals import account_changed, invitation_accepted, invitation_created
from core.actions import action
from core.errors import BusinessError

DAYS_FOR_A_CONTRACTOR = 14
DAYS_FOR_OTHERS = 7
TOKEN_BYTES = 32


def hash_of(token: str) -> str:
    """What is stored and looked up, so that neither the table nor the time of a look-up tells a token."""
    return hashlib.sha256(token.encode()).hexdigest()


@action
def invite(
    *, email: str, role: InvitationRole, organization: Organization | None, by: User | None, at: datetime
) -> tuple[Invitation, str]:
    """A new invitation and its token; earlier open ones for the same place end, so that one link is valid.

    Raises BusinessError when the person is there already.
    """
    email = email.strip()
    refuse_who_is_there(email, role, organization)
    return invited(email, role, organization, by=by, at=at)


@action
def invite_all(
    emails: Sequence[str], *, role: InvitationRole, organization: Organization, by: User | None, at: datetime
) -> list[Invitation]:
    """The new invitations: whoever has an open one as the same gets no second one. All or none.

    Raises BusinessError that names the first who is there already.
    """
    lock_members(organization)
    once = {email.strip().casefold(): email.strip() for email in emails}
    for email in once.values():
        refuse_who_is_there(email, role, organization)
    open_ones = Invitation.objects.open(at=at).filter(organization=organization, role=role)
    waiting = {email.casefold() for email in open_ones.values_list("email", flat=True)}
    new = [email for folded, email in once.items() if folded not in waiting]
    return [invited(email, role, organization, by=by, at=at)[0] for email in new]


def lock_members(organization: Organization) -> None:
    # Two admins who remove each other would leave none, two who invite one person send two mails: they come here one
    # after the other.
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)


def invited(
    email: str, role: InvitationRole, organization: Organization | None, *, by: User | None, at: datetime
) -> tuple[Invitation, str]:
    same = Invitation.objects.open(at=at).filter(email__iexact=email, organization=organization)
    same.filter(role__in=roles_of_the_same_place(role)).update(withdrawn_at=at)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    days = DAYS_FOR_A_CONTRACTOR if role == InvitationRole.WORKER else DAYS_FOR_OTHERS
    invitation = Invitation.objects.create(
        token_hash=hash_of(token),
        organization=organization,
        email=email,
        role=role,
        invited_by=by,
        expires_at=at + timedelta(days=days),
    )
    invitation_created.send(sender=Invitation, invitation=invitation, token=token, at=at)
    return invitation, token


def roles_of_the_same_place(role: InvitationRole) -> frozenset[InvitationRole]:
    return ORGANIZATION_ROLES if role in ORGANIZATION_ROLES else frozenset({role})


def refuse_who_is_there(email: str, role: InvitationRole, organization: Organization | None) -> None:
    if role in ORGANIZATION_ROLES:
        there = Membership.objects.filter(organization=organization, user__email__iexact=email).exists()
    elif role == InvitationRole.SITE_ADMIN:
        there = User.objects.filter(email__iexact=email, is_site_admin=True).exists()
    else:
        there = False  # a second invitation of a contractor changes nothing
    if there:
        raise BusinessError(_("%(email)s is there already.") % {"email": email}, code="already_there")


@action
def withdraw(invitation: Invitation, *, by: User, at: datetime) -> Invitation:
    """The link ends. Raises BusinessError when it has been used or has ended before."""
    if not Invitation.objects.open(at=at).filter(pk=invitation.pk).update(withdrawn_at=at):
        raise BusinessError(_("This invitation has ended already."), code="invitation_over")
    invitation.withdrawn_at = at
    account_changed.send(
        sender=Invitation,
        verb="invitation_withdrawn",
        actor=by,
        subject=invitation,
        organization=invitation.organization,
        data={"role": invitation.role},
        at=at,
    )
    return invitation


def find_open(token: str, *, at: datetime) -> Invitation | None:
    """The invitation that this token opens; None when it is wrong, used, withdrawn or too old."""
    open_ones = Invitation.objects.open(at=at).select_related("organization", "invited_by")
    return open_ones.filter(token_hash=hash_of(token)).first()


def accept(token: str, *, name: str, password: str, language: str, time_zone: str, at: datetime) -> User:
    """Make the account of a new person and let them in. Raises BusinessError for a token that is over."""
    # Hashing takes its time on purpose: not while the database waits.
    return open_account(
        token, name=name, password_hash=make_password(password), language=language, time_zone=time_zone, at=at
    )


@action
def open_account(token: str, *, name: str, password_hash: str, language: str, time_zone: str, at: datetime) -> User:
    invitation = use_up(token, at=at)
    if User.objects.filter(email__iexact=invitation.email).exists():
        raise BusinessError(_("There is an account with this address. Sign in, then accept."), code="account_exists")
    user = User(email=invitation.email, name=name, language=language, time_zone=time_zone, password=password_hash)
    user.save()
    let_in(user, invitation, at=at)
    return user


@action
def accept_as(user: User, token: str, *, at: datetime) -> User:
    """Let a person in who has an account with the invited address; raises BusinessError for anybody else."""
    invitation = use_up(token, at=at)
    if invitation.email.casefold() != user.email.casefold():
        raise BusinessError(
            _("This invitation is for %(email)s.") % {"email": invitation.email}, code="invitation_for_another"
        )
    let_in(user, invitation, at=at)
    return user


def use_up(token: str, *, at: datetime) -> Invitation:
    """Mark it accepted by one conditional UPDATE: of two who send the same token one gets in."""
    invitation = find_open(token, at=at)
    if invitation is None or not Invitation.objects.open(at=at).filter(pk=invitation.pk).update(accepted_at=at):
        raise BusinessError(_("This invitation has been used, withdrawn, or is too old."), code="invitation_over")
    invitation.accepted_at = at
    return invitation


def let_in(user: User, invitation: Invitation, *, at: datetime) -> None:
    """What the role means here; what a contractor is, workers/receivers.py adds."""
    if invitation.role in ORGANIZATION_ROLES:
        start_membership(user, invitation, at=at)
    elif invitation.role == InvitationRole.SITE_ADMIN:
        User.objects.filter(pk=user.pk).update(is_site_admin=True)
        user.is_site_admin = True
        tell_of_site_admin(user, by=invitation.invited_by, at=at)
    invitation_accepted.send(sender=Invitation, invitation=invitation, user=user, at=at)


def start_membership(user: User, invitation: Invitation, *, at: datetime) -> None:
    membership, made = Membership.objects.get_or_create(
        organization=invitation.organization, user=user, defaults={"role": invitation.role}
    )
    if not made:
        raise BusinessError(_("%(email)s is there already.") % {"email": user.email}, code="already_there")
    account_changed.send(
        sender=Membership,
        verb="membership_started",
        actor=user,
        subject=membership,
        organization=invitation.organization,
        data={"role": invitation.role},
        at=at,
    )


def tell_of_site_admin(user: User, *, by: User | None, at: datetime) -> None:
    account_changed.send(sender=User, verb="site_admin_made", actor=by, subject=user, organization=None, data={}, at=at)


def of_organization(organization: Organization, *, at: datetime) -> list[Invitation]:
    """What is open, the newest first."""
    return list(Invitation.objects.open(at=at).filter(organization=organization).order_by("-pk"))


def of_the_site(*, at: datetime) -> list[Invitation]:
    site = Q(organization=None)
    return list(Invitation.objects.open(at=at).filter(site).select_related("invited_by").order_by("-pk"))
