"""Jobs: long work in steps of at most ten seconds, with progress, checkpoint and cancel; two runners are excluded."""

import secrets
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Organization, User, is_cut_off
from core.actions import action
from core.errors import BusinessError
from events import recording, signals
from events.handling import HANDLERS, JobHandler, Progress, Step, register, title_of
from events.models import Job, JobQuerySet, JobState
from events.telling import tell
from events.verbs import Verb
from events.waking import wake

__all__ = [
    "CRASHED",
    "HANDLERS",
    "MOST_TRIES",
    "JobHandler",
    "Progress",
    "Step",
    "cancel",
    "cancel_all",
    "register",
    "run",
    "start_job",
    "title_of",
]
log = structlog.get_logger(__name__)

# Six times the longest step: a runner that is silent for longer is dead.
SILENCE = timedelta(seconds=60)
# A run ends after this long and asks for another, so that other work gets its turn.
RUN = timedelta(seconds=30)
MOST_TRIES = 3
CRASHED = "crashed"


def start_job(
    kind: str,
    *,
    organization: Organization | None,
    by: User | None,
    subject_id: str = "",
    params: dict[str, Any] | None = None,
    total: int | None = None,
    at: datetime,
) -> Job:
    """Store the job in the caller's transaction; it begins after the commit."""
    job = Job.objects.create(
        kind=kind,
        organization=organization,
        by=by,
        subject_id=subject_id,
        params=params or {},
        total=total,
        created_at=at,
        heartbeat_at=at,
    )
    wake("events.jobs.run_job", job.pk)
    return job


def run(job_id: int) -> None:
    """Claim the job and do steps until it ends or its turn is over; nothing when it has ended or somebody runs it."""
    job = claim(job_id, runner=secrets.token_hex(8), at=timezone.now())
    if job is None:
        return
    try:
        work(job, until=timezone.now() + RUN)
    except BusinessError as error:
        details = {"sentence": error.message}
        end(job, JobState.FAILED, message_code=error.code[:40], message_params=details, at=timezone.now())
    except Exception:  # the edge of the job loop: whatever a step raises must not stop the others
        log.exception("job.step_failed", job=job.public_id, kind=job.kind, tries=job.tries)
        give_back_or_fail(job)


@action
def claim(job_id: int, *, runner: str, at: datetime) -> Job | None:
    """Make the runner the only one; None when the job has ended or its runner lives."""
    free = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING) & (Q(runner="") | Q(heartbeat_at__lt=at - SILENCE))
    claimed = Job.objects.filter(free, pk=job_id).update(
        state=JobState.RUNNING,
        runner=runner,
        heartbeat_at=at,
        started_at=Coalesce(F("started_at"), at),
        tries=F("tries") + 1,
    )
    return Job.objects.select_related("organization", "by").get(pk=job_id) if claimed else None


def work(job: Job, *, until: datetime) -> None:
    handler = HANDLERS.get(job.kind)
    if handler is None or job.tries > MOST_TRIES:
        # More tries than that without progress: each runner died, perhaps by what it read.
        end(job, JobState.FAILED, message_code=CRASHED, at=timezone.now())
        return
    while not is_cancel_requested(job) and not lacks_access(job, handler):
        progress = handler.step(job)
        if not keep(job, progress, at=timezone.now()) or progress.finished:
            return
        if timezone.now() >= until:
            give_back(job, at=timezone.now())
            return
    end(job, JobState.CANCELED, at=timezone.now())


def is_cancel_requested(job: Job) -> bool:
    job.refresh_from_db(fields=["cancel_requested_at"])
    return job.cancel_requested_at is not None


def lacks_access(job: Job, handler: JobHandler) -> bool:
    return handler.needs_access and job.organization_id is not None and is_cut_off(job.organization_id)


@action
def keep(job: Job, progress: Progress, *, at: datetime) -> bool:
    """Record the step; False when another runner took the job meanwhile."""
    fields = {
        "done": progress.done,
        "total": progress.total if progress.total is not None else job.total,
        "checkpoint": progress.checkpoint,
        "message_code": progress.message_code,
        "message_params": progress.message_params,
        "result_key": progress.result_key or job.result_key,
        "tries": 1,
    }
    if progress.finished:
        return finish(job, JobState.DONE, at=at, **fields)
    return record(job, heartbeat_at=at, **fields)


