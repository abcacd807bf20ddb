"""Files by themselves: uploaded or imported, then named by tasks with their `attachment_url`."""

import mimetypes
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import BaseModel, Field

from accounts.models import ApiKey
from api import finding
from api.auth import KeyRequest
from api.tree import ok
from api.v1 import uploading
from api.v1.batch_ordering import FARTHEST
from api.v1.listing import MOST
from api.v1.shapes import AssetOut, AssetPage, Error, ImportOrder, Json
from core import jsonio, limits
from core.errors import BusinessError
from delivery.scale_json import stamp
from projects import assets
from projects.assets import Labels
from projects.models import Asset
from projects.sources import OWN_SCHEME

router = Router(tags=["Files"])
ERRORS = {400: Error, 401: Error, 403: Error, 404: Error, 429: Error}
FORM: Json = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "project_name": {"type": "string"},
                        "display_name": {"type": "string"},
                        "reference_id": {"type": "string"},
                        "metadata": {"type": "string", "description": "A JSON object, as a text."},
                    },
                }
            }
        },
    }
}


class AssetFilter(BaseModel):
    """What `GET /v1/assets` understands; other parameters are passed over."""

    project_name: str | None = None
    reference_id: str | None = None
    limit: int = Field(default=MOST, ge=1, le=MOST)
    offset: int = Field(default=0, ge=0, le=FARTHEST)


@router.post(
    "/files/upload",
    response={200: AssetOut, 409: Error, 413: Error, **ERRORS},
    operation_id="upload_file",
    openapi_extra=FORM,
)
def upload_file(request: KeyRequest) -> HttpResponse:
    """Upload a file of at most 80 MB."""
    key = request.auth
    with uploading.parts_of(request) as (file, fields):
        labels = labels_of(key, fields)
        stream = file.open("rb")
        asset = assets.upload(key.organization, stream, file.name or "", labels, mode=key.mode, at=timezone.now())
    return ok(asset_json(asset))


@router.post("/files/import", response={200: AssetOut, 409: Error, **ERRORS}, operation_id="import_file")
def import_file(request: KeyRequest, order: ImportOrder) -> HttpResponse:
    """Have a file fetched. The answer comes at once; tasks that name it wait until it is here."""
    labels = labels_of(request.auth, order.model_dump(exclude={"file_url"}))
    asset = assets.fetch(request.auth.organization, order.file_url, labels, mode=request.auth.mode, at=timezone.now())
    return ok(asset_json(asset))


@router.get("/assets", response={200: AssetPage, **ERRORS}, operation_id="assets")
def list_assets(request: KeyRequest, wanted: Query[AssetFilter]) -> HttpResponse:
    """Files that were uploaded or imported, the newest first, a page at a time."""
    matching = found_by(request.auth, wanted)
    related = matching.select_related("file", "fetch__file", "organization").prefetch_related("projects")
    found = list(related.order_by("-pk")[wanted.offset : wanted.offset + wanted.limit + 1])
    page: Json = {
        "docs": [asset_json(asset) for asset in found[: wanted.limit]],
        "total": matching.count(),
        "limit": wanted.limit,
        "offset": wanted.offset,
        "has_more": len(found) > wanted.limit,
    }
    return ok(page)


def found_by(key: ApiKey, wanted: AssetFilter) -> QuerySet[Asset]:
    found = Asset.objects.filter(organization=key.organization_id, mode=key.mode)
    if wanted.project_name is not None:
        found = found.filter(projects=finding.project_named(key, wanted.project_name))
    return found if wanted.reference_id is None else found.filter(reference_id=wanted.reference_id)


def labels_of(key: ApiKey, fields: Json) -> Labels:
    """Raises Http404 for no such project, BusinessError (400) for metadata that is no object."""
    project = fields.get("project_name")
    metadata = fields.get("metadata") or {}
    if isinstance(metadata, str):
        metadata = metadata_in(metadata)
    return Labels(
        name=fields.get("display_name") or "",
        reference_id=fields.get("reference_id"),
        metadata=metadata,
        projects=(finding.project_named(key, project),) if project else (),
    )


def metadata_in(text: str) -> Any:
    """Raises BusinessError for what is no JSON, by the parameter's name."""
    try:
        return jsonio.parse(text, most_bytes=limits.METADATA)
    except BusinessError as error:
        sentence = _('Parameter is invalid, reason: "metadata": %(reason)s') % {"reason": error.message}
        raise BusinessError(sentence, code=error.code, status=error.status) from None


def asset_json(asset: Asset) -> Json:
    """Size and type are absent while the file is fetched. Reads nothing where all that belongs to it is read."""
    file = asset.stored()
    found: dict[str, Any] = {
        "id": asset.public_id,
        "attachment_url": f"{OWN_SCHEME}://{asset.organization.public_id}/{asset.public_id}",
        "display_name": asset.name,
        "reference_id": asset.reference_id,
        "metadata": asset.metadata,
        "project_names": [project.name for project in asset.projects.all()],
        "mime_type": type_of(asset.name, file.type) if file else None,
        "size": file.bytes if file else None,
        "status": file.state if file else asset.fetch.state if asset.fetch else None,
        "created_at": stamp(asset.created_at),
        "updated_at": stamp(asset.created_at),
    }
    return {name: value for name, value in found.items() if value is not None}


def type_of(name: str, known: str) -> str:
    """What was found in it; by its ending until it has been read."""
    return known or mimetypes.guess_type(name)[0] or "application/octet-stream"
