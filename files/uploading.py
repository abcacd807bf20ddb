"""Taking a file in pieces, so that a broken connection goes on where it was.

What an upload is for is registered by the apps above: `TARGETS["batch"] = BatchTarget()`.
"""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from django.conf import settings
from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _

from accounts.cutting_off import refuse_cut_off
from accounts.models import Mode, Organization, User
from core import limits
from core.actions import action
from core.errors import BusinessError, StaleState
from files import storage, storing
from files.models import Upload
from files.names import clean_name
from files.storing import Readable, too_large

KEPT = timedelta(days=2)
FINISHING = timedelta(minutes=10)
OPEN_BYTES = 10 * limits.FILE_BY_PAGE
OPEN_UPLOADS = 1000
FREE_BYTES = 500 * limits.MB
READ_AT_ONCE = 256 * 1024
# Lists of many things; whatever else is one picture or text.
BULK_ENDINGS = (".zip", ".csv", ".tsv", ".jsonl", ".ndjson", ".json")


@dataclass(frozen=True)
class Finished:
    """What a target says at the end; `keep` leaves the bytes at `path_of(upload)` for a job, for two days."""

    answer: dict[str, Any]
    keep: bool = False


class Target(Protocol):
    """What uploads can be for. Neither method is called inside a transaction."""

    def accept(self, upload: Upload) -> None:
        """Raise BusinessError (404 for what the person may not see) unless the upload, not yet saved, may begin."""

    def finish(self, upload: Upload, path: Path, *, at: datetime) -> Finished:
        """Everything has arrived. Raise BusinessError to refuse it; called again after a crash."""


TARGETS: dict[str, Target] = {}


class FileByItself:
    """The target of an upload that names none: stored, and known by its id."""

    def accept(self, upload: Upload) -> None:
        """Whoever may upload may do this."""

    def finish(self, upload: Upload, path: Path, *, at: datetime) -> Finished:
        with path.open("rb") as stream:
            file, is_new = storing.store(
                stream, organization=upload.organization, mode=upload.mode, name=upload.name, by=upload.by, at=at
            )
        return Finished({"file": {"id": file.public_id, "name": file.name, "state": file.state, "is_new": is_new}})


FILE_BY_ITSELF = FileByItself()


def target_of(upload: Upload) -> Target:
    if not upload.target_kind:
        return FILE_BY_ITSELF
    if upload.target_kind not in TARGETS:
        raise BusinessError(_("Nothing of this kind takes files."), code="unknown_target", status=404)
    return TARGETS[upload.target_kind]


def begin(
    *,
    organization: Organization,
    by: User,
    mode: Mode,
    name: str,
    size: int,
    at: datetime,
    target_kind: str = "",
    target_id: str = "",
) -> Upload:
    """An upload that waits for its first piece. Raises BusinessError for what would be refused at the end anyway."""
    upload = Upload(organization=organization, by=by, mode=mode, name=clean_name(name), bytes=size, created_at=at)
    upload.target_kind, upload.target_id = target_kind, target_id
    check_size(upload)
    target_of(upload).accept(upload)
    insert(upload)
    path_of(upload).touch()
    return upload


def check_size(upload: Upload) -> None:
    if upload.bytes == 0:
        raise BusinessError(_("This file is empty."), code="empty", status=400)
    is_bulk = bool(upload.target_kind) and upload.name.lower().endswith(BULK_ENDINGS)
    most = limits.FILE_BY_PAGE if is_bulk else limits.FILE_BY_API
    if upload.bytes > most:
        raise too_large(most)
    if shutil.disk_usage(folder()).free < upload.bytes + FREE_BYTES:
        raise BusinessError(_("The disk of this site is full. Tell its operator."), code="disk_full", status=507)


@action
def insert(upload: Upload) -> None:
    refuse_cut_off(upload.organization_id)
    waiting = Upload.objects.unfinished().filter(organization=upload.organization)
    taken = waiting.aggregate(total=Sum(F("bytes")))["total"] or 0
    if taken + upload.bytes > OPEN_BYTES or waiting.count() >= OPEN_UPLOADS:
        sentence = _("Too many uploads are under way. Finish or cancel some of them first.")
        raise BusinessError(sentence, code="too_many_uploads", status=429)
    upload.save(force_insert=True)


def folder() -> Path:
    path = Path(settings.DATA_DIR) / "uploads"
    path.mkdir(parents=True, exist_ok=True)
    return path


