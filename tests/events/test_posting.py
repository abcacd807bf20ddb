"""Many mails by one connection, and what becomes of them when the server ends it."""

import re
import threading

import pytest

from accounts.models import User
from events import mailbox
from events.jobs import sweep_outbox
from events.models import Outbox, OutboxState
from tests.events import mail_server
from tests.events.test_mailing import row, words  # noqa: F401 (a fixture)
from tests.events.together import together
from tests.factories import UserFactory

MAILS = 5
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def by_smtp(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = "127.0.0.1", False, False
    settings.EMAIL_TIMEOUT = 5
    settings.EMAIL_CONNECTIONS = 1


def waiting_mails() -> None:
    for number in range(MAILS):
        row(UserFactory.create(), dedupe_key=f"pause:{number}")


def states() -> set[str]:
    return set(Outbox.objects.values_list("state", flat=True))


def ids(server: mail_server.MailServer) -> list[str]:
    return sorted(found for mail in server.taken for found in re.findall("Message-ID: (<.*>)", mail))


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
    assert len(ids(server)) == len(set(ids(server))) == MAILS
    assert states() == {OutboxState.SENT}


def test_a_server_far_away_is_told_by_several_connections_at_the_same_time(settings):
    settings.EMAIL_CONNECTIONS = 3
    waiting_mails()
    meeting = threading.Barrier(3)
    with mail_server.running(before_it_is_taken=lambda taken: meeting.wait(10) if taken < 3 else None) as server:
        settings.EMAIL_PORT = server.port
        sweep_outbox()

    assert (server.connections, len(set(ids(server)))) == (3, MAILS)
    assert states() == {OutboxState.SENT}


def test_a_refusal_in_the_middle_says_nothing_of_the_others(settings):
    settings.EMAIL_CONNECTIONS = 2
    waiting_mails()
    wrong = Outbox.objects.order_by("pk")[2]
    User.objects.filter(pk=wrong.params["user"]).update(email="nobody@wrong.example")
    closed = Outbox.objects.order_by("pk")[3]
    User.objects.filter(pk=closed.params["user"]).update(is_active=False)
    with mail_server.running(refused="wrong.example") as server:
        settings.EMAIL_PORT = server.port
        sweep_outbox()

    found = dict(Outbox.objects.values_list("pk", "state"))
    assert {pk for pk, state in found.items() if state == OutboxState.FAILED} == {wrong.pk, closed.pk}
    assert sorted(found.values()) == ["failed", "failed", "sent", "sent", "sent"]
    assert len(server.taken) == MAILS - 2


@pytest.mark.django_db(transaction=True)
def test_sweepers_side_by_side_send_each_mail_once(settings):
    settings.EMAIL_CONNECTIONS = 2
    for number in range(80):
        row(UserFactory.create(), dedupe_key=f"pause:{number}")
    with mail_server.running() as server:
        settings.EMAIL_PORT = server.port
        together(*[sweep_outbox] * 3)

    assert len(ids(server)) == len(set(ids(server))) == 80
    assert states() == {OutboxState.SENT}


def test_each_mail_of_a_sweep_is_a_file_of_its_own_without_a_server(settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "events.mailbox.MailFiles", str(tmp_path)
    waiting_mails()

    sweep_outbox()

    readers = {mailbox.read(name).to for name in mailbox.names()}
    assert readers == set(User.objects.values_list("email", flat=True))
    assert len(readers) == MAILS


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
