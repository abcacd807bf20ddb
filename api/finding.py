"""What a key may see: of its own organization, in its own world. Everything else is 404."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import ApiKey
from core.prepared import PreparedObjects
from files.models import File
from projects.models import Batch, BatchQuerySet, Project, Task
from projects.versions import version


def projects_of(key: ApiKey) -> QuerySet[Project]:
    return Project.objects.filter(organization=key.organization_id, mode=key.mode)


def batches_of(key: ApiKey) -> BatchQuerySet:
    return Batch.objects.filter(organization=key.organization_id, mode=key.mode)


def tasks_of(key: ApiKey) -> QuerySet[Task]:
    return Task.objects.filter(organization=key.organization_id, mode=key.mode)


def stored(name: str) -> str:
    """A name as it is stored. Raises Http404 for what no database would keep."""
    if "\0" in name:
        raise Http404(_("There is no such thing here."))
    return name.strip()


def project_named(key: ApiKey, name: str) -> Project:
    """With its current version. Raises Http404."""
    found = projects_of(key).select_related("current_version", "organization").filter(name=stored(name)).first()
    if found is None:
        raise Http404(_("There is no project with the name “%(name)s”.") % {"name": name})
    return found


WITH_PROJECTS = Batch.objects.select_related("project")
KINDS = {"organization": int, "mode": str, "name": str}
NAMED = PreparedObjects(WITH_PROJECTS.filter, **KINDS)
STANDING = PreparedObjects(lambda name, **given: WITH_PROJECTS.filter(project__name=name, name=None, **given), **KINDS)


def batch_of(key: ApiKey, known: PreparedObjects, name: str) -> Batch | None:
    """With its project, that one's current version, and the key's organization. One query."""
    found = known.first_object(organization=key.organization_id, mode=key.mode, name=stored(name))
    if found is None:
        return None
    batch: Batch = found
    batch.organization = batch.project.organization = key.organization
    assert batch.project.current_version_id is not None  # written with the project
    batch.project.current_version = version(batch.project.current_version_id)
    return batch


def standing_batch(key: ApiKey, project_name: str) -> Batch:
    """That of a project without a batch's name. Raises Http404 for a project that is not there."""
    return batch_of(key, STANDING, project_name) or project_named(key, project_name).batches.get(name=None)


def projects_named(key: ApiKey, names: Sequence[str]) -> list[Project]:
    """Each once, in the order of their names, by one query. Raises Http404 with the first that is not there."""
    found = {project.name: project for project in projects_of(key).filter(name__in=set(names)).order_by("name")}
    for name in names:
        if name not in found:
            raise Http404(_("There is no project with the name “%(name)s”.") % {"name": name})
    return list(found.values())


def batch_named(key: ApiKey, name: str) -> Batch:
    """With its project and that one's current version. Raises Http404."""
    found = batch_of(key, NAMED, name)
    if found is None:
        raise Http404(_("There is no batch with the name “%(name)s”.") % {"name": name})
    return found


def task_with_id(key: ApiKey, public_id: str) -> Task:
    """Raises Http404, whatever shape the id has."""
    found = tasks_of(key).filter(public_id=public_id).first() if "\0" not in public_id else None
    if found is None:
        raise Http404(_("There is no task with the id “%(id)s”.") % {"id": public_id[:100]})
    return found


def file_with_id(key: ApiKey, public_id: str) -> File:
    """Raises Http404."""
    found = File.objects.filter(organization=key.organization_id, mode=key.mode, public_id=public_id).first()
    if found is None:
        raise Http404(_("There is no file with the id “%(id)s”.") % {"id": public_id[:100]})
    return found
