"""Shapes that are traced with the mouse, and fields that are filled in."""

import re
from collections.abc import Sequence
from typing import Any

from playwright.sync_api import expect

from tests.browser.pages.bench import Bench, Point


def trace(bench: Bench, key: str, label: str, points: Sequence[Point], picture: tuple[int, int]) -> None:
    """A click for each corner, and Enter after the last one; `key` takes the tool."""
    before = begin(bench, key, label)
    xs, ys = [x for x, _y in points], [y for _x, y in points]
    shown = bench.bring_into_sight((min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)), picture)
    for point in points:
        bench.page.mouse.click(*shown.on_screen(*point))
    if key != "k":
        bench.page.keyboard.press("Enter")
    expect(bench.objects.get_by_role("option")).to_have_count(before + 1)
    bench.page.keyboard.press("Escape")  # none selected: the next may begin inside this one


def begin(bench: Bench, key: str, label: str) -> int:
    """How many objects there are before the new one."""
    bench.stage.focus()
    bench.page.keyboard.press(key)
    bench.choose_label(label)
    return bench.count()


def describe(bench: Bench, place: int, **values: str) -> None:
    """Choose a value for each of these attributes of the object at that place in the list."""
    bench.objects.get_by_role("option").nth(place).click()
    for name, value in values.items():
        choose(bench, name, value)
    bench.stage.focus()
    bench.page.keyboard.press("Escape")


def choose(bench: Bench, question: str, *names: str) -> None:
    """One or several of a question's choices."""
    group = bench.page.get_by_role("group", name=re.compile(f"^{re.escape(question)}"))
    for name in names:
        # Some have their key behind them.
        group.get_by_label(re.compile(rf"^{re.escape(name)}\d?$")).click()


def fill(bench: Bench, question: str, value: str) -> None:
    bench.page.get_by_label(question).fill(value)


def expect_form(bench: Bench) -> None:
    """Of work that is answered beside a text or a picture."""
    expect(bench.page.get_by_role("complementary", name="Answer")).to_be_visible()


def accept(bench: Bench) -> dict[str, Any]:
    """By mouse, and of whatever kind the work is."""
    bench.page.get_by_role("group", name="Verdict").get_by_text("Accept").click()
    return bench.hand_in(bench.page.get_by_role("button", name=re.compile("Accept and next")), "review")
