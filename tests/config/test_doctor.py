"""Each check of the doctor, by making it true."""

import io
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone

from config.celery import app
from config.operating import health, installation, storage
from config.operating.diagnosis import diagnose
from events import recording, running, sealing
from events.models import Event, Job, Outbox, OutboxState
from events.verbs import Verb
from files.storing import store
from tests.bucket_store import entry, write_list
from tests.config.alive import give_life
from tests.factories import OrganizationFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


class Room(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def well(settings, tmp_path, monkeypatch):
    """A site with which nothing is wrong."""
    UserFactory.create(is_site_admin=True)
    give_life(at=timezone.now())
    assets = tmp_path / "front"
    for folder in (assets / "built" / "assets", assets / "served" / "front" / "assets"):
        folder.mkdir(parents=True)
        (folder / "main.js").touch()
    (assets / "built" / "manifest.json").touch()
    settings.DJANGO_VITE = {"default": {"manifest_path": assets / "built" / "manifest.json"}}
    settings.STATIC_ROOT = assets / "served"
    monkeypatch.setenv("SECRET_KEY", settings.SECRET_KEY)
    room = Room(10**12, 0, 10**12)
    monkeypatch.setattr(storage.shutil, "disk_usage", lambda _path: room)
    return assets


def codes() -> list[str]:
    return [finding.code for finding in diagnose(at=timezone.now())]


def sentences() -> list[str]:
    return [finding.sentence for finding in diagnose(at=timezone.now())]


def test_nothing_is_wrong(well):
    said = io.StringIO()

    call_command("doctor", stdout=said)

    assert said.getvalue() == "Nothing is wrong.\n"


def test_each_finding_has_its_next_command_and_the_exit_code_is_1(well, settings):
    settings.DEV = True
    said = io.StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("doctor", stdout=said)

    assert ended.value.code == 1
    assert said.getvalue() == (
        "- DEV is on: pages show code and settings to whoever meets a fault.\n  Next: unset DEV\n"
    )


def test_doctor_sees_what_is_silent(well, settings):
    settings.LIVE_EVENTS = True
    give_life(at=timezone.now() - timedelta(minutes=5))

    assert codes() == ["beat_silent", "no_worker", "no_live"]


def test_doctor_sees_the_broker_away(well, tmp_path, monkeypatch):
    monkeypatch.setattr(app.conf, "broker_write_url", f"redis+socket://{tmp_path}/nobody.sock")

    assert codes() == ["broker_unreachable"]


def test_doctor_sees_mail_that_does_not_leave(well):
    at = timezone.now()
    Outbox.objects.create(dedupe_key="late", kind="mail", target="ada@example.org", next_at=at - timedelta(hours=1))
    Outbox.objects.update(created_at=at - timedelta(hours=1))

    assert sentences() == ["1 message has not left; it was written 1 hour ago."]


def test_doctor_sees_mail_that_was_given_up(well):
    failed = {"state": OutboxState.FAILED, "next_at": timezone.now(), "error": "The address was refused: 550 no"}
    Outbox.objects.create(dedupe_key="one", kind="mail", target="ada@example.org", **failed)

    assert sentences() == ["1 message was given up: The address was refused: 550 no"]


def test_doctor_sees_events_without_a_number(well):
    at = timezone.now() - timedelta(minutes=6)
    recording.write(
        recording.event(Verb.TASK_CREATED, at=at, actor=recording.by_site(), subject_type="task", subject_id="s")
    )

    assert codes() == ["events_unsealed"]
    sealing.seal()
    assert not Event.objects.filter(seq=None).exists()
    assert codes() == []


def test_doctor_sees_a_job_that_stands_still(well):
    job = running.start_job("export", organization=None, by=None, at=timezone.now() - timedelta(minutes=6))

    assert sentences() == [f"1 job has shown no progress for five minutes: {job}."]
    Job.objects.update(heartbeat_at=timezone.now())
    assert codes() == []


def test_doctor_sees_a_storage_that_refuses(well, monkeypatch):
    def refuse(*_args, **_more):
        raise PermissionError("Permission denied")

    monkeypatch.setattr(FileSystemStorage, "save", refuse)

    assert sentences() == ["Files cannot be stored: Permission denied."]


def test_doctor_leaves_nothing_in_the_storage(well):
    before = list(Path(default_storage.location).rglob("*")) if Path(default_storage.location).exists() else []

    assert codes() == []
    left = [path for path in Path(default_storage.location).rglob("*") if path.is_file() and path not in before]
    assert left == []


@pytest.mark.parametrize(("damage", "fault"), [("remove", "is not there"), ("change", "has other bytes")])
def test_doctor_sees_a_damaged_original(well, damage, fault):
    organization = OrganizationFactory.create()
    file, _new = store(
        io.BytesIO(b"text"), organization=organization, mode="live", name="a.txt", by=None, at=timezone.now()
    )
    assert codes() == []
    path = Path(default_storage.path(file.key))
    path.unlink() if damage == "remove" else path.write_bytes(b"else")

    assert sentences() == [f"Of 1 originals looked at, 1 are not what was stored; {file.key} {fault}."]


def test_doctor_sees_a_full_disk(well, monkeypatch):
    room = Room(10**12, 0, 10**9)
    monkeypatch.setattr(storage.shutil, "disk_usage", lambda _path: room)

    assert sentences() == [
        "Only 1 GB of 1 TB are free where the data lies.".replace(" GB", "\N{NO-BREAK SPACE}GB").replace(
            " TB", "\N{NO-BREAK SPACE}TB"
        )
    ]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"DEBUG": True}, "dev_is_on"),
        ({"WORKBENCH_TEST_HOOK": True}, "test_hook_is_on"),
        ({"SECRET_KEY": "short"}, "short_secret_key"),
    ],
)
def test_doctor_sees_a_dangerous_setting(well, settings, values, code):
    for name, value in values.items():
        setattr(settings, name, value)

    assert codes() == [code]


