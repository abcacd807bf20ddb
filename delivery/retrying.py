"""When a callback is tried again: twenty times, the last one 24 hours after the first try. Pure.

The waits double up to a limit. Each is drawn between nothing and twice its length (full jitter), and all of them are
then stretched to a day, so that rows that failed together do not come together again and the day is kept. What is
drawn belongs to the row, so that the sum needs no memory.
"""

import random
from datetime import timedelta

RETRIES = 20
DAY = timedelta(hours=24)
FIRST_S = 10.0
LONGEST_S = 141 * 60.0


def waits_of(seed: int) -> list[timedelta]:
    """How long to wait after each try but the last; together a day."""
    chance = random.Random(seed)  # noqa: S311 (no secret)
    drawn = [min(LONGEST_S, FIRST_S * 2**number) * chance.uniform(0, 2) for number in range(RETRIES)]
    return [DAY * (seconds / sum(drawn)) for seconds in drawn]


def wait_after(tries: int, *, seed: int) -> timedelta:
    """`tries`: how many there were, 1 to RETRIES."""
    return waits_of(seed)[tries - 1]
