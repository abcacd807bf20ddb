"""Reading a ZIP from outside: by its bytes, never by what it says of itself, and never by name onto the disk."""

import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from core import limits
from core.errors import BusinessError
from files import storage
from files.names import clean_name
from files.reasons import reason

END = b"PK\x05\x06"
END_64 = b"PK\x06\x06"
LONGEST_TAIL = 22 + 65_535 + 76
# What one entry may take in the directory on average: names are cut to 255 characters anyway.
DIRECTORY_BYTES = 600
JUNK_FOLDERS = ("__MACOSX/",)
JUNK_NAMES = {".ds_store", "thumbs.db", "desktop.ini"}
ARCHIVES = (b"PK\x03\x04", END, b"PK\x07\x08", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"7z\xbc\xaf", b"Rar!")
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
READ_AT_ONCE = 64 * 1024
IN_MEMORY = limits.MB
# Below this a high ratio is an ordinary small file full of the same.
HARMLESS_BYTES = limits.MB


@dataclass(frozen=True)
class Entry:
    """A file in the archive, unpacked and checked; the stream ends with the next step of the loop."""

    name: str
    stream: BinaryIO
    bytes: int


@dataclass(frozen=True)
class RefusedEntry:
    """One that is not taken; `reasons.reason(code, params)` puts it into words."""

    name: str
    code: str


class RefusedEntryError(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_archive(
    stream: BinaryIO, *, most_bytes: int = limits.FILE_BY_API, most_total: int = limits.FILE_BY_PAGE
) -> Iterator[Entry | RefusedEntry]:
    """Every file in the archive, or why it is not taken; folders and what systems leave behind are passed over.

    `most_bytes` of one entry and `most_total` of all are counted while unpacking. Raises BusinessError (400 or 413)
    for an archive that is damaged, empty, or too much.
    """
    try:
        with zipfile.ZipFile(checked(stream)) as archive:
            yield from read_entries(archive, most_bytes=most_bytes, most_total=most_total, size=size_of(stream))
    except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError):
        raise refused("archive_broken") from None


def refused(code: str, status: int = 400, **params: int) -> BusinessError:
    return BusinessError(reason(code, params), code=code, status=status, params=params)


def size_of(stream: BinaryIO) -> int:
    position = stream.tell()
    size = stream.seek(0, 2)
    stream.seek(position)
    return size


def checked(stream: BinaryIO) -> BinaryIO:
    """The stream, if its directory is small enough to be read at all: zipfile takes it into memory as a whole."""
    stream.seek(0)
    if not stream.read(4).startswith((b"PK\x03\x04", END)):
        raise refused("archive_broken")
    size = size_of(stream)
    stream.seek(max(0, size - LONGEST_TAIL))
    tail = stream.read(LONGEST_TAIL)
    end = tail.rfind(END)
    if end < 0 or len(tail) < end + 22:
        raise refused("archive_broken")
    count, directory = struct.unpack("<HI", tail[end + 10 : end + 16])
    if count == 0xFFFF or directory == 0xFFFFFFFF:
        end_64 = tail.rfind(END_64)
        if end_64 < 0 or len(tail) < end_64 + 56:
            raise refused("archive_broken")
        count, directory = struct.unpack("<QQ", tail[end_64 + 32 : end_64 + 48])
    if count > limits.ZIP_ENTRIES or directory > limits.ZIP_ENTRIES * DIRECTORY_BYTES:
        raise refused("archive_too_many", 413, limit=limits.ZIP_ENTRIES)
    stream.seek(0)
    return stream


def read_entries(
    archive: zipfile.ZipFile, *, most_bytes: int, most_total: int, size: int
) -> Iterator[Entry | RefusedEntry]:
    entries = archive.infolist()
    if len(entries) > limits.ZIP_ENTRIES:
        raise refused("archive_too_many", 413, limit=limits.ZIP_ENTRIES)
    wanted = [entry for entry in entries if not entry.is_dir() and not is_junk(entry.filename)]
    if not wanted:
        raise refused("archive_empty")
    names = Counter(entry.filename for entry in wanted)
    left = min(most_total, max(HARMLESS_BYTES, size * limits.ZIP_RATIO))
    for entry in wanted:
        with SpooledTemporaryFile(max_size=IN_MEMORY, dir=str(storage.scratch()), prefix="file-") as unpacked:
            target = cast(BinaryIO, unpacked)
            try:
                check_entry(entry, is_double=names[entry.filename] > 1)
                found = unpack(archive, entry, target, most_bytes=most_bytes, left=left)
            except RefusedEntryError as error:
                left -= target.tell()
                yield RefusedEntry(shown_name(entry.orig_filename), error.code)
                continue
            left -= found
            target.seek(0)
            yield Entry(shown_name(entry.filename), target, found)


def shown_name(name: str) -> str:
    """The last part, cleaned; folders inside archives carry no meaning here."""
    return clean_name(name)


def is_junk(name: str) -> bool:
    last = name.rsplit("/", 1)[-1]
    return name.startswith(JUNK_FOLDERS) or last.startswith("._") or last.lower() in JUNK_NAMES


def check_entry(entry: zipfile.ZipInfo, *, is_double: bool) -> None:
    """What its line in the directory already rules out. Raises RefusedEntryError."""
    name, kind = entry.orig_filename, stat.S_IFMT(entry.external_attr >> 16)
    if "\0" in name or not name:
        raise RefusedEntryError("archive_name")
    if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or name[1:2] == ":":
        raise RefusedEntryError("archive_path")
    if kind not in {0, stat.S_IFREG}:
        raise RefusedEntryError("archive_link")
    if entry.flag_bits & 0x41:
        raise RefusedEntryError("archive_encrypted")
    if entry.compress_type not in METHODS:
        raise RefusedEntryError("archive_method")
    if is_double:
        raise RefusedEntryError("archive_duplicate")


def unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: BinaryIO, *, most_bytes: int, left: int) -> int:
    """Write the entry's bytes to the target; how many they are. Raises RefusedEntryError, or BusinessError for all."""
    size = 0
    try:
        with archive.open(entry) as source:
            while piece := source.read(READ_AT_ONCE):
                if size == 0 and piece.startswith(ARCHIVES):
                    raise RefusedEntryError("archive_nested")
                size += len(piece)
                check_unpacked(entry, size, most_bytes=most_bytes, left=left)
                target.write(piece)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, struct.error):
        raise RefusedEntryError("archive_entry_broken") from None
    if size != entry.file_size:
        raise RefusedEntryError("archive_lying")
    return size


def check_unpacked(entry: zipfile.ZipInfo, size: int, *, most_bytes: int, left: int) -> None:
    if size > left:
        raise refused("archive_ratio", 413)
    if size > most_bytes:
        raise RefusedEntryError("too_large")
    if size > HARMLESS_BYTES and size > entry.compress_size * limits.ZIP_RATIO:
        raise RefusedEntryError("archive_ratio")
