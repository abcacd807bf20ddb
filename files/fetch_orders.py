"""Ordering the files at addresses: one that is under way already serves whoever asks for the same meanwhile."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime

from accounts.cutting_off import refuse_cut_off
from accounts.models import Organization
from core.actions import action
from core.ids import new_public_id
from events.waking import wake
from files import addresses, buckets
from files.models import Fetch, FetchState


def order(organization_id: int, *, mode: str, named: Iterable[str], at: datetime) -> dict[str, Fetch]:
    """By address: what brings its file.

    Inside the caller's transaction, which holds them: whoever ends one meanwhile waits, and finds the caller's rows.
    """
    wanted = {digest_of(address): address for address in sorted(set(named))}
    found: dict[str, Fetch] = {}
    # An end that commits between our two statements leaves nothing that waits: then there is room for a new one.
    while missing := sorted(wanted.keys() - found.keys()):
        rows = [
            Fetch(
                organization_id=organization_id,
                mode=mode,
                address=wanted[digest],
                digest=digest,
                due_at=at,
                created_at=at,
            )
            for digest in missing
        ]
        Fetch.objects.bulk_create(rows, ignore_conflicts=True)
        waiting = Fetch.objects.filter(organization_id=organization_id, mode=mode, state=FetchState.WAITING)
        held = waiting.filter(digest__in=missing).order_by("pk").select_for_update(no_key=True)
        found |= {fetch.digest: fetch for fetch in held}
    wake("files.jobs.bring_files")
    return {fetch.address: fetch for fetch in found.values()}


@action
def import_file(organization: Organization, *, mode: str, address: str, at: datetime) -> Fetch:
    """Fetch a file for no task yet: orders name it by the public id of what is given here, at once.

    The same address again, while it is under way, is the same one. Raises FetchError for what is no address.
    """
    refuse_cut_off(organization.pk)
    check(address, lambda: organization.slug)
    fetch = order(organization.pk, mode=mode, named=[address], at=at)[address]
    if fetch.public_id is None:
        fetch.public_id = new_public_id()
        Fetch.objects.filter(pk=fetch.pk).update(public_id=fetch.public_id)
    return fetch


def check(address: str, slug_of: Callable[[], str]) -> None:
    """Raises FetchError for what is no address, and for a bucket that is not the organization's.

    Which organization it is, which may cost a query, is asked for buckets alone.
    """
    if buckets.is_address(address):
        buckets.check(address, slug_of())
    else:
        addresses.split(address)


def digest_of(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()
