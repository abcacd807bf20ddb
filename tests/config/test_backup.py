"""A backup is taken in again to the value: rows, sequences, chains of events, files; on either database."""

import gzip
import io
import os
import shutil
import subprocess
import sys
import tarfile
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as site_settings
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import JSONField, Value
from django.utils import timezone
from psycopg import sql

from config.operating import archive, rows
from events import sealing
from events.models import Event
from files import ingesting, uploading
from files.models import File
from files.storing import store
from labeling.drafting import save_draft
from labeling.models import Draft
from projects.models import Project
from tests.factories import make_project, make_tasks, make_worker
from tests.labeling.steps import submitted, taken
from tests.machine import ROOT
from tests.proof.kills.site import database_url

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lived_in() -> Project:
    """A site with work, money, events, files, and numbers that were given and are free again."""
    for folder in (Path(site_settings.DATA_DIR) / "media", uploading.folder()):
        shutil.rmtree(folder, ignore_errors=True)
    at = timezone.now()
    project = make_project(rate_micros=340_000, reviews=1)
    make_tasks(project, 4, metadata={"größe": [1.5, None, "\u2028"], "big": 2**53 - 1})
    worker = make_worker(project)
    submitted(worker, at=at)
    kept = taken(worker, at=at)
    save_draft(kept, revision=0, document={"é": [1.5, None]}, at=at)
    Draft.objects.update(document=Value(None, JSONField()))  # JSON's null, which is not SQL's
    Draft.objects.create(
        work_item=kept.work_item, worker=make_worker(project), revision=1, document={"a": {}}, saved_at=at
    ).delete()
    content = io.BytesIO(b"The quick brown fox")
    file, _new = store(content, organization=project.organization, mode="live", name="fox.txt", by=None, at=at)
    ingesting.ingest(file.pk, at=at)
    (uploading.folder() / "half").write_bytes(b"half of")
    sealing.seal()
    return project


@pytest.fixture
def taken_down(tmp_path: Path, lived_in: Project) -> Path:
    path = tmp_path / "site.tar"
    call_command("backup", str(path), "--with-secret-key", stdout=io.StringIO())
    return path


