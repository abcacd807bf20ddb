"""Evaluation and training tasks, as Scale's client orders them."""

from typing import Any

import pytest
from scaleapi import ScaleClient
from scaleapi.exceptions import (
    ScaleDuplicateResource,
    ScaleInvalidRequest,
    ScaleResourceNotFound,
    ScaleUnauthorized,
)
from scaleapi.tasks import TaskType

from projects.models import Task
from quality.models import QualityTask
from tests.api.asking import BOXES

BOX = TaskType.ImageAnnotation
FORM = TaskType.TextCollection
FIELDS = [{"type": "text", "field_id": "colour", "title": "Colour"}]
FORM_PARAMS = {"attachments": [{"type": "text", "content": "A brown cow."}], "fields": FIELDS}
BROWN = {"annotations": {"colour": {"type": "text", "field_id": "colour", "response": [["brown"]]}}}
RED = {"annotations": {"colour": {"type": "text", "field_id": "colour", "response": [["red"]]}}}
BOX_OF_COW = {"uuid": "1", "type": "box", "label": "big cow", "left": 1, "top": 1, "width": 20, "height": 20}
COW = {"annotations": [{**BOX_OF_COW, "attributes": {}}], "global_attributes": {}, "links": []}
DOCUMENT = {"attachment": BOXES["attachment"], "features": [{"type": "block", "label": "a"}]}


@pytest.fixture
def project(client_live: ScaleClient) -> str:
    return str(client_live.create_project("Cows", FORM, params={"fields": FIELDS}, rapid=True).name)


def test_an_evaluation_task_keeps_both_answers(client_live: ScaleClient, project: str):
    made = client_live.create_evaluation_task(
        FORM, **FORM_PARAMS, project=project, expected_response=BROWN, initial_response=RED, unique_id="gold-1"
    )

    found = QualityTask.objects.get(public_id=made.id)
    assert made.expected_response == BROWN
    assert (found.kind, found.expected_response, found.initial_response) == ("evaluation", BROWN, RED)
    assert (found.project.name, found.task.batch.name, found.task.unique_id) == (project, None, "gold-1")
    assert made.as_dict()["initial_response"] == RED
    assert "expected_response" not in found.task.content.params
    assert "initial_response" not in found.task.content.params


def test_a_training_task_has_one(client_live: ScaleClient, project: str):
    made = client_live.create_training_task(FORM, **FORM_PARAMS, project=project, expected_response=BROWN)

    assert QualityTask.objects.get(public_id=made.id).kind == "training"
    with pytest.raises(ScaleInvalidRequest):
        client_live.create_training_task(
            FORM, **FORM_PARAMS, project=project, expected_response=BROWN, initial_response=RED
        )


def test_the_batch_says_the_project_and_is_not_joined(client_live: ScaleClient, project: str):
    client_live.create_batch(project, "First").finalize()

    made = client_live.create_evaluation_task(FORM, **FORM_PARAMS, batch="First", expected_response=BROWN)
    assert QualityTask.objects.get(public_id=made.id).task.batch.name is None


ANIMAL = {"annotations": [{"id": "1", "start": 2, "end": 5, "text": "cow", "label": "animal"}]}


def test_each_of_the_six_kinds(client_live: ScaleClient):
    orders: dict[TaskType, dict[str, Any]] = {
        TaskType.DocumentTranscription: DOCUMENT,
        TaskType.SegmentAnnotation: {"attachment": BOXES["attachment"], "labels": ["cow"]},
        TaskType.VideoPlaybackAnnotation: {"attachment": BOXES["attachment"], "geometries": BOXES["geometries"]},
        BOX: {**BOXES, "geometries": {"box": {"objects_to_annotate": ["big cow"]}}},
        FORM: FORM_PARAMS,
        TaskType.NamedEntityRecognition: {"text": "A cow.", "labels": [{"name": "animal", "description": ""}]},
    }
    for kind, order in orders.items():
        known = {BOX: COW, FORM: BROWN, TaskType.NamedEntityRecognition: ANIMAL}
        expected = known.get(kind, {"anything": [1]})
        for create in (client_live.create_evaluation_task, client_live.create_training_task):
            assert create(kind, **order, expected_response=expected).expected_response == expected
    assert QualityTask.objects.count() == Task.objects.count() == 12


@pytest.mark.parametrize(
    "terms",
    [
        {},
        {"expected_response": None},
        {"expected_response": [1]},
        {"expected_response": {"annotations": {"size": {"type": "text", "field_id": "size", "response": [["big"]]}}}},
        {"expected_response": BROWN, "initial_response": {"annotations": 7}},
        {"expected_response": BROWN, "attachments": None},
        {"expected_response": BROWN, "tags": [[7]]},
    ],
)
def test_what_is_missing_or_could_not_be_handed_in_is_refused(
    client_live: ScaleClient, project: str, terms: dict[str, Any]
):
    with pytest.raises(ScaleInvalidRequest):
        client_live.create_evaluation_task(FORM, **{**FORM_PARAMS, "project": project, **terms})
    assert (Task.objects.count(), QualityTask.objects.count()) == (0, 0)


def test_other_kinds_projects_ids_and_keys(client_live: ScaleClient, project: str, live_server: Any):
    gold = {**FORM_PARAMS, "project": project, "expected_response": BROWN}
    client_live.create_evaluation_task(FORM, **gold, unique_id="a")
    stranger = ScaleClient("live_nothing", api_instance_url=f"{live_server.url}/v1")

    for create in ("create_evaluation_task", "create_training_task"):
        with pytest.raises(ScaleDuplicateResource):
            getattr(client_live, create)(FORM, **gold, unique_id="a")
        with pytest.raises(ScaleInvalidRequest):
            getattr(client_live, create)(TaskType.Categorization, **gold)
        with pytest.raises(ScaleInvalidRequest):
            getattr(client_live, create)(BOX, **{**BOXES, "project": project, "expected_response": COW})
        with pytest.raises(ScaleResourceNotFound):
            getattr(client_live, create)(FORM, **{**gold, "project": "Nothing"})
        with pytest.raises(ScaleUnauthorized):
            getattr(stranger, create)(FORM, **gold)
    assert Task.objects.count() == 1
