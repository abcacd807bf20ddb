"""What follows a submission or a verdict: pure decisions over values; the verbs carry them out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Step = dict[str, Any]


@dataclass(frozen=True)
class OpenReviews:
    """One review for each of these submissions, at that stage."""

    stage: int
    submission_ids: tuple[int, ...]


@dataclass(frozen=True)
class Resolve:
    """The task's answer is made of these submissions."""

    submission_ids: tuple[int, ...]


@dataclass(frozen=True)
class Wait:
    """Other work on this task is still open."""


Decision = OpenReviews | Resolve | Wait


def first_step(places: int = 1, **more: Any) -> Step:
    return {"kind": "attempt", "places": places, **more}


def places_of(steps: Sequence[Step], stage: int) -> int:
    """How many different people do this stage for one subject."""
    return int(steps[stage].get("places", 1))


def next_stage(steps: Sequence[Step], stage: int) -> int | None:
    """The stage after this one; None after the last."""
    return stage + 1 if stage + 1 < len(steps) else None


def after_attempt(steps: Sequence[Step], *, counted: Sequence[int], passed: Sequence[int], needed: int) -> Decision:
    """A work item of the first stage is complete.

    counted: submissions that fill its places; passed: all of the task that need nothing more (this item's included
    when there is no review); needed: how many the task asks for.
    """
    review = next_stage(steps, 0)
    if review is not None:
        return OpenReviews(review, tuple(counted))
    return decided(passed, needed)


def after_verdict(steps: Sequence[Step], stage: int, *, passing: int, passed: Sequence[int], needed: int) -> Decision:
    """A review passed its subject, or a fix of it (`passing`); after the last review the task may be decided."""
    further = next_stage(steps, stage)
    if further is not None:
        return OpenReviews(further, (passing,))
    return decided(passed, needed)


def decided(passed: Sequence[int], needed: int) -> Decision:
    return Resolve(tuple(passed)) if len(passed) >= needed else Wait()
