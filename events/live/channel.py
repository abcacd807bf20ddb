"""The broker's channel on which whoever stored notices calls, and the process for live events listens.

A call carries nothing: what there is to tell stands in the database, and is looked for every second anyway.
"""

import asyncio
from collections.abc import Callable

import structlog
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from core.broker import PATIENCE_S, address, client

log = structlog.get_logger(__name__)

NAME = "plumbline:live"
# After a failure the listener waits this long, and then twice as long up to the most.
FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 5.0


def call() -> None:
    """Raises RedisError or OSError when the broker is away; nothing happens where there is none."""
    if url := address():
        client(url).publish(NAME, b"")


async def listen(heard: Callable[[], None]) -> None:
    """Call `heard` for every call, for ever; without a broker nothing is heard."""
    url = address()
    if url is None:
        return
    wait_s = FIRST_WAIT_S
    while True:
        try:
            async with connected(url) as broker, broker.pubsub() as ear:
                await ear.subscribe(NAME)
                heard()  # something may have been called while nobody listened
                wait_s = FIRST_WAIT_S
                async for _message in ear.listen():
                    heard()
        except (RedisError, OSError) as error:
            log.warning("live.not_listening", error=str(error))
        await asyncio.sleep(wait_s)
        wait_s = min(wait_s * 2, LONGEST_WAIT_S)


def connected(url: str) -> AsyncRedis:
    return AsyncRedis.from_url(url, socket_connect_timeout=PATIENCE_S, retry=AsyncRetry(NoBackoff(), 0))
