"""Many rows in and out: the project's import and export in processes of their own, and COPY of the same rows."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import IO

import orjson
import psycopg
from django.utils import timezone

from accounts.models import Membership, Role, User
from bench.filling import fill, finish_all
from bench.seeding import World
from config.runtime.site import ROOT
from delivery.exporting import start_export
from events.models import Job
from files import uploading
from files.models import Upload
from projects import importing
from projects.models import Batch, Project

TEXT = "Row number {}: " + "some words to read, " * 14
COPIED = (
    ("projects_task", "project_id = %s"),
    ("projects_taskcontent", "task_id IN (SELECT id FROM projects_task WHERE project_id = %s)"),
    ("labeling_workitem", "task_id IN (SELECT id FROM projects_task WHERE project_id = %s)"),
)
BLOCK = 1_000_000


@dataclass(frozen=True)
class Moved:
    rows: int
    seconds: float
    peak_mb: float | None

    @property
    def rows_per_s(self) -> float | None:
        return round(self.rows / self.seconds, 1) if self.rows and self.seconds else None


def person(world: World) -> User:
    """An admin of the measured customer."""
    user, _made = User.objects.get_or_create(email="admin@example.org")
    Membership.objects.get_or_create(user=user, organization=world.measured, defaults={"role": Role.ADMIN})
    return user


def import_rows(world: World, count: int, *, most_s: float) -> tuple[Project, Moved]:
    """A JSON Lines file as it was uploaded, taken in by the import's job; stopped when the time is over."""
    project = world.make_project(world.measured, f"Imported {count}")
    at = timezone.now()
    upload = Upload.objects.create(
        organization=world.measured, by=person(world), name="rows.jsonl", bytes=0, created_at=at
    )
    path = uploading.folder() / upload.public_id
    with path.open("wb") as file:
        write_lines(file, count)
    found = importing.begin(Batch.objects.get(project=project), upload, path, at=at)
    assert found.job is not None  # its column is chosen by its name
    return project, run_job(found.job, most_s=most_s)


def write_lines(file: IO[bytes], count: int) -> None:
    for number in range(count):
        file.write(orjson.dumps({"text": TEXT.format(number), "row": number}) + b"\n")


def export_rows(world: World, count: int, *, most_s: float) -> Moved:
    """So many finished tasks as JSON Lines; stopped when the time is over."""
    project = world.make_project(world.measured, f"Exported {count}")
    fill(project, count)
    finish_all(project)
    job = start_export(project, format_code="scale_jsonl", by=person(world), at=timezone.now())
    return run_job(job, most_s=most_s)


def run_job(job: Job, *, most_s: float) -> Moved:
    """In a process of its own, with this one's environment."""
    command = [sys.executable, "-m", "bench.job", str(job.pk), str(most_s)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, check=True, stdout=subprocess.PIPE, text=True)
    rows, seconds, peak = done.stdout.split()[-3:]
    return Moved(int(rows), float(seconds), float(peak) if peak != "-" else None)


def copy_rows(url: str, project: Project) -> Moved:
    """COPY of the project's rows into empty tables with the same columns, checks and indexes, but no foreign keys."""
    with psycopg.connect(url) as connection, ExitStack() as stack:
        connection.execute("SET LOCAL work_mem = '64MB'")
        data = [(table, stack.enter_context(copied(connection, table, where, project.pk))) for table, where in COPIED]
        for table, _file in data:
            connection.execute(f"CREATE TABLE copy_{table} (LIKE {table} INCLUDING ALL)")
        connection.commit()
        begun = time.monotonic()
        for table, file in data:
            with connection.cursor().copy(f"COPY copy_{table} FROM STDIN") as copy:
                while block := file.read(BLOCK):
                    copy.write(block)
        connection.commit()
        seconds = time.monotonic() - begun
        rows = count_of(connection)
        for table, _file in data:
            connection.execute(f"DROP TABLE copy_{table}")
    return Moved(rows, seconds, None)


@contextmanager
def copied(connection: psycopg.Connection, table: str, where: str, project_id: int) -> Iterator[IO[bytes]]:
    """A file of the rows as COPY writes them, to be read from its beginning."""
    chosen = f"SELECT * FROM {table} WHERE {where.replace('%s', str(project_id))} ORDER BY id"
    with tempfile.TemporaryFile() as file:
        with connection.cursor().copy(f"COPY ({chosen}) TO STDOUT") as copy:
            for piece in copy:
                file.write(piece)
        file.seek(0)
        yield file


def count_of(connection: psycopg.Connection) -> int:
    found = connection.execute("SELECT count(*) FROM copy_projects_task").fetchone()
    assert found is not None  # a count is a row
    return int(found[0])
