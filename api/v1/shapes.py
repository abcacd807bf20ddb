"""What comes in and goes out, for the documentation; what goes out is built by delivery/scale_json.py alone."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

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


class UniqueIdOrder(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    unique_id: str
