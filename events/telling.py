"""Telling people: one notice per person and reason, and a mail where they should not have to look."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from accounts.models import User
from core.actions import action
from events.models import Notice, NoticeQuerySet, Outbox, OutboxState
from events.sending import enqueue
from events.waking import wake_live

PEOPLE_PER_STATEMENT = 500


def tell(
    users: Iterable[int],
    *,
    code: str,
    params: dict[str, Any],
    dedupe_key: str,
    at: datetime,
    mail: bool,
) -> int:
    """Insert a notice for each person (primary keys of users), and with `mail` an outbox row beside it.

    Whoever was told under this dedupe_key before is not told again. Returns how many people are told under it now.
    Called inside an action; `code` is a key of events.wording.WORDS.
    """
    people = iter(dict.fromkeys(users))
    told = 0
    while chunk := list(islice(people, PEOPLE_PER_STATEMENT)):
        notices = [Notice(user_id=pk, dedupe_key=dedupe_key, code=code, params=params, created_at=at) for pk in chunk]
        Notice.objects.bulk_create(notices, ignore_conflicts=True)
        if mail:
            enqueue(*mails(chunk, code=code, params=params, dedupe_key=dedupe_key, at=at))
        told += len(chunk)
    if told:
        wake_live()
    return told


def mails(users: list[int], *, code: str, params: dict[str, Any], dedupe_key: str, at: datetime) -> Iterator[Outbox]:
    """One outbox row for each of the people who can still sign in."""
    for pk, email in User.objects.filter(pk__in=users, is_active=True).order_by("pk").values_list("pk", "email"):
        yield Outbox(
            kind="mail",
            target=email,
            dedupe_key=mail_key(dedupe_key, pk),
            params={"code": code, "params": params, "user": pk},
            next_at=at,
        )


def mail_key(dedupe_key: str, user: int) -> str:
    return f"{dedupe_key}:{user}"


def mail_states(notices: list[Notice]) -> dict[int, str]:
    """By the notices' primary keys: what became of the mail, in words; nothing for a notice without one."""
    by_key = {mail_key(notice.dedupe_key, notice.user_id): notice.pk for notice in notices}
    rows = Outbox.objects.filter(dedupe_key__in=by_key).values_list("dedupe_key", "state")
    return {by_key[key]: str(OutboxState(state).label) for key, state in rows}


@action
def mark_read(notices: NoticeQuerySet, *, at: datetime) -> int:
    """Returns how many of them were unread."""
    return notices.unread().update(read_at=at)