def path_of(upload: Upload) -> Path:
    return folder() / upload.public_id


def add_chunk(upload: Upload, stream: Readable, *, offset: int) -> int:
    """Append a piece of at most 4 MB; how many bytes are there now.

    Raises StaleState where the offset is not the end of what is there (its `received` says the end).
    """
    with alone(upload) as file:
        upload.refresh_from_db(fields=["received", "ended_at"])
        if upload.ended_at or offset != upload.received:
            sentence = _("Go on at byte %(received)s.") % {"received": upload.received}
            raise StaleState(sentence, code="wrong_offset", received=upload.received)
        size = copy_chunk(stream, file, offset, most=min(limits.UPLOAD_CHUNK, upload.bytes - offset))
        note_received(upload, offset=offset, size=size)
    return upload.received


@contextmanager
def alone(upload: Upload) -> Iterator[BinaryIO]:
    """The open file, while no other request writes to it. Raises BusinessError otherwise."""
    try:
        file = path_of(upload).open("r+b")
    except FileNotFoundError:
        raise BusinessError(_("This upload is over. Begin again."), code="upload_gone", status=410) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sentence = _("Another piece of this file is just arriving.")
            raise BusinessError(sentence, code="upload_busy") from None
        yield file


def copy_chunk(stream: Readable, file: BinaryIO, offset: int, *, most: int) -> int:
    """Counts real bytes: what a header declares is not believed. A piece that is too long leaves nothing behind."""
    file.seek(offset)
    size = 0
    while piece := stream.read(READ_AT_ONCE):
        size += len(piece)
        if size > most:
            file.truncate(offset)
            raise BusinessError(_("This piece is too long."), code="chunk_too_large", status=413)
        file.write(piece)
    file.truncate()
    return size


@action
def note_received(upload: Upload, *, offset: int, size: int) -> None:
    moved = Upload.objects.unfinished().filter(pk=upload.pk, received=offset)
    if not moved.update(received=offset + size):
        raise StaleState(_("This upload has ended."), code="upload_gone")
    upload.received = offset + size


def finish(upload: Upload, *, at: datetime) -> dict[str, Any]:
    """Hand the whole file to its target, once; who asks again gets the first answer."""
    if not close(upload, at=at):
        return first_answer(upload)
    done = False
    try:
        finished = target_of(upload).finish(upload, path_of(upload), at=at)
        note_answer(upload, finished.answer)
        done = True
    finally:
        if not done:
            reopen(upload)
    if not finished.keep:
        storage.discard(path_of(upload))
    return finished.answer


def first_answer(upload: Upload) -> dict[str, Any]:
    upload.refresh_from_db()
    if isinstance(upload.answer, dict):
        return upload.answer
    if upload.ended_at:
        raise StaleState(_("This upload is just being finished."), code="upload_busy")
    sentence = _("%(received)s of %(bytes)s bytes have arrived.")
    raise StaleState(
        sentence % {"received": upload.received, "bytes": upload.bytes}, code="incomplete", received=upload.received
    )


@action
def close(upload: Upload, *, at: datetime) -> bool:
    # Whoever began to finish it and has not said anything for so long was killed.
    free = Q(ended_at=None) | Q(ended_at__lt=at - FINISHING, answer__isnull=True)
    return bool(Upload.objects.filter(free, pk=upload.pk, received=F("bytes")).update(ended_at=at))


@action
def reopen(upload: Upload) -> None:
    Upload.objects.filter(pk=upload.pk, answer__isnull=True).update(ended_at=None)


@action
def note_answer(upload: Upload, answer: dict[str, Any]) -> None:
    Upload.objects.filter(pk=upload.pk).update(answer=answer)


def cancel(upload: Upload) -> None:
    """Forget it, unless its end has begun."""
    if delete_unfinished(upload):
        storage.discard(path_of(upload))


@action
def delete_unfinished(upload: Upload) -> bool:
    return bool(Upload.objects.unfinished().filter(pk=upload.pk).delete()[0])


def sweep(*, at: datetime) -> int:
    """Forget uploads that began two days ago, and what crashes left behind; how many uploads they were."""
    old = list(Upload.objects.filter(created_at__lt=at - KEPT).order_by("pk")[:500])
    delete_old([upload.pk for upload in old])
    for upload in old:
        storage.discard(path_of(upload))
    storage.sweep_scratch(before=at - KEPT)
    return len(old)


@action
def delete_old(ids: list[int]) -> None:
    Upload.objects.filter(pk__in=ids).delete()
