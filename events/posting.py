"""The connection to the mail server, kept from one mail to the next: to open one costs more than a mail."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from smtplib import SMTPException, SMTPServerDisconnected

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend


class Kept(threading.local):
    connection: BaseEmailBackend | None = None


kept = Kept()


@contextmanager
def connection_kept() -> Iterator[None]:
    """What this thread posts within shares one connection, opened with the first mail."""
    kept.connection = get_connection()
    try:
        yield
    finally:
        hang_up()
        kept.connection = None


def hang_up() -> None:
    """The next mail opens it anew."""
    if kept.connection is not None:
        with suppress(SMTPException, OSError):
            kept.connection.close()


def post(message: EmailMessage) -> None:
    """Send it. Raises SMTPException, or OSError, when the server has not taken it."""
    connection = kept.connection
    if connection is None:
        message.send()
        return
    is_new = connection.open()
    try:
        send_by(connection, message)
    except SMTPServerDisconnected:
        # A server may end what was idle, or after so many mails, at any time: that says nothing of this mail.
        if is_new:
            raise
        connection.open()
        send_by(connection, message)


def send_by(connection: BaseEmailBackend, message: EmailMessage) -> None:
    message.connection = connection
    try:
        message.send()
    except OSError as error:
        if isinstance(error, SMTPServerDisconnected) or not isinstance(error, SMTPException):
            hang_up()
        raise
