"""A whole task without a mouse."""

import pytest
from playwright.sync_api import Browser, expect

from labeling.models import Submission
from tests.browser.looking import check_axe
from tests.browser.pages.bench import Bench
from tests.browser.pages.people import make_contractor, open_windows, sign_in_by_form
from tests.browser.pages.work import BOX_PARAMS, make_boxes_project, street_pictures
from tests.browser.site import Site

HIDDEN = {"Hidden": {"type": "category", "choices": ["No", "Partly"], "required": True}}


@pytest.mark.both_databases
def test_a_whole_task_by_keyboard(browser: Browser, site: Site) -> None:
    project = make_boxes_project(street_pictures(1), params=BOX_PARAMS | {"annotation_attributes": HIDDEN})
    worker = make_contractor("K7Q2", project)
    with open_windows(browser, site) as windows:
        page = windows.open()
        press = page.keyboard.press
        sign_in_by_form(page, worker.user)
        start = page.get_by_role("link", name="Start")
        for _ in range(60):
            if start.evaluate("(link) => link === document.activeElement"):
                break
            press("Tab")
        press("Enter")
        bench = Bench(page)
        expect(bench.stage).to_be_focused()

        press("b")
        press("2")
        press("Enter")  # a box in the middle of what is in sight
        press("ArrowLeft")
        press("Shift+ArrowUp")
        press("Alt+ArrowRight")
        press("Control+Enter")  # something is missing: the focus goes there
        expect(page.get_by_role("radio", name="No")).to_be_focused()
        check_axe(page)
        press("Space")
        with page.expect_response("**/submit") as answered:
            press("Control+Enter")
        bench.receipt_of(answered.value)
        bench.expect_nothing()

    [box] = Submission.objects.get().response["annotations"]
    assert (box["label"], box["attributes"]) == ("Person", {"Hidden": "No"})
    assert (box["left"], box["top"], box["width"]) == (449, 290, 301)
