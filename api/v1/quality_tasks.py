"""Tasks whose right answer is known: for evaluation, hidden among the others, and for training."""

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router

from accounts.models import ApiKey
from api.auth import KeyRequest
from api.tree import ok
from api.v1 import ordering
from api.v1.shapes import Error, Json, QualityOrder, QualityOut, TaskOrder
from core.errors import BusinessError
from delivery.scale_json import stamp
from quality import gold
from quality.gold import Key
from quality.models import QualityKind, QualityTask

router = Router(tags=["Quality"])
ERRORS = {400: Error, 401: Error, 403: Error, 404: Error, 429: Error}
TYPES = (
    "documenttranscription",
    "imageannotation",
    "namedentityrecognition",
    "segmentannotation",
    "textcollection",
    "videoplaybackannotation",
)


@router.post(
    "/evaluation_tasks/{key}",
    response={200: QualityOut, 409: Error, 413: Error, **ERRORS},
    operation_id="create_evaluation_task",
)
def create_evaluation_task(request: KeyRequest, key: str, order: QualityOrder) -> HttpResponse:
    """Order a task with its right answer, hidden among the others; with `initial_response` it is for reviewers."""
    return made(request.auth, key, order, QualityKind.EVALUATION)


@router.post(
    "/training_tasks/{key}",
    response={200: QualityOut, 409: Error, 413: Error, **ERRORS},
    operation_id="create_training_task",
)
def create_training_task(request: KeyRequest, key: str, order: QualityOrder) -> HttpResponse:
    """Order a task with its right answer, by which people learn."""
    return made(request.auth, key, order, QualityKind.TRAINING)


def made(key: ApiKey, type_name: str, wanted: QualityOrder, kind: QualityKind) -> HttpResponse:
    if type_name not in TYPES:
        sentence = _("Only tasks of the kinds %(kinds)s can have a known answer.") % {"kinds": ", ".join(TYPES)}
        raise BusinessError(sentence, code="unknown_type", status=400)
    initial = wanted.initial_response
    if initial is not None and kind == QualityKind.TRAINING:
        sentence = _("“initial_response” is for evaluation tasks.")
        raise BusinessError(sentence, code="bad_params", status=400)
    at = timezone.now()
    given = wanted.model_dump(exclude_unset=True, exclude={"expected_response", "initial_response"})
    task = TaskOrder.model_validate(given)
    project = ordering.project_of_order(key, type_name, task, at=at)
    new = ordering.new_task(project, task)
    with ordering.refusing_twice(key, new):
        found = gold.order(project, new, Key(kind, wanted.expected_response, initial), by=None, at=at)
    return ok(quality_json(found))


def quality_json(found: QualityTask) -> Json:
    shown = {
        "id": found.public_id,
        "task_id": found.task.public_id,
        "project": found.project.name,
        "type": found.task.type,
        "kind": found.kind,
        "expected_response": found.expected_response,
        "initial_response": found.initial_response,
        "created_at": stamp(found.created_at),
    }
    return {name: value for name, value in shown.items() if value is not None}
