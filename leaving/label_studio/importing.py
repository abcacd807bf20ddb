"""From an export and its configuration to a project with tasks: in chunks, each once, however often it is begun."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from accounts.models import Organization, User
from core import limits
from core.errors import BusinessError
from files import storing as file_storing
from files.models import File
from leaving import storing
from leaving.elements import elements
from leaving.label_studio import configuration, markup, tasks
from leaving.label_studio.configuration import Plan
from leaving.label_studio.media import Folder, locate
from leaving.label_studio.tasks import Read
from leaving.reporting import Remark, Report
from leaving.storing import Brought
from projects import contents, creating, sources
from projects.models import Batch, BatchStatus, Project
from projects.sources import Source
from projects.task_rows import NewTask

# Files are stored before their tasks: with a kill between, so many of them wait for the next run.
CHUNK = 50
Json = dict[str, Any]


@dataclass(frozen=True)
class Into:
    """Where the tasks go. The batch is staged: nobody works on open tasks before somebody has launched it."""

    batch: Batch
    by: User | None
    at: datetime

    @property
    def project(self) -> Project:
        return self.batch.project


def open_project(
    organization: Organization, plan: Plan, *, name: str, workforce: str, mode: str, by: User | None, at: datetime
) -> Into:
    """The project of that name, made where there is none, and its batch for this import.

    Raises BusinessError `other_type` for a project of another kind of work, and what making a project raises.
    """
    rows = Project.objects.select_related("current_version", "organization")
    project = rows.filter(organization=organization, mode=mode, name=name.strip()).first()
    if project is None:
        terms = creating.Terms(params=plan.params, instruction=plan.instruction)
        project = creating.create_project(
            organization, name=name, type=plan.type, terms=terms, workforce=workforce, mode=mode, by=by, at=at
        )
    if project.type != plan.type:
        sentence = _("There is a project “%(name)s” already, and its kind of work is another one: %(type)s.")
        values = {"name": project.name, "type": project.type}
        raise BusinessError(sentence % values, code="other_type")
    return Into(open_batch(project, by=by, at=at), by, at)


def open_batch(project: Project, *, by: User | None, at: datetime) -> Batch:
    ending = ": Label Studio"
    name = project.name[: limits.NAME_CHARACTERS - len(ending)] + ending
    batch = project.batches.filter(name=name).first()
    if batch is None:
        batch = creating.create_batch(project, name=name, status=BatchStatus.STAGING, by=by, at=at)
    batch.project = project
    return batch


def import_all(stream: BinaryIO, plan: Plan, into: Into, folder: Folder) -> Report:
    """Take in every task of the export that is not here already. Raises BusinessError for a file that is no export."""
    assert into.project.current_version is not None  # written with the project
    report, params = Report(), into.project.current_version.params
    known: set[str] = set()
    for chunk in chunks(read_all(stream, plan, params, report)):
        fresh = [one for one in chunk if unique_id_of(into, one) not in known]
        known |= {unique_id_of(into, one) for one in fresh}
        take_in(fresh, into, folder, report)
        report.known += len(chunk) - len(fresh)
    storing.launch_if_done(into.batch, by=into.by, at=into.at)
    return report


def try_out(stream: BinaryIO, plan: Plan, folder: Folder, *, slug: str) -> Report:
    """What an import into a new project of this organization would say, with nothing written."""
    report = Report()
    for one in read_all(stream, plan, plan.params, report):
        try:
            places = [locate(address, folder, slug) for address in one.addresses]
        except BusinessError as error:
            report.refuse(remark_of(one.id, error))
            continue
        report.files += sum(isinstance(place, Path) for place in places)
        count(report, one)
    return report


def read_all(stream: BinaryIO, plan: Plan, params: Json, report: Report) -> Iterator[Read]:
    """Those that can be read; the others are in the report, by their place where they have no id."""
    for number, value in enumerate(elements(stream), start=1):
        if isinstance(value, BusinessError):
            report.refuse(remark_of(f"#{number}", value))
            continue
        try:
            yield tasks.read(value, plan, params)
        except BusinessError as error:
            given = value.get("id") if isinstance(value, dict) else None
            report.refuse(remark_of(f"#{number}" if given is None else str(given)[:64], error))


def remark_of(task: str, error: BusinessError) -> Remark:
    params = {"sentence": error.message, **error.details.get("params", {})}
    return Remark(task, error.code, tuple(sorted(params.items())))


def chunks(found: Iterator[Read]) -> Iterator[list[Read]]:
    while chunk := list(islice(found, CHUNK)):
        yield chunk


def unique_id_of(into: Into, one: Read) -> str:
    """Of this project of ours: two servers of Label Studio both begin to count at 1."""
    return f"label-studio:{into.project.public_id}:{one.project}:{one.id}"


def take_in(chunk: list[Read], into: Into, folder: Folder, report: Report) -> None:
    here = storing.known_among(into.batch, [unique_id_of(into, one) for one in chunk])
    brought: list[tuple[Read, Brought]] = []
    for one in chunk:
        if unique_id_of(into, one) in here:
            report.known += 1
            continue
        try:
            brought.append((one, Brought(new_task(one, into, folder, report), one.answers)))
        except BusinessError as error:
            report.refuse(remark_of(one.id, error))
    storing.take_in(into.batch, [one for _read, one in brought], by=into.by, at=into.at)
    for read, _made in brought:
        count(report, read)


def count(report: Report, one: Read) -> None:
    if one.answers:
        report.finished += 1
    else:
        report.open += 1
    for remark in one.remarks:
        report.add(remark)


def new_task(one: Read, into: Into, folder: Folder, report: Report) -> NewTask:
    """Its files are stored. Raises BusinessError for one that is not there, or is no picture."""
    files: list[File] = []
    addresses: list[Source] = []
    slug = into.project.organization.slug
    for address in one.addresses:
        place = locate(address, folder, slug)
        if isinstance(place, Path):
            files.append(stored(place, into))
            report.files += 1
        else:
            source = Source(place.address)
            sources.check(source, lambda: slug)
            addresses.append(source)
    params = {**one.params, "attachment": addresses[0].address} if addresses else one.params
    return NewTask(
        files=files, sources=addresses, params=params, metadata=one.metadata, unique_id=unique_id_of(into, one)
    )


def stored(path: Path, into: Into) -> File:
    with path.open("rb") as stream:
        contents.check_kind(stream, pictures=True, texts=False)
        stream.seek(0)
        project = into.project
        file, _is_new = file_storing.store(
            stream, organization=project.organization, mode=project.mode, name=path.name, by=into.by, at=into.at
        )
    contents.refuse_broken(file)
    return file


def plan_of(path: Path) -> Plan:
    """The plan behind the configuration in this file. Raises BusinessError."""
    with path.open("rb") as stream:
        return configuration.plan(stream.read(markup.MOST_BYTES + 1))
