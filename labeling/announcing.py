"""What contractors are told of a pause and of its end: a notice and a mail each, in words without the customer."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from events import telling
from labeling.models import AssignmentStatus
from labeling.scopes import Scope, concerned_workers, in_hand
from labeling.wording import pause_code
from projects.models import Pause
from workers.models import Worker


def tell_workers(pauses: Sequence[Pause], *, at: datetime) -> None:
    """One notice and one mail per concerned person, whatever number of scopes the act has."""
    first = pauses[0]
    codenames: dict[int, set[str]] = defaultdict(set)
    holders: set[int] = set()
    for one in pauses:
        leased = in_hand(Scope.of_pause(one), reviews_go_on=one.reviews_go_on)
        for worker_id, names in concerned_workers(Scope.of_pause(one), leased).items():
            codenames[worker_id] |= names
        holders |= set(leased.filter(status=AssignmentStatus.ACTIVE).values_list("worker_id", flat=True))
    groups: dict[tuple[tuple[str, ...], bool], list[int]] = defaultdict(list)
    for worker_id, names in codenames.items():
        groups[tuple(sorted(names)), worker_id in holders].append(worker_id)
    for (group_names, holds), worker_ids in groups.items():
        policy = first.policy if holds else "none"
        telling.tell(
            user_ids(worker_ids),
            code=pause_code(policy, has_end=first.ends_at is not None),
            params=notice_params(first, group_names),
            dedupe_key=f"pause:{first.group}",
            at=at,
            mail=True,
        )


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


def tell_open_again(one: Pause, *, at: datetime) -> None:
    scope = Scope.of_pause(one)
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for worker_id, names in concerned_workers(scope, in_hand(scope)).items():
        groups[tuple(sorted(names))].append(worker_id)
    for group_names, worker_ids in groups.items():
        telling.tell(
            user_ids(worker_ids),
            code="resumed",
            params={"codenames": ", ".join(group_names), "count": len(group_names)},
            dedupe_key=f"resume:{one.group}",
            at=at,
            mail=True,
        )
