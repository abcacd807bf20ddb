"""Ramps: after a resume people come back step by step, each at a turn that row, worker and clock alone decide."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    BigIntegerField,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    IntegerField,
    Value,
)
from django.db.models.functions import Cast

# The share of a ramp after which somebody has their turn is one of so many.
SHARES_BITS = 16
SHARES = 1 << SHARES_BITS
# 2**32 divided by the golden ratio: the multiples of it lie evenly, whatever number of neighbouring ids there is.
GOLDEN = 2_654_435_769
MILLISECOND = timedelta(milliseconds=1)


def share_of(worker_id: int, offset: int) -> int:
    """The worker's share of the ramp, of SHARES."""
    return ((worker_id * GOLDEN >> SHARES_BITS) + offset) & (SHARES - 1)


def turn_of(worker_id: int, *, ended_at: datetime, ramp_s: int, offset: int) -> datetime:
    """From when on the worker is let in: at `ended_at` at the earliest, before the ramp is over at the latest."""
    return ended_at + (ramp_s * 1000 * share_of(worker_id, offset) >> SHARES_BITS) * MILLISECOND


def turn(worker: Any) -> Any:
    """turn_of() for rows of pauses; `worker`: an id. Whole numbers, so that every database says the same."""
    spread = (Cast(Value(worker), BigIntegerField()) * Value(GOLDEN)).bitrightshift(SHARES_BITS)
    share = (spread + F("ramp_offset")).bitand(SHARES - 1)
    wait_ms = (F("ramp_s") * Value(1000) * share).bitrightshift(SHARES_BITS)
    # Of no other whole numbers does Django make a length of time.
    waited = ExpressionWrapper(wait_ms, output_field=IntegerField()) * Value(MILLISECOND)
    wait = ExpressionWrapper(waited, output_field=DurationField())
    return ExpressionWrapper(F("ended_at") + wait, output_field=DateTimeField())
