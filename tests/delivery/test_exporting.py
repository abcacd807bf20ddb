import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage

from core.errors import BusinessError
from delivery import exporting, reading
from delivery.expiring import KEPT, delete_expired, delete_left_pieces
from delivery.scale_json import tasks_json
from events import running
from events.models import Event, Job, JobState
from projects import creating
from projects.models import Project, Task
from tests.delivery.making import add_task, answer, box, make_picture_project, resolve
from tests.factories import NOON, UserFactory, make_project

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_steps(monkeypatch):
    """One page of two tasks a step."""
    real = reading.next_page

    def next_page(tasks, *, after, size):
        return real(tasks, after=after, size=min(size, 2))

    monkeypatch.setattr(exporting, "next_page", next_page)
    monkeypatch.setattr(exporting, "STEP_BYTES", 1)


def make_finished(project: Project, count: int) -> list[Task]:
    tasks = [add_task(project, file_name=f"{number}.png", metadata={"n": number}) for number in range(count)]
    for number, task in enumerate(tasks):
        resolve(task, answer(*[box(f"{number}-{item}") for item in range(number % 3)]))
    return tasks


def start(project: Project, format_code: str = "scale_jsonl", **filters: Any) -> Job:
    return exporting.start_export(project, format_code=format_code, by=UserFactory.create(), at=NOON, **filters)


def run(job: Job, *, between: Callable[[int], object] = lambda _number: None, twice: bool = False) -> bytes:
    """All steps of the job, with a fresh look at the row before each; `twice`: each runner dies once."""
    for number in range(100):
        job = Job.objects.select_related("organization").get(pk=job.pk)
        progress = exporting.step(job)
        if twice:
            progress = exporting.step(Job.objects.select_related("organization").get(pk=job.pk))
        Job.objects.filter(pk=job.pk).update(
            checkpoint=progress.checkpoint, result_key=progress.result_key, done=progress.done, total=progress.total
        )
        if progress.finished:
            with default_storage.open(progress.result_key) as file:
                return bytes(file.read())
        between(number)
    raise AssertionError("the export does not end")


def test_a_line_for_every_task_oldest_first():
    project = make_picture_project()
    make_finished(project, 3)
    add_task(project)

    job = start(project)
    lines = run(job).decode().splitlines()

    assert [json.loads(line) for line in lines] == list(tasks_json(Task.objects.filter(project=project)))
    job.refresh_from_db()
    assert (job.done, job.total) == (4, 4)
    assert job.result_key == f"exports/{project.organization.public_id}/{job.public_id}.jsonl"


@pytest.mark.parametrize("format_code", ["scale_jsonl", "coco"])
def test_an_export_whose_runners_died_equals_an_undisturbed_one(format_code):
    project = make_picture_project()
    make_finished(project, 7)

    assert run(start(project, format_code), twice=True) == run(start(project, format_code))


@pytest.mark.parametrize("format_code", ["scale_jsonl", "coco"])
def test_tasks_that_come_meanwhile_change_nothing(format_code):
    project = make_picture_project()
    make_finished(project, 5)
    undisturbed = run(start(project, format_code))

    disturbed = run(start(project, format_code), between=lambda _number: make_finished(project, 1))

    assert disturbed == undisturbed


def test_pieces_are_deleted_when_the_file_is_whole():
    project = make_picture_project()
    make_finished(project, 5)

    job = start(project)
    run(job)

    folder = f"exports/{project.organization.public_id}"
    assert default_storage.listdir(f"{folder}/{job.public_id}.pieces") == ([], [])
    assert f"{job.public_id}.jsonl" in default_storage.listdir(folder)[1]


def test_an_export_without_tasks_is_an_empty_file():
    assert run(start(make_picture_project())) == b""


def test_coco_holds_finished_pictures_under_the_customers_names():
    project = make_picture_project()
    make_finished(project, 4)
    add_task(project, file_name="open.png")

    found = json.loads(run(start(project, "coco")))

    assert [image["file_name"] for image in found["images"]] == ["0.png", "1.png", "2.png", "3.png"]
    assert {(image["width"], image["height"]) for image in found["images"]} == {(640, 480)}
    assert [item["image_id"] for item in found["annotations"]] == [2, 3, 3]
    assert [category["name"] for category in found["categories"]] == ["Car", "Cat", "Dog", "Lane", "Road"]


def test_batch_and_status_choose_tasks():
    project = make_picture_project()
    batch = creating.create_batch(project, name="First", by=None, at=NOON)
    here, there = add_task(project, batch=batch), add_task(project)
    resolve(here, answer())

    def ids(**filters: Any) -> list[str]:
        return [json.loads(line)["task_id"] for line in run(start(project, **filters)).splitlines()]

    assert ids(batch=batch) == ids(status="completed") == [here.public_id]
    assert ids(status="pending") == [there.public_id]
    assert ids(batch=batch, status="pending") == []


def test_another_projects_tasks_never_come_along():
    project = make_picture_project()
    task = add_task(project)
    add_task(make_picture_project())

    assert [json.loads(line)["task_id"] for line in run(start(project)).splitlines()] == [task.public_id]


def test_a_format_of_another_kind_of_work_is_refused():
    with pytest.raises(BusinessError) as refused:
        start(make_project(), "coco")

    assert refused.value.code == "unknown_format"
    assert not Job.objects.exists()


def test_starting_an_export_is_an_event():
    project = make_picture_project()
    job = start(project, "coco")

    event = Event.objects.get(verb="export_made")
    assert (event.subject_id, event.data["job"]) == (project.public_id, job.public_id)


def test_the_runner_carries_it_to_its_end():
    project = make_picture_project()
    make_finished(project, 5)
    job = start(project)

    running.run(job.pk)

    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (JobState.DONE, 5, 5)
    assert exporting.link_of(job).endswith(f"/exports/{job.public_id}")


def test_a_cancelled_export_leaves_nothing_behind():
    project = make_picture_project()
    make_finished(project, 5)
    job = start(project)
    progress = exporting.step(job)
    Job.objects.filter(pk=job.pk).update(checkpoint=progress.checkpoint)
    running.cancel(job, by=UserFactory.create(), at=NOON)

    assert delete_left_pieces() == 1
    assert delete_left_pieces() == 0
    assert default_storage.listdir(f"exports/{project.organization.public_id}/{job.public_id}.pieces") == ([], [])


def test_a_result_is_deleted_after_30_days():
    project = make_picture_project()
    job = start(project)
    run(job)
    Job.objects.filter(pk=job.pk).update(state=JobState.DONE, ended_at=NOON)
    job.refresh_from_db()
    key = job.result_key

    assert delete_expired(at=NOON + KEPT) == 0
    assert delete_expired(at=NOON + KEPT * 1.1) == 1

    job.refresh_from_db()
    assert (job.result_key, exporting.link_of(job)) == ("", "")
    assert not default_storage.exists(key)


def test_large_answers_are_read_a_few_at_a_time():
    assert exporting.fitting(100, 1000) == reading.PAGE_TASKS
    assert exporting.fitting(100, 20_000_000) == 10
    assert exporting.fitting(1, 50_000_000) == 1
