"""Spend caps: what is handed out may never cost more than the project's cap of a day or of all days.

A claim draws on its worker's own token, so that workers do not wait for one another. An empty token is filled by a
short transaction of its own that locks the pool first. Sums of assignments overshoot; one counter row for everybody
takes a tenth of the claims (reference: measurements in docs/decisions/0002-the-queue.md).
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum

from core import cursors
from core.actions import action
from core.money import shares_up
from core.prepared import PreparedUpdate
from labeling.models import Assignment, StageKind
from projects.models import BudgetPool, BudgetToken, ProjectVersion
from workers.models import Worker

CHUNK_SHARES = 10
# Shares that a pool has to have left for a token to be filled before it is asked for, and then with more.
FAR = 1000
CHUNK_SHARES_AHEAD = 100
# What a token was granted stays its worker's for a moment. Near the cap workers would otherwise take the last shares
# from one another for minutes, each before the other's claim could draw on them.
KEPT = timedelta(seconds=2)
# More than anybody spends. What has no cap is counted all the same, so that a cap may come later.
NO_CAP = 2**60


class Grant(enum.Enum):
    """Whether the tokens were filled; LATER: others hold what they were granted a moment ago and may not need."""

    FILLED = "filled"
    LATER = "later"
    CAPPED = "capped"


@dataclass(frozen=True)
class Draw:
    """One share of one pool: of the project's day, or of all days (day None)."""

    project_id: int
    day: date | None
    cap_micros: int
    share_micros: int


class TokenEmpty(Exception):
    """The worker's token does not hold the share: roll back, fill it, begin anew."""

    def __init__(self, draws: list[Draw]) -> None:
        super().__init__("token empty")
        self.draws = draws
        self.project_id = draws[0].project_id
        self.share_micros = draws[0].share_micros


def taking(tokens: QuerySet[BudgetToken], cap: int, share: int) -> tuple[QuerySet[BudgetToken], dict[str, Any]]:
    """What was granted under another cap than today's is no longer to be spent."""
    enough = tokens.filter(cap_micros=cap, used_micros__lte=F("granted_micros") - share)
    return enough, {"used_micros": F("used_micros") + share}


REST = "(granted_micros - used_micros)"
TAKE_OF_DAY = PreparedUpdate(
    lambda worker, project, day, cap, share: taking(
        BudgetToken.objects.filter(worker=worker, project=project, day=day), cap, share
    ),
    returning=[REST],
    worker=int,
    project=int,
    day=date,
    cap=int,
    share=int,
)
TAKE_OF_ALL = PreparedUpdate(
    lambda worker, project, cap, share: taking(
        BudgetToken.objects.filter(worker=worker, project=project, day=None), cap, share
    ),
    returning=[REST],
    worker=int,
    project=int,
    cap=int,
    share=int,
)


def draw(worker: Worker, draws: Sequence[Draw], *, at: datetime) -> int:
    """Take each share from the worker's tokens at the action's end; the share in micros, 0 where it costs nothing.

    TokenEmpty is raised then. A token that is used up now is filled once this is committed: to find it empty costs the
    next claim a rollback.
    """
    for one in draws:
        take(worker.pk, one, then=partial(note_rest, worker, one, draws, at=at))
    return draws[0].share_micros if draws else 0


def take(worker_id: int, one: Draw, *, then: cursors.Then) -> None:
    values = {"worker": worker_id, "project": one.project_id, "cap": one.cap_micros, "share": one.share_micros}
    if one.day is None:
        TAKE_OF_ALL.at_end(then=then, **values)
    else:
        TAKE_OF_DAY.at_end(then=then, day=one.day, **values)


def note_rest(worker: Worker, one: Draw, draws: Sequence[Draw], rest: int | None, *, at: datetime) -> None:
    """What is left of the token after the share was taken, in micros; None where it does not hold the share."""
    if rest is None:
        raise TokenEmpty(list(draws))
    if rest < one.share_micros:
        transaction.on_commit(lambda: fill_ahead(worker, [one], at=at), robust=True)


def share_of(version: ProjectVersion) -> int:
    """Of one first answer, in micros: a task's price is spread over the places of its first stage."""
    return shares_up(version.price_micros, int(version.pipeline[0].get("places", 1)))


def draws_of(kind: str, round_number: int, version: ProjectVersion, *, caps: ProjectVersion, day: date) -> list[Draw]:
    """What an answer by the task's version costs its customer, under the caps of the project's current version.

    Reviews cost nothing more, nor does a redo: with its place came the share of the answer that was sent back. `day` is
    the budget's.
    """
    if kind != StageKind.ATTEMPT or round_number > 1 or not version.price_micros:
        return []
    share = share_of(version)
    limits = [(day, caps.day_cap_micros), (None, caps.total_cap_micros)]
    return [Draw(version.project_id, of, NO_CAP if cap is None else cap, share) for of, cap in limits]


def cheaper_versions(project_id: int, share_micros: int) -> tuple[int, ...]:
    """The versions of a project whose tasks cost less than a share that its caps do not hold any more."""
    found = ProjectVersion.objects.filter(project=project_id).only("project", "price_micros", "pipeline")
    return tuple(one.pk for one in found.order_by("pk") if share_of(one) < share_micros)


def budget_day(time_zone: str, *, at: datetime) -> date:
    """The calendar day in the organization's time zone."""
    return at.astimezone(ZoneInfo(time_zone)).date()


def give_back(assignment: Assignment) -> None:
    """The assignment ended without a submission: its share is free again."""
    if not assignment.share_micros:
        return
    for token in drawn_from(assignment):
        token.update(used_micros=F("used_micros") - assignment.share_micros)
    Assignment.objects.filter(pk=assignment.pk).update(share_micros=0)


