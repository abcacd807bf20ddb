"""Everybody at work at once on one site, and somebody who kills."""

import io
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from celery import Celery
from django.db import connection
from django.utils import timezone

from accounts.models import Membership, Mode, User
from config.demo import scenes
from delivery import exporting
from events.leasing import LEASE
from events.models import Job, JobState, Outbox, OutboxState
from events.running import SILENCE
from files import ingesting, uploading
from files.storing import store
from projects.adding import add_tasks
from projects.creating import Terms, create_project
from projects.models import Enrollment, EnrollmentRole, Pause, Project
from projects.task_rows import NewTask
from tests.factories import MembershipFactory, UserFactory, WorkerFactory, make_project
from tests.proof.kills import victims
from tests.proof.kills.diary import Diary
from tests.proof.kills.people import Admin, Caller, Reviewer
from tests.proof.kills.site import LiveSite
from tests.proof.kills.tabs import Tab
from workers.models import Worker

never = threading.Event()
BOXES = {"attachment_type": "image", "geometries": {"box": {"objects_to_annotate": ["Car", "Person"]}}}
TASKS = 400
ROWS = 1500
SETTLE_S = 240.0


@dataclass
class Cast:
    """Who and what there is."""

    customer: Membership
    admin: User
    contractors: list[Worker]
    reviewer: Worker
    pictures: Project
    texts: Project
    jobs: list[Job] = field(default_factory=list)


def make_cast(contractors: int) -> Cast:
    at = timezone.now()
    customer = MembershipFactory.create(organization__slug="basalt", organization__name="Basalt Mapping")
    pipeline = [{"kind": "attempt", "places": 1}, {"kind": "review", "rate_micros": 120_000}]
    terms = Terms(params=BOXES, instruction="Box every car.", pipeline=pipeline, rate_micros=340_000)
    pictures = create_project(
        customer.organization, name="Street boxes", type="imageannotation", terms=terms, by=customer.user, at=at
    )
    files = []
    for number in range(3):
        content = io.BytesIO(scenes.street(number).png)
        name = f"{number}.png"
        file, _new = store(content, organization=customer.organization, mode="live", name=name, by=customer.user, at=at)
        ingesting.ingest(file.pk, at=at)
        file.refresh_from_db()
        files.append(file)
    add_tasks(
        pictures.batches.get(name=None), [NewTask(files=[files[n % 3]]) for n in range(TASKS)], by=customer.user, at=at
    )
    workers = WorkerFactory.create_batch(contractors)
    reviewer = WorkerFactory.create()
    roles = [(worker, EnrollmentRole.WORKER) for worker in workers] + [(reviewer, EnrollmentRole.REVIEWER)]
    for worker, role in roles:
        Enrollment.objects.create(worker=worker, project=pictures, role=role, created_at=at)
    texts = make_project(organization=customer.organization, name="Letters")
    admin = UserFactory.create(is_site_admin=True)
    return Cast(customer, admin, workers, reviewer, pictures, texts)


