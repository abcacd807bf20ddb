"""The main job, from a customer's first form to the file they take home."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from django.test.utils import override_settings
from playwright.sync_api import Browser

from config.demo.scenes import SIZE, street
from files.models import File, FileState
from payments.models import LedgerLine
from projects.models import Task
from tests.browser.pages import project_pages
from tests.browser.pages.background import background
from tests.browser.pages.bench import Bench
from tests.browser.pages.people import Windows, enroll, make_contractor, make_customer, open_windows, sign_in_by_form
from tests.browser.pages.waiting import until
from tests.browser.site import Site


@pytest.fixture
def windows(browser: Browser, site: Site, tmp_path: Path) -> Iterator[Windows]:
    with override_settings(WORKBENCH_TEST_HOOK=True), background(tmp_path), open_windows(browser, site) as windows:
        yield windows


@pytest.mark.both_databases
@pytest.mark.slow(reason="from an empty site to a delivery, in three windows")
def test_a_photograph_becomes_accepted_boxes(windows: Windows) -> None:
    customer = make_customer()
    office = windows.open()
    sign_in_by_form(office, customer)
    project = project_pages.create_boxes_project(
        office, "basalt", name="Street boxes", labels=["Car", "Person"], rate="0.34"
    )
    scene = street(3)
    project_pages.upload(office, project, [{"name": "street-3.png", "mimeType": "image/png", "buffer": scene.png}])
    until(File.objects.filter(state=FileState.READY).exists, what="the worker reads the picture")
    contractor, reviewer = make_contractor("K7Q2", project), make_contractor("R3D5")
    enroll(reviewer, project, reviews=True)

    bench = Bench(windows.open(contractor.user))
    bench.start(project.codename)
    bench.expect_task()
    for label, box in scene.objects:
        bench.draw(label, box, SIZE)
    bench.expect_saved()
    receipt = bench.submit()
    bench.expect_nothing()
    assert receipt["pay"] == {"amount_micros": 340_000, "currency": "USD"}

    review = Bench(windows.open(reviewer.user))
    review.start(project.codename, kind="review")
    review.expect_task()
    review.accept()
    review.expect_nothing()
    until(Task.objects.filter(status="completed").exists, what="the task is completed")

    [line] = project_pages.export(office, project, "Scale's task JSON").splitlines()
    drawn = orjson.loads(line)["response"]["annotations"]
    assert [one["label"] for one in drawn] == [label for label, _box in scene.objects]
    coco = orjson.loads(project_pages.export(office, project, "COCO"))
    assert [(one["file_name"], one["width"], one["height"]) for one in coco["images"]] == [("street-3.png", *SIZE)]
    assert len(coco["annotations"]) == len(scene.objects)
    final = LedgerLine.objects.filter(account__worker=contractor, account__kind="final")
    assert sum(line.amount_micros for line in final) == 340_000
