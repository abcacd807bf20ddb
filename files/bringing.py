"""Bringing in the files at addresses: one is asked for once for all that wait, and again where that helps."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import structlog
from django.db.models import F

from core.actions import action
from core.errors import BusinessError
from events.waking import publish, wake
from files import fetching, storing
from files.addresses import FetchError
from files.models import Fetch, FetchState, File
from files.signals import fetch_failed, fetched

# Longer than one try takes.
LEASE = timedelta(minutes=5)
# How long a server is left in peace after each failure that may pass.
BACK_OFF = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(minutes=30))
MOST_TRIES = len(BACK_OFF) + 1
SWEPT_AT_ONCE = 200

log = structlog.get_logger(__name__)


def order(organization_id: int, *, mode: str, addresses: Iterable[str], at: datetime) -> dict[str, Fetch]:
    """By address: what brings its file. One that is under way already serves again.

    Inside the caller's transaction, which holds them: whoever ends one meanwhile waits, and finds the caller's rows.
    """
    wanted = {digest_of(address): address for address in sorted(set(addresses))}
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
    for fetch in found.values():
        if not fetch.tries:
            wake("files.jobs.bring_file", fetch.pk)
    return {fetch.address: fetch for fetch in found.values()}


def digest_of(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()


def bring(fetch_id: int, *, at: datetime) -> FetchState | None:
    """Ask for the file if nobody else does; the state then, None where there was nothing to do.

    After a fault of ours it goes on waiting, and the sweeper tries again when the lease has lapsed.
    """
    fetch = claim(fetch_id, at=at)
    if fetch is None:
        return None
    if fetch.tries > MOST_TRIES:
        return fail(fetch, FetchError(fetch.error_code or "fetch_failed", **fetch.error_params), at=at)
    try:
        file = stored(fetch, at=at)
    except FetchError as error:
        log.info("files.fetch_failed", fetch=fetch.pk, code=error.code, tries=fetch.tries)
        if error.may_pass and fetch.tries < MOST_TRIES:
            return put_off(fetch, error, at=at)
        return fail(fetch, error, at=at)
    return finish(fetch, file, at=at)


def stored(fetch: Fetch, *, at: datetime) -> File:
    """The file at the address, in the storage. Raises FetchError."""
    with fetching.opened(fetch.address) as stream:
        try:
            file, _is_new = storing.store(
                stream, organization=fetch.organization, mode=fetch.mode, name=name_of(fetch.address), by=None, at=at
            )
        except BusinessError as error:
            raise FetchError(error.code, **error.details) from error
    return file


def name_of(address: str) -> str:
    """The last part of the path, for the customer's eyes."""
    return unquote(PurePosixPath(urlsplit(address).path).name)


@action
def claim(fetch_id: int, *, at: datetime) -> Fetch | None:
    """Take it for one try: of two who want it, one gets it."""
    if not Fetch.objects.due(at=at).filter(pk=fetch_id).update(tries=F("tries") + 1, due_at=at + LEASE):
        return None
    return Fetch.objects.select_related("organization").get(pk=fetch_id)


@action
def put_off(fetch: Fetch, error: FetchError, *, at: datetime) -> FetchState:
    """Nothing came this time: leave the server in peace, then ask again."""
    ours = Fetch.objects.filter(pk=fetch.pk, state=FetchState.WAITING, tries=fetch.tries)
    ours.update(due_at=at + BACK_OFF[fetch.tries - 1], error_code=error.code, error_params=error.params)
    return FetchState.WAITING


@action
def finish(fetch: Fetch, file: File, *, at: datetime) -> FetchState | None:
    """Say that the file is there; None when the lease had lapsed and somebody else was first."""
    # The number of tries is the claim: whoever took it after us has raised it.
    ours = Fetch.objects.filter(pk=fetch.pk, state=FetchState.WAITING, tries=fetch.tries)
    if not ours.update(state=FetchState.DONE, file=file, error_code="", error_params={}, ended_at=at):
        return None
    fetch.refresh_from_db()
    fetched.send(Fetch, fetch=fetch, at=at)
    return FetchState.DONE


@action
def fail(fetch: Fetch, error: FetchError, *, at: datetime) -> FetchState | None:
    """Say that nothing can be had there, and why; None as above."""
    ours = Fetch.objects.filter(pk=fetch.pk, state=FetchState.WAITING, tries=fetch.tries)
    found = {"error_code": error.code, "error_params": error.params, "ended_at": at}
    if not ours.update(state=FetchState.FAILED, **found):
        return None
    fetch.refresh_from_db()
    fetch_failed.send(Fetch, fetch=fetch, at=at)
    return FetchState.FAILED


def sweep(*, at: datetime) -> int:
    """Wake somebody for what no wake-up reached, and for what is due again; how many they were."""
    due = Fetch.objects.due(at=at).order_by("due_at").values_list("pk", flat=True)[:SWEPT_AT_ONCE]
    return sum(publish("files.jobs.bring_file", (pk,)) for pk in due)
