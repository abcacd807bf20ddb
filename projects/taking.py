"""Files that are uploaded to a batch: a picture or a text becomes a task, a list of many becomes an import."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.permissions import may
from core.actions import action
from core.errors import BusinessError
from files import storing
from files.models import Upload
from files.uploading import Finished
from projects import adding, contents, importing
from projects.models import Batch, TakenUpload, Task
from projects.task_rows import NewTask


class BatchTarget:
    """The target `batch` of uploads: `target_id` is the batch's public id."""

    def accept(self, upload: Upload) -> None:
        batch = batch_of(upload)
        if not may(upload.by, "organization.change_projects", upload.organization):
            raise BusinessError(_("You may not add data here."), code="forbidden", status=403)
        adding.refuse_archived(batch)
        contents.refuse_where_none_is_taken(batch.project)
        adding.refuse_closed(batch)

    def finish(self, upload: Upload, path: Path, *, at: datetime) -> Finished:
        batch = batch_of(upload)
        if importing.kind_of(upload.name):
            found = importing.begin(batch, upload, path, at=at)
            return Finished({"import": {"id": found.public_id, "needs_column": found.job_id is None}}, keep=True)
        return Finished(taken(batch, upload, path, at=at))


def batch_of(upload: Upload) -> Batch:
    own = Batch.objects.visible_to(upload.by).filter(organization=upload.organization)
    return get_object_or_404(own.select_related("project__current_version"), public_id=upload.target_id)


def taken(batch: Batch, upload: Upload, path: Path, *, at: datetime) -> dict[str, Any]:
    """The task made of a single file. Raises NotTakenError."""
    is_new = False
    with path.open("rb") as stream:
        if contents.check_start(batch.project, stream) == "text":
            new = contents.TextTasks(batch.project).task(contents.read_text(stream))
        else:
            file, is_new = storing.store(
                stream, organization=upload.organization, mode=batch.mode, name=upload.name, by=upload.by, at=at
            )
            new = contents.picture_task(batch.project, file)
    try:
        task = write_task(batch, upload, new, at=at)
    except IntegrityError:
        task = TakenUpload.objects.select_related("task").get(upload_id=upload.public_id).task
    return {"task": {"id": task.public_id, "is_new_file": is_new}}


@action
def write_task(batch: Batch, upload: Upload, new: NewTask, *, at: datetime) -> Task:
    (task,) = adding.read_back(adding.insert_tasks(adding.locked(batch), [new], by=upload.by, at=at))
    TakenUpload.objects.create(upload_id=upload.public_id, task=task)
    return task
