"""Which of ours is which of theirs, so that whatever is begun twice is made once."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from accounts.cutting_off import refuse_cut_off
from accounts.models import Organization
from core.actions import action
from leaving.models import Counterpart, Kind, Origin


@action
def open_origin(organization: Organization, *, mode: str, address: str, at: datetime) -> Origin:
    refuse_cut_off(organization.pk)
    found, _made = Origin.objects.get_or_create(
        organization=organization, mode=mode, address=address, defaults={"created_at": at}
    )
    return found


@action
def announce(origin: Origin, kind: Kind, theirs: str) -> str:
    """Say that ours is about to be made; its public id where it was made already, else empty.

    Who is killed after making it finds it by its name, and knows by this row that it is theirs.
    """
    row, _made = Counterpart.objects.get_or_create(origin=origin, kind=kind, theirs=theirs)
    return row.ours


def is_announced(origin: Origin, kind: Kind, theirs: str) -> bool:
    return Counterpart.objects.filter(origin=origin, kind=kind, theirs=theirs).exists()


@action
def settle(origin: Origin, kind: Kind, theirs: str, ours: str) -> None:
    Counterpart.objects.filter(origin=origin, kind=kind, theirs=theirs).update(ours=ours)


def known_tasks(origin: Origin, theirs: Iterable[str]) -> set[str]:
    rows = Counterpart.objects.filter(origin=origin, kind=Kind.TASK, theirs__in=list(theirs))
    return set(rows.values_list("theirs", flat=True))


def note_tasks(origin: Origin, pairs: Mapping[str, str]) -> None:
    """Theirs to ours, in the transaction that writes ours."""
    rows = [Counterpart(origin=origin, kind=Kind.TASK, theirs=theirs, ours=ours) for theirs, ours in pairs.items()]
    Counterpart.objects.bulk_create(rows)


def token_of(origin: Origin, project: str) -> str | None:
    """The page that comes next of a project whose import was cut short; None: the first one."""
    origin.refresh_from_db(fields=["checkpoint"])
    token: Any = origin.checkpoint.get(project)
    return token if isinstance(token, str) else None


def move_on(origin: Origin, project: str, token: str | None) -> None:
    """The next page's token, or None at the end, in the transaction that writes a page. One runner at a time writes."""
    held = Origin.objects.select_for_update(no_key=True).get(pk=origin.pk)
    rest = {name: kept for name, kept in held.checkpoint.items() if name != project}
    Origin.objects.filter(pk=origin.pk).update(checkpoint={**rest, project: token} if token else rest)