@action
def end(job: Job, state: JobState, *, at: datetime, **fields: Any) -> bool:
    return finish(job, state, at=at, **fields)


def finish(job: Job, state: JobState, *, at: datetime, **fields: Any) -> bool:
    """The last write of a runner, with what follows from it."""
    if not record(job, state=state, ended_at=at, heartbeat_at=at, runner="", **fields):
        return False
    follow_end(job, at=at)
    return True


def follow_end(job: Job, *, at: datetime) -> None:
    """Tell whoever began it, and let its kind insert what follows."""
    handler = HANDLERS.get(job.kind)
    if job.by_id is not None and (handler is None or handler.tells):
        params = {"kind": job.kind, "public_id": job.public_id}
        key = f"job:{job.public_id}"
        tell([job.by_id], code=f"job_{job.state}", params=params, dedupe_key=key, at=at, mail=False)
    if handler is not None and handler.ended is not None:
        handler.ended(job)
    signals.job_ended.send(Job, job=job)


def record(job: Job, **fields: Any) -> bool:
    """One UPDATE on condition that the job is still this runner's; the object gets the same values."""
    if not Job.objects.filter(pk=job.pk, state=JobState.RUNNING, runner=job.runner).update(**fields):
        log.warning("job.taken_over", job=job.public_id, kind=job.kind)
        return False
    for name, value in fields.items():
        setattr(job, name, value)
    return True


@action
def give_back(job: Job, *, at: datetime) -> None:
    """End this run, not the job: the next run may be anywhere."""
    if record(job, runner="", heartbeat_at=at, tries=0):
        wake("events.jobs.run_job", job.pk)


def give_back_or_fail(job: Job) -> None:
    """After an exception: the sweeper begins it again after the silence, and the third time it has failed."""
    if job.tries >= MOST_TRIES:
        end(job, JobState.FAILED, message_code=CRASHED, at=timezone.now())
    else:
        wait_for_sweeper(job, at=timezone.now())


@action
def wait_for_sweeper(job: Job, *, at: datetime) -> None:
    record(job, state=JobState.QUEUED, runner="", heartbeat_at=at)


@action
def cancel(job: Job, *, by: User | None, at: datetime) -> bool:
    """Ask the runner to stop after its step; a job that nobody runs ends at once. False when it has ended already.

    Without a person the API key of the request did it.
    """
    if not (cancel_idle(job, at=at) or ask_runner(job, at=at)):
        return False
    recording.write(
        recording.event(
            Verb.JOB_CANCELED,
            at=at,
            actor=recording.by_user_or_site(by),
            subject_type="job",
            subject_id=job.public_id,
            organization_id=job.organization_id,
            data={"kind": job.kind},
        )
    )
    return True


def cancel_all(organization: Organization, *, at: datetime) -> dict[str, int]:
    """Of the customer who is cut off what needs access: by kind how many jobs. Inside an action."""
    canceled = dict.fromkeys(kinds_that_need_access(), 0)
    for job in needing_access(organization).order_by("pk"):
        canceled[job.kind] += cancel_idle(job, at=at) or ask_runner(job, at=at)
    return canceled


def needing_access(organization: Organization) -> JobQuerySet:
    """The customer's unfinished jobs that are cancelled when it is cut off."""
    return Job.objects.unfinished().filter(organization=organization, kind__in=kinds_that_need_access())


def kinds_that_need_access() -> list[str]:
    return [kind for kind, handler in HANDLERS.items() if handler.needs_access]


def cancel_idle(job: Job, *, at: datetime) -> bool:
    idle = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, runner="")
    if not Job.objects.filter(idle, pk=job.pk).update(state=JobState.CANCELED, cancel_requested_at=at, ended_at=at):
        return False
    job.refresh_from_db()
    follow_end(job, at=at)
    return True


def ask_runner(job: Job, *, at: datetime) -> bool:
    running = Job.objects.filter(pk=job.pk, state=JobState.RUNNING, cancel_requested_at=None)
    return bool(running.update(cancel_requested_at=at))
