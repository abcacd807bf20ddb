"""What comes in and goes out, for the documentation; what goes out is built by delivery/v2_json.py alone."""

from typing import Any

from pydantic import BaseModel, Field

Json = dict[str, Any]
MOST = 100


class Error(BaseModel):
    """Every error."""

    status_code: int
    error: str = Field(description="A sentence that says what is wrong.")
    code: str | None = Field(default=None, description="The same for programs.")


ERRORS = {400: Error, 401: Error, 403: Error, 404: Error, 429: Error}


class ProjectOut(BaseModel):
    id: str
    name: str
    created_at: str
    types: list[str] = []
    models: list[str] = []


class ProjectsOut(BaseModel):
    projects: list[ProjectOut]


class BatchOut(BaseModel):
    id: str
    name: str
    project: str | ProjectOut
    created_at: str
    status: str = Field(description="staging, in_progress, completed, paused or cancelled.")
    metadata: Json
    completed_at: str | None = None
    callback: str | None = None


class BatchPage(BaseModel):
    """Batches, the newest first."""

    batches: list[BatchOut]
    next_token: str | None = Field(default=None, description="Ask with it for the next page; absent on the last one.")


class BatchSaid(BaseModel):
    batch: BatchOut
    message: str


class TaskOut(BaseModel):
    task_id: str
    project: str | ProjectOut
    status: str
    created_at: str
    batch: str | BatchOut | None = None
    completed_at: str | None = None
    metadata: Json
    threads: list[Json] = Field(description="Empty until it is completed, and for work that is no talk.")
    errors: list[Json] | None = None


class TaskPage(BaseModel):
    """Tasks, the newest first."""

    tasks: list[TaskOut]
    next_token: str | None = Field(default=None, description="Ask with it for the next page; absent on the last one.")


class BatchName(BaseModel):
    """Which batch: one of the two."""

    batch_id: str | None = None
    batch_name: str | None = None


class BatchOrder(BaseModel):
    name: str
    project_id: str | None = None
    project_name: str | None = None
    callback: str | None = Field(default=None, description="A web or an e-mail address that is told of its completion.")
    staging_batch: bool = Field(default=False, description="It waits until it is finalized.")
    metadata: Json | None = None


class BatchMetadata(BatchName):
    metadata: Json
    merge: bool = Field(default=False, description="Deep; else it is replaced.")


class ChatOrder(BatchName):
    project_id: str | None = None
    project_name: str | None = None
    template_variables: Json | None = None
    metadata: Json | None = None
    callback_url: str | None = None


class TaskMetadata(BaseModel):
    task_id: str
    metadata: Json
    merge: bool = Field(default=False, description="Deep; else it is replaced.")
