"""What follows from what happens to people and organizations: rows only, in the transaction that sends the signal."""

from datetime import datetime
from typing import Any

from django.db import models
from django.dispatch import receiver

from accounts import signals
from accounts.models import ORGANIZATION_ROLES, Invitation, InvitationRole, Membership, Organization, User
from events import recording, telling
from events.models import Outbox
from events.sending import enqueue
from events.verbs import Verb


@receiver(signals.invitation_created)
def invitation_created(invitation: Invitation, token: str, at: datetime, **_kwargs: Any) -> None:
    """The event, and the mail with the link; the outbox forgets the token when the mail is sent."""
    actor = recording.by_user_or_site(invitation.invited_by)
    record_invitation(Verb.INVITATION_CREATED, invitation, actor=actor, at=at)
    enqueue(
        Outbox(
            kind="mail",
            target=invitation.email,
            dedupe_key=f"invitation:{invitation.public_id}",
            params={**invitation_words(invitation), "secret": {"token": token}},
            next_at=at,
        )
    )


def invitation_words(invitation: Invitation) -> dict[str, Any]:
    """Contractors are not told whose work they will do: only members read an organization's name."""
    params = {"role": invitation.role, "expires_at": invitation.expires_at.isoformat()}
    if invitation.organization is not None and InvitationRole(invitation.role) in ORGANIZATION_ROLES:
        names = {"organization": invitation.organization.name, "slug": invitation.organization.slug}
        return {"code": "invited_to_organization", "params": params | names}
    return {"code": "invited", "params": params}


@receiver(signals.invitation_accepted)
def invitation_accepted(invitation: Invitation, user: User, at: datetime, **_kwargs: Any) -> None:
    record_invitation(Verb.INVITATION_ACCEPTED, invitation, actor=recording.by_user(user), at=at)
    if invitation.invited_by_id is not None:
        telling.tell(
            [invitation.invited_by_id],
            code="invitation_accepted",
            params={"email": invitation.email},
            dedupe_key=f"invitation_accepted:{invitation.public_id}",
            at=at,
            mail=False,
        )


@receiver(signals.account_changed)
def account_changed(
    *,
    verb: str,
    actor: User | None,
    subject: models.Model,
    organization: Organization | None,
    data: dict[str, Any],
    at: datetime,
    **_kwargs: Any,
) -> None:
    subject_type, subject_id = subject_of(subject)
    recording.write(
        recording.event(
            Verb(verb),
            at=at,
            actor=recording.by_user_or_site(actor),
            subject_type=subject_type,
            subject_id=subject_id,
            organization_id=organization.pk if organization else None,
            data=data,
        )
    )


def record_invitation(verb: Verb, invitation: Invitation, *, actor: recording.Actor, at: datetime) -> None:
    """The address stays out of the event: events are kept longer than people."""
    recording.write(
        recording.event(
            verb,
            at=at,
            actor=actor,
            subject_type="invitation",
            subject_id=invitation.public_id,
            organization_id=invitation.organization_id,
            data={"role": invitation.role},
        )
    )


def subject_of(subject: models.Model) -> tuple[str, str]:
    """What it is, and its id outside; a membership has none of its own and is called by its person's."""
    name = type(subject).__name__.lower()
    if isinstance(subject, Membership):
        return name, subject.user.public_id
    return name, str(subject.public_id)  # type: ignore[attr-defined]  # all others have one
