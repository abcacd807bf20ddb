"""Scale's first image tasks, each with one shape: from the order to the export."""

from typing import Any

import orjson
import pytest

from delivery.kinds import Coco, formats_for
from delivery.reading import DeliveredTask, next_page
from labeling.answers import Findings
from labeling.models import Resolution
from labeling.payload import shown
from labeling.submitting import submit
from projects import adding
from projects.creating import Terms, create_project
from projects.models import Task
from projects.task_rows import NewTask
from task_types.single_shape import SHAPES
from tests.delivery.making import attach
from tests.factories import NOON, OrganizationFactory, UserFactory, make_worker
from tests.labeling.steps import new_key, taken
from tests.task_types.golden import golden

pytestmark = pytest.mark.django_db

EXPORTED = {"box": "bbox", "polygon": "segmentation", "line": "polyline", "point": "keypoints"}


@pytest.mark.parametrize(("name", "shape"), SHAPES.items())
def test_a_task_of_one_shape_is_claimed_submitted_and_exported(name, shape):
    case = golden(name)
    own = {"attachment": case["params"]["attachment"]}
    terms = Terms(
        params={key: value for key, value in case["params"].items() if key not in own},
        taxonomy=case["taxonomy_before"],
        pipeline=[{"kind": "attempt", "places": 1}],
    )
    project = create_project(OrganizationFactory.create(), name="Shapes", type=name, terms=terms, by=None, at=NOON)
    (task,) = adding.add_tasks(project.batches.get(name=None), [NewTask(params=own)], by=None, at=NOON)
    attach(task, "street.png")
    assignment = taken(make_worker(project))
    assert assignment.work_item.task == task

    with pytest.raises(Findings) as refused:
        submit(assignment, response=case["bad_response"], key=new_key(), at=NOON)
    submit(assignment, response=case["response"], key=new_key(), at=NOON)

    assert [one.code for one in refused.value.findings] == [one["code"] for one in case["findings_of_bad_response"]]
    resolution = Resolution.objects.get(task=task, current=True)
    payload = shown(task, task.version, resolution.response, user=UserFactory.create(), at=NOON)
    assert (payload["type"], payload["view"]) == (name, case["view"])
    (delivered,) = next_page(Task.objects.filter(project=project), after=0)
    (written,) = coco_of(delivered, project)
    assert resolution.response == case["response"]
    assert [one["uuid"] for one in written] == [one["uuid"] for one in case["response"]["annotations"]]
    assert all(one[EXPORTED[shape]] for one in written)
    assert [found.code for found in formats_for(name)] == ["scale_jsonl", "coco"]


def coco_of(delivered: DeliveredTask, project: Any) -> list[list[dict[str, Any]]]:
    pieces, _state = Coco().write([delivered], Coco().begin(project))
    return [orjson.loads(b"[" + pieces["annotations"] + b"]")]
