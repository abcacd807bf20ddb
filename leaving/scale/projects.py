"""Projects with all their versions, and batches, as ours."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core import limits
from core.actions import action
from core.errors import BusinessError
from leaving.models import Kind, Origin
from leaving.reporting import Remark, Report
from leaving.scale import counterparts
from projects import creating, publishing
from projects.creating import Terms
from projects.models import Batch, BatchKind, BatchStatus, Project, Workforce
from projects.naming import checked_name
from task_types.finding import Finding

Json = dict[str, Any]
NOT_PARAMS = frozenset({"version", "created_at", "instruction"})
ENDING = ": open tasks"


def terms_of(version: Json) -> Terms:
    """Of one entry of param_history."""
    params = {name: value for name, value in version.items() if name not in NOT_PARAMS}
    return Terms(params=params, instruction=str(version.get("instruction") or "")[: limits.INSTRUCTION_CHARACTERS])


def history_of(value: Json) -> list[Terms]:
    """At least one version; a project without history asks for what each task says."""
    history = value.get("param_history")
    found = [terms_of(one) for one in history if isinstance(one, dict)] if isinstance(history, list) else []
    return found or [Terms(params={})]


def why(error: BusinessError) -> str:
    """With the findings, where the project's settings are what is wrong."""
    findings = [one for one in error.details.get("findings", []) if isinstance(one, Finding)]
    return " ".join([error.message, *(f"({one.code}: {'.'.join(map(str, one.path))})" for one in findings[:5])])


def bring(origin: Origin, value: Json, report: Report, *, at: datetime) -> Project | None:
    """The project here, with as many versions as there; None, and a remark, where it cannot be taken."""
    name = value["name"]
    try:
        is_ours_already = counterparts.is_announced(origin, Kind.PROJECT, name[:255])
        project = found_or_made(origin, value, is_ours_already=is_ours_already, at=at)
    except BusinessError as error:
        report.refuse(Remark(f"of {name}", "project_refused", (("why", why(error)),)))
        return None
    counterparts.settle(origin, Kind.PROJECT, name[:255], project.public_id)
    publish_rest(project, history_of(value), report, is_new=not is_ours_already, at=at)
    return project


def found_or_made(origin: Origin, value: Json, *, is_ours_already: bool, at: datetime) -> Project:
    """Raises BusinessError as making a project does, and `name_taken` for one that did not come from there."""
    name, type_name = value["name"], str(value.get("type", ""))
    rows = Project.objects.select_related("current_version", "organization")
    same_name = rows.filter(organization=origin.organization, mode=origin.mode, name=name.strip()).first()
    if same_name is not None and not is_ours_already:
        sentence = _("There is a project of this name already, which did not come from there. Rename one of the two.")
        raise BusinessError(sentence, code="name_taken")
    if same_name is not None:
        return same_name
    first = workable(type_name, history_of(value))
    creating.check_terms(type_name, first)
    checked_name(name)
    counterparts.announce(origin, Kind.PROJECT, name[:255])
    workforce = Workforce.OWN if value.get("studio") else Workforce.MANAGED
    return creating.create_project(
        origin.organization,
        name=name,
        type=type_name,
        terms=first,
        workforce=workforce,
        mode=origin.mode,
        by=None,
        at=at,
    )


def workable(type_name: str, history: list[Terms]) -> Terms:
    """The first version. It may have been made before anything was asked for: then what the last one asks for."""
    try:
        creating.check_terms(type_name, history[0])
    except BusinessError:
        return history[-1]
    return history[0]


def publish_rest(project: Project, history: list[Terms], report: Report, *, is_new: bool, at: datetime) -> None:
    """Versions that are not here yet. Rate, price and pipeline are ours, and stay as they are."""
    assert project.current_version is not None  # written with the project
    have = project.versions.count()
    for number, terms in enumerate(history[have:], start=have):
        current = publishing.terms_of(project.current_version)
        if not is_new and (current.params, current.instruction) == (terms.params, terms.instruction):
            continue  # one before it was left out, so that the count is one behind
        wanted = replace(current, params=terms.params, instruction=terms.instruction, taxonomy=current.taxonomy)
        try:
            publishing.publish_version(project, wanted, based_on=project.current_version.number, by=None, at=at)
        except BusinessError as error:
            said = (("number", number), ("why", why(error)))
            report.add(Remark(f"of {project.name}", "version_refused", said))


def bring_batch(origin: Origin, project: Project, value: Json, report: Report, *, at: datetime) -> Batch | None:
    """The batch here. It is staged, whatever it is there: nobody works on open tasks before somebody launches it."""
    name = value["name"]
    batch = project.batches.filter(name=name.strip()).first()
    if batch is None:
        kind = BatchKind.CALIBRATION if value.get("calibration_batch") else BatchKind.PRODUCTION
        kind = BatchKind.SELF_LABEL if value.get("self_label_batch") else kind
        try:
            batch = creating.create_batch(project, name=name, kind=kind, status=BatchStatus.STAGING, by=None, at=at)
        except BusinessError as error:
            report.add(Remark(f"of {project.name}", "batch_refused", (("name", name), ("why", error.message))))
            return None
        keep_metadata(batch, value.get("metadata"))
    batch.project = project
    return batch


@action
def keep_metadata(batch: Batch, metadata: Any) -> None:
    if isinstance(metadata, dict):
        Batch.objects.filter(pk=batch.pk).update(metadata=metadata)


def batch_of_open(project: Project, *, at: datetime) -> Batch:
    """Where open tasks go that have no batch there: the project's own batch would hand them out at once."""
    name = project.name[: limits.NAME_CHARACTERS - len(ENDING)] + ENDING
    batch = project.batches.filter(name=name).first()
    if batch is None:
        batch = creating.create_batch(project, name=name, status=BatchStatus.STAGING, by=None, at=at)
    batch.project = project
    return batch
