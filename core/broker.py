"""The broker as a plain Redis server, for those who want more of it than Celery's messages."""

from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

PATIENCE_S = 0.5


def address() -> str | None:
    """The broker as redis-py names it; None where it is no server of that kind."""
    parts = urlsplit(settings.REDIS_URL)
    if parts.scheme == "redis+socket":
        return f"unix://{parts.path}"
    return settings.REDIS_URL if parts.scheme in {"redis", "rediss", "unix"} else None


@cache
def client(url: str) -> Redis:
    # One more try at once, for a connection that the broker has closed since; nobody waits for a broker that is away.
    return Redis.from_url(
        url, socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S, retry=Retry(NoBackoff(), 1)
    )
