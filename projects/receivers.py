"""What files send up: one was read or fetched, or cannot be."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from files import signals
from files.models import Fetch, File
from projects import readiness


@receiver([signals.file_ready, signals.file_broken])
def pass_on(sender: Any, *, file: File, at: datetime, **_more: Any) -> None:
    readiness.file_was_read(file, at=at)


@receiver(signals.fetched)
def give(sender: Any, *, fetch: Fetch, at: datetime, **_more: Any) -> None:
    readiness.file_was_fetched(fetch, at=at)


@receiver(signals.fetch_failed)
def give_up(sender: Any, *, fetch: Fetch, at: datetime, **_more: Any) -> None:
    readiness.fetch_has_failed(fetch, at=at)
