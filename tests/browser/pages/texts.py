"""Passages of a text, marked with the mouse or by keys alone.

Where a character is on the screen is asked of the page's text itself; nothing of it comes from the workbench's code.
"""

from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Locator, expect

from tests.browser.pages.bench import Bench, Point

# The screen's places in which a passage begins and ends: a quarter inside its first and its last character.
PLACES = r"""(body, [start, end]) => {
  const characters = Array.from([...body.children].map((line) => line.textContent).join('\n'))
  const units = (point) => characters.slice(0, point).join('').length
  const place = (unit) => {
    for (const line of body.children) {
      if (unit <= line.textContent.length) return [line.firstChild, unit]
      unit -= line.textContent.length + 1
    }
  }
  const graphemes = [...new Intl.Segmenter().segment(characters.slice(start, end).join(''))].map((one) => one.segment)
  const side = (from, length, text, last) => {
    const [node, offset] = place(from)
    const range = document.createRange()
    range.setStart(node, offset)
    range.setEnd(node, offset + length)
    node.parentElement.scrollIntoView({ block: 'center' })
    const rects = range.getClientRects()
    const box = rects[last ? rects.length - 1 : 0]
    const letters = /[\p{L}\p{N}]/u.test(text)
    const rtl = letters ? /[\p{Script=Arabic}\p{Script=Hebrew}]/u.test(text) : node.parentElement.matches(':dir(rtl)')
    const share = last === rtl ? 0.15 : 0.85
    return [box.left + box.width * share, box.top + box.height / 2]
  }
  const last = graphemes.at(-1)
  const to = side(units(end) - last.length, last.length, last, true)
  return [side(units(start), graphemes[0].length, graphemes[0], false), to]
}"""


def body(bench: Bench) -> Locator:
    return bench.stage.locator(".text-body")


def places(bench: Bench, start: int, end: int) -> tuple[Point, Point]:
    first, last = body(bench).evaluate(PLACES, [start, end])
    return (first[0], first[1]), (last[0], last[1])


def mark(bench: Bench, start: int, end: int, label: str) -> None:
    """With the mouse: from the first character to the last one of the code points start to end."""
    bench.choose_label(label)
    count = bench.count()
    bench.drag(*places(bench, start, end))
    expect(bench.objects.get_by_role("option")).to_have_count(count + 1)
    bench.page.keyboard.press("Escape")  # none selected: the next label is for the next one


def mark_by_keys(bench: Bench, text: str, start: int, end: int, key: str) -> None:
    """Searches the words, goes on to the right place, and marks them with the label's key."""
    words = text[start:end]
    count = bench.count()
    press = bench.page.keyboard.press
    press("w")
    box = bench.page.get_by_role("searchbox", name="Search the text")
    expect(box).to_be_focused()
    press("Control+a")
    press("Delete")
    bench.page.keyboard.insert_text(words)
    for _ in range(matches_before(text, words, start) + 1):
        press("Enter")
    press("Escape")
    press(key)
    expect(bench.objects.get_by_role("option")).to_have_count(count + 1)
    press("Escape")


def relate(bench: Bench, source: int, target: int) -> None:
    """By keys, from one object to another, by their places in the list."""
    options = bench.objects.get_by_role("option")
    options.nth(source).click()
    bench.stage.focus()
    bench.page.keyboard.press("e")
    for _ in range(target - source):
        bench.page.keyboard.press("Tab")
    bench.page.keyboard.press("Enter")
    expect(bench.page.get_by_role("list", name="Relations").get_by_role("listitem")).to_have_count(1)
    bench.page.keyboard.press("Escape")


def matches_before(text: str, words: str, start: int) -> int:
    """None overlapping, whatever the case, as people search."""
    text, words = text.lower(), words.lower()
    count = at = 0
    while (found := text.find(words, at)) < start:
        assert found >= 0
        count, at = count + 1, found + len(words)
    return count


def spans_of(annotations: Sequence[dict[str, Any]]) -> list[tuple[int, int, str, str]]:
    return sorted((one["start"], one["end"], one["label"], one["text"]) for one in annotations)