@contextmanager
def other_site(folder: Path, vendor: str):
    """The environment of an empty site beside this one."""
    folder.mkdir()
    env = {name: value for name, value in os.environ.items() if name not in {"SECRET_KEY", "DATABASE_URL"}}
    env |= {"DATA_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder}/site.sqlite3", "SQLITE_SYNCHRONOUS": "OFF"}
    if vendor == "sqlite":
        yield env
        return
    name = f"{connection.settings_dict['NAME']}_other"
    here = database_url().partition("?application_name")[0].partition("&application_name")[0]
    with psycopg.connect(here, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield env | {"DATABASE_URL": here.replace(str(connection.settings_dict["NAME"]), name, 1)}
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def manage(env: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def dump_of(path: Path) -> list[bytes]:
    with tarfile.open(path) as tar:
        found = tar.extractfile(archive.DUMP)
        assert found
        return gzip.decompress(found.read()).splitlines()


def others_of(path: Path) -> dict[str, dict[str, object]]:
    """The members beside the rows, each with checksum and size."""
    return {name: each for name, each in archive.check(path)["members"].items() if name != archive.DUMP}


@pytest.mark.slow(reason="three processes, each with all migrations")
def test_restored_site_is_the_same(taken_down, tmp_path):
    with other_site(tmp_path / "other", connection.vendor) as env:
        said = manage(env, "restore", str(taken_down))
        again = tmp_path / "again.tar"
        manage(env, "backup", str(again), "--with-secret-key")

    assert said.rstrip().endswith("files.")
    assert dump_of(again) == dump_of(taken_down)
    assert others_of(again) == others_of(taken_down)
    assert set(others_of(again)) == {
        f"media/{File.objects.get().key}",
        *(f"media/{rendition.key}" for rendition in File.objects.get().renditions.all()),
        "uploads/half",
        "secret-key",
    }
    assert (tmp_path / "other" / "secret-key").read_text() == site_settings.SECRET_KEY
    assert (tmp_path / "other" / "secret-key").stat().st_mode & 0o777 == 0o600


@pytest.mark.slow(reason="two processes, each with all migrations")
def test_site_may_move_to_sqlite(taken_down, tmp_path):
    with other_site(tmp_path / "other", "sqlite") as env:
        manage(env, "restore", str(taken_down))
        again = tmp_path / "again.tar"
        manage(env, "backup", str(again), "--with-secret-key")

    here, there = archive.check(taken_down)["rows"], archive.check(again)["rows"]
    assert there == here | {"labeling_position": 1}
    assert rows.from_text(dump_of(again)[-1]) == rows.from_text(dump_of(taken_down)[-1])
    # The rows themselves, but for the one that stands for the sequence.
    assert set(dump_of(taken_down)) - set(dump_of(again)) == set()


@pytest.mark.slow(reason="two processes, each with all migrations")
def test_verify_loads_the_rows_and_changes_nothing(taken_down):
    events = Event.objects.count()
    said = io.StringIO()

    call_command("restore", str(taken_down), "--verify", stdout=said)

    assert "is whole and loads" in said.getvalue()
    assert Event.objects.count() == events
    assert not list(Path(site_settings.DATA_DIR).glob("verify-*"))


@pytest.mark.slow(reason="a process with all migrations")
def test_verify_sees_a_chain_that_was_changed(lived_in, tmp_path):
    Event.objects.filter(seq=2).update(data={"task": "another"})
    path = tmp_path / "site.tar"
    call_command("backup", str(path), stdout=io.StringIO())

    with pytest.raises(CommandError, match=r"The chain of events of .* is broken at \[2\]"):
        call_command("restore", str(path), "--verify")


def test_restore_refuses_a_site_that_is_in_use(taken_down):
    with pytest.raises(CommandError, match="This site has people already"):
        call_command("restore", str(taken_down))


def test_backup_does_not_write_over_another(taken_down):
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", str(taken_down))


def test_backup_is_for_its_owner_only_and_leaves_nothing_beside_it(taken_down):
    assert taken_down.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in taken_down.parent.iterdir()] == ["site.tar"]
    assert not list(Path(site_settings.DATA_DIR).glob("backup-*"))


@pytest.mark.parametrize("damage", ["cut", "flip", "not a tar"])
def test_damage_is_found_before_anything_is_changed(taken_down, damage):
    content = bytearray(taken_down.read_bytes())
    if damage == "flip":
        content[content.index(b"quick") + 1] ^= 1
    taken_down.write_bytes({"cut": content[: len(content) // 2], "flip": content, "not a tar": b"hello"}[damage])

    with pytest.raises(CommandError, match=r"cannot be read|is cut off|are damaged, the first is media/"):
        call_command("restore", str(taken_down))


def test_backup_says_which_original_is_missing_or_damaged(lived_in, tmp_path):
    path = Path(default_storage.path(File.objects.get().key))
    path.write_bytes(b"something else")
    with pytest.raises(CommandError, match="1 files are damaged, the first is "):
        call_command("backup", str(tmp_path / "one.tar"), stdout=io.StringIO())
    path.unlink()
    with pytest.raises(CommandError, match="1 files are missing, the first is "):
        call_command("backup", str(tmp_path / "two.tar"), stdout=io.StringIO())


def test_member_that_leads_elsewhere_is_refused(tmp_path):
    path = tmp_path / "bad.tar"
    with tarfile.open(path, "w") as tar:
        tar.addfile(tarfile.TarInfo("media/../../etc/passwd"), io.BytesIO())

    with pytest.raises(CommandError, match="does not belong into a backup"):
        call_command("restore", str(path))


def test_rows_that_come_meanwhile_are_not_in_the_snapshot(lived_in):
    before = File.objects.count()
    with rows.snapshot():
        assert File.objects.count() == before
        subprocess.run(
            [sys.executable, "-c", ADD_ONE], cwd=ROOT, check=True, env=os.environ | {"DATABASE_URL": database_url()}
        )
        assert File.objects.count() == before
    assert File.objects.count() == before + 1


ADD_ONE = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
django.setup()
from django.utils import timezone
from files.models import File
from accounts.models import Organization
File.objects.create(
    organization=Organization.objects.first(), sha256="0" * 64, key="k", bytes=1, created_at=timezone.now()
)
"""
