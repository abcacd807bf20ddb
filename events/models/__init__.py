"""What happened, what a person was told, what must still reach somebody, and long work."""

from events.models.event import ActorKind, Event, EventQuerySet, SealChain, SealMark
from events.models.job import ENDED_JOBS, NEXT_JOB_STATES, Job, JobQuerySet, JobState
from events.models.notice import Notice, NoticeQuerySet
from events.models.outbox import NEXT_OUTBOX_STATES, Outbox, OutboxQuerySet, OutboxState

__all__ = [
    "ENDED_JOBS",
    "NEXT_JOB_STATES",
    "NEXT_OUTBOX_STATES",
    "ActorKind",
    "Event",
    "EventQuerySet",
    "Job",
    "JobQuerySet",
    "JobState",
    "Notice",
    "NoticeQuerySet",
    "Outbox",
    "OutboxQuerySet",
    "OutboxState",
    "SealChain",
    "SealMark",
]
