"""The whole story on photographs of every kind, and each box comes home where it was drawn.

Each picture gets one box at fit and one at full size. At full size an edge is right to half a pixel of the picture, at
fit to half a pixel of the screen. In the middle of some an admin pauses, by each policy once; one answer is rejected
and done again, one is fixed by the reviewer, one by the customer.
"""

import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import pytest
from django.test.utils import override_settings
from playwright.sync_api import Browser, Page, expect
from pycocotools.coco import COCO

from files.models import File, FileState
from labeling.models import Submission
from projects.models import Project, Task
from tests.browser.pages import project_pages
from tests.browser.pages.background import background
from tests.browser.pages.bench import Bench
from tests.browser.pages.pauses import pause_project, resume_project
from tests.browser.pages.people import Windows, make_contractor, make_customer, open_windows
from tests.browser.pages.pictures import Box, Picture, one_of_each
from tests.browser.pages.waiting import until
from tests.browser.pages.work import CENT, balance, make_boxes_project, name_of_picture
from tests.browser.site import Site
from tests.factories import UserFactory
from workers.models import Worker

HALF = 0.5
WHY = "Rule 5 is being corrected."
# In the middle of which picture the admin pauses, and how.
POLICIES = {2: "finish", 4: "grace", 6: "save_only", 8: "recall"}
# With these nothing can be handed in while it is paused.
STOPS = {"save_only", "recall"}


@dataclass(frozen=True)
class Drawn:
    """A box that somebody drew, and how many pixels of the picture its edges may be off."""

    box: Box
    tolerance: float


@pytest.fixture
def windows(browser: Browser, site: Site, tmp_path: Path) -> Iterator[Windows]:
    with override_settings(WORKBENCH_TEST_HOOK=True), background(tmp_path), open_windows(browser, site) as windows:
        yield windows


@pytest.mark.slow(reason="eleven pictures are uploaded, drawn on twice, paused, reviewed, audited and exported")
def test_edges_come_home_where_they_were_drawn(windows: Windows, tmp_path: Path) -> None:
    customer = make_customer()
    project = make_boxes_project([], customer=customer)
    office, admin = windows.open(customer), windows.open(UserFactory.create(name="Ada Mensah", is_site_admin=True))
    pictures = {picture.name: picture for picture in one_of_each()}
    upload(office, project, list(pictures.values()), tmp_path)
    contractors = [make_contractor(name, project) for name in ("K7Q2", "M4T9")]
    reviewer = make_contractor("R3D5", project, reviews=True)

    story = Story(project, pictures, admin)
    benches = {worker: Bench(windows.open(worker.user)) for worker in contractors}
    for number in range(len(pictures)):
        turns = [contractors[(number + turn) % 2] for turn in (0, 1)]
        story.label_next(benches, turns, policy=POLICIES.get(number, ""))
    story.review_all(Bench(windows.open(reviewer.user)), benches)
    story.audit_two(office)

    assert story.drawn.keys() == pictures.keys()
    coco = project_pages.export(office, project, "COCO")
    check_coco(coco, story.drawn, pictures, tmp_path)
    check_lines(project_pages.export(office, project, "Scale's task JSON"), coco, story.drawn)
    check_ledger(contractors, reviewer, story.labeled)


def upload(office, project: Project, pictures: list[Picture], folder: Path) -> None:
    for picture in pictures:
        (folder / picture.name).write_bytes(picture.content)
    project_pages.upload(office, project, [folder / picture.name for picture in pictures])
    ready = File.objects.filter(state=FileState.READY)
    until(lambda: ready.count() == len(pictures), seconds=90, what="the worker reads the pictures")


