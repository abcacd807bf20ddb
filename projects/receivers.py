"""What files send up: one was read, or cannot be."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from files import signals
from files.models import File
from projects import adding


@receiver([signals.file_ready, signals.file_broken])
def pass_on(sender: Any, *, file: File, at: datetime, **_more: Any) -> None:
    adding.file_was_read(file, at=at)
