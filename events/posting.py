"""Connections to the mail server, kept from one mail to the next: to open one costs more than a mail."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from queue import Empty, LifoQueue
from smtplib import SMTPException, SMTPServerDisconnected

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend


class PostOffice:
    """Several connections at the same time, each opened with its first mail: a server far away answers late."""

    def __init__(self, connections: int) -> None:
        self.connections = connections
        self.threads = ThreadPoolExecutor(connections, thread_name_prefix="mail")
        self.idle: LifoQueue[BaseEmailBackend] = LifoQueue()

    def post(self, message: EmailMessage) -> None:
        """Raises as post() below."""
        try:
            connection = self.idle.get_nowait()
        except Empty:
            connection = get_connection()
        try:
            send_kept(connection, message)
        finally:
            self.idle.put(connection)

    def begin(self, message: EmailMessage) -> Future[None]:
        """In a thread of its own; what is raised is in the future."""
        return self.threads.submit(self.post, message)

    def close(self) -> None:
        self.threads.shutdown()
        with suppress(Empty):
            while True:
                hang_up(self.idle.get_nowait())


class Kept(threading.local):
    office: PostOffice | None = None


kept = Kept()


@contextmanager
def connections_kept() -> Iterator[None]:
    """What this thread posts within shares a few connections."""
    with office() as found:
        kept.office = found
        try:
            yield
        finally:
            kept.office = None


@contextmanager
def office() -> Iterator[PostOffice]:
    """The one whose connections are kept, or one for the moment."""
    if kept.office is not None:
        yield kept.office
        return
    own = PostOffice(settings.EMAIL_CONNECTIONS)
    try:
        yield own
    finally:
        own.close()


def post(message: EmailMessage) -> None:
    """Send it. Raises SMTPException, or OSError, when the server has not taken it."""
    if kept.office is None:
        message.send()
    else:
        kept.office.post(message)


def hang_up(connection: BaseEmailBackend) -> None:
    """The next mail opens it anew."""
    with suppress(SMTPException, OSError):
        connection.close()


def send_kept(connection: BaseEmailBackend, message: EmailMessage) -> None:
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
            hang_up(connection)
        raise
