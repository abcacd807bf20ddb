"""Projects, as the second API shows them."""

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from api import finding
from api.auth import KeyRequest
from api.times import bounds
from api.tree import ok
from api.v2 import naming
from api.v2.shapes import ERRORS, ProjectOut, ProjectsOut
from delivery.v2_json import project_json

router = Router(tags=["Projects"])


class ProjectFilter(BaseModel):
    created_after: str | None = Field(default=None, description="At this time or later.")
    created_before: str | None = None


@router.get("/projects", response={200: ProjectsOut, **ERRORS}, operation_id="v2_get_projects")
def projects(request: KeyRequest, wanted: Query[ProjectFilter]) -> HttpResponse:
    """All projects, the newest first. Those that hold tasks without a project are not named."""
    found = finding.projects_of(request.auth).filter(implicit=False, **bounds(wanted, "created"))
    return ok({"projects": [project_json(project) for project in found.order_by("-created_at", "-pk")]})


@router.get("/project", response={200: ProjectOut, **ERRORS}, operation_id="v2_get_project")
def project(request: KeyRequest, project_id: str | None = None, project_name: str | None = None) -> HttpResponse:
    """The project with the id or the name."""
    return ok(project_json(naming.project(request.auth, project_id, project_name)))
