"""The entry point of the process for live events (docs/decisions/0008-live-events.md)."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

import django
from django.conf import settings
from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from config.operating import pulse  # noqa: E402 (models want Django set up)
from events.live import answering  # noqa: E402
from events.live.hub import Hub  # noqa: E402

# Notices have links, and the first event should not have to load all pages.
import_module(settings.ROOT_URLCONF)


class Application(answering.Application):
    """Also says that it lives, on a connection of its own: that is a write, and may wait for others."""

    async def live(self, receive: answering.Receive, send: answering.Send) -> None:
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="live-pulse") as thread:
            life = asyncio.create_task(show_life(thread))
            await super().live(receive, send)
            life.cancel()


async def show_life(thread: ThreadPoolExecutor) -> None:
    while True:
        note = lambda: pulse.note_if_possible(pulse.live_name(), at=timezone.now())  # noqa: E731
        await asyncio.get_running_loop().run_in_executor(thread, note)
        await asyncio.sleep(pulse.EVERY.total_seconds())


def application(*, most: int) -> Application:
    """most: how many streams at once."""
    return Application(Hub(most=most), origins=settings.LIVE_READERS)
