"""Which one is meant: things are named by id or by name in the query or the body."""

from collections.abc import Collection
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from accounts.models import ApiKey
from api import finding
from core.errors import BusinessError
from projects.models import Batch, BatchQuerySet, Project

M = TypeVar("M", bound=Model)
OPTIONS = {"annotation_details", "attachment_details", "model_parameters", "submissions"}


def bad(sentence: str, code: str) -> BusinessError:
    return BusinessError(sentence, code=code, status=400)


def required(name: str) -> BusinessError:
    return bad(_('Parameter is invalid, reason: "%(name)s" is required') % {"name": name}, "missing")


def one(rows: "QuerySet[M]", what: str, **named: str | None) -> M:
    """The row that the given ones of the names name. Raises Http404; BusinessError where none is given."""
    given: dict[str, Any] = {field: value for field, value in named.items() if value is not None}
    if not given:
        raise required(f"{what}_id")
    # PostgreSQL takes no NUL.
    found = rows.filter(**given).first() if not any("\0" in value for value in given.values()) else None
    if found is None:
        sentence = _("There is no %(what)s “%(name)s”.")
        raise Http404(sentence % {"what": what, "name": next(iter(given.values()))[:200]})
    return found


def project(key: ApiKey, project_id: str | None, name: str | None) -> Project:
    rows = finding.projects_of(key).select_related("current_version", "organization")
    return one(rows, "project", public_id=project_id, name=name)


def batches(key: ApiKey) -> BatchQuerySet:
    """Those with a name: a project's standing batch is none to Scale."""
    return finding.batches_of(key).filter(name__isnull=False).select_related("project__current_version", "organization")


def batch(key: ApiKey, batch_id: str | None, name: str | None) -> Batch:
    return one(batches(key), "batch", public_id=batch_id, name=name)


def chosen(request: HttpRequest, name: str, known: Collection[str]) -> set[str]:
    """What a list in the query holds, which may be spelled with brackets. Raises BusinessError for an unknown value."""
    found = {*request.GET.getlist(name), *request.GET.getlist(f"{name}[]")}
    if unknown := sorted(found - set(known)):
        sentence = _("“%(name)s” has no “%(value)s”: it is one of %(values)s.")
        values = ", ".join(sorted(known))
        raise bad(sentence % {"name": name, "value": unknown[0][:100], "values": values}, "bad_value")
    return found
