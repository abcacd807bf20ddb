"""How often a key may ask: a count per key and minute in the broker; per process while the broker is away."""

import time
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

from accounts.models import ApiKey
from core import broker

WINDOW_S = 60
# After a failure the broker is not asked again for so long: a request does not wait for it.
AGAIN_S = 10.0

log = structlog.get_logger(__name__)


class TooManyError(Exception):
    """The key has asked too often; `wait_s`: whole seconds until it may again."""

    def __init__(self, limit: int, wait_s: int) -> None:
        super().__init__(limit, wait_s)
        self.limit, self.wait_s = limit, wait_s


@dataclass
class Broker:
    """When this process could not ask it the last time."""

    failed_at: float = float("-inf")


state = Broker()


def count(key: ApiKey) -> None:
    """One request more. Raises TooManyError beyond the key's own limit, or the site's."""
    limit = key.per_minute or settings.API_PER_MINUTE
    window, passed = divmod(int(time.time()), WINDOW_S)
    if counted(f"plumbline:api:{key.pk}:{window}") > limit:
        raise TooManyError(limit, WINDOW_S - passed)


def counted(name: str) -> int:
    url = broker.address()
    if url is None or time.monotonic() - state.failed_at < AGAIN_S:
        return counted_here(name)
    try:
        calls = broker.client(url).pipeline(transaction=False)
        calls.incr(name)
        calls.expire(name, 2 * WINDOW_S)
        return int(calls.execute()[0])
    except (RedisError, OSError) as error:
        state.failed_at = time.monotonic()
        log.warning("api.not_counted", error=str(error))
        return counted_here(name)


def counted_here(name: str) -> int:
    cache.add(name, 0, 2 * WINDOW_S)
    return int(cache.incr(name))
