"""What comes in and goes out, for the documentation; what goes out is built by delivery/scale_json.py alone."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from core import limits

Json = dict[str, Any]


class Error(BaseModel):
    """Every error."""

    status_code: int
    error: str = Field(description="A sentence that says what is wrong.")
    code: str | None = Field(default=None, description="The same for programs.")


class TaskOrder(BaseModel):
    """A task as it is ordered: what every kind of work shares. Everything else is the kind's own, and is kept."""

    model_config = ConfigDict(extra="allow", coerce_numbers_to_str=True)

    project: str | None = Field(default=None, description="The project's name.")
    batch: str | None = Field(default=None, description="The batch's name; it says the project, too.")
    instruction: str | None = Field(default=None, description="Markdown; stands before the project's.")
    callback_url: str | None = Field(default=None, description="An address or an e-mail address.")
    unique_id: str | None = Field(default=None, description="Your own; a second task with it is refused with 409.")
    clear_unique_id_on_error: bool | None = Field(default=None, description="Whether it is free again after an error.")
    metadata: Json | None = Field(default=None, description="Comes back as it is; contractors never see it.")
    tags: list[str] | None = None
    priority: int | None = Field(default=None, ge=0, le=100, description="10, 20 or 30: the highest comes first.")


class TaskOut(BaseModel):
    """A task. Keys that do not apply are absent: tags, unique_id, project, batch, response and others."""

    model_config = ConfigDict(extra="allow")

    task_id: str
    type: str | None = None
    status: str
    created_at: str | None = None
    updated_at: str | None = None
    params: Json | None = None
    metadata: Json


class TaskPage(BaseModel):
    """A page of tasks, the newest first."""

    docs: list[TaskOut]
    total: int = Field(description="All that match, on every page.")
    limit: int
    offset: int
    has_more: bool
    next_token: str | None = Field(default=None, description="Ask with it for the next page; absent on the last one.")


class AuditOrder(BaseModel):
    accepted: bool
    comments: str | None = None
    response: Json | None = Field(
        default=None,
        description="Ours: the whole answer as it should be, with `accepted` false. It is the task's then.",
    )


class UniqueIdOrder(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    unique_id: str


class ProjectOrder(BaseModel):
    """A project as it is ordered."""

    name: str
    type: str = Field(description="The kind of work, for ever.")
    params: Json | None = Field(default=None, description="What its tasks need not bring; `instruction` stands here.")
    rapid: bool | None = Field(default=None, description="Batches wait for their launch, and are closed by it.")
    studio: bool | None = Field(default=None, description="The same, for your own people.")
    pipeline: Literal["standard_task", "consensus_task"] | None = Field(default=None, description="Studio only.")
    consensus_config: int | Json | None = Field(
        default=None, description="How many people answer each task: a number, or an object with it as `attempts`."
    )
    datasetId: str | None = Field(default=None, max_length=limits.NAME_CHARACTERS)  # noqa: N815 (Scale's name)


class ParamsOrder(BaseModel):
    """The parameters themselves; with `patch`, over those that are there."""

    model_config = ConfigDict(extra="allow")

    patch: bool | None = Field(default=None, description="Whether what is not named stays; without it, it goes.")
    instruction: str | None = None


class ProjectOut(BaseModel):
    """A project. The last entry of `param_history` is in force."""

    model_config = ConfigDict(extra="allow")

    name: str
    type: str
    param_history: list[Json]
    created_at: str
    archived: bool
    rapid: bool
    studio: bool
    pipeline: str


class TemplateOut(BaseModel):
    """What a task of the project can bring, and how its answer looks."""

    id: str
    version: int
    created_at: str
    updated_at: str
    template_variables: Json
    response_schema: Json | None = None


class BatchOrder(BaseModel):
    """A batch as it is ordered."""

    project: str = Field(description="The project's name.")
    name: str = Field(description="Once in the whole account.")
    calibration_batch: bool | None = None
    self_label_batch: bool | None = None
    callback: str | None = Field(default=None, max_length=limits.ADDRESS_CHARACTERS, description="Told at its end.")
    metadata: Json | None = None


class BatchOut(BaseModel):
    """A batch."""

    model_config = ConfigDict(extra="allow")

    name: str
    status: str
    project: str
    created_at: str
    metadata: Json
    callback: str


class BatchStatusOut(BaseModel):
    """How many of its tasks are where."""

    status: str
    pending: int
    completed: int
    error: int
    canceled: int


class BatchPage(BaseModel):
    """A page of batches, the newest first."""

    docs: list[BatchOut]
    totalDocs: int = Field(description="All that match, on every page.")  # noqa: N815 (Scale's name)
    limit: int
    offset: int
    has_more: bool


class ImportOrder(BaseModel):
    """A file that is to be fetched."""

    file_url: str
    project_name: str | None = None
    display_name: str | None = None
    reference_id: str | None = Field(default=None, description="Your own; a second file with it is refused with 409.")
    metadata: Json | str | None = None


class AssetOut(BaseModel):
    """A file. Its type and size are absent while it is fetched."""

    id: str
    attachment_url: str = Field(description="What a task names it by.")
    display_name: str
    reference_id: str | None = None
    metadata: Json
    project_names: list[str]
    mime_type: str | None = None
    size: int | None = Field(default=None, description="In bytes.")
    status: str = Field(description="waiting or failed while it is fetched; uploaded, ready or broken afterwards.")
    created_at: str
    updated_at: str


class AssetPage(BaseModel):
    """A page of files, the newest first."""

    docs: list[AssetOut]
    total: int
    limit: int
    offset: int
    has_more: bool


class QualityOrder(TaskOrder):
    """A task with its right answer. It joins no batch; `batch` only says the project."""

    expected_response: Json
    initial_response: Json | None = Field(default=None, description="What a reviewer begins with; evaluation only.")


class QualityOut(BaseModel):
    """A task with its right answer."""

    id: str
    task_id: str = Field(description="The task that people see.")
    project: str
    type: str
    kind: str
    expected_response: Json
    initial_response: Json | None = None
    created_at: str
