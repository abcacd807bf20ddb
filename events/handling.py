"""Kinds of jobs: what one step of each does, how it is called, what follows its end. Higher apps register theirs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from events.models import Job


@dataclass(frozen=True)
class Progress:
    """What one step achieved. `total` None: unknown. The next step finds `checkpoint` on the job."""

    done: int
    total: int | None = None
    checkpoint: dict[str, Any] = field(default_factory=dict)
    finished: bool = False
    message_code: str = ""
    message_params: dict[str, Any] = field(default_factory=dict)
    result_key: str = ""


Step = Callable[[Job], Progress]


@dataclass(frozen=True)
class JobHandler:
    """A kind of job: one step of it, its name for people, where its result is to be had, and what follows its end.

    With `needs_access` it is cancelled when its organization is cut off.

    A step may be done twice (its runner died before it was recorded), so it decides by rows, not by memory.
    """

    step: Step
    title: str | Promise
    link: Callable[[Job], str] | None = None
    ended: Callable[[Job], None] | None = None
    tells: bool = True
    needs_access: bool = False


def title_of(kind: str) -> str:
    """A kind of job in words; the kind itself where nobody registered it."""
    handler = HANDLERS.get(kind)
    return str(handler.title) if handler else kind


HANDLERS: dict[str, JobHandler] = {}


def register(
    kind: str,
    step: Step,
    *,
    title: str | Promise = "",
    link: Callable[[Job], str] | None = None,
    ended: Callable[[Job], None] | None = None,
    tells: bool = True,
    needs_access: bool = False,
) -> None:
    """Teach this app a kind of job.

    `ended(job)` is called in the transaction that ends it: it only inserts rows. With `tells`, whoever began the job
    gets a notice at its end.
    """
    assert kind not in HANDLERS or HANDLERS[kind].step is step, f"{kind} has a handler already"
    HANDLERS[kind] = JobHandler(step, title or kind.replace("_", " "), link, ended, tells, needs_access)
