from datetime import timedelta

import pytest

from accounts import signals
from accounts.models import Invitation, InvitationRole, Membership
from events import sending
from events.models import Event, Notice, Outbox
from tests.factories import NOON, MembershipFactory, OrganizationFactory, UserFactory


def invite(role=InvitationRole.MEMBER, organization=None, invited_by=None):
    invitation = Invitation.objects.create(
        token_hash="0" * 64,
        organization=organization,
        email="new@example.org",
        role=role,
        invited_by=invited_by,
        created_at=NOON,
        expires_at=NOON + timedelta(days=7),
    )
    signals.invitation_created.send(sender=Invitation, invitation=invitation, token="t0ken", at=NOON)
    return invitation


def test_invitation_is_mailed_with_its_link(db, mailoutbox):
    organization = OrganizationFactory.create(name="Harbour Labs")
    invitation = invite(organization=organization)
    sending.send(Outbox.objects.get(), at=NOON)

    [mail] = mailoutbox
    assert (mail.to, mail.subject) == (["new@example.org"], "You are invited to Harbour Labs")
    assert "Your role: Member." in mail.body
    assert "until 30 Nov 2026, 12:00 UTC" in mail.body
    assert "http://localhost:8000/invitation/t0ken/" in mail.body
    assert Outbox.objects.get().params["params"].keys() == {"role", "expires_at", "organization", "slug"}
    assert "t0ken" not in str(Outbox.objects.values_list("params", flat=True))
    event = Event.objects.get()
    assert (event.verb, event.subject_id, event.organization_id, event.data, event.actor_kind) == (
        "invitation_created",
        invitation.public_id,
        organization.pk,
        {"role": "member"},
        "site",
    )


@pytest.mark.parametrize("role", [InvitationRole.WORKER, InvitationRole.SITE_ADMIN])
def test_contractors_do_not_read_the_name_of_an_organization(db, mailoutbox, role):
    organization = OrganizationFactory.create(name="Harbour Labs") if role == InvitationRole.WORKER else None
    invite(role, organization)
    sending.send(Outbox.objects.get(), at=NOON)

    [mail] = mailoutbox
    assert mail.subject == "You are invited to Plumbline"
    assert "Harbour" not in str(mail.message())


def test_whoever_invited_is_told_that_it_was_accepted(db):
    admin, guest = UserFactory.create(), UserFactory.create(email="new@example.org")
    invitation = invite(organization=OrganizationFactory.create(), invited_by=admin)
    signals.invitation_accepted.send(sender=Invitation, invitation=invitation, user=guest, at=NOON)

    notice = Notice.objects.get()
    assert (notice.user, notice.code, notice.params) == (admin, "invitation_accepted", {"email": "new@example.org"})
    rows = Event.objects.order_by("pk").values_list("verb", "actor_kind", "actor_id")
    assert list(rows) == [
        ("invitation_created", "user", admin.public_id),
        ("invitation_accepted", "user", guest.public_id),
    ]


def change(subject, verb="user_changed", organization=None, actor=None):
    signals.account_changed.send(
        sender=type(subject),
        verb=verb,
        actor=actor,
        subject=subject,
        organization=organization,
        data={"fields": ["name"]},
        at=NOON,
    )


def test_change_of_an_account_is_an_event(db):
    user = UserFactory.create()
    change(user, actor=user)

    event = Event.objects.get()
    assert (event.verb, event.subject_type, event.subject_id) == ("user_changed", "user", user.public_id)
    assert (event.actor_id, event.organization_id, event.data) == (user.public_id, None, {"fields": ["name"]})


def test_membership_is_called_by_its_person(db):
    membership = MembershipFactory.create()
    change(membership, "membership_started", membership.organization)

    event = Event.objects.get()
    assert (event.subject_type, event.subject_id) == ("membership", membership.user.public_id)
    assert event.organization == membership.organization


def test_the_list_of_verbs_is_closed(db):
    with pytest.raises(ValueError, match="made_up"):
        change(Membership(user=UserFactory.build()), "made_up")
