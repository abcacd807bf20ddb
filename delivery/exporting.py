"""Exports: jobs that write a project's tasks into one file, piece by piece, and can go on where they stopped."""

import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Self

from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.cutting_off import refuse_cut_off
from accounts.models import User
from core.actions import action
from core.errors import BusinessError
from delivery.kinds import FORMATS, ExportFormat, formats_for
from delivery.reading import PAGE_TASKS, next_page
from events import recording, running
from events.models import Job
from events.running import Progress
from events.verbs import Verb
from files import storage
from projects.models import Batch, Project, Task, TaskStatus

KIND = "export"
# A step writes until one of them is reached; both keep it far below ten seconds.
STEP_S = 4.0
STEP_BYTES = 16_000_000
# A page is parsed in memory, at several times the bytes that it is written with.
FIRST_PAGE = 100
PAGE_BYTES = 2_000_000


def register() -> None:
    running.register(KIND, step, title=gettext_lazy("Export"), link=link_of, needs_access=True)


@action
def start_export(
    project: Project, *, format_code: str, batch: Batch | None = None, status: str = "", by: User | None, at: datetime
) -> Job:
    """Begin an export of the project's tasks, or those of a batch or status; without a person it is the key's.

    Raises BusinessError `unknown_format` where the format does not fit the kind of work, CutOffError.
    """
    refuse_cut_off(project.organization_id)
    if format_code not in {found.code for found in formats_for(project.type)}:
        raise BusinessError(_("This project cannot be exported in that format."), code="unknown_format", status=400)
    params = {"format": format_code, "batch": batch.public_id if batch else "", "status": status}
    job = running.start_job(
        KIND, organization=project.organization, by=by, subject_id=project.public_id, params=params, at=at
    )
    event = recording.event(
        Verb.EXPORT_MADE,
        at=at,
        actor=recording.by_user_or_site(by),
        subject_type="project",
        subject_id=project.public_id,
        organization_id=project.organization_id,
        data={**params, "job": job.public_id},
    )
    recording.write(event)
    return job


def project_of(job: Job) -> Project:
    return Project.objects.get(public_id=job.subject_id, organization=job.organization_id)


def tasks_of(job: Job, project: Project) -> QuerySet[Task]:
    """The project's tasks that the job asks for."""
    tasks = Task.objects.filter(project=project)
    if not FORMATS[job.params["format"]].takes_open:
        tasks = tasks.filter(status=TaskStatus.COMPLETED)
    if job.params.get("batch"):
        tasks = tasks.filter(batch__public_id=job.params["batch"])
    if job.params.get("status"):
        tasks = tasks.filter(status=job.params["status"])
    return tasks


def step(job: Job) -> Progress:
    """Write for some seconds; then join the pieces; then delete them. Each may be done twice."""
    project = project_of(job)
    at = job.checkpoint or begin(job, project)
    match at["phase"]:
        case "write":
            return write(job, project, at)
        case "join":
            key = result_key(job)
            join(job, project, at, key)
            return progress(at | {"phase": "tidy"}, result_key=key)
        case _:
            delete_pieces(job, at)
            return progress(at, finished=True, result_key=result_key(job))


def begin(job: Job, project: Project) -> dict[str, Any]:
    """Tasks that come later are not part of it, so that it ends, and its total is true."""
    tasks = tasks_of(job, project)
    newest = tasks.order_by("-pk").values_list("pk", flat=True).first()
    return {
        "phase": "write",
        "after": 0,
        "newest": newest or 0,
        "done": 0,
        "total": tasks.count(),
        "state": FORMATS[job.params["format"]].begin(project),
        "pieces": {},
    }


def progress(at: dict[str, Any], *, finished: bool = False, result_key: str = "") -> Progress:
    return Progress(at["done"], max(at["total"], at["done"]), at, finished=finished, result_key=result_key)


