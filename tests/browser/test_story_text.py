"""Entities in real texts of six scripts: marked with the mouse, and by keys alone, and exact to the code point."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from labeling.models import Submission
from projects import adding, creating
from projects.models import Project
from projects.task_rows import NewTask
from tests import machine
from tests.browser.looking import Look, check_axe, check_width, every_look, open_page
from tests.browser.pages import texts
from tests.browser.pages.bench import Bench
from tests.browser.pages.people import Windows, make_contractor, make_customer, open_windows
from tests.browser.site import Site, sign_in

Json = dict[str, Any]
Span = tuple[int, int, str]
MOST_SPANS = 6
MADE = (
    "made",
    "Zoe\u0308 \U0001f469\u200d\U0001f680 met \u0633\u0627\u0631\u0629 in \u6771\u4eac.",
    [(0, 8, "Person"), (13, 17, "Person"), (21, 23, "Place")],
)


def from_files() -> Iterator[tuple[str, str, list[Span]]]:
    """The first sentences of each set that say something, as one text of several lines."""
    for path in machine.real_files("text/ner_*.jsonl"):
        text = ""
        spans: list[Span] = []
        for row in map(orjson.loads, path.read_bytes().splitlines()):
            if row["spans"] and len(spans) < MOST_SPANS:
                spans += [(one["start"] + len(text), one["end"] + len(text), one["label"]) for one in row["spans"]]
                text += row["text"] + "\n"
        yield path.stem, text, spans


TEXTS = [MADE, *from_files()]
every_text = pytest.mark.parametrize(("text", "spans"), [one[1:] for one in TEXTS], ids=[one[0] for one in TEXTS])


@pytest.fixture
def windows(browser: Browser, site: Site) -> Iterator[Windows]:
    with open_windows(browser, site) as windows:
        yield windows


def make_text_project(text: str, labels: list[str], *, reviews: int = 0, **params: Any) -> Project:
    by = make_customer()
    pipeline = [{"kind": "attempt", "places": 1}] + [{"kind": "review"}] * reviews
    project = creating.create_project(
        by.all_memberships[0].organization,
        name="Entities",
        type="namedentityrecognition",
        terms=creating.Terms(params={"labels": labels, **params}, pipeline=pipeline),
        by=by,
        at=timezone.now(),
    )
    adding.add_tasks(project.batches.get(name=None), [NewTask(params={"text": text})], by=by, at=timezone.now())
    return project


def labels_of(spans: list[Span]) -> list[str]:
    return list(dict.fromkeys(label for _start, _end, label in spans))


def wanted(text: str, spans: list[Span]) -> list[tuple[int, int, str, str]]:
    return sorted((start, end, label, text[start:end]) for start, end, label in spans)


def answer() -> Json:
    response: Json = Submission.objects.get().response
    return response


@every_text
def test_entities_are_marked_with_the_mouse(windows: Windows, text: str, spans: list[Span]) -> None:
    project = make_text_project(text, labels_of(spans))
    bench = Bench(windows.open(make_contractor("K7Q2", project).user))
    bench.start()
    bench.expect_shown()
    for start, end, label in spans:
        texts.mark(bench, start, end, label)
    bench.submit()

    assert texts.spans_of(answer()["annotations"]) == wanted(text, spans)


@every_text
def test_entities_are_marked_by_keys_alone(windows: Windows, text: str, spans: list[Span]) -> None:
    labels = labels_of(spans)
    project = make_text_project(text, labels)
    bench = Bench(windows.open(make_contractor("K7Q2", project).user))
    bench.start()
    bench.expect_shown()
    for start, end, label in spans:
        texts.mark_by_keys(bench, text, start, end, str(labels.index(label) + 1))
    with bench.page.expect_response("**/submit") as answered:
        bench.page.keyboard.press("Control+Enter")
    bench.receipt_of(answered.value)

    assert texts.spans_of(answer()["annotations"]) == wanted(text, spans)


RICH: Json = {
    "merge_newlines": True,
    "relationships": [{"name": "lives in", "is_directed": True, "source_label": "Person", "target_label": "Place"}],
    "annotation_attributes": {
        "Named": {
            "type": "category",
            "choices": ["Fully", "Partly"],
            "required": True,
            "conditions": {"label_condition": {"label": ["Person"]}},
        },
        "Tone": {"type": "category", "choices": ["Neutral", "Loud"], "global": True, "required": True},
    },
}


@pytest.mark.both_databases
def test_a_whole_text_by_keyboard(windows: Windows) -> None:
    text = "Zoe\u0308 \U0001f680 met Ann\nin Oslo. Oslo said: \u0633\u0627\u0631\u0629 of Oslo Bay."
    project = make_text_project(text, ["Person", "Place"], **RICH)
    page = windows.open(make_contractor("K7Q2", project).user)
    press = page.keyboard.press
    bench = Bench(page)
    bench.start()
    expect(bench.stage).to_be_focused()
    press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys.get_by_role("heading", level=3)).to_have_text(["Objects", "View", "Task", "Review"])
    check_axe(page)
    press("Escape")

    for _ in range(3):
        press("Shift+ArrowRight")
    press("1")  # Zoë, whose mark is a character of its own
    press("Alt+ArrowRight")
    press("Alt+ArrowRight")  # with the rocket
    for _ in range(2):
        press("Control+ArrowRight")
    press("Escape")
    texts.mark_by_keys(bench, text, text.index("Oslo"), text.index("Oslo") + 4, "2")
    press("Tab")
    press("Tab")
    press("m")  # all that read the same
    expect(bench.objects.get_by_role("option")).to_have_count(4)
    texts.mark_by_keys(bench, text, text.index("Oslo Bay"), text.index("Oslo Bay") + 8, "2")
    press("Tab")  # the first object
    press("e")
    press("Tab")
    press("Enter")  # lives in the second
    press("Control+Enter")  # something is missing: the focus goes there
    expect(page.get_by_role("radio", name="Fully")).to_be_focused()
    check_axe(page)
    press("Space")
    press("Control+Enter")
    expect(page.get_by_role("radio", name="Neutral")).to_be_focused()
    press("Space")
    with page.expect_response("**/submit") as answered:
        press("Control+Enter")
    bench.receipt_of(answered.value)

    found = answer()
    places = [at for at in range(len(text)) if text.startswith("Oslo", at)]
    assert texts.spans_of(found["annotations"]) == wanted(
        text, [(0, 6, "Person"), *((at, at + 4, "Place") for at in places), (places[2], places[2] + 8, "Place")]
    )
    ids = [one["id"] for one in found["annotations"]]
    [relation] = found["relationships"]
    assert (relation["source_ref"], relation["target_ref"], relation["name"]) == (ids[0], ids[1], "lives in")
    assert (found["annotations"][0]["attributes"], found["global_attributes"]) == (
        {"Named": "Fully"},
        {"Tone": "Neutral"},
    )


LONG = "Ada Lovelace met Charles Babbage in London. " * 1137
DENSE = [
    {"id": f"e{at}", "start": at * 10, "end": at * 10 + 4 + at % 17, "label": ["Person", "Place"][at % 2]}
    for at in range(5000)
]
# What an action costs the script until all is drawn: marking, undoing, selecting, going elsewhere in the text.
COSTS = """async () => {
  const { editor, stage, store } = window.__workbench
  const host = document.querySelector('.text-host')
  const took = {}
  const time = async (name, deed) => {
    const times = []
    for (let round = 0; round < 15; round++) {
      const before = performance.now()
      deed(round)
      stage.paint()
      await null // React's panels follow in a microtask
      times.push(performance.now() - before)
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    }
    took[name] = Math.min(...times) // whoever else is on the machine only adds
  }
  await time('mark', (round) => {
    editor.state.patch({ range: { start: round * 40 + 1, end: round * 40 + 3 } })
    editor.mark('Place')
  })
  await time('undo', () => store.undo())
  await time('select', (round) => editor.select(`e${20 + round}`))
  await time('scroll', (round) => { host.scrollTop = round * 2500 })
  return took
}"""


def give_draft(bench: Bench, response: Json) -> None:
    bench.page.evaluate(
        """(response) => {
          const { task } = window.__workbench
          task.store.replace('Begin', task.kind.fromResponse(response, task.view))
        }""",
        response,
    )


def test_five_thousand_entities_in_fifty_thousand_characters_cost_less_than_a_frame(
    windows: Windows, settings: Any
) -> None:
    settings.WORKBENCH_TEST_HOOK = True
    assert len(LONG) > 50_000
    project = make_text_project(LONG, ["Person", "Place"])
    bench = Bench(windows.open(make_contractor("K7Q2", project).user))
    bench.start()
    bench.expect_task()
    give_draft(bench, {"annotations": DENSE, "relationships": []})
    expect(bench.page.locator("[data-part=count]")).to_have_text("5,000")

    took = bench.page.evaluate(COSTS)

    assert max(took.values()) < 16, took


SHOWN: Json = {
    "annotations": [
        {"id": "a", "start": 0, "end": 12, "label": "Person", "attributes": {"Named": "Fully"}},
        {"id": "b", "start": 18, "end": 40, "label": "Organisation", "attributes": {}},
        {"id": "c", "start": 32, "end": 40, "label": "Place", "attributes": {}},
        {"id": "d", "start": 24, "end": 43, "label": "Place", "attributes": {}},
        {"id": "e", "start": 68, "end": 72, "label": "Person", "attributes": {}},
    ],
    "relationships": [{"id": "r", "source_ref": "a", "target_ref": "c", "name": "lives in"}],
}
SIGHT = (
    "Ada Lovelace left Royal Bank of Scotland in a hurry, they say.\n"
    "\u0642\u0627\u0644\u062a \u0633\u0627\u0631\u0629 \u0625\u0646\u0647\u0627 \u0641\u064a "
    "\u0644\u0646\u062f\u0646.\n"
    "\u6771\u4eac\u3067\u4f1a\u8b70\u304c\u958b\u304b\u308c\u305f\u3002"
)


@every_look
def test_a_text_with_entities_in_both_themes_and_widths(
    browser: Browser, site: Site, look: Look, settings: Any
) -> None:
    settings.WORKBENCH_TEST_HOOK = True
    project = make_text_project(SIGHT, ["Person", "Place", "Organisation"], **{**RICH, "merge_newlines": False})
    worker = make_contractor("K7Q2", project)
    with open_page(browser, site.url, look) as page:
        sign_in(page, worker.user)
        bench = Bench(page)
        bench.start()
        bench.expect_task()
        give_draft(bench, SHOWN)
        for selected in (None, "a"):
            page.evaluate("(uuid) => window.__workbench.editor.select(uuid)", selected)
            page.wait_for_function("() => new Promise((done) => requestAnimationFrame(() => done(true)))")
            check_axe(page)
            check_width(page)


@pytest.mark.both_databases
def test_a_reviewer_points_at_an_entity_the_author_corrects_it_and_the_reviewer_adds_another(windows: Windows) -> None:
    text = "Ada met Bo in Oslo."
    project = make_text_project(text, ["Person", "Place"], reviews=1)
    author = make_contractor("K7Q2", project)
    reviewer = make_contractor("R3D5", project, reviews=True)
    bench = Bench(windows.open(author.user))
    bench.start()
    bench.expect_shown()
    texts.mark(bench, 0, 3, "Person")
    texts.mark(bench, 14, 18, "Person")
    bench.submit()

    judge = Bench(windows.open(reviewer.user))
    judge.start(kind="review")
    judge.stage.focus()
    judge.page.keyboard.press("r")
    judge.page.get_by_label("What is wrong").select_option(index=1)
    (x, y), _end = texts.places(judge, 14, 18)
    judge.page.mouse.click(x, y)
    expect(judge.page.get_by_role("button", name="Remove 2 Person")).to_be_visible()
    judge.page.get_by_label("What the worker should do").fill("A town is a place.")
    judge.hand_in(judge.page.get_by_role("button", name="Reject with these reasons"), "review")

    bench.start()
    bench.expect_shown()
    bench.objects.get_by_role("option").nth(1).click()
    bench.choose_label("Place")
    bench.submit()
    judge.start(kind="review")
    judge.begin_fix()
    texts.mark(judge, 8, 10, "Person")
    judge.hand_in_fix()

    assert texts.spans_of(Submission.objects.latest("pk").response["annotations"]) == wanted(
        text, [(0, 3, "Person"), (8, 10, "Person"), (14, 18, "Place")]
    )
