"""Celery: the application, and the one list of what runs when."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from celery import Celery, Task
from celery.exceptions import Ignore
from celery.signals import before_task_publish, worker_process_init, worker_ready
from django.conf import settings
from django.utils import timezone

from config.runtime import parent_watch, settling

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
parent_watch.watch_if_asked()

# Each line: when, and the dotted name of a job. A job may run twice and late; it looks at rows and does what is due.
SCHEDULE: list[tuple[timedelta, str]] = [
    (timedelta(seconds=5), "events.jobs.seal_events"),
    (timedelta(seconds=2), "events.jobs.sweep_outbox"),
    (timedelta(seconds=5), "delivery.jobs.follow_events"),
    (timedelta(seconds=15), "delivery.jobs.sweep_callbacks"),
    (timedelta(seconds=15), "events.jobs.sweep_jobs"),
    (timedelta(seconds=15), "config.jobs.show_life"),
    (timedelta(seconds=15), "labeling.jobs.expire_assignments"),
    (timedelta(seconds=15), "labeling.jobs.follow_pauses"),
    (timedelta(seconds=30), "labeling.jobs.complete_batches"),
    (timedelta(seconds=30), "labeling.jobs.close_idle_lanes"),
    (timedelta(seconds=30), "files.jobs.sweep_files"),
    (timedelta(seconds=30), "files.jobs.sweep_fetches"),
    (timedelta(seconds=60), "automation.jobs.follow_rules"),
    (timedelta(minutes=10), "payments.jobs.accept_by_silence"),
    (timedelta(minutes=10), "labeling.jobs.remind_of_pauses"),
    (timedelta(hours=1), "files.jobs.sweep_uploads"),
    (timedelta(hours=6), "automation.jobs.forget_tallies"),
    (timedelta(hours=6), "delivery.jobs.delete_exports"),
    (timedelta(hours=6), "delivery.jobs.delete_callbacks"),
]


def configuration() -> dict[str, Any]:
    """Read when Celery first needs it, not on import: the settings are not there yet then."""
    return {
        **settings.CELERY,
        "worker_hijack_root_logger": False,  # LOGGING says how lines look
        "beat_schedule": {name: entry(name, every) for every, name in SCHEDULE},
    }


def entry(name: str, every: timedelta) -> dict[str, Any]:
    """A job that nobody has run when the next but one is due is dropped: a night without workers leaves no heap."""
    return {"task": name, "schedule": every, "options": {"expires": max(2 * every.total_seconds(), 60)}}


class ObeyingTask(Task):  # type: ignore[type-arg]  # its stubs alone take arguments
    """No job is begun while an order to cut a customer off waits; rows and sweepers bring it again."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        from config.operating import obeying

        if not obeying.obeyed():
            raise Ignore
        return super().__call__(*args, **kwargs)


app = Celery("plumbline", task_cls=ObeyingTask)
app.add_defaults(configuration)
app.autodiscover_tasks(related_name="jobs")


@worker_process_init.connect
def settle(**_: Any) -> None:
    settling.settle()


@worker_ready.connect
def say_ready(**_: Any) -> None:
    """Tell the supervisor, by a file, that the worker takes messages now, and have done what waited for one.

    What a killed worker had in hand the broker gives to nobody else for ten minutes.
    """
    from events.waking import publish

    for name in ("events.jobs.sweep_outbox", "events.jobs.sweep_jobs"):
        publish(name, ())
    if path := os.environ.get("PLUMBLINE_READY_FILE"):
        Path(path).touch()


@before_task_publish.connect(sender="config.jobs.show_life")
def say_beat_lives(**_: Any) -> None:
    """In beat's own process: nobody else sends this job."""
    from config.operating import pulse

    pulse.note_if_possible(pulse.BEAT, at=timezone.now())
