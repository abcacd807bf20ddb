"""The backup: one tar with the database, the media, what is being uploaded, and at its end what should be in it."""

import hashlib
import io
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection

from config.operating import dump, rows
from config.operating.dump import DumpError
from files.models import File, Rendition
from files.uploading import folder as uploads_folder

VERSION = 1
DUMP = "database.jsonl.gz"
MANIFEST = "manifest.json"
SECRET = "secret-key"  # noqa: S105 (a name)
READ_AT_ONCE = 1 << 20
Manifest = dict[str, Any]


class Hashed:
    """Reads, and knows the checksum of what was read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self.stream.read(size)
        self.digest.update(piece)
        return piece


class Writer:
    """Adds members one after the other; their checksums become the manifest."""

    def __init__(self, tar: tarfile.TarFile, at: datetime) -> None:
        self.tar, self.at = tar, at
        self.members: dict[str, Manifest] = {}

    def add(self, name: str, stream: IO[bytes], size: int) -> str:
        """Returns the checksum."""
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = size, 0o600, int(self.at.timestamp())
        hashed = Hashed(stream)
        self.tar.addfile(info, hashed)
        self.members[name] = {"sha256": hashed.digest.hexdigest(), "bytes": size}
        return hashed.digest.hexdigest()

    def add_file(self, name: str, path: Path) -> None:
        with path.open("rb") as stream:
            self.add(name, stream, path.stat().st_size)


def back_up(target: Path, *, with_secret: bool, at: datetime) -> Manifest:
    """Write the backup beside its place and move it there when it is whole; returns its manifest."""
    part = target.with_name(target.name + ".part")
    part.touch(mode=0o600)
    with part.open("wb") as file, tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        manifest = write(Writer(tar, at), with_secret=with_secret, at=at)
    part.replace(target)
    return manifest


def write(writer: Writer, *, with_secret: bool, at: datetime) -> Manifest:
    """Rows first: a file that comes meanwhile is one too many, never one too few."""
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR, prefix="backup-") as scratch:
        path = Path(scratch) / DUMP
        counts = dump.write(path)
        writer.add_file(DUMP, path)
    wanted = dict(File.objects.values_list("key", "sha256"))
    damaged = [key for key, digest in add_media(writer) if wanted.get(key, digest) != digest]
    there = {name.removeprefix("media/") for name in writer.members}
    renditions = Rendition.objects.values_list("key", flat=True)
    missing = sorted(key for key in {*wanted, *renditions} if key not in there)
    for path in sorted(uploads_folder().iterdir()):
        writer.add_file(f"uploads/{path.name}", path)
    if with_secret:
        secret = settings.SECRET_KEY.encode()
        writer.add(SECRET, io.BytesIO(secret), len(secret))
    manifest: Manifest = {
        "version": VERSION,
        "made_at": at.isoformat(),
        "database": connection.vendor,
        "rows": counts,
        "members": dict(writer.members),
        "missing": missing,
        "damaged": damaged,
    }
    text = rows.as_text(manifest)
    writer.add(MANIFEST, io.BytesIO(text), len(text))
    return manifest


def add_media(writer: Writer) -> Iterator[tuple[str, str]]:
    """Each stored file with its checksum."""
    for key in stored_keys(""):
        try:
            size = default_storage.size(key)
            stream = default_storage.open(key)
        except FileNotFoundError:
            continue  # purged meanwhile
        with stream:
            yield key, writer.add(f"media/{key}", stream, size)


def stored_keys(folder: str) -> Iterator[str]:
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(names):
        yield f"{folder}/{name}" if folder else name
    for name in sorted(folders):
        yield from stored_keys(f"{folder}/{name}" if folder else name)


def check(source: Path) -> Manifest:
    """Read the whole backup and compare each member with the manifest, which is returned. Raises DumpError."""
    found: dict[str, Manifest] = {}
    manifest: Manifest | None = None
    try:
        with tarfile.open(source, mode="r|") as tar:
            for info, stream in members(tar):
                if info.name == MANIFEST:
                    manifest = rows.from_text(stream.read())
                else:
                    found[info.name] = {"sha256": digest_of(stream), "bytes": info.size}
    except (tarfile.TarError, OSError, ValueError) as error:
        raise DumpError(f"{source} cannot be read: {error}") from error
    if manifest is None:
        raise DumpError(f"{source} is cut off: it has no {MANIFEST}.")
    if manifest["version"] != VERSION:
        raise DumpError(f"{source} was made by another release: version {manifest['version']} of backups.")
    compare(found, manifest["members"])
    return manifest


def members(tar: tarfile.TarFile) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    """Regular files with names that stay where they belong, and nothing else."""
    for info in tar:
        parts = Path(info.name).parts
        stream = tar.extractfile(info) if info.isreg() else None
        if stream is None or ".." in parts or info.name.startswith("/"):
            raise DumpError(f"{info.name} does not belong into a backup.")
        yield info, stream


def digest_of(stream: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := stream.read(READ_AT_ONCE):
        digest.update(piece)
    return digest.hexdigest()


def compare(found: dict[str, Manifest], wanted: dict[str, Manifest]) -> None:
    if lost := sorted(set(wanted) - set(found)):
        raise DumpError(f"{len(lost)} members are missing, the first is {lost[0]}.")
    if strange := sorted(set(found) - set(wanted)):
        raise DumpError(f"{len(strange)} members are not in the manifest, the first is {strange[0]}.")
    if changed := sorted(name for name in found if found[name] != wanted[name]):
        raise DumpError(f"{len(changed)} members are damaged, the first is {changed[0]}.")
