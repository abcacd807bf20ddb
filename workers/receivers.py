"""A person who accepts an invitation as a contractor becomes a worker."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from accounts.models import Invitation, InvitationRole, Organization, User
from accounts.signals import account_changed, invitation_accepted
from core.errors import BusinessError
from workers.models import Worker, new_pseudonym

TRIES = 20


@receiver(invitation_accepted)
def become_worker(invitation: Invitation, user: User, at: datetime, **_kwargs: Any) -> None:
    if invitation.role == InvitationRole.WORKER:
        worker_for(user, organization=invitation.organization, at=at)


def worker_for(user: User, *, organization: Organization | None, at: datetime) -> Worker:
    """The person's worker row, made where there is none, inside the caller's transaction."""
    for _try in range(TRIES):
        if found := Worker.objects.filter(user=user).first():
            return found
        # ignore_conflicts: a pseudonym that somebody else has must not abort the transaction.
        made = Worker(user=user, organization=organization, pseudonym=new_pseudonym())
        Worker.objects.bulk_create([made], ignore_conflicts=True)
        if found := Worker.objects.filter(user=user, public_id=made.public_id).first():
            tell_of_worker(found, at=at)
            return found
    raise BusinessError("No free pseudonym was found.", code="no_pseudonym", status=500)


def tell_of_worker(worker: Worker, *, at: datetime) -> None:
    account_changed.send(
        sender=Worker,
        verb="worker_created",
        actor=worker.user,
        subject=worker,
        organization=worker.organization,
        data={},
        at=at,
    )
