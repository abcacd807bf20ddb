"""The hostile files: those of the shared corpus where it is, and a few that are made here, so that none is vacuous."""

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from PIL import Image

from core import jsonio
from tests import machine

FOLDER = machine.REAL_DATA / "hostile" / "files"
MADE = {
    "made_cut.png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0(\0\0\0\x1e\x08\x02",
    "made_script.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "made_page.jpg": b"<!doctype html><script>alert(1)</script>",
    "made_empty.png": b"",
    "made_binary.bin": bytes(range(256)),
    "made_rows.csv": b'text,note\n=1+1,@a\nbro"ken,"x\n',
    "made_rows.jsonl": b'{"text": "ok"}\n[1]\n{"text": "a\\u0000b"}\nnot json\n',
    "made_broken.zip": b"PK\x03\x04 and nothing else",
}


def files() -> dict[str, bytes]:
    """Name → bytes of everything that is uploaded as a file."""
    listed = [row["file"] for row in lines("manifest.jsonl")]
    here = {name: (FOLDER / name).read_bytes() for name in listed if not name.endswith(".http")}
    here.pop("hostile_names.jsonl", None)
    return MADE | here


def lines(name: str) -> list[dict[str, str]]:
    """The rows of one of the corpus's own lists; none where the corpus is not there."""
    path = FOLDER / name
    if not path.exists():
        return []
    return [jsonio.parse(line) for line in path.read_bytes().splitlines() if line.strip() and b"\\u0000" not in line]


def requests() -> dict[str, bytes]:
    """The raw requests."""
    return {path.name: path.read_bytes() for path in sorted(Path(FOLDER).glob("*.http"))}


def good_picture(color: str = "teal") -> bytes:
    target = BytesIO()
    Image.new("RGB", (40, 30), color).save(target, "PNG")
    return target.getvalue()


def zipped(entries: dict[str, bytes]) -> bytes:
    target = BytesIO()
    with ZipFile(target, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return target.getvalue()
