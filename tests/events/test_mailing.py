from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core.mail import EmailMessage
from django.utils.translation import gettext_lazy as _

from accounts.models import KillSwitch
from events import mailing, sending
from events.models import Outbox
from events.wording import WORDS, Wording
from tests.factories import NOON, MembershipFactory, UserFactory


@pytest.fixture(autouse=True)
def words(monkeypatch):
    wording = Wording(
        subject=_("%(codename)s is paused"),
        body=_("You may submit until %(until)s."),
        link="accounts:invitation",
        link_params=("token",),
    )
    monkeypatch.setitem(WORDS, "t_paused", wording)


def row(user=None, **changes):
    params = {"code": "t_paused", "params": {"codename": "Slate Harbour", "until": "2026-11-23T12:09:00+00:00"}}
    if user:
        params["user"] = user.pk
    fields = {"kind": "mail", "target": "new@example.org", "dedupe_key": "pause:1:7", "next_at": NOON}
    return Outbox.objects.create(**(fields | {"params": params | changes.pop("params", {})} | changes))


def test_mail_is_written_in_the_receivers_time_zone(db, mailoutbox):
    user = UserFactory.create(time_zone="Africa/Nairobi")
    sending.send(row(user), at=NOON)

    [mail] = mailoutbox
    assert (mail.to, mail.subject) == ([user.email], "Slate Harbour is paused")
    assert mail.from_email == "Plumbline <plumbline@localhost>"
    assert mail.body.startswith("Slate Harbour is paused\n\nYou may submit until 23 Nov 2026, 15:09 EAT.\n")
    [html] = mail.alternatives
    assert html.mimetype == "text/html"
    assert "<h1>Slate Harbour is paused</h1>" in html.content


def test_mail_escapes_foreign_text_in_html_only(db, mailoutbox):
    sending.send(row(params={"params": {"codename": "<b>A & B</b>", "until": "soon"}}), at=NOON)

    [mail] = mailoutbox
    assert mail.subject == "<b>A & B</b> is paused"
    assert "<b>A & B</b> is paused" in mail.body
    assert "&lt;b&gt;A &amp; B&lt;/b&gt; is paused" in mail.alternatives[0].content


def test_subject_holds_no_second_header(db, mailoutbox):
    sending.send(row(params={"params": {"codename": "A\r\nBcc: thief@example.org"}}), at=NOON)

    [mail] = mailoutbox
    assert mail.subject == "A Bcc: thief@example.org is paused"
    assert "Bcc" not in mail.message()


def test_message_id_is_the_same_for_each_try_and_differs_between_rows(db):
    one, other = row(), row(dedupe_key="pause:1:8")
    sent = [mailing.compose(outbox, UserFactory.build()).message()["Message-ID"] for outbox in (one, one, other)]

    assert sent[0] == sent[1] != sent[2]
    assert sent[0].endswith("@localhost>")


def test_a_secret_goes_into_the_mail_and_is_then_forgotten(db, mailoutbox):
    outbox = row(params={"secret": {"token": "s3cret"}})
    sending.send(outbox, at=NOON)

    assert "http://localhost:8000/invitation/s3cret/" in mailoutbox[0].body
    outbox.refresh_from_db()
    assert "secret" not in outbox.params
    assert outbox.state == "sent"


def test_mail_to_a_closed_account_is_given_up(db, mailoutbox):
    outbox = row(UserFactory.create(is_active=False))
    sending.send(outbox, at=NOON)

    outbox.refresh_from_db()
    assert (outbox.state, outbox.error, mailoutbox) == ("failed", "The account is closed.", [])


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (SMTPServerDisconnected("gone"), "waiting"),
        (ConnectionRefusedError(111, "refused"), "waiting"),
        (SMTPRecipientsRefused({"new@example.org": (450, b"later")}), "waiting"),
        (SMTPRecipientsRefused({"new@example.org": (550, b"unknown")}), "failed"),
    ],
)
def test_mail_that_is_not_taken_is_tried_again_unless_the_address_is_wrong(db, monkeypatch, error, state):
    def refuse(self, fail_silently=False):
        raise error

    monkeypatch.setattr(EmailMessage, "send", refuse)
    outbox = row()
    sending.send(outbox, at=NOON)

    outbox.refresh_from_db()
    assert (outbox.state, outbox.attempts) == (state, 1)
    assert outbox.error
    if state == "waiting":
        assert outbox.next_at - NOON > timedelta(seconds=5)


def cut_off(organization):
    return KillSwitch.objects.create(organization=organization, reason="x", asked_at=NOON, thrown_at=NOON)


def test_mail_of_a_customer_who_is_cut_off_waits_without_losing_a_try(db, mailoutbox):
    member = MembershipFactory.create()
    switch = cut_off(member.organization)
    outbox = row(member.user)
    outbox.params["params"]["slug"] = member.organization.slug
    outbox.save()

    for number in range(3):
        assert sending.send(outbox, at=NOON + number * timedelta(days=300))
        outbox.refresh_from_db()
        assert (outbox.state, outbox.attempts) == ("waiting", 0)
        Outbox.objects.update(next_at=NOON)
    assert mailoutbox == []
    KillSwitch.objects.filter(pk=switch.pk).update(ended_at=NOON)

    assert sending.send(outbox, at=NOON)
    assert [mail.to for mail in mailoutbox] == [[member.user.email]]


def test_mail_that_is_not_that_customer_s_is_sent(db, mailoutbox):
    """To a site admin, though it names them; and to a member, of something else."""
    member, admin = MembershipFactory.create(), UserFactory.create(is_site_admin=True)
    cut_off(member.organization)
    about = row(admin)
    about.params["params"]["slug"] = member.organization.slug
    about.save()

    sending.send(about, at=NOON)
    sending.send(row(member.user, dedupe_key="other"), at=NOON)

    assert [mail.to for mail in mailoutbox] == [[admin.email], [member.user.email]]
