"""Projects: ordered, listed, given other parameters."""

from collections import defaultdict
from collections.abc import Iterable

from django.http import HttpResponse
from django.utils import timezone
from ninja import Router

from api import finding
from api.auth import KeyRequest
from api.tree import ok
from api.v1 import project_ordering, templates
from api.v1.shapes import Error, Json, ParamsOrder, ProjectOrder, ProjectOut, TemplateOut
from delivery.scale_json import project_json
from projects.models import Project, ProjectVersion

router = Router(tags=["Projects"])
ERRORS = {400: Error, 401: Error, 403: Error, 404: Error, 429: Error}


def shown(projects: Iterable[Project]) -> list[Json]:
    """In their order. One query, however many."""
    found = list(projects)
    history: dict[int, list[ProjectVersion]] = defaultdict(list)
    columns = ("project_id", "number", "params", "instruction", "pipeline", "created_at")
    for version in ProjectVersion.objects.filter(project__in=found).only(*columns).order_by("number"):
        history[version.project_id].append(version)
    return [project_json(project, history[project.pk]) for project in found]


def one(project: Project) -> HttpResponse:
    return ok(shown([project])[0])


@router.post("/projects", response={200: ProjectOut, 409: Error, 413: Error, **ERRORS}, operation_id="create_project")
def create_project(request: KeyRequest, order: ProjectOrder) -> HttpResponse:
    """Make a project. Its tasks bring what `params` leave out."""
    return one(project_ordering.order(request.auth, order, at=timezone.now()))


@router.get("/projects", response={200: list[ProjectOut], **ERRORS}, operation_id="projects")
def projects(request: KeyRequest, archived: bool | None = None) -> HttpResponse:
    """All projects, the oldest first; with `archived`, only those that are put away, or only the others."""
    found = finding.projects_of(request.auth).filter(implicit=False).order_by("pk")
    if archived is not None:
        found = found.filter(archived_at__isnull=not archived)
    return ok(shown(found))


@router.post(
    "/projects/{path:project}/setParams",
    response={200: ProjectOut, 413: Error, **ERRORS},
    operation_id="update_project",
)
def set_params(request: KeyRequest, project: str, order: ParamsOrder | None = None) -> HttpResponse:
    """Give the project other parameters, as a version of their own. Tasks that nobody has begun move to it."""
    found = finding.project_named(request.auth, project)
    project_ordering.set_params(found, order or ParamsOrder(), at=timezone.now())
    return one(found)


@router.get(
    "/projects/{path:project}/taskTemplates",
    response={200: TemplateOut, **ERRORS},
    operation_id="get_project_template",
)
def get_template(request: KeyRequest, project: str) -> HttpResponse:
    """What tasks of the project can bring: for text collection and chat, 400 for other kinds of work."""
    return ok(templates.template_of(finding.project_named(request.auth, project)))


@router.get("/projects/{path:project}", response={200: ProjectOut, **ERRORS}, operation_id="get_project")
def get_project(request: KeyRequest, project: str) -> HttpResponse:
    """The project with the name that the path says."""
    return one(finding.project_named(request.auth, project))
