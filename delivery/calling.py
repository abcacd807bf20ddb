"""Sending one callback: what is asked, what is kept of the answer, and what follows from it."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from smtplib import SMTPException

import orjson
from django.core.mail import EmailMessage
from django.utils import timezone

from accounts.models import is_cut_off
from core.actions import action
from delivery import callbacks, noting, retrying, signatures
from delivery.bodies import body_of
from delivery.mails import mail_of
from delivery.models import Attempt, Delivery, DeliveryState
from delivery.noting import KIND
from events.models import Outbox
from events.posting import post
from events.sending import HeldError, SendError, Terms, register
from files import fetching

TIMEOUT_S = 15.0
ANSWER_CHARACTERS = 500
SWEEP = "delivery.jobs.sweep_callbacks"


@dataclass(frozen=True)
class Tried:
    """What came of one try: `error` is empty where it arrived, else a code of delivery.wording."""

    duration_ms: int
    status: int | None = None
    error: str = ""
    answer: str = ""


def register_kind() -> None:
    terms = Terms(most_tries=retrying.RETRIES + 1, wait=wait_of, sweep=SWEEP)
    register(KIND, send_callback, terms)


def wait_of(outbox: Outbox) -> timedelta:
    return retrying.wait_after(outbox.attempts, seed=outbox.pk)


def send_callback(outbox: Outbox) -> None:
    """Raises SendError where it did not arrive, HeldError while its customer is cut off."""
    delivery = find(outbox)
    if delivery.state == DeliveryState.DELIVERED:
        return  # whoever sent it died before the outbox heard of it
    refuse_cut_off(delivery)
    tried = send(delivery)
    note_attempt(delivery, tried, at=timezone.now())
    if tried.error:
        raise SendError(f"{tried.error} {tried.status or ''}".strip())


def refuse_cut_off(delivery: Delivery) -> None:
    """Raises HeldError."""
    if is_cut_off(delivery.organization_id):
        raise HeldError


def find(outbox: Outbox) -> Delivery:
    """Raises SendError for what nobody can send any more."""
    own = Delivery.objects.select_related("webhook").filter(key=outbox.dedupe_key.removeprefix(f"{KIND}:"))
    delivery = own.first()
    if delivery is None:
        raise SendError("It is not kept any more.", again=False)
    if delivery.webhook is not None and delivery.webhook.ended_at is not None:
        raise SendError("The webhook has ended.", again=False)
    if not delivery.address:
        raise SendError("There is no address any more.", again=False)
    return delivery


def send(delivery: Delivery) -> Tried:
    said = body_of(delivery)
    if said is None:
        raise SendError("What it tells of is not kept any more.", again=False)
    body = orjson.dumps(said)
    begun = time.monotonic()
    tried = send_mail(mail_of(delivery, body)) if delivery.is_mail() else send_request(delivery, body)
    return Tried(round((time.monotonic() - begun) * 1000), tried.status, tried.error, tried.answer)


def send_request(delivery: Delivery, body: bytes) -> Tried:
    key = callbacks.key_of(delivery.organization_id)
    headers = signatures.headers_of(key, body, delivery_id=delivery.public_id, at=int(time.time()))
    last_look = partial(refuse_cut_off, delivery)
    try:
        answer = fetching.post(delivery.address, body, headers=headers, timeout_s=TIMEOUT_S, last_look=last_look)
    except fetching.FetchError as error:
        return Tried(0, error=error.code)
    arrived = 200 <= answer.status < 300
    return Tried(0, answer.status, "" if arrived else "refused", beginning_of(answer.body))


def send_mail(message: EmailMessage) -> Tried:
    try:
        post(message)
    except (SMTPException, OSError) as error:
        return Tried(0, error="mail_refused", answer=f"{type(error).__name__}: {error}"[:ANSWER_CHARACTERS])
    return Tried(0)


def beginning_of(answer: bytes) -> str:
    """PostgreSQL keeps no zero bytes."""
    return answer[: 4 * ANSWER_CHARACTERS].decode(errors="replace").replace("\x00", "\ufffd")[:ANSWER_CHARACTERS]


@action
def note_attempt(delivery: Delivery, tried: Tried, *, at: datetime) -> None:
    """The log's line; that it arrived is noted once, also where two have sent it because one lost its lease."""
    waiting = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING)
    if not tried.error:
        if not waiting.update(state=DeliveryState.DELIVERED, ended_at=at):
            return
        noting.say_at_task(delivery, succeeded=True)
    Attempt.objects.create(
        delivery=delivery,
        at=at,
        duration_ms=tried.duration_ms,
        address=delivery.address,
        status=tried.status,
        error=tried.error,
        answer=tried.answer,
    )
