"""Taking a backup in: only where there is nothing yet, and only after all of it was read and compared."""

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection

from accounts.models import Organization, User
from config.operating import archive, dump
from config.operating.archive import Manifest
from config.operating.dump import DumpError
from files.uploading import folder as uploads_folder


def restore(source: Path, *, media: bool = True) -> Manifest:
    """Raises DumpError, before anything was changed where the backup or the target is not fit for it."""
    manifest = archive.check(source)
    refuse_unless_empty(media=media)
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR, prefix="restore-") as scratch:
        path = Path(scratch) / archive.DUMP
        take_out(source, path)
        dump.load(path, expected=manifest["rows"])
    if media:
        put_back(source)
    return manifest


def refuse_unless_empty(*, media: bool) -> None:
    tables = connection.introspection.table_names()
    if User._meta.db_table in tables and (User.objects.exists() or Organization.objects.exists()):
        raise DumpError(
            "This site has people already. Restore into an empty database (another DATA_DIR or DATABASE_URL)."
        )
    if media and next(archive.stored_keys(""), None) is not None:
        raise DumpError("The storage has files already. Restore beside it (another DATA_DIR).")


def take_out(source: Path, path: Path) -> None:
    with tarfile.open(source, mode="r|") as tar:
        for info, stream in archive.members(tar):
            if info.name == archive.DUMP:
                copy(stream, path)
                return


def copy(stream: IO[bytes], path: Path) -> None:
    with path.open("wb") as target:
        shutil.copyfileobj(stream, target)


def put_back(source: Path) -> None:
    with tarfile.open(source, mode="r|") as tar:
        for info, stream in archive.members(tar):
            kind, _slash, name = info.name.partition("/")
            if kind == "media":
                default_storage.save(name, File(stream))
            elif kind == "uploads":
                copy(stream, uploads_folder() / name)
            elif info.name == archive.SECRET:
                write_secret(settings.DATA_DIR / archive.SECRET, stream.read())


def write_secret(path: Path, secret: bytes) -> None:
    """In the place of the one that the settings made a moment ago, when they found none."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(secret)
    part.replace(path)


def verify(source: Path) -> Manifest:
    """Only read: each member is what the manifest says, and the rows load into a scratch database. Raises DumpError."""
    manifest = archive.check(source)
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR, prefix="verify-") as scratch:
        env = os.environ | {
            "DATA_DIR": scratch,
            "DATABASE_URL": f"sqlite:///{scratch}/scratch.sqlite3",
            "SQLITE_SYNCHRONOUS": "OFF",
            "SECRET_KEY": "only-to-verify-" + "0" * 40,
        }
        command = [sys.executable, "manage.py", "restore", str(source), "--only-database"]
        done = subprocess.run(  # noqa: S603 (our own program)
            command, cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise DumpError((done.stderr.strip().splitlines() or ["The rows do not load."])[-1])
    return manifest
