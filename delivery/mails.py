"""A callback to an e-mail address: the same JSON as a file."""

import hashlib
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from delivery.happenings import name_of
from delivery.models import Delivery


def mail_of(delivery: Delivery, body: bytes) -> EmailMessage:
    name = name_of(delivery.kind)
    message = EmailMessage(
        subject=f"{name}: {delivery.subject_id}",
        body=_("%(what)s: %(id)s. The file is what a server of yours would have been sent.")
        % {"what": name, "id": delivery.subject_id},
        to=[delivery.address],
        headers={"Message-ID": message_id(delivery), "Auto-Submitted": "auto-generated"},
    )
    message.attach(f"{delivery.kind}-{delivery.subject_id}.json", body, "application/json")
    return message


def message_id(delivery: Delivery) -> str:
    """The same for each try, so that a mail that was taken twice is one mail to its reader."""
    name = hashlib.sha256(delivery.key.encode()).hexdigest()[:32]
    return f"<{name}@{urlsplit(settings.PUBLIC_URL).hostname}>"
