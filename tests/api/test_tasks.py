"""Tasks, as Scale's client orders, reads and changes them."""

import pytest
from scaleapi import ScaleClient
from scaleapi.exceptions import (
    ScaleDuplicateResource,
    ScaleException,
    ScaleInvalidRequest,
    ScaleResourceNotFound,
    ScaleUnauthorized,
)
from scaleapi.tasks import TaskType

from accounts.models import Organization
from projects import creating
from projects.models import Project
from tests.api.asking import BOXES, client_of
from tests.factories import NOON

KIND = TaskType.ImageAnnotation


@pytest.fixture
def project(organization: Organization) -> Project:
    terms = creating.Terms(params={"geometries": BOXES["geometries"]}, instruction="Be exact.")
    return creating.create_project(organization, name="Cows / 牛?", type=KIND.value, terms=terms, by=None, at=NOON)


def test_a_task_without_a_project_is_as_it_was_sent(client_live: ScaleClient):
    task = client_live.create_task(KIND, **BOXES, metadata={"row": 7}, unique_id="a-1", tags=["b", "a"], priority=30)

    assert (task.status, task.type, task.is_test) == ("pending", "imageannotation", False)
    assert (task.instruction, task.callback_url) == (BOXES["instruction"], BOXES["callback_url"])
    assert task.params == {name: BOXES[name] for name in ("attachment", "attachment_type", "geometries")}
    assert (task.metadata, task.tags, task.unique_id, task.priority) == ({"row": 7}, ["b", "a"], "a-1", 30)
    assert not hasattr(task, "project")
    assert client_live.get_task(task.id).as_dict() == task.as_dict()


def test_what_was_not_given_is_absent_or_empty(client_live: ScaleClient):
    task = client_live.create_task(KIND, **BOXES)

    assert task.metadata == {}
    for name in ("tags", "unique_id", "response", "completed_at", "batch", "customer_review_status"):
        assert not hasattr(task, name), name


def test_a_task_of_a_project_inherits_its_parameters(client_live: ScaleClient, project: Project):
    task = client_live.create_task(KIND, project=project.name, attachment="https://example.org/1.png", instruction="A.")

    assert task.project == project.name
    assert task.params["geometries"] == BOXES["geometries"]
    assert task.instruction == "A.\n\nBe exact."


def test_in_the_test_world_a_task_is_done_at_once(client_test: ScaleClient):
    task = client_test.create_task(KIND, **BOXES)

    assert (task.status, task.is_test) == ("completed", True)
    assert {"box"} == {one["type"] for one in task.response["annotations"]}
    assert client_test.get_task(task.id).as_dict() == task.as_dict()


def test_the_worlds_do_not_see_each_other(client_live: ScaleClient, client_test: ScaleClient):
    task = client_test.create_task(KIND, **BOXES, unique_id="same")

    with pytest.raises(ScaleResourceNotFound):
        client_live.get_task(task.id)
    assert client_live.create_task(KIND, **BOXES, unique_id="same").status == "pending"


def test_a_missing_parameter_is_named(client_live: ScaleClient):
    with pytest.raises(ScaleInvalidRequest, match='"geometries" is required'):
        client_live.create_task(KIND, attachment="https://example.org/1.png")


def test_a_unique_id_makes_one_task(client_live: ScaleClient):
    client_live.create_task(KIND, **BOXES, unique_id="once")

    with pytest.raises(ScaleDuplicateResource):
        client_live.create_task(KIND, **BOXES, unique_id="once")
    assert client_live.tasks(unique_id="once").total == 1


def test_unique_ids_are_given_and_freed(client_live: ScaleClient):
    first = client_live.create_task(KIND, **BOXES, unique_id="a")
    second = client_live.create_task(KIND, **BOXES)

    with pytest.raises(ScaleDuplicateResource):
        second.update_unique_id("a")
    first.clear_unique_id()
    second.update_unique_id("a")

    first.refresh()
    second.refresh()
    assert not hasattr(first, "unique_id")
    assert second.unique_id == "a"


def test_tags_are_replaced_joined_and_removed(client_live: ScaleClient):
    task = client_live.create_task(KIND, **BOXES, tags=["a", "b"])

    task.add_tags(["c", "a"])
    assert client_live.get_task(task.id).tags == ["a", "b", "c"]
    task.delete_tags(["b", "unknown"])
    assert client_live.get_task(task.id).tags == ["a", "c"]
    task.set_tags(["z", "y"])
    assert client_live.get_task(task.id).tags == ["z", "y"]
    task.set_tags([])
    assert not hasattr(client_live.get_task(task.id), "tags")


