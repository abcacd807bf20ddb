"""Counts are of whole minutes: a minute's name is its begin."""

from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)


def floor(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def ceil(at: datetime) -> datetime:
    return floor(at) if at == floor(at) else floor(at) + MINUTE