@dataclass
class Story:
    """What is done to the pictures, what was drawn on each (boxes by its name, in order), and who labeled how many."""

    project: Project
    pictures: dict[str, Picture]
    admin: Page
    drawn: dict[str, list[Drawn]] = field(default_factory=dict)
    labeled: Counter[Worker] = field(default_factory=Counter)

    def label_next(self, benches: dict[Worker, Bench], turns: list[Worker], *, policy: str) -> None:
        """Both boxes on whatever picture comes: which one it is, the database knows and the browser must not."""
        worker = self.whose_turn(benches, turns)
        bench = benches[worker]
        name = name_of_picture(bench.expect_task())
        picture = self.pictures[name]
        at_fit, at_full_size = picture.boxes
        bench.fit()
        bench.draw("Car", at_fit, picture.size)
        screen = HALF / bench.shown(picture.size).scale[0]
        if policy:
            pause_project(self.admin, self.project, policy, text=WHY)
            expect(bench.banner().filter(has_text=WHY)).to_be_visible()
        if policy in STOPS:
            self.wait_for_the_end(bench, name)
        bench.actual_size()
        assert bench.shown(picture.size).scale == pytest.approx((1, 1))
        bench.draw("Person", at_full_size, picture.size)
        bench.submit()
        if policy and policy not in STOPS:
            resume_project(self.admin, self.project)
        self.drawn[name] = [Drawn(at_fit, screen), Drawn(at_full_size, HALF)]
        self.labeled[worker] += 1

    def whose_turn(self, benches: dict[Worker, Bench], turns: list[Worker]) -> Worker:
        """The first who is given something: the last ones may both be kept ahead for the other, for some minutes."""
        for worker in turns:
            benches[worker].start(self.project.codename)
            if benches[worker].has_task():
                return worker
        raise AssertionError("There is nothing for either of them.")

    def wait_for_the_end(self, bench: Bench, name: str) -> None:
        """Nothing can be handed in; afterwards the same picture is there, with what was drawn."""
        before = Submission.objects.count()
        button = bench.page.get_by_role("button", name=re.compile("Submit and next"))
        expect(button).to_have_attribute("aria-disabled", "true")
        button.click(force=True)
        resume_project(self.admin, self.project)
        bench.start(self.project.codename)
        assert name_of_picture(bench.expect_task()) == name
        assert (bench.count(), Submission.objects.count()) == (1, before)

    def review_all(self, bench: Bench, authors: dict[Worker, Bench]) -> None:
        """The first is rejected and done again, the second fixed, the others are accepted."""
        before = ""
        bench.start(self.project.codename, kind="review")
        for number in range(len(self.pictures)):
            before = bench.expect_other_task(before)
            if number == 0:
                bench.reject(what="Something is missing", comment="Look again at the left edge.")
            elif number == 1:
                self.fix(bench, name_of_picture(before))
            else:
                bench.accept()
        bench.expect_nothing()
        self.do_again(authors)
        bench.start(self.project.codename, kind="review")
        bench.expect_task()
        bench.accept()
        bench.expect_nothing()
        done = Task.objects.filter(status="completed")
        until(lambda: done.count() == len(self.pictures), what="all tasks are completed")

    def fix(self, bench: Bench, name: str) -> None:
        bench.begin_fix()
        self.draw_more(bench, name)
        bench.hand_in_fix()

    def draw_more(self, bench: Bench, name: str) -> None:
        size = self.pictures[name].size
        box = (size[0] // 3, size[1] // 3, 41, 37)
        bench.actual_size()
        bench.draw("Car", box, size)
        self.drawn[name].append(Drawn(box, HALF))

    def do_again(self, authors: dict[Worker, Bench]) -> None:
        """The author gets it back, with their own answer to go on from."""
        rejected = Submission.objects.get(reviews__verdict="rejected")
        bench = authors[rejected.author]
        bench.start(self.project.codename)
        name = name_of_picture(bench.expect_task())
        expect(bench.page.get_by_text("Look again at the left edge.")).to_be_visible()
        assert bench.count() == len(self.drawn[name])
        self.draw_more(bench, name)
        bench.submit()

    def audit_two(self, office: Page) -> None:
        """The customer accepts one answer and fixes another."""
        office.goto(f"/o/basalt/projects/{self.project.public_id}/audit/")
        office.get_by_label("How many").fill("2")
        office.get_by_role("button", name="Begin the audit").click()
        bench = Bench(office)
        bench.expect_shown()
        bench.stage.focus()
        office.keyboard.press("a")
        with office.expect_navigation():
            office.keyboard.press("Control+Enter")
        bench.expect_shown()
        name = self.name_of_audited(office)
        bench.begin_fix()
        self.draw_more(bench, name)
        with office.expect_navigation():
            bench.fix_button().click()
        expect(office.get_by_text("Nothing of this sample is left for you.")).to_be_visible()

    def name_of_audited(self, office: Page) -> str:
        task = Task.objects.get(public_id=office.url.rstrip("/").rpartition("/")[2])
        attachment = task.attachments.get()
        assert attachment.file
        return attachment.file.name


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


def check_ledger(contractors: list[Worker], reviewer: Worker, labeled: Counter[Worker]) -> None:
    """Rate × accepted work for answers; what a review earns becomes final with time."""
    for worker in contractors:
        assert balance(worker, "final") == labeled[worker] * 34 * CENT
        assert balance(worker, "provisional") == 0
    assert balance(reviewer, "provisional") == (labeled.total() + 1) * 12 * CENT
