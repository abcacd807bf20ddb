"""From the other server to ours: project by project, page by page, one page in memory, each task once.

What stands in one transaction: a page's tasks, which of theirs they are, and the token of the page that comes next. So
whoever is killed goes on with the page at which they were.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts.cutting_off import refuse_cut_off
from accounts.models import Organization
from core.actions import action
from core.errors import BusinessError
from leaving import storing
from leaving.models import Origin
from leaving.reporting import Remark, Report
from leaving.scale import counterparts, tasks
from leaving.scale.gateway import Server
from leaving.scale.projects import batch_of_open, bring, bring_batch, history_of, why
from leaving.scale.tasks import Read
from leaving.storing import Brought
from projects import adding, creating
from projects.models import Batch, Project, TaskStatus
from projects.task_rows import NewTask

Json = dict[str, Any]


@dataclass
class Into:
    """One project's import: ours, and its batches by their name there."""

    origin: Origin
    project: Project
    at: datetime
    batches: dict[str, Batch] = field(default_factory=dict)

    def batch_for(self, one: Read) -> Batch:
        """Its batch; without one the project's own, or, for an open task, a staged one."""
        if one.batch in self.batches:
            return self.batches[str(one.batch)]
        if one.status == TaskStatus.PENDING:
            if "" not in self.batches:
                self.batches[""] = batch_of_open(self.project, at=self.at)
            return self.batches[""]
        standing = self.project.batches.get(name=None)
        standing.project = self.project
        return standing


def import_all(
    server: Server, organization: Organization, *, mode: str, names: Sequence[str], report: Report, at: datetime
) -> None:
    """Bring the projects of those names, or all. Raises BusinessError where the server is away or refuses."""
    origin = counterparts.open_origin(organization, mode=mode, address=server.address, at=at)
    for value in wanted(server.projects(), names, report):
        if (project := bring(origin, value, report, at=at)) is not None:
            import_project(server, Into(origin, project, at), value, report)


def wanted(projects: list[Json], names: Sequence[str], report: Report) -> list[Json]:
    there = {value["name"] for value in projects}
    for name in names:
        if name not in there:
            report.add(Remark(f"of {name}", "project_unknown"))
    return [value for value in projects if not names or value["name"] in names]


def import_project(server: Server, into: Into, value: Json, report: Report) -> None:
    name = value["name"]
    for there in server.batches(name):
        if found := bring_batch(into.origin, into.project, there, report, at=into.at):
            into.batches[there["name"]] = found
    token = counterparts.token_of(into.origin, name)
    while True:
        page = server.tasks(name, token)
        take_page(into, name, page.tasks, page.next_token, report)
        token = page.next_token
        if token is None:
            break
    for batch in into.batches.values():
        storing.launch_if_done(batch, by=None, at=into.at)


def take_page(into: Into, name: str, values: list[Json], next_token: str | None, report: Report) -> None:
    version = into.project.current_version
    assert version is not None  # written with the project
    slug = into.project.organization.slug
    read = read_all(values, into.project.type, version.params, version.instruction, report, slug=slug)
    known = counterparts.known_tasks(into.origin, [one.id for one in read])
    fresh = [one for one in {one.id: one for one in read}.values() if one.id not in known]
    groups: dict[int, tuple[Batch, list[Read]]] = {}
    for one in fresh:
        batch = into.batch_for(one)
        groups.setdefault(batch.pk, (batch, []))[1].append(one)
    store_page(into, name, [groups[key] for key in sorted(groups)], next_token)
    report.known += len(known)
    for one in fresh:
        count(report, one)


def read_all(
    values: list[Json], type_name: str, params: Json, instruction: str, report: Report, *, slug: str
) -> list[Read]:
    found = []
    for value in values:
        try:
            found.append(tasks.read(value, type_name=type_name, project=params, instruction=instruction, slug=slug))
        except BusinessError as error:
            said = {"sentence": error.message, **error.details.get("params", {})}
            report.refuse(Remark(str(value.get("task_id"))[:64], error.code, tuple(sorted(said.items()))))
    return found


def count(report: Report, one: Read) -> None:
    if one.answers:
        report.finished += 1
    elif one.status == TaskStatus.PENDING:
        report.open += 1
    else:
        report.ended += 1
    report.files += len(one.sources)
    for remark in one.remarks:
        report.add(remark)


@action
def store_page(into: Into, name: str, groups: Sequence[tuple[Batch, list[Read]]], next_token: str | None) -> None:
    """Batches are locked in the order of their keys; two runners meet there, and the second finds the tasks known."""
    refuse_cut_off(into.origin.organization_id)
    held = [(adding.locked(batch), rows) for batch, rows in groups]
    known = counterparts.known_tasks(into.origin, [one.id for _batch, rows in held for one in rows])
    for batch, rows in held:
        fresh = [one for one in rows if one.id not in known]
        taken = storing.known_among(batch, [one.unique_id for one in fresh if one.unique_id])
        for one in fresh:
            if one.unique_id in taken:
                one.remarks.append(Remark(one.id, "unique_id_taken"))
        ids = storing.write(batch, [brought(one, taken) for one in fresh], by=None, at=into.at)
        counterparts.note_tasks(into.origin, dict(zip([one.id for one in fresh], ids, strict=True)))
    counterparts.move_on(into.origin, name, next_token)


def brought(one: Read, taken: set[str]) -> Brought:
    task = NewTask(
        sources=one.sources,
        params=one.params,
        metadata=one.metadata,
        tags=one.tags,
        unique_id=None if one.unique_id in taken else one.unique_id,
        priority=one.priority,
    )
    ended = one.status if one.status in {TaskStatus.CANCELED, TaskStatus.ERROR} else ""
    return Brought(
        task,
        one.answers,
        ended=ended,
        review_status=one.review_status,
        created_at=one.created_at,
        completed_at=one.completed_at,
    )


def try_out(server: Server, organization: Organization, *, names: Sequence[str], report: Report) -> None:
    """Read everything and write nothing: what would come, and what would not."""
    for value in wanted(server.projects(), names, report):
        terms, type_name = history_of(value)[-1], str(value.get("type", ""))
        try:
            creating.check_terms(type_name, terms)
        except BusinessError as error:
            report.refuse(Remark(f"of {value['name']}", "project_refused", (("why", why(error)),)))
            continue
        token: str | None = None
        while True:
            page = server.tasks(value["name"], token)
            found = read_all(page.tasks, type_name, terms.params, terms.instruction, report, slug=organization.slug)
            for one in found:
                count(report, one)
            token = page.next_token
            if token is None:
                break
