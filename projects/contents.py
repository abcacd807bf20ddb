"""What a task is made of: a picture or a text, where the kind of work takes it."""

from collections.abc import Mapping
from functools import cache
from typing import Any, BinaryIO

from pydantic.fields import FieldInfo

from core import limits
from core.errors import BusinessError
from files import decoder
from files.models import File, FileState
from files.reasons import reason
from files.storing import Readable
from projects import sources
from projects.models import Batch, Project
from projects.reasons import import_reason
from projects.sources import Source
from projects.task_rows import NewTask
from task_types import registry

Json = dict[str, Any]


class NotTakenError(BusinessError):
    """This file or row makes no task; `code` says why (projects/reasons.py, files/reasons.py)."""

    status = 400


def refused(code: str, **params: Any) -> NotTakenError:
    return NotTakenError(import_reason(code, params), code=code, params=params)


@cache
def params_of(type_name: str) -> Mapping[str, FieldInfo]:
    """What the params of the kind of work may say, by name. Asked for every row of an import."""
    return registry.get(type_name).params_model.model_fields


def takes_files(project: Project) -> bool:
    """Whether a file alone can be a task: not where the workbench shows nothing of the kind."""
    return registry.is_shown(project.type)


def takes_texts(project: Project) -> bool:
    if not takes_files(project):
        return False
    members = params_of(project.type)
    if "attachment_type" in members:
        return content_type(project) == "text"
    return "attachments" in members or is_about_text(project)


def takes_pictures(project: Project) -> bool:
    return takes_files(project) and content_type(project) != "text" and not is_about_text(project)


def is_about_text(project: Project) -> bool:
    """Whether the kind of work has texts only, each as a param of its own."""
    return "text" in params_of(project.type)


def content_type(project: Project) -> str:
    """What the project's params say of its content; empty where they leave it to each task."""
    assert project.current_version is not None  # written with the project
    members = params_of(project.type)
    if "attachment_type" not in members:
        return ""
    return str(project.current_version.params.get("attachment_type") or members["attachment_type"].default)


def check_start(project: Project, stream: BinaryIO) -> str:
    """`image` or `text` by the first bytes. Raises NotTakenError for what is neither, or not for this project."""
    refuse_where_none_is_taken(project)
    return check_kind(stream, pictures=takes_pictures(project), texts=takes_texts(project))


def refuse_where_none_is_taken(project: Project) -> None:
    if not takes_files(project):
        raise refused("api_only")


def check_kind(stream: BinaryIO, *, pictures: bool, texts: bool) -> str:
    try:
        kind = "text" if decoder.sniff(stream) == "text" else "image"
    except decoder.RefusedError as error:
        raise NotTakenError(reason(error.code, error.params), code=error.code, params=error.params) from None
    if kind == "image" and not pictures:
        raise refused("not_a_text")
    if kind == "text" and not texts:
        raise refused("not_a_picture")
    return kind


def picture_task(project: Project, file: File) -> NewTask:
    """Raises NotTakenError for a file that is known to be unreadable."""
    refuse_broken(file)
    return new_picture_task(project, file)


def refuse_broken(file: File) -> None:
    if file.state == FileState.BROKEN:
        raise NotTakenError(reason(file.error_code, file.error_params), code=file.error_code, params=file.error_params)


def new_picture_task(project: Project, file: File) -> NewTask:
    members = params_of(project.type)
    params: Json = {"attachments": [{"type": "image", "content": ""}]} if "attachments" in members else {}
    return NewTask(files=[file], params=params)


class TextTasks:
    """How a project's tasks hold a text: asked once, for all the rows of a file."""

    def __init__(self, project: Project) -> None:
        self.are_taken = takes_texts(project)
        self.in_list = self.are_taken and "attachments" in params_of(project.type)
        self.alone = self.are_taken and is_about_text(project)

    def task(self, text: str, metadata: Json | None = None) -> NewTask:
        """Raises NotTakenError for an empty or a too long text, and where the project takes none."""
        if not self.are_taken:
            raise refused("not_a_picture")
        if not text or text.isspace():
            raise refused("empty_text")
        if len(text.encode()) > limits.PARAMS:
            raise refused("text_too_long")
        return NewTask(params=self.params(text), metadata=metadata or {})

    def params(self, text: str) -> Json:
        if self.alone:
            return {"text": text}
        if self.in_list:
            return {"attachments": [{"type": "text", "content": text}]}
        return {"attachment": text, "attachment_type": "text"}


class AddressTasks:
    """How a batch's tasks hold the address of a picture: asked once, for all the rows of a file."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.are_taken = takes_pictures(batch.project)
        self.in_list = self.are_taken and "attachments" in params_of(batch.project.type)

    def task(self, text: str, metadata: Json | None = None) -> NewTask:
        """Raises NotTakenError for what is no address, and where the project takes no pictures."""
        address = text.strip()
        if not self.are_taken:
            raise refused("not_a_text")
        if not address:
            raise refused("empty_address")
        source = Source(address)
        try:
            sources.check_for(self.batch, source)
        except BusinessError as error:
            raise refused(error.code, **error.details["params"]) from None
        return NewTask(params=self.params(address), metadata=metadata or {}, sources=[source])

    def params(self, address: str) -> Json:
        return {"attachments": [{"type": "image", "content": address}]} if self.in_list else {"attachment": address}


def read_text(stream: Readable) -> str:
    """Raises NotTakenError for what is not UTF-8, or too long."""
    raw = stream.read(limits.PARAMS + 1)
    if len(raw) > limits.PARAMS:
        raise refused("text_too_long")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refused("not_utf8") from None
    if "\0" in text:
        raise refused("nul")
    return text