def test_doctor_sees_a_public_site_without_https_and_without_mail(well, settings):
    settings.PUBLIC_URL, settings.IS_LOCAL, settings.IS_HTTPS = "http://plumb.example", False, False

    assert codes() == ["insecure_http", "mail_to_files"]
    settings.IS_HTTPS, settings.EMAIL_URL = True, "smtp://mail.example"
    assert codes() == []


def test_doctor_sees_a_secret_that_is_this_machines_own(well, settings, monkeypatch):
    monkeypatch.delenv("SECRET_KEY")
    path = Path(settings.DATA_DIR) / "secret-key"
    path.write_text("x" * 50, encoding="utf-8")
    path.chmod(0o644)

    expected = {"postgresql": "own_secret_key", "sqlite": "secret_key_is_readable"}[connection.vendor]
    assert codes() == [expected]
    path.chmod(0o600)
    assert codes() == ([expected] if connection.vendor == "postgresql" else [])


def test_doctor_sees_that_nobody_runs_the_site(well):
    from accounts.models import User

    User.objects.update(is_active=False)

    assert codes() == ["no_admin"]


def test_doctor_sees_a_front_end_that_is_not_served(well):
    (well / "served" / "front" / "assets" / "main.js").unlink()
    assert codes() == ["front_end_not_collected"]
    (well / "built" / "manifest.json").unlink()
    assert codes() == ["no_front_end"]


def test_doctor_sees_time_zones_without_data(well, monkeypatch):
    UserFactory.create(time_zone="Atlantis/Capital")
    assert sentences() == ["This machine has no data of these time zones: Atlantis/Capital."]
    monkeypatch.setattr(installation.zoneinfo, "available_timezones", set)
    assert "Atlantis/Capital, Europe/Berlin" in sentences()[0].replace("Africa/Nairobi, Asia/Kolkata, ", "")


def test_doctor_sees_migrations_that_wait_and_asks_nothing_more(well, monkeypatch):
    give_life(at=timezone.now() - timedelta(minutes=5))
    monkeypatch.setattr(health, "migrations_waiting", lambda: 1)

    assert sentences() == ["1 migration is not applied."]


def test_doctor_survives_a_database_that_is_away(well, monkeypatch):
    def refuse(*_args):
        raise OperationalError("gone")

    monkeypatch.setattr(health, "migrations_waiting", refuse)

    assert sentences() == ["The database does not answer."]


def test_doctor_sees_a_fault_in_the_list_of_buckets(well, settings, tmp_path):
    write_list(settings, tmp_path, entry("s3://scans", "acme"), "[[bucket]]")
    said = io.StringIO()

    with pytest.raises(SystemExit):
        call_command("doctor", stdout=said)

    path = settings.BUCKETS_FILE
    assert said.getvalue() == (f"- BUCKETS_FILE ({path}), bucket 2: `address` is missing.\n  Next: edit {path}\n")


def test_doctor_sees_a_bucket_of_nobody(well, settings, tmp_path):
    OrganizationFactory.create(slug="acme")
    write_list(settings, tmp_path, entry("s3://scans", "acme", "acne"), entry("gs://scans", "bolt"))

    assert sentences() == ["BUCKETS_FILE names organizations that are not here: acne, bolt."]
