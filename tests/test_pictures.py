"""docs/screens.md shows what `make screenshots` makes, and the README shows nothing that is not there."""

import re

from tests.browser.looking import LOOKS
from tests.machine import ROOT
from tests.pictures import FOLDER, PICTURES


def test_each_picture_is_there_and_shown():
    made = {f"{one.name}-{look.name}.webp" for pictures in PICTURES.values() for one in pictures for look in LOOKS}
    shown = set(re.findall(r'src="screens/([^"]+)"', (ROOT / "docs" / "screens.md").read_text(encoding="utf-8")))

    assert {path.name for path in FOLDER.iterdir()} == made == shown


def test_pictures_of_the_readme_and_the_guides_exist():
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    links = [(page, link) for page in pages for link in re.findall(r"!\[[^]]*\]\(([^)]+)\)", page.read_text("utf-8"))]

    assert links
    assert [link for page, link in links if not (page.parent / link).exists()] == []
