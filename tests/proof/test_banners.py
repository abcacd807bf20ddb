"""Five hundred people at work hear of a pause at once, whoever is killed; a thousand idle pages cost little."""

import asyncio
import os
import random
import re
import secrets
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import connections
from django.utils import timezone

from accounts.models import User
from accounts.sessions import SessionStore
from bench.processes import cpu_s, family, peak_mb
from config.runtime import broker
from events import waking
from events.live import channel
from events.mailing import message_id
from events.models import Notice, Outbox
from events.sending import UNRECORDED
from labeling import claiming, pausing, resuming
from labeling.models import Assignment
from labeling.pausing import Order
from labeling.scopes import Scope
from projects.models import Pause, PausePolicy, Project
from tests import databases
from tests.browser.pages.background import messages_to
from tests.events import mail_server
from tests.events.live.pages import Page, until_heard, until_open
from tests.events.live.process import LiveProcess, free_port
from tests.events.mail_server import MailServer
from tests.factories import make_project, make_tasks, make_worker
from tests.proof.kills import victims
from tests.proof.kills.site import LiveSite

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.proof,
    pytest.mark.slow(reason="a whole site and a minute of waiting"),
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes below /proc"),
]
PEOPLE = 500
SOON_S = 2.0
# How long a page that hears nothing is waited for.
PATIENCE_S = 40.0
# From the commit until the mail server has taken the last, with senders killed meanwhile.
MAILED_S = 10.0
# What killed senders had handed over and not recorded: for each of two what it records at once, and what is under way.
MOST_TWICE = 2 * (UNRECORDED + settings.EMAIL_CONNECTIONS)
LONGEST_S = 60.0
IDLE = 1000
IDLE_S = 60.0
MOST_OF_A_CORE = 0.05
never = threading.Event()


@dataclass
class Round:
    """One act of which everybody is told: when it was committed, and how long each page's event took."""

    name: str
    committed_at: float = 0.0
    seconds: list[float] = field(default_factory=list)
    # How the keys of its notices begin.
    key: str = ""
    # How many of its mails were taken more than once.
    twice: int = 0

    def percentile(self, share: float) -> float:
        return sorted(self.seconds)[min(len(self.seconds) - 1, int(share * len(self.seconds)))]

    def __str__(self) -> str:
        figures = ", ".join(f"p{100 * share:.0f} {self.percentile(share):.2f} s" for share in (0.5, 0.99, 1.0))
        return f"{self.name}: {len(self.seconds)} in all, {figures}" + f", {self.twice} twice" * bool(self.twice)


def test_banners_of_a_pause_arrive_whoever_is_killed(monkeypatch):
    seed = int(os.environ.get("PLUMBLINE_BANNERS_SEED") or random.randrange(2**32))
    sys.stdout.write(f"PLUMBLINE_BANNERS_SEED={seed}\n")
    chance = random.Random(seed)
    project, people = make_people_at_work()
    site = LiveSite()
    site.env["LIVE_PORT"] = str(free_port())
    pages = [Page(int(site.env["LIVE_PORT"]), key) for key in sessions_of(people)]
    url = broker.url(broker.socket_path(site.data_dir))
    monkeypatch.setattr(settings, "REDIS_URL", url)
    monkeypatch.setattr(waking, "live_breaker", waking.Breaker())
    with mail_server.running() as server:
        site.env["EMAIL_URL"] = f"smtp://127.0.0.1:{server.port}"
        with site, messages_to(url):
            site.wait_for("live is ready")
            rounds = asyncio.run(story(site, project, pages, chance, monkeypatch))
    mails = [mails_after(rounds[0], server), mails_after(rounds[2], server)]

    sys.stdout.write("\n".join(map(str, rounds + mails)) + "\n")
    for page, user in zip(pages, people, strict=True):
        own = Notice.objects.filter(user=user).order_by("pk").values_list("public_id", flat=True)
        assert [data["id"] for data in page.notices()] == list(own), "each of one's own notices once, and no other"
    assert [len(one.seconds) for one in rounds] == [PEOPLE] * 3
    assert [one for one in rounds if one.percentile(0.99) >= SOON_S] == []
    for one in mails:
        assert len(one.seconds) == PEOPLE
        assert one.percentile(1) < MAILED_S
        assert one.twice <= MOST_TWICE


async def story(site, project, pages, chance, monkeypatch) -> list[Round]:
    """A pause while all that serve and send are killed, its end, a pause while one main process of each is killed."""
    async with open_pages(pages):
        first = Round("pause, all serving processes and all senders of mails killed")
        kills = [
            asyncio.create_task(kill(site, "live process", after_s=chance.uniform(0, 1.5))),
            asyncio.create_task(kill(site, "worker process", after_s=chance.uniform(0.5, 3))),
        ]
        await asyncio.sleep(chance.uniform(0, 1))
        (one,) = await act(first, pages, 1, lambda: pause(project), monkeypatch)
        first.key = f"pause:{one.group}:"
        assert all(await asyncio.gather(*kills))
        await asyncio.to_thread(mails_are_out)
        second = Round("resume, nobody killed")
        await act(second, pages, 2, lambda: [resuming.resume(one, by=None, at=timezone.now())], monkeypatch)
        await asyncio.to_thread(mails_are_out)
        third = Round("pause, a main process of live events and one of the senders killed")
        kills = [
            asyncio.create_task(kill(site, "live", after_s=chance.uniform(0, 1.5), one=chance)),
            asyncio.create_task(kill(site, "worker", after_s=chance.uniform(0.5, 3), one=chance)),
        ]
        await asyncio.sleep(chance.uniform(0, 1))
        (one,) = await act(third, pages, 3, lambda: pause(project), monkeypatch)
        third.key = f"pause:{one.group}:"
        assert all(await asyncio.gather(*kills))
        await asyncio.to_thread(mails_are_out)
    return [first, second, third]


