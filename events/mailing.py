"""Mail: a row of the outbox becomes a message in its receiver's language and time zone when it is sent."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from accounts.models import KillSwitch, User
from events import posting
from events.leasing import Lease
from events.models import Outbox
from events.sending import HeldError, Outcome, SendError
from events.wording import as_read_by, say


def send_mail(outbox: Outbox) -> None:
    """Send the row as a mail. Raises SendError when it was not taken, HeldError while its customer is cut off."""
    refuse_while_cut_off(outbox)
    message = compose(outbox, receiver_of(outbox))
    try:
        posting.post(message)
    except (SMTPException, OSError) as error:
        raise not_taken(error) from error


def send_mails(rows: Sequence[Outbox], lease: Lease) -> Iterator[Outcome]:
    """Several at the same time."""
    letters = Letters(rows)
    with posting.office() as office:
        under_way: dict[Future[None], Outbox] = {}
        for outbox in rows:
            if not lease.holds(outbox):
                continue
            try:
                refuse_while_cut_off(outbox)
                under_way[office.begin(letters.message(outbox))] = outbox
            except (SendError, HeldError) as error:
                yield outbox, error
            if len(under_way) >= office.connections:
                yield from ended(under_way)
        while under_way:
            yield from ended(under_way)


def ended(under_way: dict[Future[None], Outbox]) -> Iterator[Outcome]:
    """Waits for one of them at least."""
    for future in wait(under_way, return_when=FIRST_COMPLETED).done:
        yield under_way.pop(future), outcome_of(future)


def outcome_of(future: Future[None]) -> SendError | None:
    """Raises what says nothing of the mail."""
    try:
        future.result()
    except (SMTPException, OSError) as error:
        return not_taken(error)
    return None


def not_taken(error: SMTPException | OSError) -> SendError:
    if isinstance(error, SMTPRecipientsRefused):
        return SendError(f"The address was refused: {reasons(error)}", again=not is_refused_for_good(error))
    return SendError(f"{type(error).__name__}: {error}")


def refuse_while_cut_off(outbox: Outbox) -> None:
    """Raises HeldError. Asked right before the mail leaves."""
    if is_for_cut_off(outbox):
        raise HeldError


def is_for_cut_off(outbox: Outbox) -> bool:
    """Whether it tells a member, or somebody invited, of a customer who is cut off what is that customer's.

    Such a mail names the customer by `slug`: it leads to their pages. The one that says that they are cut off does not.
    """
    slug = outbox.params.get("params", {}).get("slug")
    if not slug:
        return False
    standing = KillSwitch.objects.standing().filter(organization__slug=slug)
    if "user" in outbox.params:
        standing = standing.filter(organization__memberships__user=outbox.params["user"])
    return standing.exists()


def receiver_of(outbox: Outbox, people: Mapping[int, User] | None = None) -> User:
    """The person, of those who are known already; somebody without a name where the address has no account yet."""
    if "user" not in outbox.params:
        return User(email=outbox.target)
    pk = outbox.params["user"]
    user = people.get(pk) if people is not None else User.objects.filter(pk=pk, is_active=True).first()
    if user is None:
        raise SendError("The account is closed.", again=False)
    return user


@dataclass(frozen=True)
class Letter:
    """What a mail says; the same for all who read the same code and parameters in the same language and time zone."""

    subject: str
    text: str
    html: str


class Letters:
    """The mails of many rows: what many of them say is written once."""

    def __init__(self, rows: Sequence[Outbox]) -> None:
        known = [outbox.params["user"] for outbox in rows if "user" in outbox.params]
        self.people = User.objects.filter(is_active=True).in_bulk(known)
        self.written: dict[tuple[str, ...], Letter] = {}

    def message(self, outbox: Outbox) -> EmailMultiAlternatives:
        """Raises SendError where there is nobody to read it."""
        receiver = receiver_of(outbox, self.people)
        code, params = said_in(outbox)
        key = (code, repr(params), receiver.language, receiver.time_zone)
        if key not in self.written:
            self.written[key] = write(outbox, receiver)
        return addressed(self.written[key], outbox, receiver)


def compose(outbox: Outbox, receiver: User) -> EmailMultiAlternatives:
    return addressed(write(outbox, receiver), outbox, receiver)


def said_in(outbox: Outbox) -> tuple[str, dict[str, Any]]:
    """The code and its parameters."""
    return outbox.params.get("code", ""), outbox.params.get("params", {}) | outbox.params.get("secret", {})


def write(outbox: Outbox, receiver: User) -> Letter:
    with as_read_by(receiver) as language:
        said = say(*said_in(outbox))
        context = {"said": said, "public_url": settings.PUBLIC_URL, "language": language}
        return Letter(
            subject=" ".join(said.subject.split()),  # a line break would begin another header
            text=render_to_string("events/mail.txt", context),
            html=render_to_string("events/mail.html", context),
        )


def addressed(letter: Letter, outbox: Outbox, receiver: User) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        to=[receiver.email],
        headers={"Message-ID": message_id(outbox), "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(letter.html, "text/html")
    return message


def message_id(outbox: Outbox) -> str:
    """The same for each try, so that a mail that was taken twice is one mail to its reader."""
    name = hashlib.sha256(outbox.dedupe_key.encode()).hexdigest()[:32]
    return f"<{name}@{urlsplit(settings.PUBLIC_URL).hostname}>"


def reasons(error: SMTPRecipientsRefused) -> str:
    return "; ".join(f"{code} {text.decode(errors='replace')}" for code, text in error.recipients.values())


def is_refused_for_good(error: SMTPRecipientsRefused) -> bool:
    return all(code >= 500 for code, _text in error.recipients.values())