def drawn_from(assignment: Assignment) -> list[QuerySet[BudgetToken]]:
    """The tokens that hold the assignment's share, each as a queryset of one."""
    project_id = ProjectVersion.objects.get(pk=assignment.version_id).project_id
    tokens = BudgetToken.objects.filter(worker_id=assignment.worker_id, project_id=project_id)
    return [tokens.filter(day=day) for day in (assignment.share_day, None)]


def move_share(assignment: Assignment, to: Worker) -> None:
    """The share goes from one worker's tokens to another's, at the cap too: nothing more is spent.

    The assignment that had it holds nothing then. The workers' tokens are locked in one order, whoever gives.
    """
    share = assignment.share_micros
    if not share:
        return
    project_id = ProjectVersion.objects.get(pk=assignment.version_id).project_id
    both = BudgetToken.objects.filter(project_id=project_id, worker__in=[assignment.worker_id, to.pk])
    list(both.order_by("worker", F("day").asc(nulls_last=True)).select_for_update(no_key=True))
    for tokens in drawn_from(assignment):
        for day in list(tokens.values_list("day", flat=True)):
            tokens.update(used_micros=F("used_micros") - share, granted_micros=F("granted_micros") - share)
            token, _made = BudgetToken.objects.get_or_create(worker=to, project_id=project_id, day=day)
            BudgetToken.objects.filter(pk=token.pk).update(
                granted_micros=F("granted_micros") + share, used_micros=F("used_micros") + share
            )
    Assignment.objects.filter(pk=assignment.pk).update(share_micros=0)


def grant(worker: Worker, draws: list[Draw], *, at: datetime) -> Grant:
    """Fill the worker's tokens for these draws, as far as the caps allow."""
    for one in draws:
        if (found := grant_one(worker, one, at=at)) is not Grant.FILLED:
            return found
    return Grant.FILLED


def fill_ahead(worker: Worker, draws: list[Draw], *, at: datetime) -> None:
    """Where the cap is still far: near it nobody is granted what they may not need."""
    for one in draws:
        grant_one(worker, one, ahead=True, at=at)


@action
def grant_one(worker: Worker, one: Draw, *, ahead: bool = False, at: datetime) -> Grant:
    """Pool before tokens, here and nowhere else both."""
    pool = locked_pool(one)
    token, _made = BudgetToken.objects.get_or_create(worker=worker, project_id=one.project_id, day=one.day)
    if pool.granted_micros > one.cap_micros:
        take_back_unused(pool, unused(one))  # lowered since, and nobody keeps more than they have used
    token = BudgetToken.objects.select_for_update(no_key=True).get(pk=token.pk)
    # A former share of another size may have left a rest: it counts.
    needed = max(0, one.share_micros - (token.granted_micros - token.used_micros))
    if ahead and one.cap_micros - pool.granted_micros < FAR * one.share_micros:
        return Grant.LATER
    if one.cap_micros - pool.granted_micros < needed:
        kept = Q(granted_at__gt=at - KEPT)
        take_back_unused(pool, unused(one).exclude(pk=token.pk).exclude(kept))
    free = one.cap_micros - pool.granted_micros
    if free < needed:
        return Grant.LATER if unused_elsewhere(one, but=token) + free >= needed else Grant.CAPPED
    shares = CHUNK_SHARES_AHEAD if ahead else CHUNK_SHARES
    chunk = needed and max(needed, min(shares * one.share_micros, free // 4))
    BudgetPool.objects.filter(pk=pool.pk).update(granted_micros=F("granted_micros") + chunk)
    BudgetToken.objects.filter(pk=token.pk).update(
        granted_micros=F("granted_micros") + chunk, granted_at=at, cap_micros=one.cap_micros
    )
    return Grant.FILLED


def locked_pool(one: Draw) -> BudgetPool:
    """The pool's row with the cap in force; a cap lowered below what is granted stops at what is granted."""
    pool, _made = BudgetPool.objects.get_or_create(
        project_id=one.project_id, day=one.day, defaults={"cap_micros": one.cap_micros}
    )
    pool = BudgetPool.objects.select_for_update(no_key=True).get(pk=pool.pk)
    cap = max(one.cap_micros, pool.granted_micros)
    if pool.cap_micros != cap:
        BudgetPool.objects.filter(pk=pool.pk).update(cap_micros=cap)
    return pool


def unused(one: Draw) -> QuerySet[BudgetToken]:
    """The tokens of a pool that hold more than their workers have used."""
    return BudgetToken.objects.filter(project=one.project_id, day=one.day, used_micros__lt=F("granted_micros"))


def take_back_unused(pool: BudgetPool, tokens: QuerySet[BudgetToken]) -> None:
    """Take back what the tokens have not used; those in a claim right now are passed over."""
    for token in tokens.order_by("pk").select_for_update(skip_locked=True, no_key=True):
        rest = token.granted_micros - token.used_micros
        BudgetToken.objects.filter(pk=token.pk).update(granted_micros=F("granted_micros") - rest)
        BudgetPool.objects.filter(pk=pool.pk).update(granted_micros=F("granted_micros") - rest)
        pool.granted_micros -= rest


def unused_elsewhere(one: Draw, *, but: BudgetToken) -> int:
    """What tokens that were passed over may still give back."""
    return unused(one).exclude(pk=but.pk).aggregate(total=Sum(F("granted_micros") - F("used_micros")))["total"] or 0


def spare_micros(project_id: int, *, day: date | None, cap_micros: int) -> int:
    """What the cap still allows, work in hand counted."""
    used = BudgetToken.objects.filter(project_id=project_id, day=day).aggregate(total=Sum("used_micros"))["total"]
    return cap_micros - (used or 0)
