"""Many mails by one connection, and what becomes of them when the server ends it."""

import re

import pytest

from events.jobs import sweep_outbox
from events.models import Outbox, OutboxState
from tests.events import mail_server
from tests.events.test_mailing import row, words  # noqa: F401 (a fixture)
from tests.factories import UserFactory

MAILS = 5
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def by_smtp(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = "127.0.0.1", False, False
    settings.EMAIL_TIMEOUT = 5


def waiting_mails() -> None:
    for number in range(MAILS):
        row(UserFactory.create(), dedupe_key=f"pause:{number}")


def states() -> set[str]:
    return set(Outbox.objects.values_list("state", flat=True))


def test_a_sweep_sends_by_one_connection(settings):
    waiting_mails()
    with mail_server.running() as server:
        settings.EMAIL_PORT = server.port
        sweep_outbox()

    assert (server.connections, len(server.taken)) == (1, MAILS)
    assert states() == {OutboxState.SENT}


def test_a_server_that_hangs_up_between_mails_is_called_again(settings):
    waiting_mails()
    with mail_server.running(mails_each=2) as server:
        settings.EMAIL_PORT = server.port
        sweep_outbox()

    assert server.connections == 3
    ids = [re.search("Message-ID: <(.*)>", mail)[1] for mail in server.taken]
    assert len(ids) == len(set(ids)) == MAILS
    assert states() == {OutboxState.SENT}


def test_a_server_that_takes_nothing_is_not_called_without_end(settings):
    waiting_mails()
    with mail_server.running(mails_each=0) as server:
        settings.EMAIL_PORT = server.port
        sweep_outbox()

    assert server.connections == MAILS
    assert states() == {OutboxState.WAITING}


def test_without_a_server_mails_wait(settings):
    waiting_mails()
    with mail_server.running() as server:
        settings.EMAIL_PORT = server.port
    sweep_outbox()

    assert states() == {OutboxState.WAITING}
