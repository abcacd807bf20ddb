"""The bytes of files: a scratch folder on this machine, and the storage that all machines share."""

import shutil
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files import File as DjangoFile
from django.core.files.storage import default_storage

if TYPE_CHECKING:
    BytesFile = DjangoFile[bytes]
else:
    BytesFile = DjangoFile  # generic for the type checker only

COPIED_AT_ONCE = 1 << 20


class FileOnDisk(BytesFile):
    """A file that the storage may take away: on the same disk it is renamed, so that nobody sees half of it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.open("rb"), name=path.name)
        self.path = path

    def temporary_file_path(self) -> str:
        return str(self.path)


def scratch() -> Path:
    """The folder for what is on its way: on the same disk as the media, so that a move is a rename."""
    folder = Path(settings.DATA_DIR) / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def scratch_folder() -> "TemporaryDirectory[str]":
    return TemporaryDirectory(dir=scratch(), prefix="file-", ignore_cleanup_errors=True)


def put(path: Path, key: str, *, replace: bool = False) -> None:
    """Move the file into the storage. What is there already stays, unless it is not whole or `replace` says so."""
    size = path.stat().st_size
    if default_storage.exists(key):
        if not replace and default_storage.size(key) == size:
            return
        default_storage.delete(key)
    with FileOnDisk(path) as content:
        saved = default_storage.save(key, content)
    if saved != key:
        # Somebody else put the same content there meanwhile; the storage gave ours another name.
        default_storage.delete(saved)


def copy_out(key: str, path: Path) -> None:
    """Copy from the storage to this machine, a piece at a time. Raises FileNotFoundError where there is nothing."""
    with default_storage.open(key) as source, path.open("wb") as target:
        shutil.copyfileobj(source, target, COPIED_AT_ONCE)


def discard(path: Path) -> None:
    with suppress(FileNotFoundError):
        path.unlink()


def sweep_scratch(*, before: datetime) -> None:
    """Remove what processes left behind when they were killed."""
    for left in scratch().glob("file-*"):
        if left.stat().st_mtime < before.timestamp():
            shutil.rmtree(left, ignore_errors=True)
