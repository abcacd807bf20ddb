"""Taking an original in: its bytes into the storage, then its row, once per organization and world."""

import hashlib
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from django.utils.translation import gettext as _

from accounts.models import Mode, Organization, User
from core import limits
from core.actions import action
from core.errors import BusinessError
from events.waking import wake
from files import storage
from files.models import File, FileState
from files.names import clean_name
from files.reasons import WORTH_ANOTHER_LOOK

READ_AT_ONCE = 1 << 20


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Received:
    sha256: str
    bytes: int


def store(
    stream: Readable,
    *,
    organization: Organization,
    mode: Mode | str,
    name: str,
    by: User | None,
    at: datetime,
    most_bytes: int = limits.FILE_BY_API,
) -> tuple[File, bool]:
    """The file's row, and whether it is new: the same content again is the same row, under its first name.

    The bytes are in the storage before the row exists. Raises BusinessError for an empty file (400) and for one
    of more than `most_bytes` (413). Not to be called inside a transaction.
    """
    with storage.scratch_folder() as folder:
        path = Path(folder) / "original"
        received = receive(stream, path, most_bytes=most_bytes)
        key = f"{organization.public_id}/{mode}/{received.sha256[:2]}/{received.sha256}"
        storage.put(path, key)
    return record(organization=organization, mode=str(mode), received=received, key=key, name=name, by=by, at=at)


def receive(stream: Readable, path: Path, *, most_bytes: int) -> Received:
    """Write the stream to the path; sizes that others declare are not believed, real bytes are counted."""
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as target:
        while piece := stream.read(READ_AT_ONCE):
            size += len(piece)
            if size > most_bytes:
                raise too_large(most_bytes)
            digest.update(piece)
            target.write(piece)
        target.flush()
        # A row must not outlive its bytes when the power fails.
        os.fsync(target.fileno())
    if not size:
        raise BusinessError(_("This file is empty."), code="empty", status=400)
    return Received(sha256=digest.hexdigest(), bytes=size)


def too_large(most_bytes: int) -> BusinessError:
    sentence = _("This file is larger than %(limit)s MB.") % {"limit": most_bytes // limits.MB}
    return BusinessError(sentence, code="too_large", status=413)


@action
def record(
    *, organization: Organization, mode: str, received: Received, key: str, name: str, by: User | None, at: datetime
) -> tuple[File, bool]:
    """Insert the row, or find the one that is there; wake whoever reads files."""
    file, is_new = File.objects.get_or_create(
        organization=organization,
        sha256=received.sha256,
        mode=mode,
        defaults={"key": key, "name": clean_name(name), "bytes": received.bytes, "uploaded_by": by, "created_at": at},
    )
    if is_new or look_again(file):
        wake("files.jobs.ingest_file", file.pk)
    return file, is_new


def look_again(file: File) -> bool:
    """Queue a broken file anew where the reason may have been ours; whoever gives it again asks for that."""
    if file.state != FileState.BROKEN or file.error_code not in WORTH_ANOTHER_LOOK:
        return False
    fresh = {"state": FileState.UPLOADED, "error_code": "", "error_params": {}, "tries": 0, "claimed_until": None}
    if not File.objects.filter(pk=file.pk, state=FileState.BROKEN).update(**fresh):
        return False
    file.refresh_from_db()
    return True
