"""Who says that they live: beat when it sends the job below, a worker when it runs it, live events by themselves."""

import socket
from datetime import datetime, timedelta

import structlog
from django.db import DatabaseError, close_old_connections

from config.models import Pulse
from core.actions import action

log = structlog.get_logger(__name__)

EVERY = timedelta(seconds=15)
# Three missed beats and a little patience with a busy machine.
SILENT = timedelta(minutes=1)
# A worker that has been gone for so long was taken away on purpose.
FORGOTTEN = timedelta(days=1)
BEAT = "beat"
WORKER = "worker"
LIVE = "live"


def worker_name() -> str:
    return f"{WORKER}:{socket.gethostname()}"[:120]


def live_name() -> str:
    return f"{LIVE}:{socket.gethostname()}"[:120]


@action
def note(name: str, *, at: datetime) -> None:
    """This one lives; who has not been heard of for a day is forgotten."""
    Pulse.objects.update_or_create(name=name, defaults={"at": at})
    Pulse.objects.filter(at__lt=at - FORGOTTEN).exclude(name=BEAT).delete()


def note_if_possible(name: str, *, at: datetime) -> None:
    """As note(), for a process that has to go on without a database."""
    close_old_connections()
    try:
        note(name, at=at)
    except DatabaseError as error:
        log.warning("pulse.not_noted", name=name, error=str(error))
    finally:
        close_old_connections()


def last(name: str) -> datetime | None:
    """When it last said so: `beat`, or for `worker` and `live` the one that was heard last."""
    found = Pulse.objects.filter(name=name) if name == BEAT else Pulse.objects.filter(name__startswith=f"{name}:")
    return found.order_by("-at").values_list("at", flat=True).first()
