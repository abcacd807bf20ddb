"""What contractors are told of a pause and of its end: a notice and a mail each, in words without the customer."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from events import telling
from labeling.models import AssignmentStatus
from labeling.pause_wording import pause_code
from labeling.scopes import Scope, concerned_workers, in_hand
from projects.models import Pause, QuietHours
from workers.models import Worker


def tell_workers(pauses: Sequence[Pause], *, at: datetime) -> None:
    """One notice and one mail per concerned person, whatever number of scopes the act has.

    Of quiet hours only those who have work in hand: when they are was said once.
    """
    first = pauses[0]
    concerned, holders = reached(pauses)
    groups: dict[tuple[tuple[str, ...], bool], list[int]] = defaultdict(list)
    for worker_id, names in concerned.items():
        groups[names, worker_id in holders].append(worker_id)
    for (names, holds), worker_ids in groups.items():
        if holds or first.quiet_hours_id is None:
            policy = first.policy if holds else "none"
            code = pause_code(policy, has_end=first.ends_at is not None)
            tell(worker_ids, code, notice_params(first, names), f"pause:{first.group}", at=at)


def reached(pauses: Sequence[Pause]) -> tuple[dict[int, tuple[str, ...]], set[int]]:
    """The concerned workers with their codenames, and those of them who have work in hand."""
    codenames: dict[int, set[str]] = defaultdict(set)
    holders: set[int] = set()
    for one in pauses:
        leased = in_hand(Scope.of_pause(one), reviews_go_on=one.reviews_go_on)
        for worker_id, found in concerned_workers(Scope.of_pause(one), leased).items():
            codenames[worker_id] |= found
        holders |= set(leased.filter(status=AssignmentStatus.ACTIVE).values_list("worker_id", flat=True))
    return {worker_id: tuple(sorted(names)) for worker_id, names in codenames.items()}, holders


def tell(worker_ids: Sequence[int], code: str, params: dict[str, Any], dedupe_key: str, *, at: datetime) -> None:
    telling.tell(user_ids(worker_ids), code=code, params=params, dedupe_key=dedupe_key, at=at, mail=True)


def tell_of_what_comes(pauses: Sequence[Pause], *, at: datetime) -> None:
    """That it will stop, to whom it would concern now."""
    first = pauses[0]
    for names, worker_ids in by_names(reached(pauses)[0]).items():
        params = notice_params(first, names) | {"starts_at": first.starts_at.isoformat()}
        tell(worker_ids, "pause_ahead", params, f"pause_ahead:{first.group}", at=at)


def tell_of_quiet_hours(quiet: QuietHours, scopes: Sequence[Scope], text: str, *, at: datetime) -> None:
    """Once, when they are made."""
    codenames: dict[int, set[str]] = defaultdict(set)
    for scope in scopes:
        for worker_id, found in concerned_workers(scope, in_hand(scope)).items():
            codenames[worker_id] |= found
    days = ",".join(map(str, quiet.weekdays))
    for names, worker_ids in by_names({pk: tuple(sorted(own)) for pk, own in codenames.items()}).items():
        params = {"codenames": ", ".join(names), "count": len(names), "hours": str(quiet), "days": days, "text": text}
        tell(worker_ids, "quiet_hours", params, f"quiet_hours:{quiet.public_id}", at=at)


def by_names(concerned: Mapping[int, tuple[str, ...]]) -> dict[tuple[str, ...], list[int]]:
    found: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for worker_id, names in concerned.items():
        found[names].append(worker_id)
    return found


def notice_params(one: Pause, names: Sequence[str]) -> dict[str, Any]:
    """Only codenames and the text for workers: never the customer, or what is for staff."""
    return {
        "codenames": ", ".join(names),
        "count": len(names),
        "until_at": one.grace_until.isoformat() if one.grace_until else "",
        "ends_at": one.ends_at.isoformat() if one.ends_at else "",
        "text": one.text_for_workers,
    }


def user_ids(worker_ids: Sequence[int]) -> list[int]:
    return list(Worker.objects.filter(pk__in=worker_ids).order_by("pk").values_list("user_id", flat=True))


def tell_open_again(pauses: Sequence[Pause], *, at: datetime) -> None:
    """Each person once, of all that one act has lifted; with a ramp, when their turn comes, to the minute.

    Not of quiet hours, which are over every day.
    """
    first = pauses[0]
    if first.quiet_hours_id is not None:
        return
    key = f"resume:{first.group}:{first.public_id}"
    concerned = reached(pauses)[0]
    if not first.ramp_s:
        tell_each(concerned, "resumed", {}, key, at=at)
        return
    by_turn: dict[datetime, dict[int, tuple[str, ...]]] = defaultdict(dict)
    for worker_id, names in concerned.items():
        by_turn[minute_after(first.turn_of(worker_id))][worker_id] = names
    for turn_at, own in sorted(by_turn.items()):
        tell_each(own, "resumed_step_by_step", {"turn_at": turn_at.isoformat()}, key, at=at)


def minute_after(moment: datetime) -> datetime:
    """The first full minute at which it is past."""
    return (moment + timedelta(seconds=59, microseconds=999_999)).replace(second=0, microsecond=0)


def tell_called_off(pauses: Sequence[Pause], *, at: datetime) -> None:
    """To whom it would have concerned, if they were told that it comes."""
    first = pauses[0]
    if first.warned_at is not None:
        params = {"starts_at": first.starts_at.isoformat()}
        key = f"pause_called_off:{first.group}:{first.public_id}"
        tell_each(reached(pauses)[0], "pause_called_off", params, key, at=at)


def tell_each(
    concerned: Mapping[int, tuple[str, ...]], code: str, params: dict[str, Any], dedupe_key: str, *, at: datetime
) -> None:
    for names, worker_ids in by_names(concerned).items():
        tell(worker_ids, code, params | {"codenames": ", ".join(names), "count": len(names)}, dedupe_key, at=at)
