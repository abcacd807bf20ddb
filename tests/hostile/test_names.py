"""Declared file names: stored under a generated name, shown as text, harmless in a download's header."""

import re

import pytest
from django.conf import settings
from django.urls import reverse

from core import jsonio
from files.models import File, Upload
from files.names import NAME_CHARACTERS
from projects.models import Batch, Import
from tests.hostile import corpus, steps

pytestmark = pytest.mark.django_db
MADE = [
    "../../x.png",
    "<script>alert(1)</script>.png",
    'a"; filename="b.html',
    "a\r\nSet-Cookie: x=1.png",
    "",
    "\0.png",
]
DISPOSITION = re.compile(r"attachment; filename(=\"(?:[^\"\\\r\n]|\\[\"\\])*\"|\*=utf-8''[\w.%~!#$&+^`|-]+)")
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f/\\\\\u202a-\u202e\u2066-\u2069\u2028\u2029]")


def names() -> list[str]:
    """Those of the corpus that JSON can carry at all, and a few made here."""
    path = corpus.FOLDER / "hostile_names.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    listed = [json_name(line) for line in lines]
    return [*MADE, *(name for name in listed if name is not None)]


def json_name(line: str) -> str | None:
    try:
        return str(jsonio.parse(line.replace("\\u0000", ""))["name"])
    except jsonio.ForeignJsonError:
        return None


def test_every_name_is_stored_shown_and_downloaded_safely(member, organization, pictures):
    batch = Batch.objects.get(project=pictures, name=None)
    for number, name in enumerate(names()):
        said = steps.by_pieces(member, organization, batch, name, corpus.good_picture(f"#{number:06x}"))
        assert "task" in said or "refused" in said or "import" in said, name

    files = File.objects.filter(organization=organization)
    assert files.count() > len(MADE) - 2
    for file in files:
        assert re.fullmatch(r"[0-9a-f]{24}/live/[0-9a-f]{2}/[0-9a-f]{64}", file.key)
        assert 1 <= len(file.name) <= NAME_CHARACTERS
        assert not UNPRINTABLE.search(file.name), file.name
        check_download(member, organization, file)
    below = {path.relative_to(settings.DATA_DIR).parts[0] for path in settings.DATA_DIR.rglob("*") if path.is_file()}
    assert below <= {
        "media",
        "uploads",
        "scratch",
        "test.sqlite3",
        "test.sqlite3-shm",
        "test.sqlite3-wal",
        "test.sqlite3-queue",
    }


def check_download(member, organization, file: File) -> None:
    answer = member.get(reverse("customer:original", args=[organization.slug, file.public_id]))
    b"".join(answer)
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    disposition = answer["Content-Disposition"]
    assert re.fullmatch(
        r"attachment; filename(=\"(?:[^\"\\\r\n]|\\[\"\\])*\"|\*=utf-8''[\w.%~!#$&+^`|-]+)", disposition
    )


def test_a_name_that_cannot_be_said_is_refused_and_no_error(member, organization, pictures):
    for body in (
        '{"name": "a\\u0000b.jpg", "bytes": 3}',
        '{"name": "\\ud800.jpg", "bytes": 3}',
        '{"name": 7, "bytes": 3}',
    ):
        answer = member.post(f"/o/{organization.slug}/uploads", body, content_type="application/json")
        assert answer.status_code == 400
    assert not Upload.objects.exists()


def test_names_are_shown_as_text_on_the_customers_pages(member, organization, pictures):
    batch = Batch.objects.get(project=pictures, name=None)
    hostile = "<img src=x onerror=alert(1)>.zip"
    inside = corpus.zipped({"<svg onload=alert(2)>.png": b"no picture", "ok.png": corpus.good_picture()})
    steps.by_pieces(member, organization, batch, hostile, inside)
    (found,) = steps.run_imports(pictures)
    steps.refusals(member, found)

    pages = [
        member.get(steps.address("project_data", pictures)).content.decode(),
        member.get(steps.address("import", pictures, found.public_id)).content.decode(),
    ]

    assert Import.objects.get().name == hostile
    assert all("&lt;img src=x onerror=alert(1)&gt;.zip" in page for page in pages)
    assert "&lt;svg onload=alert(2)&gt;.png" in pages[1]
    assert not any("<img src=x" in page or "<svg onload" in page for page in pages)
