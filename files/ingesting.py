"""Reading an original: its type and size, and the renditions that people get."""

from datetime import datetime, timedelta
from pathlib import Path

import structlog
from django.db.models import F

from core.actions import action
from events.waking import publish
from files import storage
from files.decoding import Decoded, DecodedRendition, DecoderFailedError, UndecodableError, decode
from files.models import File, FileState, Rendition
from files.signals import file_broken, file_ready

MOST_TRIES = 3
# The first try's; four times as long with each: a storage that is away for half an hour costs no file.
CLAIM = timedelta(minutes=2)
SWEPT_AT_ONCE = 500

log = structlog.get_logger(__name__)


def ingest(file_id: int, *, at: datetime) -> FileState | None:
    """Read the file if nobody else does; the state it is in then, None where there was nothing to do.

    After a fault of ours it stays uploaded, and the sweeper tries again when the claim has lapsed.
    """
    file = claim(file_id, at=at)
    if file is None:
        return None
    if file.tries > MOST_TRIES:
        return break_file(file, "not_read", {}, at=at)
    with storage.scratch_folder() as folder:
        try:
            decoded = read(file, Path(folder))
        except UndecodableError as error:
            return break_file(file, error.code, error.params, at=at)
        except DecoderFailedError:
            log.exception("files.decoder_failed", file=file.public_id, tries=file.tries)
            return FileState.UPLOADED
        keep_renditions(file, decoded)
    return finish_file(file, decoded, at=at)


def read(file: File, folder: Path) -> Decoded:
    original = folder / "original"
    made = folder / "made"
    made.mkdir()
    storage.copy_out(file.key, original)
    return decode(original, made)


def keep_renditions(file: File, decoded: Decoded) -> None:
    for rendition in decoded.renditions:
        storage.put(rendition.path, rendition_key(file, rendition), replace=True)


def rendition_key(file: File, rendition: DecodedRendition) -> str:
    return f"{file.key}-{rendition.kind}"


@action
def claim(file_id: int, *, at: datetime) -> File | None:
    """Take the file for reading: of two who try, one gets it."""
    file = File.objects.filter(pk=file_id, state=FileState.UPLOADED).first()
    if file is None:
        return None
    until = at + CLAIM * 4 ** min(file.tries, MOST_TRIES)
    taken = File.objects.unclaimed(at=at).filter(pk=file_id, tries=file.tries)
    if not taken.update(tries=F("tries") + 1, claimed_until=until):
        return None
    file.refresh_from_db()
    return file


@action
def finish_file(file: File, decoded: Decoded, *, at: datetime) -> FileState | None:
    """Say that the file can be used; None when the claim had lapsed and another reader was first."""
    found = {"type": decoded.type, "width": decoded.width, "height": decoded.height, "frames": decoded.frames}
    if not end(file, state=FileState.READY, **found):
        return None
    Rendition.objects.bulk_create(
        Rendition(
            file=file,
            kind=made.kind,
            key=rendition_key(file, made),
            type=made.type,
            bytes=made.bytes,
            width=made.width,
            height=made.height,
        )
        for made in decoded.renditions
    )
    file_ready.send(File, file=file, at=at)
    return FileState.READY


@action
def break_file(file: File, code: str, params: dict[str, int], *, at: datetime) -> FileState | None:
    """Say that the file cannot be read, and why."""
    if not end(file, state=FileState.BROKEN, error_code=code, error_params=params):
        return None
    file_broken.send(File, file=file, at=at)
    return FileState.BROKEN


def end(file: File, *, state: FileState, **found: object) -> bool:
    # The number of tries is the claim: whoever took the file after us has raised it.
    held = File.objects.filter(pk=file.pk, state=FileState.UPLOADED, tries=file.tries)
    if not held.update(state=state, claimed_until=None, **found):
        return False
    file.refresh_from_db()
    return True


def sweep(*, at: datetime) -> int:
    """Wake readers for the files that no wake-up reached; how many they were."""
    overdue = File.objects.overdue(at=at).order_by("created_at").values_list("pk", flat=True)[:SWEPT_AT_ONCE]
    return sum(publish("files.jobs.ingest_file", (pk,)) for pk in overdue)