def write(job: Job, project: Project, at: dict[str, Any]) -> Progress:
    """One piece per stream, of as many pages as fit into a step, written to a file as they are read."""
    with storage.scratch_folder() as folder, Pieces(Path(folder)) as pieces:
        moved = write_pages(job, project, at, pieces)
        counts = keep_pieces(job, at["pieces"], pieces)
    return progress(at | moved | {"pieces": counts})


class Pieces:
    """Files of this machine, one per stream, and how many bytes they have together."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.size = folder, 0
        self.files: dict[str, BinaryIO] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for file in self.files.values():
            file.close()

    def add(self, written: Mapping[str, bytes]) -> int:
        """How many bytes were added."""
        for stream, data in written.items():
            if stream not in self.files:
                self.files[stream] = (self.folder / stream).open("wb")
            self.files[stream].write(data)
        added = sum(map(len, written.values()))
        self.size += added
        return added


def write_pages(job: Job, project: Project, at: dict[str, Any], pieces: Pieces) -> dict[str, Any]:
    """Where the next step goes on."""
    chosen = FORMATS[job.params["format"]]
    tasks = tasks_of(job, project).filter(pk__lte=at["newest"])
    state, after, done, size = at["state"], at["after"], at["done"], FIRST_PAGE
    until = time.monotonic() + STEP_S
    while page := next_page(tasks, after=after, size=size):
        written, state = chosen.write(page, state)
        added = pieces.add(written)
        after, done = page[-1].task.pk, done + len(page)
        if pieces.size > STEP_BYTES or time.monotonic() > until:
            break
        size = fitting(len(page), added)
    return {"after": after, "done": done, "state": state, "phase": "write" if page else "join"}


def fitting(count: int, size: int) -> int:
    """How many tasks to read at once where so many had that size: few of large ones, so that memory stays flat."""
    return max(1, min(PAGE_TASKS, count * PAGE_BYTES // max(size, 1)))


def keep_pieces(job: Job, counts: dict[str, int], pieces: Pieces) -> dict[str, int]:
    """Store them under the next numbers; the same step done again overwrites its own."""
    counts = dict(counts)
    for stream, file in pieces.files.items():
        file.close()
        number = counts.get(stream, 0)
        storage.put(pieces.folder / stream, piece_key(job, stream, number), replace=True)
        counts[stream] = number + 1
    return counts


def join(job: Job, project: Project, at: dict[str, Any], key: str) -> None:
    """All pieces in the order of the format, through a file on this machine."""
    chosen = FORMATS[job.params["format"]]
    with storage.scratch_folder() as folder:
        path = Path(folder) / "export"
        with path.open("wb") as target:
            for part in chosen.layout(project, at["state"]):
                if isinstance(part, bytes):
                    target.write(part)
                    continue
                for number in range(at["pieces"].get(part, 0)):
                    with default_storage.open(piece_key(job, part, number)) as piece:
                        for data in piece.chunks():
                            target.write(data)
        storage.put(path, key, replace=True)


def delete_pieces(job: Job, at: dict[str, Any]) -> None:
    for stream, count in at.get("pieces", {}).items():
        for number in range(count):
            default_storage.delete(piece_key(job, stream, number))


def folder_of(job: Job) -> str:
    assert job.organization is not None  # exports belong to a customer
    return f"exports/{job.organization.public_id}"


def piece_key(job: Job, stream: str, number: int) -> str:
    return f"{folder_of(job)}/{job.public_id}.pieces/{stream}-{number:06}"


def result_key(job: Job) -> str:
    return f"{folder_of(job)}/{job.public_id}.{format_of(job).extension}"


def format_of(job: Job) -> ExportFormat:
    return FORMATS[job.params["format"]]


def link_of(job: Job) -> str:
    """Where the file is to be had; empty when it has been deleted."""
    if not job.result_key or job.organization is None:
        return ""
    kwargs = {"slug": job.organization.slug, "project_id": job.subject_id, "job_id": job.public_id}
    return reverse("delivery:export_file", kwargs=kwargs)
