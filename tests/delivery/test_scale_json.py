import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.models import Mode
from delivery.reading import next_page
from delivery.scale_json import batch_json, delivered_json, limited, tasks_json
from files.models import File
from labeling.models import Resolution, ResolutionSource, ReviewStatus
from projects import creating
from projects.models import AttachmentState, Task, TaskStatus
from task_types import registry
from tests.delivery.making import add_task, answer, box, make_picture_project, resolve
from tests.factories import NOON, OrganizationFactory
from tests.task_types.golden import golden

pytestmark = pytest.mark.django_db


def json_of(task: Task):
    (found,) = tasks_json(Task.objects.filter(pk=task.pk))
    return found


def test_an_open_task_has_exactly_these_keys():
    project = make_picture_project()
    task = add_task(project, params={"attachment": "https://example.org/1.png"})

    found = json_of(task)

    assert found == {
        "task_id": task.public_id,
        "type": "imageannotation",
        "status": "pending",
        "created_at": "2026-11-23T12:00:00.000Z",
        "updated_at": "2026-11-23T12:00:00.000Z",
        "params": {**project.versions.get().params, "attachment": "https://example.org/1.png"},
        "metadata": {},
        "project": "Straßen 1",
        "priority": 20,
        "is_test": False,
    }


def test_a_finished_task_has_everything_in_a_stable_order():
    project = make_picture_project(instruction="Draw tightly.")
    batch = creating.create_batch(project, name="First", by=None, at=NOON)
    task = add_task(
        project,
        batch=batch,
        params={"attachment": "a.png", "callback_url": "https://example.org/hook", "instruction": "Cars only."},
        metadata={"row": 7},
        tags=["z", "a", "m"],
        unique_id="7-a",
        priority=30,
    )
    resolve(task, answer(box("old")))
    resolve(task, answer(box("new")))

    found = json_of(task)

    assert list(found) == [
        "task_id", "type", "status", "created_at", "updated_at", "completed_at", "callback_url", "instruction",
        "params", "metadata", "tags", "unique_id", "project", "batch", "priority", "is_test", "response",
        "customer_review_status",
    ]  # fmt: skip
    assert found["completed_at"] == "2026-11-23T13:00:00.000Z"
    assert found["callback_url"] == "https://example.org/hook"
    assert found["instruction"] == "Cars only.\n\nDraw tightly."
    assert found["params"] == {**project.versions.get().params, "attachment": "a.png"}
    assert (found["tags"], found["unique_id"], found["batch"]) == (["z", "a", "m"], "7-a", "First")
    assert found["response"] == answer(box("new"))
    assert found["customer_review_status"] == "pending"


def test_an_audit_that_fixed_the_answer_shows_in_the_review_status():
    task = add_task(make_picture_project())
    resolve(task, answer(box("a")))
    resolve(task, answer(box("b")), source=ResolutionSource.AUDIT)

    assert json_of(task)["customer_review_status"] == "fixed"


def test_a_task_that_is_done_again_has_no_response_until_it_is_done():
    task = add_task(make_picture_project())
    resolve(task, answer(box("a")))
    Task.objects.filter(pk=task.pk).update(status=TaskStatus.PENDING, completed_at=None)

    assert {"response", "completed_at", "customer_review_status"}.isdisjoint(json_of(task))


def test_an_uploaded_file_is_named_by_an_address_that_the_api_takes():
    task = add_task(make_picture_project(), file_name="street 17.png")

    file = File.objects.get(attachments__task=task)

    assert json_of(task)["params"]["attachment"] == f"scaledata://{task.organization.public_id}/{file.public_id}"


def test_callback_and_audit_are_said_when_they_are_known():
    task = add_task(make_picture_project())
    resolve(task, answer())
    Resolution.objects.update(review_status=ReviewStatus.REJECTED)
    (delivered,) = next_page(Task.objects.filter(pk=task.pk), after=0)

    assert delivered_json(delivered)["customer_review_status"] == "rejected"
    assert "callback_succeeded" not in delivered_json(delivered)
    ended = delivered._replace(task=delivered.task._replace(callback_succeeded=False))
    assert delivered_json(ended)["callback_succeeded"] is False


