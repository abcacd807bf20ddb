"""From the body of `POST /v1/task/<type>` to a task."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import ApiKey, Mode
from api import finding
from api.v1.shapes import TaskOrder
from core import jsonio, limits
from core.errors import BusinessError
from delivery.reading import Content, DeliveredTask, delivered, just_ordered
from delivery.scale_json import NOT_PARAMS
from labeling.answers import effective_params
from projects import adding, changing, defaults, sources
from projects.models import Batch, Product, Project, Task, TaskStatus
from projects.task_rows import NewTask
from task_types import ordering, registry

Json = dict[str, Any]
# Of what stands at the top of a task these two are kept with its params: nothing else has a place for them.
KEPT_WITH_PARAMS = {"callback_url", "instruction"}


def order(key: ApiKey, type_name: str, wanted: TaskOrder, *, at: datetime) -> DeliveredTask:
    """The task, stored. Raises Http404 and BusinessError, both with what is wrong."""
    if type_name not in registry.ALL_NAMES:
        raise BusinessError(
            _("There is no kind of work “%(name)s”.") % {"name": type_name[:100]}, code="unknown_type", status=400
        )
    batch = batch_for(key, type_name, wanted, at=at)
    new = new_task(batch.project, wanted)
    with refusing_twice(key, new):
        (task,) = adding.add_tasks(batch, [new], by=None, at=at)
    if key.mode == Mode.TEST or task.status != TaskStatus.PENDING:  # it is done already, or a file of it is broken
        return delivered(Task.objects.filter(pk=task.pk))[0]
    return just_ordered(task, batch, new)


@contextmanager
def refusing_twice(key: ApiKey, new: NewTask) -> Iterator[None]:
    """Raises BusinessError `unique_id_taken` where there is a task with its unique_id already."""
    try:
        yield
    except IntegrityError:
        if new.unique_id is None or not finding.tasks_of(key).filter(unique_id=new.unique_id).exists():
            raise
        raise changing.unique_id_taken() from None


def project_of_order(key: ApiKey, type_name: str, wanted: TaskOrder, *, at: datetime) -> Project:
    """For a task that joins no batch: its batch only says the project. Raises Http404, BusinessError `other_type`."""
    if wanted.batch is not None:
        project = finding.batch_named(key, wanted.batch).project
    else:
        project = project_for(key, type_name, wanted.project, at=at)
    refuse(project, type_name)
    return project


def batch_for(key: ApiKey, type_name: str, wanted: TaskOrder, *, at: datetime) -> Batch:
    """The batch that is named, else the standing one of the project, else of the kind's own project."""
    if wanted.batch is not None:
        batch = finding.batch_named(key, wanted.batch)
        if wanted.project is not None and batch.project.name != wanted.project:
            raise Http404(_("The project “%(name)s” has no such batch.") % {"name": wanted.project})
    else:
        batch = standing_batch(key, type_name, wanted.project, at=at)
        if batch.project.product == Product.RAPID:
            sentence = _('Parameter is invalid, reason: "batch" is required for tasks of a Rapid project')
            raise BusinessError(sentence, code="no_batch", status=400)
    refuse(batch.project, type_name)
    return batch


def standing_batch(key: ApiKey, type_name: str, name: str | None, *, at: datetime) -> Batch:
    if name is not None:
        return finding.standing_batch(key, name)
    project = project_for(key, type_name, None, at=at)
    return project.batches.select_related("project__current_version", "organization").get(name=None)


def project_for(key: ApiKey, type_name: str, name: str | None, *, at: datetime) -> Project:
    if name is not None:
        return finding.project_named(key, name)
    return defaults.project_of_type(key.organization, type_name, mode=key.mode, at=at)


def refuse(project: Project, type_name: str) -> None:
    """Raises BusinessError for another kind of work."""
    if project.type != type_name:
        sentence = _("The project “%(name)s” is of the kind “%(kind)s”.")
        said = sentence % {"name": project.name, "kind": project.type}
        raise BusinessError(said, code="other_type", status=400)


def new_task(project: Project, wanted: TaskOrder) -> NewTask:
    """Raises BusinessError for what the kind of work, or a limit, refuses."""
    given = wanted.model_dump(exclude_unset=True)
    params = {
        name: value
        for name, value in given.items()
        if (name not in NOT_PARAMS or name in KEPT_WITH_PARAMS) and value is not None
    }
    named = sources.sources_of(project.type, check_params(project, params))
    for source in named:
        sources.check_for(project, source)
    return NewTask(
        sources=named,
        params=params,
        metadata=changing.checked_metadata(wanted.metadata or {}),
        tags=changing.checked_tags(wanted.tags or []),
        unique_id=changing.checked_unique_id(wanted.unique_id) if wanted.unique_id is not None else None,
        priority=20 if wanted.priority is None else wanted.priority,
    )


def check_params(project: Project, params: Json) -> Json:
    """The project's params with the task's own over them."""
    if len(jsonio.written(params)) > limits.PARAMS:
        sentence = _("A task's parameters are larger than %(limit)s bytes.")
        raise BusinessError(sentence % {"limit": limits.PARAMS}, code="too_large", status=413)
    assert project.current_version is not None  # written with the project
    whole = effective_params(project.current_version, Content(params, {}))
    if findings := ordering.check_order(project.type, whole):
        raise BusinessError(ordering.sentence(findings[0]), code="bad_params", status=400)
    return whole
