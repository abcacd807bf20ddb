"""Bringing in the files at addresses: several are asked for abreast, by one process, a few of each customer's.

One process, so that a server that trickles holds up other addresses and never other jobs; a few of each, so that it
holds up its own customer's first.
"""

import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile
from urllib.parse import unquote, urlsplit

import structlog
from django.db.models import Exists, F, OuterRef, QuerySet

from accounts.models import Organization, cut_off
from core.actions import action
from core.errors import BusinessError
from events.waking import publish
from files import buckets, fetching, storage, storing
from files.addresses import FetchError
from files.models import Fetch, FetchState, File
from files.signals import fetch_failed, fetched

ABREAST = 8
MOST_OF_ONE = 4
# How long one process goes on taking new ones; a broker gives a job that is not done in ten minutes to another one.
WORKS_S = 60.0
LEASE = timedelta(seconds=45)
RENEWED_S = 10.0
# How long a server is left in peace after each failure that may pass.
BACK_OFF = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(minutes=30))
MOST_TRIES = len(BACK_OFF) + 1
COPIED_AT_ONCE = 256 * 1024

log = structlog.get_logger(__name__)
Clock = Callable[[], datetime]


def bring_due(*, clock: Clock, works_s: float = WORKS_S) -> int:
    """Ask for all that is due, for a while; how many tries were made: none while another process is at it."""
    with storage.scratch_folder() as folder, ThreadPoolExecutor(ABREAST) as pool:
        count = Crew(pool, Path(folder), clock).work(works_s)
    if organizations_with_due(at=clock()).exists() and count:
        publish("files.jobs.bring_files", ())
    return count


class Crew:
    """Threads that only talk to other machines; rows and the storage are this thread's."""

    def __init__(self, pool: ThreadPoolExecutor, folder: Path, clock: Clock) -> None:
        self.pool, self.folder, self.clock = pool, folder, clock
        self.under_way: dict[Future[Path], Fetch] = {}
        self.renewed = time.monotonic()

    def work(self, works_s: float) -> int:
        until, count = time.monotonic() + works_s, 0
        while True:
            if time.monotonic() < until:
                count += self.take_more()
            if not self.under_way:
                return count
            done, _others = wait(self.under_way, timeout=RENEWED_S, return_when=FIRST_COMPLETED)
            for one in done:
                settle(self.under_way.pop(one), one, at=self.clock())
            self.renew()

    def take_more(self) -> int:
        room = ABREAST - len(self.under_way)
        taken = claim(list(self.under_way.values()), room=room, at=self.clock()) if room else []
        for fetch in taken:
            slug = fetch.organization.slug
            self.under_way[self.pool.submit(download, fetch.address, slug, self.folder, at=self.clock())] = fetch
        return len(taken)

    def renew(self) -> None:
        if self.under_way and time.monotonic() - self.renewed > RENEWED_S:
            say_alive(list(self.under_way.values()), at=self.clock())
            self.renewed = time.monotonic()


def download(address: str, slug: str, folder: Path, *, at: datetime) -> Path:
    """The file at the address, for the organization, in a file of the folder. Raises FetchError; touches no row."""
    opened = buckets.opened(address, slug, at=at) if buckets.is_address(address) else fetching.opened(address)
    with opened as stream, NamedTemporaryFile(dir=folder, delete=False) as target:
        while piece := stream.read(COPIED_AT_ONCE):
            target.write(piece)
    return Path(target.name)


def settle(fetch: Fetch, result: Future[Path], *, at: datetime) -> FetchState | None:
    """What became of one try: the state of the fetch then, None where it had been taken from us."""
    try:
        path = result.result()
        try:
            file = stored(fetch, path, at=at)
        finally:
            storage.discard(path)
    except FetchError as error:
        log.info("files.fetch_failed", fetch=fetch.pk, code=error.code, tries=fetch.tries)
        if error.may_pass and fetch.tries < MOST_TRIES:
            return put_off(fetch, error, at=at)
        return fail(fetch, error, at=at)
    except OSError:
        # Our own disk or storage: it goes on waiting, and is asked again when the lease has lapsed.
        log.exception("files.fetch_not_stored", fetch=fetch.pk, tries=fetch.tries)
        return None if fetch.tries < MOST_TRIES else fail(fetch, FetchError("fetch_failed"), at=at)
    return finish(fetch, file, at=at)


