"""Long work, as it is shown."""

from pydantic import BaseModel, Field

from api.v1.shapes import Json
from events.models import Job


class JobOut(BaseModel):
    """Long work, which goes on after the answer."""

    job_id: str
    state: str = Field(description="`queued`, `running`, `done`, `failed` or `canceled`.")
    done: int
    total: int | None


def job_json(job: Job) -> Json:
    return {"job_id": job.public_id, "state": job.state, "done": job.done, "total": job.total}
