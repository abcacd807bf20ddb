"""Waking Celery, and open pages, after a commit. A wake-up only makes things faster: the sweepers find what it missed.

So it must neither fail nor slow down the request: time-outs are short, and after a failure nobody tries for a while.
"""

import time
from functools import partial
from typing import Any

import structlog
from celery import current_app
from django.db import connection, transaction
from kombu import pools
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from events.live import channel

log = structlog.get_logger(__name__)

QUIET_S = 5.0
QUICK = {
    "socket_timeout": 1,
    "socket_connect_timeout": 0.5,
    "max_retries": 0,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}


class Breaker:
    """Remembers, for this process, that the broker did not answer a moment ago."""

    def __init__(self) -> None:
        self.quiet_until = 0.0

    def is_open(self) -> bool:
        return time.monotonic() < self.quiet_until

    def trip(self) -> None:
        self.quiet_until = time.monotonic() + QUIET_S


breaker = Breaker()
# Its own: that nobody can be told at once must not keep Celery from being asked, nor the other way round.
live_breaker = Breaker()


def wake(name: str, *args: Any) -> None:
    """After the commit of the caller's transaction, ask Celery to run the job with this dotted name."""
    transaction.on_commit(partial(publish, name, args), robust=True)


def wake_outbox() -> None:
    """Have due outbox rows sent after the commit; once, however many rows the transaction wrote."""
    if all(hook[1] is not publish_sweep for hook in connection.run_on_commit):
        transaction.on_commit(publish_sweep, robust=True)


def wake_sweep(name: str) -> None:
    """As wake_outbox(), of a kind that a job of its own sends: the job's dotted name."""
    if all(getattr(hook[1], "args", None) != (name, ()) for hook in connection.run_on_commit):
        transaction.on_commit(partial(publish, name, ()), robust=True)


def publish_sweep() -> None:
    publish("events.jobs.sweep_outbox", ())


def wake_live() -> None:
    """Have open pages told of new notices after the commit; once, however many the transaction wrote."""
    if all(hook[1] is not publish_live for hook in connection.run_on_commit):
        transaction.on_commit(publish_live, robust=True)


def publish_live() -> None:
    """The message says nothing but that there is something to be read."""
    if live_breaker.is_open():
        return
    try:
        channel.call()
    except (RedisError, OSError) as error:
        live_breaker.trip()
        log.warning("wake_up.failed", job="live", error=str(error))


def publish(name: str, args: tuple[Any, ...]) -> bool:
    """Whether the broker took the message."""
    if breaker.is_open():
        return False
    try:
        link = current_app.connection_for_write(transport_options=QUICK)
        with pools.producers[link].acquire(block=True, timeout=1) as producer:
            current_app.send_task(name, args, producer=producer, retry=False)
    except (KombuError, RedisError, OSError) as error:
        breaker.trip()
        log.warning("wake_up.failed", job=name, error=str(error))
        return False
    return True