def stored(fetch: Fetch, path: Path, *, at: datetime) -> File:
    """Raises FetchError for a file that is empty."""
    with path.open("rb") as stream:
        try:
            file, _is_new = storing.store(
                stream, organization=fetch.organization, mode=fetch.mode, name=name_of(fetch.address), by=None, at=at
            )
        except BusinessError as error:
            raise FetchError(error.code) from error
    return file


def name_of(address: str) -> str:
    """The last part of the path, for the customer's eyes."""
    if buckets.is_address(address):
        return buckets.name_of(address)
    return unquote(PurePosixPath(urlsplit(address).path).name)


@action
def claim(ours: list[Fetch], *, room: int, at: datetime) -> list[Fetch]:
    """Take the oldest that are due, of each customer a few beside `ours`; none while another process has some."""
    keys = [fetch.pk for fetch in ours]
    if not ours:
        # Two processes that begin at once look at the same row: the second one sees what the first has taken.
        list(Fetch.objects.due(at=at).order_by("organization", "due_at").select_for_update(no_key=True)[:1])
    if Fetch.objects.under_way(at=at).exclude(pk__in=keys).exists():
        return []
    held = [fetch.organization_id for fetch in ours]
    chosen: list[int] = []
    for organization_id in organizations_with_due(at=at).order_by("?").values_list("pk", flat=True):
        most = min(room - len(chosen), MOST_OF_ONE - held.count(organization_id))
        due = Fetch.objects.due(at=at).filter(organization=organization_id).exclude(pk__in=keys)
        chosen += due.order_by("due_at").values_list("pk", flat=True)[: max(0, most)]
    return take(chosen, at=at) if chosen else []


def take(keys: list[int], *, at: datetime) -> list[Fetch]:
    """Locked before they are changed: of two who want the same, the second one gets what is left."""
    list(Fetch.objects.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    free = list(Fetch.objects.due(at=at).filter(pk__in=keys).values_list("pk", flat=True))
    Fetch.objects.filter(pk__in=free).update(tries=F("tries") + 1, claimed_until=at + LEASE)
    return list(Fetch.objects.select_related("organization").filter(pk__in=free).order_by("pk"))


def organizations_with_due(*, at: datetime) -> QuerySet[Organization]:
    """Those that wait for something; not those that are cut off."""
    due = Fetch.objects.due(at=at).filter(organization=OuterRef("pk"))
    return Organization.objects.filter(Exists(due)).exclude(cut_off(OuterRef("pk")))


@action
def say_alive(fetches: list[Fetch], *, at: datetime) -> None:
    for fetch in fetches:
        ours = Fetch.objects.filter(pk=fetch.pk, state=FetchState.WAITING, tries=fetch.tries)
        ours.update(claimed_until=at + LEASE)


@action
def put_off(fetch: Fetch, error: FetchError, *, at: datetime) -> FetchState:
    """Nothing came this time: leave the server in peace, then ask again."""
    ours = Fetch.objects.filter(pk=fetch.pk, state=FetchState.WAITING, tries=fetch.tries)
    wait_for = BACK_OFF[fetch.tries - 1]
    ours.update(due_at=at + wait_for, claimed_until=None, error_code=error.code, error_params=error.params)
    return FetchState.WAITING


@action
def finish(fetch: Fetch, file: File, *, at: datetime) -> FetchState | None:
    """Say that the file is there; None when the lease had lapsed and somebody else was first."""
    # The number of tries is the claim: whoever took it after us has raised it.
    ours = Fetch.objects.filter(pk=fetch.pk, state=FetchState.WAITING, tries=fetch.tries)
    found = {"file": file, "error_code": "", "error_params": {}, "claimed_until": None, "ended_at": at}
    if not ours.update(state=FetchState.DONE, **found):
        return None
    fetch.refresh_from_db()
    fetched.send(Fetch, fetch=fetch, at=at)
    return FetchState.DONE


@action
def fail(fetch: Fetch, error: FetchError, *, at: datetime) -> FetchState | None:
    """Say that nothing can be had there, and why; None as above."""
    ours = Fetch.objects.filter(pk=fetch.pk, state=FetchState.WAITING, tries=fetch.tries)
    found = {"error_code": error.code, "error_params": error.params, "claimed_until": None, "ended_at": at}
    if not ours.update(state=FetchState.FAILED, **found):
        return None
    fetch.refresh_from_db()
    fetch_failed.send(Fetch, fetch=fetch, at=at)
    return FetchState.FAILED


def sweep(*, at: datetime) -> bool:
    """Wake somebody for what no wake-up reached, and for what is due again; whether there was anything."""
    if not organizations_with_due(at=at).exists():
        return False
    return publish("files.jobs.bring_files", ())