@dataclass
class Story:
    """One run. `chance` is the run's seed; everybody's own comes from it."""

    site: LiveSite
    cast: Cast
    folder: Path
    chance: random.Random
    diary: Diary = field(default_factory=Diary)
    tabs: list[Tab] = field(default_factory=list)
    faults: list[BaseException] = field(default_factory=list)

    @contextmanager
    def everybody_at_work(self) -> Iterator[None]:
        stop, stop_tabs = threading.Event(), threading.Event()
        self.tabs = [self.tab(number, worker) for number, worker in enumerate(self.cast.contractors)]
        reviewer = Reviewer(self.caller(self.cast.reviewer.user), self.diary, self.own_chance())
        admin = Admin(self.caller(self.cast.admin), [self.cast.pictures], self.own_chance())
        parts = [(tab.work, stop_tabs) for tab in self.tabs]
        threads = [threading.Thread(target=self.guarded, args=part) for part in parts]
        others = [threading.Thread(target=self.guarded, args=(person.work, stop)) for person in (reviewer, admin)]
        for thread in [*threads, *others]:
            thread.start()
        try:
            self.begin_jobs()
            yield
        finally:
            stop_tabs.set()
            for thread in threads:
                thread.join()
            stop.set()
            for thread in others:
                thread.join()
        assert not self.faults, self.faults

    def guarded(self, work: Callable[[threading.Event], None], stop: threading.Event) -> None:
        try:
            work(stop)
        except BaseException as error:
            self.faults.append(error)
            raise
        finally:
            connection.close()

    def own_chance(self) -> random.Random:
        return random.Random(self.chance.random())

    def caller(self, user: User) -> Caller:
        return Caller(self.site.url, self.site.session_of(user))

    def tab(self, number: int, worker: Worker) -> Tab:
        session = self.site.session_of(worker.user)
        profile = self.folder / f"profile-{number}"
        return Tab(f"tab {number}", self.site.url, session, profile, self.diary, self.own_chance())

    def begin_jobs(self) -> None:
        """An import and an export, as the pages begin them."""
        at, by = timezone.now(), self.cast.customer.user
        content = b"text\n" + b"".join(b"letter %d\n" % number for number in range(ROWS))
        upload = uploading.begin(
            organization=self.cast.customer.organization,
            by=by,
            mode=Mode.LIVE,
            name="letters.csv",
            size=len(content),
            target_kind="batch",
            target_id=self.cast.texts.batches.get(name=None).public_id,
            at=at,
        )
        uploading.add_chunk(upload, io.BytesIO(content), offset=0)
        uploading.finish(upload, at=at)
        exporting.start_export(self.cast.pictures, format_code="scale_jsonl", by=by, at=at)
        self.cast.jobs = list(Job.objects.filter(state=JobState.QUEUED))
        with Celery(broker=f"redis+socket://{self.site.data_dir}/broker.sock", set_as_current=False) as outside:
            for job in self.cast.jobs:
                outside.send_task("events.jobs.run_job", [job.pk])

    def kill_one(self, kind: str) -> None:
        """And note what was killed; nothing when it does not live at this moment."""
        if kind in {"tab", "window"}:
            tab = self.chance.choice(self.tabs)
            tab.note_killed()
            if victims.kill(victims.tab_processes(tab.profile, kind)):
                self.diary.note_kill(kind, tab.name)
        elif kind == "connection":
            if victims.kill_connection(self.chance.choice):
                self.diary.note_kill(kind, "")
        elif found := victims.server_processes(self.site, kind):
            one = self.chance.choice(found)
            if victims.kill([one]):
                self.diary.note_kill(kind, str(one))

    def kill_many(self, count: int, *, within_s: tuple[float, float]) -> None:
        """Kill until so many were alive when it came, at random moments; nobody before each tab has drawn something."""
        self.wait_until(lambda: all(tab.working_on for tab in self.tabs), "nobody draws")
        for kind in victims.choose(self.chance, count):
            before = len(self.diary.kills)
            for _try in range(200):
                never.wait(self.chance.uniform(*within_s) if _try == 0 else 0.5)
                self.kill_one(kind)
                if len(self.diary.kills) > before:
                    break
            else:
                raise AssertionError(f"{kind} never came back: {self.site.lines[-20:]}")

    def work_on(self, *, submissions: int) -> None:
        """Let them hand in so many more, to see that everything is up again."""
        wanted = len(self.diary.receipts("submit")) + submissions
        self.wait_until(lambda: len(self.diary.receipts("submit")) >= wanted, "work does not go on")

    def wait_until(self, is_so: Callable[[], bool], otherwise: str) -> None:
        for _try in range(int(SETTLE_S * 2)):
            if is_so():
                return
            never.wait(0.5)
        raise AssertionError(f"{otherwise}: {[tab.faults for tab in self.tabs]} {self.site.lines[-20:]}")

    def settle(self, *, in_a_hurry: bool) -> None:
        """All stops are lifted, and whatever was begun ends by itself. In a hurry, minutes of waiting pass at once."""
        admin = Admin(self.caller(self.cast.admin), [], self.chance)
        for _try in range(int(SETTLE_S * 2)):
            if Pause.objects.filter(ended_at=None).exists():
                admin.resume_all()
            if in_a_hurry:
                let_leases_pass()
            if not self.unfinished():
                return
            never.wait(0.5)
        raise AssertionError(f"{self.unfinished()}\n{self.site.log('worker')}\n{self.site.lines[-20:]}")

    def unfinished(self) -> list[str]:
        found = [str(job) for job in Job.objects.unfinished()]
        found += [str(row) for row in Outbox.objects.exclude(state=OutboxState.SENT)]
        if Pause.objects.filter(ended_at=None).exists():
            found.append("a pause")
        return found


def let_leases_pass() -> None:
    """What a killed sender or runner holds for a minute or two; those that live are quicker than ten seconds."""
    at = timezone.now()
    silent = at - timedelta(seconds=10)
    held = Outbox.objects.filter(state=OutboxState.SENDING, next_at__lt=silent + LEASE)
    held.update(next_at=at)
    Outbox.objects.filter(state=OutboxState.WAITING, next_at__gt=at).update(next_at=at)
    Job.objects.unfinished().filter(heartbeat_at__lt=silent).update(heartbeat_at=at - SILENCE - timedelta(seconds=1))
