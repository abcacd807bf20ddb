"""Many tasks from one file: a job that reads entries or rows and never takes one twice, whatever dies meanwhile."""

import time
import zipfile
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from django.db import IntegrityError
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.cutting_off import refuse_cut_off
from accounts.models import User
from core import limits
from core.actions import action
from core.errors import BusinessError
from events import recording
from events.models import Event, Job
from events.running import Progress, start_job
from events.verbs import Verb
from files import archives, storage, texts, uploading
from files.models import Upload
from projects import adding, contents
from projects.arrivals import Arrival, Reading, read
from projects.chunks import Chunk, chunks_of
from projects.models import Batch, ColumnHolds, Import, ImportKind, ImportRefusal, Project

JOB_KIND = "import"
STEP_S = 4
KEPT_REFUSALS = 1000
TEXT_COLUMN = "text"
ADDRESS_COLUMNS = ("attachment", "url", "image_url", "image", "address")
ENDINGS = {
    ".zip": ImportKind.ARCHIVE,
    ".csv": ImportKind.CSV,
    ".tsv": ImportKind.CSV,
    ".jsonl": ImportKind.JSON_LINES,
    ".ndjson": ImportKind.JSON_LINES,
}


def kind_of(name: str) -> ImportKind | None:
    """What kind of list the file is by its name; None for a single picture or text."""
    return ENDINGS.get(Path(name.lower()).suffix)


def begin(batch: Batch, upload: Upload, path: Path, *, at: datetime) -> Import:
    """The import of an uploaded file; it runs at once unless somebody has to choose the column.

    The same upload again is the same import. Raises BusinessError where the file cannot be read at all.
    """
    if found := Import.objects.filter(upload_id=upload.public_id).first():
        return found
    kind = kind_of(upload.name)
    assert kind is not None  # the caller has asked
    with path.open("rb") as stream:
        columns = columns_of(kind, stream)
    column, holds = known_column(batch.project, columns)
    try:
        return write_import(batch, upload, kind, columns=columns, column=column, holds=holds, at=at)
    except IntegrityError:
        return Import.objects.get(upload_id=upload.public_id)


def columns_of(kind: ImportKind, stream: BinaryIO) -> list[str]:
    """The columns that may hold what is labeled; none for an archive. Raises BusinessError for what is no such file."""
    match kind:
        case ImportKind.ARCHIVE:
            archives.checked(stream)
            return []
        case ImportKind.CSV:
            return texts.read_csv(stream).columns
    first = next((row for row in islice(texts.read_json_lines(stream), 100) if isinstance(row, texts.Row)), None)
    return [name[:255] for name in first.values][: limits.CSV_COLUMNS] if first else [TEXT_COLUMN]


def known_column(project: Project, columns: list[str]) -> tuple[str, ColumnHolds]:
    """The column with the usual name, or the only one, and what it holds; an empty name where somebody has to choose.

    A project of texts and pictures has to be asked, unless a column is called text.
    """
    kinds = held_kinds(project)
    if ColumnHolds.TEXT in kinds and TEXT_COLUMN in columns:
        return TEXT_COLUMN, ColumnHolds.TEXT
    if len(kinds) > 1:
        return "", ColumnHolds.TEXT
    usual = [name for name in ADDRESS_COLUMNS if name in columns] if kinds == [ColumnHolds.ADDRESS] else []
    return usual[0] if usual else columns[0] if len(columns) == 1 else "", kinds[0]


def held_kinds(project: Project) -> list[ColumnHolds]:
    """What a column of a table may hold, for this project: one of them at least."""
    texts_too = [ColumnHolds.TEXT] if contents.takes_texts(project) else []
    return [*texts_too, ColumnHolds.ADDRESS] if contents.takes_pictures(project) else [ColumnHolds.TEXT]


@action
def write_import(
    batch: Batch,
    upload: Upload,
    kind: ImportKind,
    *,
    columns: list[str],
    column: str,
    holds: ColumnHolds,
    at: datetime,
) -> Import:
    refuse_cut_off(batch.organization_id)
    found = Import.objects.create(
        organization_id=batch.organization_id,
        project_id=batch.project_id,
        batch=batch,
        kind=kind,
        name=upload.name,
        upload_id=upload.public_id,
        columns=columns,
        column=column,
        holds=holds,
        created_by=upload.by,
        created_at=at,
    )
    if kind == ImportKind.ARCHIVE or column:
        attach_job(found, by=upload.by, at=at)
    return found


@action
def choose_column(found: Import, column: str, holds: str = ColumnHolds.TEXT, *, by: User, at: datetime) -> None:
    """Begin the import that waited for this. Raises BusinessError `unknown_column`, `unknown_content`, `begun`."""
    if column not in found.columns:
        raise BusinessError(_("This file has no such column."), code="unknown_column", status=400)
    if holds not in held_kinds(found.project):
        sentence = _("Say whether the column holds texts or addresses of pictures; this project has to take them.")
        raise BusinessError(sentence, code="unknown_content", status=400)
    if not Import.objects.filter(pk=found.pk, job=None, column="").update(column=column, holds=holds):
        raise BusinessError(_("This import has begun already."), code="begun")
    attach_job(found, by=by, at=at)


def attach_job(found: Import, *, by: User | None, at: datetime) -> None:
    job = start_job(
        JOB_KIND,
        organization=found.organization,
        by=by,
        subject_id=found.project.public_id,
        params={"import": found.public_id},
        at=at,
    )
    Import.objects.filter(pk=found.pk).update(job=job)
    found.job = job  # whoever has just begun it asks whether it runs