async def act(one: Round, pages: list[Page], count: int, deed: Callable[[], list[Pause]], monkeypatch) -> list[Pause]:
    """Do it, and wait until everybody has heard of it."""
    call = channel.call

    def committed() -> None:
        one.committed_at = time.monotonic()
        call()

    def done() -> list[Pause]:
        try:
            return deed()
        finally:
            connections.close_all()

    with monkeypatch.context() as patched:
        patched.setattr(channel, "call", committed)
        found = await asyncio.to_thread(done)
    await until_heard(pages, count, within_s=PATIENCE_S)
    heard = [[at for at, (kind, _id, _data) in page.heard if kind == "notice"][count - 1] for page in pages]
    one.seconds = [at - one.committed_at for at in heard]
    return found


def pause(project: Project) -> list[Pause]:
    order = Order(policy=PausePolicy.FINISH, reason="guideline", text_for_workers="Rule 5 is being corrected.")
    return pausing.pause([Scope.of(project)], order, by=None, at=timezone.now())


async def kill(site: LiveSite, kind: str, *, after_s: float, one: random.Random | None = None) -> bool:
    """All of the kind, or `one` by chance; whether there was any."""
    await asyncio.sleep(after_s)
    found = victims.server_processes(site, kind)
    return victims.kill([one.choice(found)] if one else found)


def mails_are_out() -> None:
    """Handed over, and recorded."""
    began = time.monotonic()
    while Outbox.objects.unsent().exists() and time.monotonic() - began < LONGEST_S:
        never.wait(0.2)
    connections.close_all()


def mails_after(one: Round, server: MailServer) -> Round:
    """How long after the commit of the round the server had taken each mail of its notices for the first time."""
    rows = Outbox.objects.filter(dedupe_key__startswith=one.key)
    own = {message_id(outbox) for outbox in rows}
    first: dict[str, float] = {}
    found = Round(f"mails of: {one.name}")
    for mail, at in zip(server.taken, server.taken_at, strict=True):
        (identity,) = re.findall(r"^Message-ID: (.*?)\s*$", mail, re.MULTILINE)
        if identity in own:
            found.twice += identity in first
            first.setdefault(identity, at)
    found.seconds = [at - one.committed_at for at in first.values()]
    return found


def make_people_at_work() -> tuple[Project, list[User]]:
    """Each has a task of the project in hand."""
    project = make_project()
    make_tasks(project, PEOPLE)
    workers = [make_worker(project) for _ in range(PEOPLE)]
    for worker in workers:
        assert isinstance(claiming.claim(worker, at=timezone.now()), Assignment)
    return project, [worker.user for worker in workers]


def sessions_of(people: list[User]) -> list[str]:
    """A session of each, as a sign-in leaves it."""
    store = SessionStore()
    rows = [
        Session(
            session_key=secrets.token_hex(16),
            session_data=store.encode(
                {
                    SESSION_KEY: str(person.pk),
                    BACKEND_SESSION_KEY: "accounts.backends.EmailBackend",
                    HASH_SESSION_KEY: person.get_session_auth_hash(),
                }
            ),
            expire_date=timezone.now() + timedelta(days=1),
        )
        for person in people
    ]
    return [row.session_key for row in Session.objects.bulk_create(rows)]


@asynccontextmanager
async def open_pages(pages: list[Page]) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(page.stay()) for page in pages]
    try:
        await until_open(pages, within_s=60)
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def test_a_thousand_idle_pages_cost_a_twentieth_of_a_core(tmp_path: Path, monkeypatch):
    people = User.objects.bulk_create(User(email=f"idle{number}@example.org") for number in range(IDLE))
    keys = sessions_of(people)
    with databases.own_broker() as url, LiveProcess(tmp_path, redis_url=url) as live:
        pages = [Page(live.port, key) for key in keys]

        async def stay() -> tuple[float, float]:
            async with open_pages(pages):
                await asyncio.sleep(3)  # what letting them in took is over
                before, began = cpu_s(family(live.process.pid)), time.monotonic()
                await asyncio.sleep(IDLE_S)
                after, took_s = cpu_s(family(live.process.pid)), time.monotonic() - began
            assert before.keys() == after.keys()
            return sum(after.values()) - sum(before.values()), took_s

        used_s, took_s = asyncio.run(stay())
        (serving,) = live.serving()
        memory_mb = peak_mb(serving)
    share = used_s / took_s
    percent = 100 * share
    sys.stdout.write(f"{IDLE} idle pages: {percent:.2f} % of a core in {took_s:.0f} s, {memory_mb:.0f} MB at most\n")
    assert {page.connects for page in pages} == {1}
    assert share < MOST_OF_A_CORE
