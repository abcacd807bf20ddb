"""Files and tasks with a known answer, of the first API: 2 and 2 methods."""

import io
from typing import Any

from PIL import Image
from scaleapi.tasks import TaskType

from projects.models import Asset
from quality.models import QualityTask
from tests.api.methods import shown
from tests.api.methods.customer import ATTACHED, BOX, PROJECT, Customer
from tests.api.methods.table import Ask, Method

ADDRESS = "https://example.org/cows/17.png?size=big"
LABELS: dict[str, Any] = {"display_name": "A cow – 牛.png", "reference_id": "cow-1"}
COW = {
    "annotations": [
        {
            "uuid": "1", "type": "box", "label": "big cow", "left": 1, "top": 1, "width": 20, "height": 20,
            "attributes": {},
        }
    ],
    "global_attributes": {},
    "links": [],
}  # fmt: skip
NO_COW: dict[str, Any] = {"annotations": [], "global_attributes": {}, "links": []}


def picture() -> io.BytesIO:
    """A new one for each request: it is read to its end."""
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(buffer, "PNG")
    buffer.seek(0)
    buffer.name = "cow.png"
    return buffer


def file(customer: Customer, **more: Any) -> dict[str, Any]:
    """The customer's one file."""
    row = Asset.objects.get(organization=customer.organization)
    return {
        "id": row.public_id,
        "attachment_url": f"scaledata://{customer.organization.public_id}/{row.public_id}",
        **LABELS,
        "metadata": {"row": {"ü": 7}},
        "project_names": [PROJECT],
        "created_at": shown.stamp(row.created_at),
        "updated_at": shown.stamp(row.created_at),
        **more,
    }


FILES = [
    Method(
        name="upload_file",
        endpoint="POST /v1/files/upload",
        call=lambda client, named: client.upload_file(
            picture(), project_name=named.project, metadata='{"row": {"ü": 7}}', **LABELS
        ),
        gives=lambda customer: file(customer, mime_type="image/png", size=len(picture().getvalue()), status="uploaded"),
        wrong=Ask('"metadata"', lambda client, named: client.upload_file(picture(), metadata="no json")),
        twice=Ask(
            "this reference_id",
            lambda client, customer: client.upload_file(picture(), reference_id="cow-1"),
            given=lambda customer: customer.client.upload_file(picture(), reference_id="cow-1"),
        ),
    ),
    Method(
        name="import_file",
        endpoint="POST /v1/files/import",
        call=lambda client, named: client.import_file(
            ADDRESS, project_name=named.project, metadata={"row": {"ü": 7}}, **LABELS
        ),
        # Its type and size are not known before it is here.
        gives=lambda customer: file(customer, status="waiting"),
        wrong=Ask("https://", lambda client, named: client.import_file("ftp://example.org/a")),
        twice=Ask(
            "this reference_id",
            lambda client, customer: client.import_file(ADDRESS, reference_id="cow-1"),
            given=lambda customer: customer.client.import_file(ADDRESS, reference_id="cow-1"),
        ),
    ),
]


def known(customer: Customer, **more: Any) -> dict[str, Any]:
    """The customer's one task with a known answer."""
    row = QualityTask.objects.get(project__organization=customer.organization)
    return {
        "id": row.public_id,
        "task_id": row.task.public_id,
        "project": PROJECT,
        "type": "imageannotation",
        "expected_response": COW,
        "created_at": shown.stamp(row.created_at),
        **more,
    }


def ordering(kind: str, **both_answers: Any) -> Method:
    """`create_evaluation_task` or `create_training_task`."""
    name, order = f"create_{kind}_task", {**ATTACHED, "expected_response": COW, "unique_id": "gold-1"}

    def create(client: Any, project: str, type_: TaskType = BOX) -> Any:
        return getattr(client, name)(type_, **order, **both_answers, project=project)

    return Method(
        name=name,
        endpoint=f"POST /v1/{kind}_tasks/{{type}}",
        call=lambda client, named: create(client, named.project),
        gives=lambda customer: known(customer, kind=kind, **both_answers),
        wrong=Ask(
            "Only tasks of the kinds", lambda client, named: create(client, named.project, TaskType.Categorization)
        ),
        twice=Ask(
            "this unique_id",
            lambda client, customer: create(client, customer.project),
            given=lambda customer: create(customer.client, customer.project),
        ),
    )


QUALITY = [ordering("evaluation", initial_response=NO_COW), ordering("training")]
