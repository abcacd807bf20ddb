"""Boxes on photographs of every kind come home where they were drawn.

Each picture gets one box at fit and one at full size. At full size an edge is right to half a pixel of the picture, at
fit to half a pixel of the screen.
"""

import io
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest
from django.test.utils import override_settings
from playwright.sync_api import Browser
from pycocotools.coco import COCO

from files.models import File, FileState
from projects.models import Project, Task
from tests.browser.pages import project_pages
from tests.browser.pages.background import background
from tests.browser.pages.bench import Bench
from tests.browser.pages.people import Windows, make_contractor, make_customer, open_windows
from tests.browser.pages.pictures import Box, Picture, one_of_each
from tests.browser.pages.waiting import until
from tests.browser.pages.work import CENT, balance, make_boxes_project, name_of_picture
from tests.browser.site import Site
from workers.models import Worker

HALF = 0.5


@dataclass(frozen=True)
class Drawn:
    """A box that somebody drew, and how many pixels of the picture its edges may be off."""

    box: Box
    tolerance: float


@pytest.fixture
def windows(browser: Browser, site: Site, tmp_path: Path) -> Iterator[Windows]:
    with override_settings(WORKBENCH_TEST_HOOK=True), background(tmp_path), open_windows(browser, site) as windows:
        yield windows


@pytest.mark.slow(reason="eleven pictures are uploaded, drawn on twice, reviewed and exported")
def test_edges_come_home_where_they_were_drawn(windows: Windows, tmp_path: Path) -> None:
    customer = make_customer()
    project = make_boxes_project([], customer=customer)
    office = windows.open(customer)
    pictures = {picture.name: picture for picture in one_of_each()}
    upload(office, project, list(pictures.values()), tmp_path)
    contractors = [make_contractor(name, project) for name in ("K7Q2", "M4T9")]
    reviewer = make_contractor("R3D5", project, reviews=True)

    drawn: dict[str, list[Drawn]] = {}
    benches = [Bench(windows.open(worker.user)) for worker in contractors]
    for number in range(len(pictures)):
        name, found = draw_on_next(benches[number % 2], project, pictures)
        drawn[name] = found
    accept_all(Bench(windows.open(reviewer.user)), project, len(pictures))

    assert drawn.keys() == pictures.keys()
    coco = project_pages.export(office, project, "COCO")
    check_coco(coco, drawn, pictures, tmp_path)
    check_lines(project_pages.export(office, project, "Scale's task JSON"), coco, drawn)
    check_ledger(contractors, reviewer, len(pictures))


def upload(office, project: Project, pictures: list[Picture], folder: Path) -> None:
    for picture in pictures:
        (folder / picture.name).write_bytes(picture.content)
    project_pages.upload(office, project, [folder / picture.name for picture in pictures])
    ready = File.objects.filter(state=FileState.READY)
    until(lambda: ready.count() == len(pictures), seconds=90, what="the worker reads the pictures")


def draw_on_next(bench: Bench, project: Project, pictures: dict[str, Picture]) -> tuple[str, list[Drawn]]:
    """Both boxes on whatever picture comes: which one it is, the database knows and the browser must not."""
    bench.start(project.codename)
    name = name_of_picture(bench.expect_task())
    picture = pictures[name]
    at_fit, at_full_size = picture.boxes
    bench.fit()
    bench.draw("Car", at_fit, picture.size)
    screen = HALF / bench.shown(picture.size).scale[0]
    bench.actual_size()
    assert bench.shown(picture.size).scale == pytest.approx((1, 1))
    bench.draw("Person", at_full_size, picture.size)
    bench.submit()
    return name, [Drawn(at_fit, screen), Drawn(at_full_size, HALF)]


def accept_all(bench: Bench, project: Project, count: int) -> None:
    bench.start(project.codename, kind="review")
    before = ""
    for _ in range(count):
        before = bench.expect_other_task(before)
        bench.accept()
    bench.expect_nothing()
    until(lambda: Task.objects.filter(status="completed").count() == count, what="all tasks are completed")


def check_coco(content: bytes, drawn: dict[str, list[Drawn]], pictures: dict[str, Picture], folder: Path) -> None:
    """As the field's own reader understands it."""
    path = folder / "export.json"
    path.write_bytes(content)
    with redirect_stdout(io.StringIO()):
        coco = COCO(str(path))
    images = {image["file_name"]: image for image in coco.loadImgs(coco.getImgIds())}
    assert {name: (image["width"], image["height"]) for name, image in images.items()} == {
        name: picture.size for name, picture in pictures.items()
    }
    for name, image in images.items():
        found = coco.loadAnns(coco.getAnnIds(imgIds=[image["id"]]))
        check_edges(name, [tuple(one["bbox"]) for one in found], drawn[name])


def check_lines(content: bytes, coco: bytes, drawn: dict[str, list[Drawn]]) -> None:
    names = {image["task_id"]: image["file_name"] for image in orjson.loads(coco)["images"]}
    tasks = [orjson.loads(line) for line in content.splitlines()]
    assert {task["task_id"] for task in tasks} == names.keys()
    for task in tasks:
        boxes = [(one["left"], one["top"], one["width"], one["height"]) for one in task["response"]["annotations"]]
        check_edges(names[task["task_id"]], boxes, drawn[names[task["task_id"]]])


def check_edges(name: str, boxes: list[Box], drawn: list[Drawn]) -> None:
    assert len(boxes) == len(drawn), name
    for box, one in zip(boxes, drawn, strict=True):
        assert edges(box) == pytest.approx(edges(one.box), abs=one.tolerance), name


def edges(box: Box) -> Box:
    left, top, width, height = box
    return left, top, left + width, top + height


def check_ledger(contractors: list[Worker], reviewer: Worker, count: int) -> None:
    """Rate × accepted work for answers; what a review earns becomes final with time."""
    done = [count - count // 2, count // 2]
    for worker, accepted in zip(contractors, done, strict=True):
        assert balance(worker, "final") == accepted * 34 * CENT
        assert balance(worker, "provisional") == 0
    assert balance(reviewer, "provisional") == count * 12 * CENT
