"""The project of tasks that are ordered without one: made when the first comes, one per kind of work and world."""

from datetime import datetime

from django.db import IntegrityError
from django.utils.translation import gettext as _

from accounts.models import Organization
from projects.creating import Terms, write_project
from projects.models import Project, Workforce


def project_of_type(organization: Organization, type_name: str, *, mode: str, at: datetime) -> Project:
    """With its current version. It asks for nothing by itself: each task brings all its params."""
    wanted = Project.objects.filter(organization=organization, mode=mode, type=type_name, implicit=True)
    with_version = wanted.select_related("current_version", "organization")
    found = with_version.first()
    if found is None:
        make(organization, type_name, mode=mode, at=at)
        found = with_version.get()
    return found


def make(organization: Organization, type_name: str, *, mode: str, at: datetime) -> None:
    for number in range(1, 100):
        try:
            write_project(
                organization,
                name=name_of(type_name, number),
                type=type_name,
                terms=Terms(params={}),
                workforce=Workforce.MANAGED,
                mode=mode,
                implicit=True,
                by=None,
                at=at,
            )
        except IntegrityError:
            # Another request was first, or somebody has called a project so.
            if Project.objects.filter(organization=organization, mode=mode, type=type_name, implicit=True).exists():
                return
        else:
            return


def name_of(type_name: str, number: int) -> str:
    name = _("Without a project: %(kind)s") % {"kind": type_name}
    return name if number == 1 else f"{name} {number}"