def test_limited_response_has_the_keys_of_scales_client():
    task = add_task(make_picture_project(), metadata={"row": 1})

    assert limited(json_of(task)) == {
        "task_id": task.public_id,
        "status": "pending",
        "metadata": {"row": 1},
        "project": "Straßen 1",
    }


def test_a_test_task_says_so():
    task = add_task(make_picture_project())
    Task.objects.filter(pk=task.pk).update(mode=Mode.TEST)

    assert json_of(task)["is_test"] is True


def test_tasks_come_oldest_first_across_pages(monkeypatch):
    project = make_picture_project()
    tasks = [add_task(project, metadata={"n": number}) for number in range(5)]

    found = [task["task_id"] for task in tasks_json(Task.objects.filter(project=project), page_size=2)]

    assert found == [task.public_id for task in tasks]


def test_a_page_reads_what_belongs_to_its_own_tasks_by_their_keys():
    """A join would be read from the first task on for each page, and a million tasks at a tenth of the speed."""
    project = make_picture_project()
    for _n in range(3):
        add_task(project)

    with CaptureQueriesContext(connection) as captured:
        next_page(Task.objects.filter(project=project), after=0, size=2)

    (tasks,) = [query["sql"] for query in captured.captured_queries if 'FROM "projects_task" ' in query["sql"]]
    assert "JOIN" not in tasks


@pytest.mark.parametrize("count", [1, 6])
def test_a_page_needs_a_constant_number_of_queries(count, django_assert_num_queries):
    project = make_picture_project()
    for number in range(count):
        task = add_task(project, file_name=f"{number}.png", tags=["a", "b"])
        resolve(task, answer(box("a")))

    with django_assert_num_queries(7):
        page = next_page(Task.objects.filter(project=project), after=0)
        assert len([delivered_json(delivered) for delivered in page]) == count


def broken(project, *, number: int) -> Task:
    task = add_task(project, file_name=f"{number}.png")
    task.attachments.update(state=AttachmentState.BROKEN, error_code="not_a_picture")
    Task.objects.filter(pk=task.pk).update(status=TaskStatus.ERROR, error_code="attachment_broken", completed_at=NOON)
    return task


@pytest.mark.parametrize("count", [1, 3])
def test_a_task_that_ended_with_an_error_says_why_in_one_language(count, django_assert_num_queries):
    project = make_picture_project()
    add_task(project)
    for number in range(count):
        broken(project, number=number)

    with translation.override("fr"), django_assert_num_queries(10):
        page = [delivered_json(delivered) for delivered in next_page(Task.objects.filter(project=project), after=0)]

    said = "This project labels pictures; this is a text."
    assert [task.get("error") for task in page] == [None] + [said] * count


@pytest.mark.parametrize("name", registry.NAMES)
def test_golden_task_json(name):
    case = golden(name)
    terms = creating.Terms(params=case["params"], taxonomy=case["taxonomy"])
    project = creating.create_project(
        OrganizationFactory.create(), name="Golden", type=name, terms=terms, by=None, at=NOON
    )
    task = add_task(project, tags=["night"])
    resolve(task, case["response"])

    found = json_of(task)

    assert {**found, "task_id": case["export"]["task_id"]} == case["export"]
    assert list(found) == list(case["export"])


def test_a_batch_has_the_keys_of_scales_client():
    project = make_picture_project()
    batch = creating.create_batch(project, name="Monday", by=None, at=NOON)

    assert batch_json(batch) == {
        "name": "Monday",
        "project": "Straßen 1",
        "type": "production",
        "status": "in_progress",
        "callback": "",
        "calibration_batch": False,
        "self_label_batch": False,
        "archived": False,
        "metadata": {},
        "created_at": "2026-11-23T12:00:00.000Z",
    }
