"""Drafts of projects: kept step by step, and turned into a project at the end."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.models import Mode, Organization, User
from core.actions import action
from core.errors import BusinessError
from files import storing
from files.models import Upload
from files.uploading import Finished, path_of
from projects import adding, asking, contents, creating, importing
from projects.models import Batch, BatchStatus, DraftFile, Project, ProjectDraft
from projects.task_rows import NewTask
from task_types import registry

Json = dict[str, Any]
FIRST: Json = {
    "name": "",
    "kind": "",
    "rows": {},
    "instruction": "",
    "places": 1,
    "reviews": 1,
    "review_days": 7,
    "workforce": "managed",
    "rate": None,
    "price": None,
    "lease_minutes": 30,
    "skips_per_day": 5,
    "day_cap": None,
    "total_cap": None,
}
STEPS = ["kind", "data", "taxonomy", "instructions", "pipeline", "people", "check"]
MOST_DRAFTS = 20


@action
def begin_draft(organization: Organization, *, by: User, at: datetime) -> ProjectDraft:
    """A new draft; the oldest one beyond MOST_DRAFTS is forgotten."""
    old = ProjectDraft.objects.filter(organization=organization, by=by).order_by("-saved_at")[MOST_DRAFTS - 1 :]
    ProjectDraft.objects.filter(pk__in=[draft.pk for draft in old]).delete()
    return ProjectDraft.objects.create(
        organization=organization, by=by, document={**FIRST, "done": []}, created_at=at, saved_at=at
    )


@action
def save_draft(draft: ProjectDraft, changes: Json, *, step: str = "", is_done: bool = False, at: datetime) -> None:
    """Keep what was typed; the step is done when everything in it is in order."""
    held = ProjectDraft.objects.select_for_update(no_key=True).get(pk=draft.pk)
    steps = (set(held.document.get("done", [])) - {step}) | ({step} if is_done else set())
    draft.document = {**held.document, **changes, "done": [step for step in STEPS if step in steps]}
    draft.saved_at = at
    ProjectDraft.objects.filter(pk=draft.pk).update(document=draft.document, saved_at=at)


@action
def forget_draft(draft: ProjectDraft) -> None:
    ProjectDraft.objects.filter(pk=draft.pk).delete()


def terms_of(document: Json) -> creating.Terms:
    """What the steps say, as a version has it."""
    given = {**FIRST, **document}
    params, taxonomy = asking.terms_of(given["kind"], given["rows"], {}, {})
    pipeline: list[Json] = [{"kind": "attempt", "places": given["places"]}]
    return creating.Terms(
        params=params,
        taxonomy=taxonomy,
        instruction=given["instruction"],
        pipeline=pipeline + [{"kind": "review"}] * given["reviews"],
        rate_micros=given["rate"] or 0,
        price_micros=given["price"] or 0,
        day_cap_micros=given["day_cap"],
        total_cap_micros=given["total_cap"],
        lease_s=given["lease_minutes"] * 60,
        lease_limit_s=max(given["lease_minutes"] * 60, creating.Terms.lease_limit_s),
        skips_per_day=given["skips_per_day"],
        review_days=given["review_days"],
    )


def create_project(draft: ProjectDraft, *, by: User, at: datetime) -> Project:
    """The project with its first batch, in staging, and everything that was uploaded; then the draft is gone.

    May be called again after it was interrupted. Raises BusinessError as creating.create_project does.
    """
    project = project_of(draft) or new_project(draft, by=by, at=at)
    if draft.files.exists():
        batch = Batch.objects.filter(project=project, status=BatchStatus.STAGING).first()
        take_files(draft, batch or first_batch(project, by=by, at=at), at=at)
    forget_draft(draft)
    return project


def project_of(draft: ProjectDraft) -> Project | None:
    own = Project.objects.filter(organization=draft.organization, public_id=draft.document.get("project", ""))
    return own.select_related("current_version", "organization").first()


def new_project(draft: ProjectDraft, *, by: User, at: datetime) -> Project:
    terms = terms_of(draft.document)
    if findings := registry.get(draft.document["kind"]).check_params(terms.params):
        sentence = _("The project's settings are not complete.")
        raise BusinessError(sentence, code="bad_params", status=400, findings=findings)
    project = creating.create_project(
        draft.organization,
        name=draft.document["name"],
        type=draft.document["kind"],
        terms=terms,
        workforce=draft.document["workforce"],
        by=by,
        at=at,
    )
    save_draft(draft, {"project": project.public_id}, at=at)
    return project


def first_batch(project: Project, *, by: User, at: datetime) -> Batch:
    """Named after the project; batch names are unique in the whole organization."""
    stem = project.name[:180]
    for number in range(1, 100):
        try:
            return creating.create_batch(project, name=f"{stem} {number}", status=BatchStatus.STAGING, by=by, at=at)
        except BusinessError as error:
            if error.code != "name_taken":
                raise
    raise BusinessError("No free name was found for the first batch.", code="name_taken")


def take_files(draft: ProjectDraft, batch: Batch, *, at: datetime) -> None:
    """Single files become tasks, a chunk at a time; lists of many become imports."""
    single = list(draft.files.exclude(file=None, text="").select_related("file").order_by("pk"))
    for start in range(0, len(single), adding.MOST_PER_ACTION):
        write_files(draft, batch, single[start : start + adding.MOST_PER_ACTION], at=at)
    for row in draft.files.filter(file=None, text="").order_by("pk"):
        begin_import(row, batch, at=at)


@action
def write_files(draft: ProjectDraft, batch: Batch, rows: list[DraftFile], *, at: datetime) -> None:
    locked = adding.locked(batch)
    adding.insert_tasks(locked, [task_of(locked.project, row) for row in rows], by=draft.by, at=at)
    DraftFile.objects.filter(pk__in=[row.pk for row in rows]).delete()


def task_of(project: Project, row: DraftFile) -> NewTask:
    if row.file is None:
        return NewTask(params=contents.TextTasks(project).params(row.text))
    return contents.new_picture_task(project, row.file)


def begin_import(row: DraftFile, batch: Batch, *, at: datetime) -> None:
    """A list whose bytes are gone already is passed over: the page of the draft has said so."""
    try:
        upload = Upload.objects.get(public_id=row.upload_id)
        importing.begin(batch, upload, path_of(upload), at=at)
    except (ObjectDoesNotExist, FileNotFoundError):
        return


class DraftTarget:
    """The target `draft` of uploads: what is dropped on the wizard's step Data."""

    def accept(self, upload: Upload) -> None:
        draft_of(upload)

    def finish(self, upload: Upload, path: Path, *, at: datetime) -> Finished:
        draft = draft_of(upload)
        is_list = importing.kind_of(upload.name) is not None
        row = DraftFile.objects.filter(upload_id=upload.public_id).first() or keep(draft, upload, path, at=at)
        return Finished({"draft_file": {"id": row.pk}}, keep=is_list)


