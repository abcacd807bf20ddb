import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from core import limits
from core.errors import BusinessError
from files import archives, storage
from files.archives import Entry, RefusedEntry, read_archive
from files.reasons import reason
from tests import machine


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return stream


def said(stream, **most) -> list[tuple[str, bytes | str]]:
    entries = read_archive(stream, **most)
    found = [(entry.name, entry.stream.read() if isinstance(entry, Entry) else entry.code) for entry in entries]
    assert not list(storage.scratch().glob("file-*"))
    return found


def refused(stream, **most) -> str:
    with pytest.raises(BusinessError) as error:
        list(read_archive(stream, **most))
    assert error.value.status in {400, 413}
    return error.value.code


def special(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def test_an_archive_gives_its_files_by_their_last_name():
    stream = zipped(("a.txt", b"one"), ("folder/", b""), ("folder/b.txt", b"two"), ("日本.jpg", b"three"))
    assert said(stream) == [("a.txt", b"one"), ("b.txt", b"two"), ("日本.jpg", b"three")]


def test_what_systems_leave_behind_is_passed_over():
    junk = ["__MACOSX/._a.txt", "._a.txt", ".DS_Store", "x/Thumbs.db", "desktop.ini"]
    assert said(zipped(("a.txt", b"one"), *((name, b"junk") for name in junk))) == [("a.txt", b"one")]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../a", "archive_path"),
        ("x/../../a", "archive_path"),
        ("..\\a", "archive_path"),
        ("/etc/passwd", "archive_path"),
        ("C:\\a", "archive_path"),
        ("\\\\host\\a", "archive_path"),
        (special("link", stat.S_IFLNK | 0o777), "archive_link"),
        (special("device", stat.S_IFCHR), "archive_link"),
    ],
)
def test_an_entry_that_leads_elsewhere_is_refused_and_the_others_stand(name, code):
    last = name.filename if isinstance(name, zipfile.ZipInfo) else name.replace("\\", "/").split("/")[-1]
    assert said(zipped((name, b"x"), ("good.txt", b"good"))) == [(last, code), ("good.txt", b"good")]


@pytest.mark.parametrize("inner", [zipped(("a", b"x")).getvalue(), b"\x1f\x8b\x08" + b"x" * 20, b"Rar!\x1a\x07\0"])
def test_an_archive_in_an_archive_is_refused(inner):
    assert said(zipped(("photo.jpg", inner))) == [("photo.jpg", "archive_nested")]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_two_of_a_name_neither_is_taken():
    stream = zipped(("a", b"1"), ("b", b"2"), ("a", b"3"))
    assert said(stream) == [("a", "archive_duplicate"), ("b", b"2"), ("a", "archive_duplicate")]


def patched(stream: io.BytesIO, at: int, value: bytes, *, sign: bytes = b"PK\x01\x02") -> io.BytesIO:
    raw = bytearray(stream.getvalue())
    place = raw.index(sign) + at
    raw[place : place + len(value)] = value
    return io.BytesIO(bytes(raw))


def test_an_encrypted_entry_is_refused():
    assert said(patched(zipped(("a", b"x")), 8, b"\x01\0")) == [("a", "archive_encrypted")]


def test_an_unusual_compression_is_refused():
    assert said(zipped(("a", b"x" * 100), method=zipfile.ZIP_LZMA)) == [("a", "archive_method")]


@pytest.mark.parametrize("size", [1, 5000])
def test_an_entry_that_lies_about_its_size_is_refused(size):
    stream = patched(zipped(("a", b"x" * 1000)), 24, struct.pack("<I", size))
    assert said(stream) in ([("a", "archive_lying")], [("a", "archive_entry_broken")])


def test_a_damaged_entry_is_refused_and_the_others_stand():
    raw = bytearray(zipped(("a", b"x" * 50), ("b", b"good"), method=zipfile.ZIP_STORED).getvalue())
    raw[raw.index(b"xxxx")] = ord("y")
    assert said(io.BytesIO(bytes(raw))) == [("a", "archive_entry_broken"), ("b", b"good")]


def test_one_entry_that_is_too_large_is_refused_and_the_others_stand():
    noise = bytes(range(256)) * 8
    assert said(zipped(("a", noise), ("b", b"good")), most_bytes=1000) == [("a", "too_large"), ("b", b"good")]


def test_all_together_are_limited():
    assert refused(zipped(("a", b"1" * 600), ("b", b"2" * 600)), most_total=1000) == "archive_ratio"


def test_a_bomb_is_refused_while_unpacking():
    assert refused(zipped(("a", b"\0" * 20_000_000))) == "archive_ratio"


def test_entries_are_limited(monkeypatch):
    monkeypatch.setattr(limits, "ZIP_ENTRIES", 3)
    assert refused(zipped(*((str(n), b"x") for n in range(4)))) == "archive_too_many"
    assert len(said(zipped(*((str(n), b"x") for n in range(3))))) == 3


def test_a_directory_that_lies_about_its_number_is_counted(monkeypatch):
    monkeypatch.setattr(limits, "ZIP_ENTRIES", 3)
    stream = zipped(*((str(n), b"x") for n in range(4)))
    assert refused(patched(stream, 8, struct.pack("<HH", 1, 1), sign=b"PK\x05\x06")) == "archive_too_many"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "archive_broken"),
        (b"no archive", "archive_broken"),
        (zipped(("a", b"x")).getvalue()[:-10], "archive_broken"),
        (b"\xff\xd8\xff" + zipped(("a", b"x")).getvalue(), "archive_broken"),
        (zipped().getvalue(), "archive_empty"),
        (zipped(("folder/", b"")).getvalue(), "archive_empty"),
    ],
    ids=["nothing", "text", "cut off", "behind a picture", "empty", "folders only"],  # the bytes hold the time of day
)
def test_what_is_no_archive_is_refused(content, code):
    assert refused(io.BytesIO(content)) == code


def test_a_large_entry_does_not_stay_in_memory(monkeypatch):
    monkeypatch.setattr(archives, "IN_MEMORY", 10)
    assert said(zipped(("a", b"0123456789" * 5))) == [("a", b"0123456789" * 5)]


HOSTILE = {
    "bomb_20mb.zip": {"archive_ratio"},
    "nested.zip": {"archive_nested"},
    "traversal.zip": {"archive_path"},
    "symlink.zip": {"archive_link"},
    "duplicate_names.zip": {"archive_duplicate"},
    "lying_size.zip": {"archive_lying", "archive_entry_broken", "archive_broken", "archive_ratio"},
    "empty.zip": {"archive_empty"},
    "truncated.zip": {"archive_broken"},
}


@pytest.mark.parametrize("path", machine.real_files("hostile/files/*.zip"), ids=lambda path: path.name)
def test_a_hostile_archive_does_no_harm(path: Path):
    codes, names = set(), []
    try:
        with path.open("rb") as stream:
            for entry in read_archive(stream):
                if isinstance(entry, RefusedEntry):
                    codes.add(entry.code)
                else:
                    names.append(entry.name)
    except BusinessError as error:
        codes.add(error.code)
    assert codes <= HOSTILE.get(path.name, set())
    assert codes or path.name not in HOSTILE
    assert all(reason(code) for code in codes)
    if path.name == "macosx_junk.zip":
        assert len(names) == 1
