"""The mails that were written to files because no mail server is set: for site admins to read."""

import email
import email.policy
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage as DjangoMessage
from django.core.mail.backends.filebased import EmailBackend
from django.utils import timezone

LONGEST_BYTES = 1_000_000
SEPARATOR = b"\n" + b"-" * 79 + b"\n"


@dataclass(frozen=True)
class Mail:
    """One file of the mailbox; `body` is its plain text."""

    name: str
    subject: str
    to: str
    at: datetime | None
    body: str


class MailFiles(EmailBackend):
    """One file per mail: Django's own has one per connection, whose name two may share."""

    def open(self) -> bool:
        return False  # nothing is kept from one mail to the next

    def send_messages(self, email_messages: Sequence[DjangoMessage]) -> int:
        for message in email_messages:
            path = Path(self.file_path) / f"{timezone.now():%Y%m%d-%H%M%S.%f}-{secrets.token_hex(4)}.log"
            path.write_bytes(message.message().as_bytes() + SEPARATOR)
        return len(email_messages)


def is_used() -> bool:
    return bool(f"{MailFiles.__module__}.{MailFiles.__name__}" == settings.EMAIL_BACKEND)


def names(*, below: str = "", above: str = "") -> list[str]:
    """Newest first (a file is named after its time), optionally only those older or younger than a name."""
    folder = Path(settings.EMAIL_FILE_PATH)
    found = sorted((path.name for path in folder.glob("*.log")), reverse=True)
    return [name for name in found if (not below or name < below) and (not above or name > above)]


def read(name: str) -> Mail:
    """The mail of that name, which has to come from names()."""
    with (Path(settings.EMAIL_FILE_PATH) / name).open("rb") as file:
        raw = file.read(LONGEST_BYTES)
    message = email.message_from_bytes(raw.removesuffix(SEPARATOR), policy=email.policy.default)
    return Mail(
        name=name,
        subject=str(message["Subject"] or ""),
        to=str(message["To"] or ""),
        at=date_of(message),
        body=text_of(message),
    )


def date_of(message: EmailMessage) -> datetime | None:
    try:
        at = parsedate_to_datetime(str(message["Date"]))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def text_of(message: EmailMessage) -> str:
    """The plain text; empty where there is none or nobody can read it."""
    part = message.get_body(preferencelist=("plain",))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError):
        return ""
