"""From the bodies and filters of `/v1/batches` to batches."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from pydantic import BaseModel, Field

from accounts.models import ApiKey
from api import finding
from api.times import moment
from api.v1.listing import MOST, one_of
from api.v1.shapes import BatchOrder
from core.errors import BusinessError
from projects import adding, creating
from projects.models import Batch, BatchKind, BatchStatus, Project

FARTHEST = 1_000_000_000


class BatchFilter(BaseModel):
    """What `GET /v1/batches` understands; other parameters are passed over."""

    start_time: str | None = Field(default=None, description="Created at this time or later.")
    end_time: str | None = Field(default=None, description="Created before this time.")
    status: str | None = None
    project: str | None = Field(default=None, description="The project's name.")
    exclude_archived: bool = Field(default=False, description="Leave out those of archived projects.")
    limit: int = Field(default=MOST, ge=1, le=MOST)
    offset: int = Field(default=0, ge=0, le=FARTHEST)


def matching(key: ApiKey, wanted: BatchFilter) -> QuerySet[Batch]:
    """The newest first. Raises Http404 for a project that is not there, BusinessError (400) for an impossible value."""
    found = finding.batches_of(key).exclude(name=None).select_related("project").order_by("-created_at", "-pk")
    if wanted.start_time:
        found = found.filter(created_at__gte=moment(wanted.start_time, "start_time"))
    if wanted.end_time:
        found = found.filter(created_at__lt=moment(wanted.end_time, "end_time"))
    if wanted.status is not None:
        found = found.filter(status=one_of(wanted.status, BatchStatus.values, "status"))
    if wanted.project is not None:
        found = found.filter(project=finding.project_named(key, wanted.project))
    return found.filter(project__archived_at=None) if wanted.exclude_archived else found


def order(key: ApiKey, wanted: BatchOrder, *, at: datetime) -> Batch:
    """The batch, stored. Raises Http404 and BusinessError, both with what is wrong."""
    project = finding.project_named(key, wanted.project)
    return creating.create_batch(
        project,
        name=wanted.name,
        kind=kind_of(wanted, project),
        status=BatchStatus.STAGING if project.closes_batches else BatchStatus.IN_PROGRESS,
        callback=wanted.callback or "",
        metadata=wanted.metadata,
        by=None,
        at=at,
    )


def kind_of(wanted: BatchOrder, project: Project) -> BatchKind:
    """Raises BusinessError `bad_kind` (400)."""
    if not wanted.calibration_batch and not wanted.self_label_batch:
        return BatchKind.PRODUCTION
    if wanted.calibration_batch and wanted.self_label_batch:
        raise bad_kind(_("A batch is for calibration or for labeling by yourselves, not both."))
    if not project.closes_batches:
        raise bad_kind(_("Only Rapid and Studio projects have batches for calibration or for labeling by yourselves."))
    return BatchKind.CALIBRATION if wanted.calibration_batch else BatchKind.SELF_LABEL


def bad_kind(sentence: str) -> BusinessError:
    return BusinessError(sentence, code="bad_kind", status=400)


def finalize(batch: Batch, *, at: datetime) -> None:
    """Nothing happens where it is launched already, also by somebody who was first. A cancelled one is refused."""
    adding.refuse_canceled(batch)
    try:
        creating.finalize_batch(batch, by=None, at=at)
    except BusinessError as error:
        if error.code != "not_staging":
            raise