def draft_of(upload: Upload) -> ProjectDraft:
    own = ProjectDraft.objects.visible_to(upload.by).filter(organization=upload.organization)
    return get_object_or_404(own, public_id=upload.target_id)


def keep(draft: ProjectDraft, upload: Upload, path: Path, *, at: datetime) -> DraftFile:
    kind = importing.kind_of(upload.name)
    with path.open("rb") as stream:
        if kind is not None:
            importing.columns_of(kind, stream)
            return write_row(draft, upload, {})
        if contents.check_kind(stream, pictures=takes_pictures(draft), texts=takes_texts(draft)) == "text":
            return write_row(draft, upload, {"text": contents.read_text(stream)})
        file, _new = storing.store(
            stream, organization=upload.organization, mode=Mode.LIVE, name=upload.name, by=upload.by, at=at
        )
    contents.refuse_broken(file)
    return write_row(draft, upload, {"file": file})


def takes_texts(draft: ProjectDraft) -> bool:
    """Forms take both; categories what was said; shapes take pictures only."""
    kind = draft.document.get("kind")
    content = draft.document.get("rows", {}).get("content")
    return kind == "textcollection" or bool(kind == "categorization" and content == "text")


def takes_pictures(draft: ProjectDraft) -> bool:
    return draft.document.get("kind") == "textcollection" or not takes_texts(draft)


@action
def write_row(draft: ProjectDraft, upload: Upload, what: Json) -> DraftFile:
    return DraftFile.objects.create(draft=draft, upload_id=upload.public_id, name=upload.name, **what)
