"""What the pages of a project are about: found through `visible_to`, in the organization that the address names."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from accounts.access import MemberRequest
from accounts.permissions import may
from projects.models import Batch, Project

CHANGE = "organization.change_projects"
ASSIGN = "organization.assign_people"


def find_project(request: MemberRequest, project_id: str) -> Project:
    """404 for a project of another organization."""
    own = Project.objects.visible_to(request.user).filter(organization=request.organization)
    return get_object_or_404(own.select_related("organization", "current_version"), public_id=project_id)


def find_batch(request: MemberRequest, project: Project, batch_id: str) -> Batch:
    own = Batch.objects.visible_to(request.user).filter(project=project)
    return get_object_or_404(own, public_id=batch_id)


def may_change(request: MemberRequest) -> bool:
    return may(request.user, CHANGE, request.organization)


def require_change(request: MemberRequest) -> None:
    """403 for who sees the page and may not change what is on it."""
    if not may_change(request):
        raise PermissionDenied
