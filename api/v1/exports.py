"""Exports: a project's tasks as one file, made in the background."""

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import BaseModel, Field

from accounts.models import ApiKey
from api import finding
from api.auth import ADMIN, KeyRequest
from api.tree import ok
from api.v1.jobs import job_json
from api.v1.listing import one_of
from api.v1.shapes import Error, Json
from delivery import downloading, exporting
from delivery.kinds import FORMATS
from events import running
from events.models import Job, JobState
from projects.models import Batch, Project, TaskStatus

router = Router(tags=["Exports"], auth=ADMIN)
ERRORS = {400: Error, 401: Error, 403: Error, 404: Error, 429: Error}
BYTES = {"schema": {"type": "string", "format": "binary"}}
TYPES = sorted({found.content_type.partition(";")[0] for found in FORMATS.values()})
FILE = {"responses": {200: {"description": "The file", "content": dict.fromkeys(TYPES, BYTES)}}}


class ExportOrder(BaseModel):
    format: str = Field(description=f"One of {', '.join(FORMATS)}; not each suits each kind of work.")
    batch: str | None = Field(default=None, description="The name of a batch of the project.")
    status: str | None = Field(default=None, description="Only tasks with this status.")


class ExportOut(BaseModel):
    export_id: str
    project: str = Field(description="Its name.")
    format: str
    state: str = Field(description="`queued`, `running`, `done`, `failed` or `canceled`.")
    done: int = Field(description="Tasks.")
    total: int | None = Field(description="Tasks, once they are counted.")


@router.post("/projects/{path:project}/exports", response={200: ExportOut, **ERRORS}, operation_id="create_export")
def create_export(request: KeyRequest, project: str, order: ExportOrder) -> HttpResponse:
    """Begin to write the project's tasks into one file. Ask for the export until it is done, then for its file."""
    key = request.auth
    found = finding.project_named(key, project)
    job = exporting.start_export(
        found,
        format_code=order.format,
        batch=batch_of(key, found, order.batch) if order.batch is not None else None,
        status=one_of(order.status, TaskStatus.values, "status") if order.status else "",
        by=None,
        at=timezone.now(),
    )
    return shown(job, found)


@router.get("/exports/{export_id}", response={200: ExportOut, **ERRORS}, operation_id="get_export")
def get_export(request: KeyRequest, export_id: str) -> HttpResponse:
    """How far it is."""
    return shown(*export_with_id(request.auth, export_id))


@router.get("/exports/{export_id}/file", response=ERRORS, openapi_extra=FILE, operation_id="get_export_file")
def get_export_file(request: KeyRequest, export_id: str) -> StreamingHttpResponse:
    """The file, as long as it is kept; 404 before it is done."""
    job, project = export_with_id(request.auth, export_id)
    if job.state != JobState.DONE:
        raise Http404(_("This export has no file: it is not done."))
    return downloading.download(job, project)


@router.post("/exports/{export_id}/cancel", response={200: ExportOut, **ERRORS}, operation_id="cancel_export")
def cancel_export(request: KeyRequest, export_id: str) -> HttpResponse:
    """Stop it after what it writes at this moment. One that has ended stays as it is."""
    job, project = export_with_id(request.auth, export_id)
    running.cancel(job, by=None, at=timezone.now())
    job.refresh_from_db()
    return shown(job, project)


def shown(job: Job, project: Project) -> HttpResponse:
    found: Json = job_json(job)
    export = {"export_id": found.pop("job_id"), "project": project.name, "format": job.params["format"]}
    return ok(export | found)


def batch_of(key: ApiKey, project: Project, name: str) -> Batch:
    """Raises Http404, too where it is another project's."""
    batch = finding.batch_named(key, name)
    if batch.project_id != project.pk:
        raise Http404(_("There is no batch with the name “%(name)s”.") % {"name": name})
    return batch


def export_with_id(key: ApiKey, public_id: str) -> tuple[Job, Project]:
    """Raises Http404, whatever shape the id has."""
    own = Job.objects.filter(kind=exporting.KIND, organization=key.organization_id).select_related("organization")
    job = own.filter(public_id=public_id).first() if "\0" not in public_id else None
    project = finding.projects_of(key).filter(public_id=job.subject_id).first() if job else None
    if job is None or project is None:
        raise Http404(_("There is no export with the id “%(id)s”.") % {"id": public_id[:100]})
    return job, project