@action
def take_in(found: Import, chunk: Chunk, *, at: datetime) -> bool:
    """Write the tasks of the next entries; False when another runner has done so already."""
    tasks = [arrival.task for arrival in chunk.arrivals if arrival.task is not None]
    refused = [arrival for arrival in chunk.arrivals if arrival.task is None]
    batch = adding.locked(found.batch)
    moved = Import.objects.filter(pk=found.pk, position=found.position, ended_at=None).update(
        position=F("position") + len(chunk.arrivals),
        made=F("made") + len(tasks),
        refused=F("refused") + len(refused),
        ended_at=at if chunk.is_last else None,
    )
    if not moved:
        return False
    rows = adding.store_tasks(batch, tasks, at=at)
    if tasks:
        # Of a million tasks a million events would say the same: they are those of this batch and moment.
        recording.write(event_of(Verb.TASKS_IMPORTED, found, at=at, batch=batch.public_id, made=len(tasks)))
    adding.begin_tasks(batch, rows, at=at)
    keep_refusals(found, refused)
    if chunk.is_last:
        sums = {"made": found.made + len(tasks), "refused": found.refused + len(refused)}
        recording.write(event_of(Verb.IMPORT_FINISHED, found, at=at, kind=found.kind, **sums))
    return True


def keep_refusals(found: Import, refused: list[Arrival]) -> None:
    room = max(0, KEPT_REFUSALS - found.refused)
    ImportRefusal.objects.bulk_create(
        [
            ImportRefusal(
                of_import=found, number=arrival.number, name=arrival.name, code=arrival.code, params=arrival.params
            )
            for arrival in refused[:room]
        ],
        ignore_conflicts=True,  # two broken records may begin in one line
    )


def event_of(verb: Verb, found: Import, *, at: datetime, **data: object) -> Event:
    return recording.event(
        verb,
        at=at,
        actor=recording.by_user_or_site(found.created_by),
        subject_type="import",
        subject_id=found.public_id,
        organization_id=found.organization_id,
        data=data,
    )


def path_of(found: Import) -> Path:
    """Where the bytes are. Raises BusinessError `upload_gone`: they are kept for two days."""
    path = uploading.folder() / found.upload_id
    if not path.exists():
        raise BusinessError(_("The file is no longer there. Upload it again."), code="upload_gone", status=410)
    return path


def import_of(job: Job) -> Import:
    rows = Import.objects.select_related("batch", "organization", "project__current_version", "created_by")
    return rows.get(public_id=job.params["import"])


@dataclass(frozen=True)
class Open:
    """A file that is being read, and how many entries or rows of it were taken in."""

    stream: BinaryIO
    reading: Reading
    position: int


class Readers:
    """Imports that are being read in this process, so that the next step goes on where the last one stopped."""

    def __init__(self) -> None:
        self.open: dict[tuple[int, str], Open] = {}

    def take(self, found: Import, job: Job) -> Open:
        """The file and what comes next in it: for a new runner, from where the job's last step had come."""
        last = self.open.pop((found.pk, job.runner), None)
        if last is not None and last.position == found.position:
            return last
        self.close_all()
        position, start = place_of(job)
        if position > found.position:
            position, start = 0, None
        stream = path_of(found).open("rb")
        return Open(stream, read(found, stream, start=start, skip=found.position - position), found.position)

    def keep(self, found: Import, job: Job, last: Open) -> None:
        self.open[found.pk, job.runner] = replace(last, position=found.position)

    def close_all(self) -> None:
        """A runner does one job at a time: whatever else is open was left by one that has ended."""
        for left in self.open.values():
            left.stream.close()
        self.open.clear()


def place_of(job: Job) -> tuple[int, texts.Place | None]:
    """Rows that lie before the place in the file that the job's last recorded step had come to."""
    if "offset" not in job.checkpoint:
        return 0, None
    return job.checkpoint["position"], texts.Place(job.checkpoint["offset"], job.checkpoint["line"])


READERS = Readers()


def step(job: Job) -> Progress:
    """Take in entries for a few seconds."""
    found = import_of(job)
    if found.ended_at is not None:
        return progress(found)
    now_open = READERS.take(found, job)
    stream, reading = now_open.stream, now_open.reading
    total = job.total or estimate(found, stream)
    is_ours = is_last = False
    for chunk in chunks_of(found, reading, until=time.monotonic() + STEP_S):
        is_ours = take_in(found, chunk, at=timezone.now())
        is_last = is_ours and chunk.is_last
        found = import_of(job)
        if not is_ours:
            break  # what we have read is not what comes next any more
    if is_last or not is_ours:
        stream.close()
    if is_last:
        storage.discard(path_of(found))
    if is_last or not is_ours:
        return progress(found, total=total)
    READERS.keep(found, job, now_open)
    return progress(found, total=total, place=reading.place)


def estimate(found: Import, stream: BinaryIO) -> int | None:
    """How much there is: the entries of an archive's directory; of a table by its size nothing is said."""
    if found.kind != ImportKind.ARCHIVE:
        return None
    position = stream.tell()
    with zipfile.ZipFile(archives.checked(stream)) as archive:
        count = sum(not entry.is_dir() for entry in archive.infolist())
    stream.seek(position)
    return count


def progress(found: Import, *, total: int | None = None, place: texts.Place | None = None) -> Progress:
    is_finished = found.ended_at is not None
    return Progress(
        done=found.position,
        total=found.position if is_finished else total,
        checkpoint={"position": found.position, **asdict(place)} if place else {},
        finished=is_finished,
        message_code=message_code(found) if is_finished else "",
        message_params={"made": found.made, "refused": found.refused},
    )


def message_code(found: Import) -> str:
    return "imported_with_refusals" if found.refused else "imported"


def link(job: Job) -> str:
    """The page that says what was taken in and what was not."""
    found = import_of(job)
    return reverse("customer:import", args=[found.organization.slug, found.project.public_id, found.public_id])
