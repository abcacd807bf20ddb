"""Mail: a row of the outbox becomes a message in its receiver's language and time zone when it is sent."""

import hashlib
from smtplib import SMTPException, SMTPRecipientsRefused
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from accounts.models import KillSwitch, User
from events.models import Outbox
from events.posting import post
from events.sending import HeldError, SendError
from events.wording import as_read_by, say


def send_mail(outbox: Outbox) -> None:
    """Send the row as a mail. Raises SendError when it was not taken, HeldError while its customer is cut off."""
    if is_for_cut_off(outbox):
        raise HeldError
    message = compose(outbox, receiver_of(outbox))
    try:
        post(message)
    except SMTPRecipientsRefused as error:
        raise SendError(f"The address was refused: {reasons(error)}", again=not is_refused_for_good(error)) from error
    except (SMTPException, OSError) as error:
        raise SendError(f"{type(error).__name__}: {error}") from error


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


def receiver_of(outbox: Outbox) -> User:
    """The person; somebody without a name where the address has no account yet (an invitation)."""
    if "user" not in outbox.params:
        return User(email=outbox.target)
    user = User.objects.filter(pk=outbox.params["user"], is_active=True).first()
    if user is None:
        raise SendError("The account is closed.", again=False)
    return user


def compose(outbox: Outbox, receiver: User) -> EmailMultiAlternatives:
    params = outbox.params.get("params", {}) | outbox.params.get("secret", {})
    with as_read_by(receiver) as language:
        said = say(outbox.params.get("code", ""), params)
        context = {"said": said, "receiver": receiver, "public_url": settings.PUBLIC_URL, "language": language}
        message = EmailMultiAlternatives(
            subject=" ".join(said.subject.split()),  # a line break would begin another header
            body=render_to_string("events/mail.txt", context),
            to=[receiver.email],
            headers={"Message-ID": message_id(outbox), "Auto-Submitted": "auto-generated"},
        )
        message.attach_alternative(render_to_string("events/mail.html", context), "text/html")
    return message


def message_id(outbox: Outbox) -> str:
    """The same for each try, so that a mail that was taken twice is one mail to its reader."""
    name = hashlib.sha256(outbox.dedupe_key.encode()).hexdigest()[:32]
    return f"<{name}@{urlsplit(settings.PUBLIC_URL).hostname}>"


def reasons(error: SMTPRecipientsRefused) -> str:
    return "; ".join(f"{code} {text.decode(errors='replace')}" for code, text in error.recipients.values())


def is_refused_for_good(error: SMTPRecipientsRefused) -> bool:
    return all(code >= 500 for code, _text in error.recipients.values())
