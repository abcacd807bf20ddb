"""Files that come in one request, from a form without a script: each goes the way of an upload in pieces."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Protocol

from accounts.models import Mode, User
from core import limits
from core.errors import BusinessError
from files import uploading
from projects.models import Batch


class GivenFile(Protocol):
    """Django's uploaded file, as far as it matters here."""

    @property
    def name(self) -> str | None: ...

    @property
    def size(self) -> int | None: ...

    def read(self, size: int) -> bytes: ...


@dataclass(frozen=True)
class Answer:
    """What became of one file; `reason` is empty for one that was taken."""

    name: str
    reason: str
    said: dict[str, Any]


def receive(file: GivenFile, batch: Batch, *, by: User, at: datetime) -> Answer:
    name = file.name or ""
    try:
        return Answer(name, "", take(file, batch, by=by, at=at))
    except BusinessError as error:
        return Answer(name, str(error), {})


def take(file: GivenFile, batch: Batch, *, by: User, at: datetime) -> dict[str, Any]:
    upload = uploading.begin(
        organization=batch.organization,
        by=by,
        mode=Mode(batch.mode),
        name=file.name or "",
        size=file.size or 0,
        target_kind="batch",
        target_id=batch.public_id,
        at=at,
    )
    try:
        while upload.received < upload.bytes:
            piece = file.read(min(limits.UPLOAD_CHUNK, upload.bytes - upload.received))
            uploading.add_chunk(upload, BytesIO(piece), offset=upload.received)
        return uploading.finish(upload, at=at)
    except BusinessError:
        uploading.cancel(upload)
        raise
