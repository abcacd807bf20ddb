"""The workbench, as a person with a mouse and a keyboard uses it.

Where a pixel of the picture is on the screen is worked out here, from the size of the upright picture, as Pillow sees
it, and the rectangle of the `<img>`; nothing of it comes from the workbench's own code.
"""

import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, Response, expect

Box = tuple[float, float, float, float]
Point = tuple[float, float]
Answer = dict[str, Any]


@dataclass(frozen=True)
class Shown:
    """Where the picture lies on the screen, and the size that its upright original has."""

    left: float
    top: float
    width: float
    height: float
    picture: tuple[int, int]

    @property
    def scale(self) -> Point:
        return self.width / self.picture[0], self.height / self.picture[1]

    def on_screen(self, x: float, y: float) -> Point:
        return self.left + x * self.scale[0], self.top + y * self.scale[1]


class Bench:
    """One person's workbench. `start` takes the next task."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.stage = page.get_by_role("application")
        self.saved = page.locator(".saved").get_by_role("status")
        self.objects = page.get_by_role("listbox", name=re.compile("^Objects"))

    def start(self, codename: str = "", *, kind: str = "") -> None:
        self.page.goto(f"/my/work/?project={codename}&kind={kind}")

    def expect_task(self) -> str:
        """The id of the assignment that is shown."""
        self.expect_shown()
        return str(self.page.evaluate("() => window.__workbench.task.payload.id"))

    def expect_shown(self) -> None:
        expect(self.stage).to_be_visible()

    def expect_other_task(self, before: str) -> str:
        expect(self.stage).to_be_visible()
        self.page.wait_for_function("(before) => window.__workbench.task.payload.id !== before", arg=before)
        return self.expect_task()

    def has_task(self) -> bool:
        """Once it is known which of the two it shows."""
        nothing = self.page.get_by_role("heading", name="No task for you now")
        expect(self.stage.or_(nothing)).to_be_visible()
        return self.stage.is_visible()

    def expect_nothing(self) -> None:
        expect(self.page.get_by_role("heading", name="No task for you now")).to_be_visible()

    def shown(self, picture: tuple[int, int]) -> Shown:
        """Waits until the picture is decoded: a rendition that is missing must not pass."""
        image = self.page.locator("img.stage-picture")
        image.evaluate("(image) => image.decode()")
        rect = image.evaluate(
            "(image) => { const r = image.getBoundingClientRect(); return [r.left, r.top, r.width, r.height] }"
        )
        left, top, width, height = rect
        return Shown(left, top, width, height, picture=picture)

    def room(self) -> Box:
        """The stage on the screen: left, top, right, bottom."""
        box = self.stage.bounding_box()
        assert box
        return box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"]

    def choose_label(self, label: str) -> None:
        self.page.get_by_role("group", name="Label").get_by_role("button", name=label).click()

    def fit(self) -> None:
        self.page.get_by_role("button", name="Fit").click()

    def actual_size(self) -> None:
        self.page.get_by_role("button", name="1:1").click()

    def drag(self, start: Point, end: Point) -> None:
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        mouse.move(*end)
        mouse.up()

    def pan(self, dx: float, dy: float) -> None:
        left, top, right, bottom = self.room()
        middle = (left + right) / 2, (top + bottom) / 2
        self.page.keyboard.down("Space")
        self.drag(middle, (middle[0] + dx, middle[1] + dy))
        self.page.keyboard.up("Space")

    def bring_into_sight(self, box: Box, picture: tuple[int, int]) -> Shown:
        """Moves the picture until the box is inside the stage, a stage's width at a time."""
        left, top, right, bottom = self.room()
        for _ in range(40):
            shown = self.shown(picture)
            from_x, from_y = shown.on_screen(box[0], box[1])
            to_x, to_y = shown.on_screen(box[0] + box[2], box[1] + box[3])
            dx = away(from_x, to_x, left, right)
            dy = away(from_y, to_y, top, bottom)
            if not dx and not dy:
                return shown
            self.pan(clamp(dx, (right - left) / 2 - 4), clamp(dy, (bottom - top) / 2 - 4))
        raise AssertionError(f"{box} does not come into sight")

    def draw(self, label: str, box: Box, picture: tuple[int, int]) -> None:
        """One box with the mouse, from its upper left to its lower right corner."""
        self.stage.focus()
        self.page.keyboard.press("b")
        self.choose_label(label)
        shown = self.bring_into_sight(box, picture)
        count = self.count()
        self.drag(shown.on_screen(box[0], box[1]), shown.on_screen(box[0] + box[2], box[1] + box[3]))
        expect(self.objects.get_by_role("option")).to_have_count(count + 1)
        self.page.keyboard.press("Escape")  # no box selected: the next may begin inside this one

    def count(self) -> int:
        return self.objects.get_by_role("option").count()

    def expect_saved(self, words: str = "Saved") -> None:
        expect(self.saved).to_have_text(words)

    def submit(self) -> Answer:
        return self.hand_in(self.page.get_by_role("button", name=re.compile("Submit and next")))

    def submit_and_stop(self) -> None:
        with self.page.expect_response(re.compile("/submit$")) as answered:
            self.page.keyboard.press("Control+Shift+Enter")
        assert answered.value.status == 200
        expect(self.page.get_by_role("heading", name="Work", level=1)).to_be_visible()

    def hand_in(self, button: Locator, verb: str = "submit") -> Answer:
        """The server's receipt, which the page has to show too."""
        with self.page.expect_response(re.compile(f"/{verb}$")) as answered:
            button.click()
        return self.receipt_of(answered.value)

    def receipt_of(self, response: Response) -> Answer:
        assert response.status == 200, response.text()
        receipt: Answer = response.json()["receipt"]
        short = f"{receipt['id'][:4]}-{receipt['id'][4:8]}".upper()
        expect(self.page.get_by_role("status").filter(has_text=short)).to_be_visible()
        return receipt

    def banner(self) -> Locator:
        return self.page.get_by_role("alert")

    def accept(self) -> Answer:
        """By keyboard."""
        self.stage.focus()
        self.page.keyboard.press("a")
        with self.page.expect_response(re.compile("/review$")) as answered:
            self.page.keyboard.press("Control+Enter")
        return self.receipt_of(answered.value)

    def reject(self, *, what: str, comment: str) -> Answer:
        self.stage.focus()
        self.page.keyboard.press("r")
        self.page.get_by_label("What is wrong").select_option(label=what)
        self.page.get_by_label("Add evidence from the list").select_option(label="The whole task")
        self.page.get_by_label("What the worker should do").fill(comment)
        return self.hand_in(self.page.get_by_role("button", name=re.compile("Reject with these reasons")), "review")

    def begin_fix(self) -> None:
        self.stage.focus()
        self.page.keyboard.press("f")
        expect(self.fix_button()).to_be_visible()

    def hand_in_fix(self) -> Answer:
        return self.hand_in(self.fix_button(), "review")

    def fix_button(self) -> Locator:
        return self.page.get_by_role("button", name=re.compile("Hand in the fix"))


def away(low: float, high: float, start: float, stop: float) -> float:
    """How far something has to move to lie between two lines; 0 when it does."""
    if low >= start + 2 and high <= stop - 2:
        return 0
    assert high - low <= stop - start - 4, "larger than the stage"
    return (start + stop - low - high) / 2


def clamp(value: float, most: float) -> float:
    return max(-most, min(most, value))
