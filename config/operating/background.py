"""Checks of what works behind the pages: broker, beat, workers, outbox, jobs. They read a row or two each."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from celery import current_app
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from config.operating import pulse
from config.operating.finding import Finding
from core.formats import ago
from delivery.noting import KIND as CALLBACK
from events.models import Event, Job, Outbox, OutboxQuerySet, OutboxState

QUICK = {"socket_timeout": 1, "socket_connect_timeout": 0.5, "max_retries": 0}
OLDEST_UNSENT = timedelta(minutes=5)
OLDEST_UNSEALED = timedelta(minutes=5)
# The sweeper wakes a job after a minute of silence; what is silent for longer is not woken, or dies each time.
LONGEST_SILENCE = timedelta(minutes=5)

START_BEAT = "celery -A config.celery:app beat --scheduler celery.beat:Scheduler"
START_WORKER = "celery -A config.celery:app worker"
START_LIVE = "python -m config.runtime.live"


def broker(_at: datetime) -> Iterator[Finding]:
    """Whether it takes messages."""
    try:
        with current_app.connection_for_write(transport_options=QUICK) as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=1)
            connection.default_channel  # noqa: B018 (opening one asks the server)
    except (KombuError, RedisError, OSError):
        sentence = _("The broker does not answer: pages work, but nothing happens in the background until it is back.")
        yield Finding("broker_unreachable", sentence, "valkey-cli ping")


def beat(at: datetime) -> Iterator[Finding]:
    seen = pulse.last(pulse.BEAT)
    if seen is None:
        yield Finding("beat_silent", _("Beat has never run here: nothing happens by schedule."), START_BEAT)
    elif at - seen > pulse.SILENT:
        sentence = _("Beat was last heard of %(ago)s: nothing happens by schedule.") % {"ago": ago(seen, now=at)}
        yield Finding("beat_silent", sentence, START_BEAT)


def workers(at: datetime) -> Iterator[Finding]:
    seen = pulse.last(pulse.WORKER)
    if seen is None:
        yield Finding("no_worker", _("No worker has ever run here: mail and imports wait."), START_WORKER)
    elif at - seen > pulse.SILENT:
        sentence = _("The last worker was heard of %(ago)s: mail and imports wait.") % {"ago": ago(seen, now=at)}
        yield Finding("no_worker", sentence, START_WORKER)


def live(at: datetime) -> Iterator[Finding]:
    """Whether open pages are told of pauses at once."""
    if not settings.LIVE_EVENTS:
        return
    seen = pulse.last(pulse.LIVE)
    if seen is not None and at - seen <= pulse.SILENT:
        return
    sentence = _("Live events do not run: open pages hear of a pause some seconds later, or when they are loaded.")
    yield Finding("no_live", sentence, START_LIVE)


def outbox(at: datetime) -> Iterator[Finding]:
    """What should have left by now: tried in vain, or tried by nobody."""
    late = overdue(at)
    if not (count := late.count()):
        return
    oldest = late.order_by("created_at").values_list("created_at", flat=True)[0]
    sentence = ngettext(
        "%(count)s message has not left; it was written %(ago)s.",
        "%(count)s messages have not left; the oldest was written %(ago)s.",
        count,
    ) % {"count": count, "ago": ago(oldest, now=at)}
    error = late.exclude(error="").order_by("-pk").values_list("error", flat=True).first()
    yield Finding(
        "outbox_late", f"{sentence} {error or ''}".strip(), "celery -A config.celery:app call events.jobs.sweep_outbox"
    )


def overdue(at: datetime) -> OutboxQuerySet:
    unsent = Outbox.objects.unsent()
    # A callback that was tried in vain, and those behind it, say something of a customer's server, not of this site.
    in_vain = unsent.filter(kind=CALLBACK, attempts__gt=0).values("target")
    tried_or_due = Q(attempts__gt=0) | Q(next_at__lt=at - OLDEST_UNSENT)
    late = unsent.filter(tried_or_due, created_at__lt=at - OLDEST_UNSENT)
    return late.exclude(kind=CALLBACK, target__in=in_vain)


def failed_outbox(_at: datetime) -> Iterator[Finding]:
    """What was given up after its last try."""
    given_up = Outbox.objects.filter(state=OutboxState.FAILED).exclude(kind=CALLBACK)
    if count := given_up.count():
        sentence = ngettext(
            "%(count)s message was given up: %(error)s",
            "%(count)s messages were given up; the last: %(error)s",
            count,
        ) % {"count": count, "error": given_up.order_by("-pk").values_list("error", flat=True)[0]}
        yield Finding("outbox_failed", sentence, _("When the reason is gone: “Send again” on /operations/mail/"))


def sealing(at: datetime) -> Iterator[Finding]:
    count = Event.objects.filter(seq=None, at__lt=at - OLDEST_UNSEALED).count()
    if count:
        sentence = ngettext(
            "%(count)s event has waited for its number for more than five minutes: feeds do not show it.",
            "%(count)s events have waited for their numbers for more than five minutes: feeds do not show them.",
            count,
        ) % {"count": count}
        yield Finding("events_unsealed", sentence, "celery -A config.celery:app call events.jobs.seal_events")


def stuck_jobs(at: datetime) -> Iterator[Finding]:
    stuck = Job.objects.stalled(before=at - LONGEST_SILENCE)
    if count := stuck.count():
        sentence = ngettext(
            "%(count)s job has shown no progress for five minutes: %(names)s.",
            "%(count)s jobs have shown no progress for five minutes: %(names)s.",
            count,
        ) % {"count": count, "names": ", ".join(map(str, stuck.order_by("pk")[:5]))}
        yield Finding("jobs_stuck", sentence, "celery -A config.celery:app call events.jobs.sweep_jobs")
