"""/readyz and the rows by which beat and workers say that they live."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from config import jobs
from config.celery import app, configuration
from config.models import Pulse
from config.operating import health, pulse
from events.models import Outbox
from tests.config.alive import give_life
from tests.factories import NOON

pytestmark = pytest.mark.django_db(transaction=True)

BROWSER = {"HTTP_ACCEPT": "text/html,application/xhtml+xml,*/*;q=0.8"}


def codes(client) -> list[str]:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    return [each["code"] for each in answer.json()["degraded"]]


@pytest.fixture(autouse=True)
def with_live_events(settings):
    settings.LIVE_EVENTS = True


def test_readyz_of_a_site_without_live_events(client, settings):
    settings.LIVE_EVENTS = False

    assert codes(client) == ["no_worker", "beat_silent"]


def test_readyz_of_a_site_that_lives(client):
    give_life(at=timezone.now())

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"ready": True, "degraded": []})
    assert "no-store" in answer["Cache-Control"]


def test_readyz_says_what_is_silent(client):
    give_life(at=timezone.now() - timedelta(minutes=2))

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["degraded"] == [
        {"code": "no_worker", "message": "The last worker was heard of 2 minutes ago: mail and imports wait."},
        {"code": "beat_silent", "message": "Beat was last heard of 2 minutes ago: nothing happens by schedule."},
        {
            "code": "no_live",
            "message": "Live events do not run: open pages hear of a pause some seconds later, "
            "or when they are loaded.",
        },
    ]


def test_readyz_of_a_site_on_which_nothing_ran_yet(client):
    assert codes(client) == ["no_worker", "beat_silent", "no_live"]


def test_readyz_says_that_the_broker_is_away(client, tmp_path, monkeypatch):
    give_life(at=timezone.now())
    monkeypatch.setattr(app.conf, "broker_write_url", f"redis+socket://{tmp_path}/nobody.sock")

    assert codes(client) == ["broker_unreachable"]


@pytest.mark.parametrize(
    ("age", "waits", "late"),
    [
        (timedelta(minutes=4), timedelta(0), []),
        (timedelta(minutes=6), timedelta(0), ["outbox_late"]),
        (timedelta(minutes=6), timedelta(hours=1), []),  # written for later
    ],
)
def test_readyz_says_that_messages_do_not_leave(client, age, waits, late):
    at = timezone.now()
    give_life(at=at)
    Outbox.objects.create(dedupe_key="one", kind="mail", target="ada@example.org", next_at=at - age + waits)
    Outbox.objects.update(created_at=at - age)

    assert codes(client) == late


def test_readyz_says_why_a_message_did_not_leave(client):
    at = timezone.now()
    give_life(at=at)
    Outbox.objects.create(
        dedupe_key="one",
        kind="mail",
        target="ada@example.org",
        attempts=3,
        next_at=at + timedelta(minutes=1),
        error="No.",
    )
    Outbox.objects.update(created_at=at - timedelta(minutes=10))

    (finding,) = client.get("/readyz").json()["degraded"]

    assert finding["message"] == "1 message has not left; it was written 10 minutes ago. No."


def test_readyz_speaks_words_to_people(client):
    page = client.get("/readyz", **BROWSER)

    assert page["Content-Type"].startswith("text/html")
    assert "Ready, with limits" in page.content.decode()
    assert "No worker has ever run here" in page.content.decode()

    give_life(at=timezone.now())

    assert "Database, broker, workers and beat do their work." in client.get("/readyz", **BROWSER).content.decode()


def test_readyz_is_503_while_migrations_wait(client, monkeypatch):
    monkeypatch.setattr(health, "migrations_waiting", lambda: 2)

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (503, {"ready": False, "why": "2 migrations are not applied."})
    assert "2 migrations are not applied." in client.get("/readyz", **BROWSER).content.decode()


def test_readyz_is_503_without_a_database(client, monkeypatch):
    def refuse(*_args, **_more):
        raise OperationalError("gone")

    monkeypatch.setattr(connection, "ensure_connection", refuse)
    monkeypatch.setattr(health, "migrations_waiting", refuse)

    answer = client.get("/readyz", **BROWSER)

    assert answer.status_code == 503
    assert "The database does not answer." in answer.content.decode()


def test_worker_says_that_it_lives_by_running_the_job():
    jobs.show_life()

    assert pulse.last(pulse.WORKER) is not None
    assert pulse.last(pulse.BEAT) is None


def test_beat_says_that_it_lives_by_sending_the_job():
    app.send_task("config.jobs.show_life")

    assert pulse.last(pulse.BEAT) is not None


def test_beat_goes_on_without_a_database(monkeypatch):
    def refuse(*_args, **_more):
        raise OperationalError("gone")

    monkeypatch.setattr(pulse, "note", refuse)

    pulse.note_if_possible(pulse.BEAT, at=NOON)

    assert not Pulse.objects.exists()


def test_worker_that_is_gone_for_long_is_forgotten():
    pulse.note("worker:old", at=NOON - timedelta(days=2))
    pulse.note(pulse.BEAT, at=NOON - timedelta(days=3))
    pulse.note("worker:new", at=NOON)

    assert set(Pulse.objects.values_list("name", flat=True)) == {"beat", "worker:new"}


def test_scheduled_job_that_nobody_runs_is_dropped():
    entries = configuration()["beat_schedule"].values()

    assert all(60 <= entry["options"]["expires"] == max(60, 2 * entry["schedule"].total_seconds()) for entry in entries)