def test_metadata_is_replaced_and_emptied(client_live: ScaleClient):
    task = client_live.create_task(KIND, **BOXES, metadata={"a": 1})

    task.set_metadata({"b": {"c": [1, None, "ü"]}})
    assert client_live.get_task(task.id).metadata == {"b": {"c": [1, None, "ü"]}}
    task.set_metadata({})
    assert client_live.get_task(task.id).metadata == {}


def test_cancelling_can_free_the_unique_id(client_live: ScaleClient):
    task = client_live.create_task(KIND, **BOXES, unique_id="a")

    task.cancel(clear_unique_id=True)

    assert client_live.get_task(task.id).status == "canceled"
    assert client_live.create_task(KIND, **BOXES, unique_id="a").status == "pending"
    with pytest.raises(ScaleInvalidRequest):
        task.cancel()


def test_only_a_completed_task_is_audited_and_once(client_live: ScaleClient, client_test: ScaleClient):
    with pytest.raises(ScaleInvalidRequest):
        client_live.create_task(KIND, **BOXES).audit(accepted=True)

    done = client_test.create_task(KIND, **BOXES)
    assert done.customer_review_status == "pending"
    done.audit(accepted=False, comments="Two cows are missing.")
    done.refresh()
    assert (done.status, done.customer_review_status) == ("completed", "rejected")
    with pytest.raises(ScaleInvalidRequest):
        done.audit(accepted=True)


def test_pages_are_stable_while_tasks_are_ordered(client_live: ScaleClient, project: Project):
    made = [client_live.create_task(KIND, **BOXES, project=project.name).id for _ in range(5)]

    first = client_live.tasks(project=project.name, limit=2)
    client_live.create_task(KIND, **BOXES, project=project.name)
    second = client_live.tasks(project=project.name, limit=2, next_token=first.next_token)

    assert [task.id for task in [*first.docs, *second.docs]] == made[:0:-1]
    assert (first.total, second.total, first.has_more, first.limit) == (5, 6, True, 2)
    assert len(list(client_live.get_tasks(project_name=project.name, limit=4))) == 6
    assert client_live.get_tasks_count(project_name=project.name) == 6


def test_filters(client_live: ScaleClient, project: Project):
    client_live.create_task(KIND, **BOXES, project=project.name, tags=["x"], unique_id="1")
    client_live.create_task(KIND, **BOXES, project=project.name, tags=["y"], unique_id="2").cancel()
    client_live.create_task(KIND, **BOXES)

    def found(**wanted: object) -> int:
        return int(client_live.tasks(**wanted).total)

    assert found() == 3
    assert found(project=project.name) == 2
    assert found(status="canceled") == 1
    assert found(tags=["x", "y"]) == 2
    assert found(unique_id=["1", "2", "3"]) == 2
    assert found(type="imageannotation", start_time="2026-01-01") == 3
    assert found(end_time="2026-01-01 10:00:00.000001") == 0
    assert found(customer_review_status=["pending", "accepted"]) == 0
    with pytest.raises(ScaleInvalidRequest):
        found(start_time="yesterday")


def test_nobody_sees_anothers_tasks(client_live: ScaleClient, connect, other_organization: Organization):
    task = client_live.create_task(KIND, **BOXES)
    stranger = connect(other_organization)

    for ask in (stranger.get_task, stranger.cancel_task, stranger.clear_task_unique_id):
        with pytest.raises(ScaleResourceNotFound):
            ask(task.id)
    with pytest.raises(ScaleResourceNotFound):
        stranger.tasks(next_token=task.id)
    assert stranger.tasks().total == 0


def test_a_wrong_key_opens_nothing(live_server, organization: Organization):
    client = client_of(live_server.url, organization)
    client.api._auth = ("live_0123456789_" + "0" * 48, "")  # a key that was never made

    with pytest.raises(ScaleUnauthorized):
        client.tasks()


def test_a_key_that_may_only_read_changes_nothing(connect, organization: Organization):
    client = connect(organization, scopes=["read"])

    assert client.tasks().total == 0
    with pytest.raises(ScaleException) as refused:
        client.create_task(KIND, **BOXES)
    assert refused.value.code == 403
