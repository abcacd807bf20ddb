"""Customers as a crowd meets them: who works, fetches and exports, and what came of each step, by the clock."""

import logging
import random
import time
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from io import BytesIO
from typing import Any, NamedTuple

from django.test import Client
from django.utils import timezone

from accounts.models import Organization, User
from core.errors import BusinessError
from delivery import exporting
from events import running
from events.models import Job, JobState
from files.ingesting import ingest
from files.models import Rendition
from files.signing import sign
from files.storing import store
from labeling.claiming import claim
from labeling.drafting import save_draft
from labeling.models import Assignment, Draft
from labeling.returning import release
from labeling.submitting import submit
from projects.models import Project
from tests.factories import CAT, MembershipFactory, OrganizationFactory, make_project, make_tasks
from tests.proof import crowd
from workers.models import Worker

Document = dict[str, Any]
# By worker and work item: what was saved last, and None once it was handed in.
Saved = dict[tuple[int, int], Document | None]


class Customer(NamedTuple):
    """What a process is told of one."""

    organization: int
    project: int
    owner: int
    rendition: int
    # The address of an export that was ready before.
    exported: str


class Step(NamedTuple):
    """Something that was asked for: when, and whether it was given or taken in. Times by the monotonic clock."""

    began: float
    ended: float
    organization: int
    surface: str
    given: bool


@dataclass
class Done:
    """What one process has done."""

    steps: list[Step] = field(default_factory=list)
    saved: Saved = field(default_factory=dict)


def make_customer(places: int) -> Customer:
    """With tasks for everybody, a picture, and an export that is ready."""
    organization = OrganizationFactory.create()
    project = make_project(organization=organization, places=places)
    make_tasks(project, 300)
    owner = MembershipFactory.create(organization=organization).user
    return Customer(organization.pk, project.pk, owner.pk, a_rendition(organization, owner), an_export(project, owner))


def a_rendition(organization: Organization, owner: User) -> int:
    from tests.files.conftest import picture

    file, _new = store(
        BytesIO(picture()), organization=organization, mode="live", name="a.png", by=owner, at=timezone.now()
    )
    ingest(file.pk, at=timezone.now())
    return int(file.renditions.get(kind="full").pk)


def an_export(project: Project, owner: User) -> str:
    job = exporting.start_export(project, format_code="scale_jsonl", by=owner, at=timezone.now())
    running.run(job.pk)
    assert Job.objects.get(pk=job.pk).state == JobState.DONE
    return f"/o/{project.organization.slug}/projects/{project.public_id}/exports/{job.public_id}"


class Person:
    """One process's: a contractor who works for both customers, and their owners' browsers."""

    def __init__(self, worker_id: int, customers: list[Customer]) -> None:
        self.worker = Worker.objects.select_related("user").get(pk=worker_id)
        self.customers = customers
        self.done = Done()
        self.numbers = random.Random()

    @cached_property
    def browsers(self) -> dict[int, Client]:
        """Signed in, by user."""
        found = {}
        for pk in [self.worker.user_id, *(each.owner for each in self.customers)]:
            found[pk] = Client(headers={"host": "localhost"})
            found[pk].force_login(User.objects.get(pk=pk), backend="accounts.backends.EmailBackend")
        return found

    def step(self, surface: str) -> None:
        one = self.numbers.choice(self.customers)
        began = time.monotonic()
        given = SURFACES[surface](self, one)
        self.done.steps.append(Step(began, time.monotonic(), one.organization, surface, given))

    def hand_in(self, one: Customer) -> bool:
        """Whether something was handed out."""
        found = claim(self.worker, at=timezone.now(), project_id=one.project)
        if not isinstance(found, Assignment):
            return False
        self.note_handing_in(found)
        return True

    def note_handing_in(self, found: Assignment) -> None:
        organization = found.version.project.organization_id
        began = time.monotonic()
        try:
            submit(found, response=CAT, key=f"key-{found.public_id}", at=timezone.now())
        except BusinessError as refused:
            given = False
            if refused.code == "draft_kept":
                self.done.saved[self.worker.pk, found.work_item_id] = CAT
        else:
            given = True
            self.done.saved[self.worker.pk, found.work_item_id] = None
        self.done.steps.append(Step(began, time.monotonic(), organization, "answer", given))

    def draft(self, one: Customer) -> bool:
        """Take something, save it twice, and hand it in or give it back."""
        found = claim(self.worker, at=timezone.now(), project_id=one.project)
        if not isinstance(found, Assignment):
            return False
        for _time in range(2):
            self.save(found)
            crowd.dawdle(5)
        if self.numbers.random() < 0.3:
            self.note_handing_in(found)
        else:
            give_back(found)
        return True

    def save(self, found: Assignment) -> None:
        """What is in hand stays the author's, whatever has been cut off meanwhile."""
        stored = Draft.objects.filter(work_item_id=found.work_item_id, worker=self.worker).first()
        document = {"label": "dog", "number": self.numbers.random()}
        save_draft(found, revision=stored.revision if stored else 0, document=document, at=timezone.now())
        self.done.saved[self.worker.pk, found.work_item_id] = document

    def media(self, one: Customer) -> bool:
        rendition = Rendition.objects.get(pk=one.rendition)
        at = timezone.now() + timedelta(minutes=5)
        return self.gets(self.worker.user_id, sign(rendition, user=self.worker.user, expires_at=at))

    def download(self, one: Customer) -> bool:
        return self.gets(one.owner, one.exported)

    def export(self, one: Customer) -> bool:
        """Whether one begins."""
        project = Project.objects.select_related("organization").get(pk=one.project)
        owner = User.objects.get(pk=one.owner)
        try:
            job = exporting.start_export(project, format_code="scale_jsonl", by=owner, at=timezone.now())
        except BusinessError:
            return False
        running.run(job.pk)
        return True

    def gets(self, user: int, address: str) -> bool:
        answer = self.browsers[user].get(address)
        if answer.streaming:
            b"".join(answer)
        return bool(answer.status_code == 200)


def give_back(found: Assignment) -> None:
    try:
        release(found, at=timezone.now())
    except BusinessError:  # taken back meanwhile
        return


SURFACES = {
    "hand-out": Person.hand_in,
    "draft": Person.draft,
    "media": Person.media,
    "download": Person.download,
    "export": Person.export,
}
OFTEN = {"hand-out": 4, "draft": 3, "media": 3, "download": 3, "export": 3}


def live_until_stopped(index: int, worker_ids: list[int], customers: list[Customer]) -> Done:
    """Part of a crowd: any of the surfaces of either customer, again and again."""
    logging.getLogger("django.request").setLevel(logging.ERROR)  # what is refused is what is wanted
    person = Person(worker_ids[index], customers)
    while not crowd.shared.stop.is_set():
        (surface,) = person.numbers.choices(list(OFTEN), list(OFTEN.values()))
        person.step(surface)
        crowd.shared.ended[index] += 1
    return person.done
