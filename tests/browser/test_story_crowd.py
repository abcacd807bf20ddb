"""Twenty people at work when an admin pauses it, five under each policy: what they see, keep, may do, and are paid."""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from config.demo.scenes import SIZE
from events.models import Notice
from labeling import previewing
from labeling.models import Assignment, AssignmentStatus, Draft, Review, Submission, WorkInterval
from labeling.scopes import Scope
from labeling.submitting import submit
from payments.models import LedgerLine, TransferKind
from projects.models import Pause, Project
from tests.browser.pages.background import background
from tests.browser.pages.bench import Bench
from tests.browser.pages.pauses import confirm_pause, fill_in_pause, resume_project
from tests.browser.pages.people import Windows, make_contractor, make_customer, open_windows
from tests.browser.pages.waiting import until
from tests.browser.pages.work import CENT, balance, make_boxes_project, street_pictures
from tests.browser.site import Site
from tests.browser.test_live import has_stream, live  # noqa: F401 (a fixture)
from tests.events.live.process import LiveProcess
from tests.factories import UserFactory
from tests.labeling.steps import new_key, taken
from workers.models import Worker

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes below /proc"),
    pytest.mark.slow(reason="twenty people with a browser window each"),
]
FIRST, SECOND = (100, 120, 200, 150), (500, 300, 160, 240)
TEXT = "Rule 5 is being corrected."
SOON_S = 2.0
POLICIES = ["finish", "grace", "save_only", "recall"]
GOES_ON = {"finish", "grace"}
ROLES = ["draws", "took", "reviews", "reserved", "away"]
# What the message of each policy says of work in hand.
SAID = {
    "finish": "You may submit your open task until its lease ends",
    "grace": "You may submit your open task until",
    "save_only": "nothing can be submitted until it is open again",
    "recall": "Your open task was taken back",
}
# The moment at which the banner is there, by the clock of the machine, noted by the page itself: who asks twenty pages
# one after the other is late.
WATCH = """
new MutationObserver(() => {
  if (window.__toldAt) return
  const told = [...document.querySelectorAll('[role=alert]')].some((each) => each.textContent.includes('TEXT'))
  if (told) window.__toldAt = Date.now()
}).observe(document, { subtree: true, childList: true, characterData: true })
""".replace("TEXT", TEXT)


@dataclass
class Person:
    """Somebody at work, and what they had when it was paused."""

    role: str
    policy: str
    project: Project
    worker: Worker
    bench: Bench
    assignment: str = ""

    def __str__(self) -> str:
        return f"{self.policy}: {self.role}"

    @property
    def boxes(self) -> int:
        """How many the draft has to have in the end."""
        return {"draws": 2, "away": 2}.get(self.role, 0)

    def row(self) -> Assignment:
        return Assignment.objects.get(public_id=self.assignment)

    def saved(self) -> int:
        draft = Draft.objects.filter(worker=self.worker, work_item=self.row().work_item).first()
        return len(draft.document["annotations"]) if draft else 0


@pytest.fixture
def windows(browser: Browser, site: Site, live: LiveProcess, tmp_path: Path) -> Iterator[Windows]:  # noqa: F811
    with background(tmp_path), open_windows(browser, site) as windows:
        windows.expected = ("net::ERR_",)  # of those who are away
        yield windows


def test_twenty_people_at_a_pause(windows: Windows) -> None:
    customer = make_customer()
    pictures = street_pictures(8)  # one to review, four in hand, three that are loaded ahead
    projects = {policy: make_boxes_project(pictures, customer=customer, name=f"Boxes: {policy}") for policy in POLICIES}
    for project in projects.values():
        something_to_review(project)
    people = [
        at_work(windows, role, policy, project, number)
        for policy, project in projects.items()
        for number, role in enumerate(ROLES)
    ]
    for person in people:
        until(lambda: is_settled(person), what=f"{person}: the first box is saved, the next task reserved")  # noqa: B023
    bystander = windows.open(make_contractor("Z1Z1", make_other_project()).user)
    bystander.goto("/my/")
    has_stream(bystander)
    announced = {
        policy: previewing.preview(Scope.of(project), at=timezone.now()) for policy, project in projects.items()
    }

    admin = windows.open(UserFactory.create(name="Ada Mensah", is_site_admin=True))
    for policy, project in projects.items():
        fill_in_pause(admin, project, policy, text=TEXT)
        in_the_middle([person for person in people if person.policy == policy])
        confirm_pause(admin, project)
    everybody_is_told(people)
    owed = time_owed(people)
    assert bystander.get_by_role("alert").count() == 0

    for person in people:
        person.bench.page.context.set_offline(False)
    for person in people:
        goes_on_while_paused(person)
    for project in projects.values():
        resume_project(admin, project)
    for person in people:
        goes_on_afterwards(person)

    for person in people:
        is_paid(person)
    tells_the_sums(people)
    took = LedgerLine.objects.filter(kind=TransferKind.TIME, account__worker__isnull=False)
    assert dict(took.values_list("assignment__public_id", "amount_micros")) == owed
    assert 0 < sum(owed.values()) <= announced["recall"].rates_micros["USD"]
    assert not Notice.objects.filter(user__worker__pseudonym="Z1Z1").exists()


def make_other_project() -> Project:
    return make_boxes_project([], customer=make_customer("Tidal Retail", "tidal"))


def something_to_review(project: Project) -> None:
    author = make_contractor(f"A{project.pk:03}", project)
    submit(taken(author, at=timezone.now()), response={"annotations": []}, key=new_key(), at=timezone.now())


def at_work(windows: Windows, role: str, policy: str, project: Project, number: int) -> Person:
    worker = make_contractor(f"{policy[0].upper()}{project.pk:02}{number}", project, reviews=role == "reviews")
    page = windows.open(worker.user)
    page.add_init_script(WATCH)
    person = Person(role, policy, project, worker, Bench(page))
    person.bench.start(project.codename, kind="review" if role == "reviews" else "")
    person.assignment = person.bench.expect_task()
    has_stream(page)
    if person.boxes:
        person.bench.draw("Car", FIRST, SIZE)
    return person


def is_settled(person: Person) -> bool:
    if person.role == "reserved":  # the second one is ahead; on a very slow machine it may have run out by now
        return person.worker.assignments.count() == 2
    return person.saved() == (1 if person.boxes else 0)


def in_the_middle(people: list[Person]) -> None:
    """Something that no server knows yet. Who draws has been at it for a minute and a half."""
    for person in people:
        if person.role == "draws":
            was_at_it(person, timedelta(seconds=90))
        if person.role == "away":
            person.bench.page.context.set_offline(True)
        if person.boxes:
            person.bench.draw("Person", SECOND, SIZE)


def was_at_it(person: Person, span: timedelta) -> None:
    row = person.row()
    WorkInterval.objects.create(
        worker=person.worker,
        assignment=row,
        begins_at=row.claimed_at,
        seen_at=row.claimed_at + span,
        worked_ms=span // timedelta(milliseconds=1),
    )


def everybody_is_told(people: list[Person]) -> None:
    begun = {one.project_id: one.begun_at.timestamp() for one in Pause.objects.all() if one.begun_at}
    late = {}
    for person in people:
        page = person.bench.page
        if person.role == "away":
            continue
        told_at = page.wait_for_function("() => window.__toldAt").json_value() / 1000
        late[str(person)] = told_at - begun[person.project.pk]
        notice = Notice.objects.get(user=person.worker.user)
        assert notice.code.startswith(f"paused_{person.policy}"), person
    sys.stdout.write(f"banners after {min(late.values()):.2f} to {max(late.values()):.2f} s\n")
    assert {name: seconds for name, seconds in late.items() if seconds > SOON_S} == {}


def time_owed(people: list[Person]) -> dict[str, int]:
    """What was announced: recalled work is paid in full from a minute on, as long as nobody knows the usual time."""
    until(lambda: not any(is_in_hand(each) for each in people if each.policy == "recall"), what="all is taken back")
    minute = {
        each.assignment
        for each in people
        if each.policy == "recall" and sum(each.row().intervals.values_list("worked_ms", flat=True)) >= 60_000
    }
    rates = Assignment.objects.filter(public_id__in=minute).values_list("public_id", "rate_micros")
    return dict(rates)


def is_in_hand(person: Person) -> bool:
    return person.row().status == AssignmentStatus.ACTIVE


def goes_on_while_paused(person: Person) -> None:
    """As the policy says; who was away is back now and hears of it, too."""
    bench = person.bench
    expect(bench.banner().filter(has_text=TEXT)).to_be_visible()
    if person.boxes:
        until(lambda: person.saved() == person.boxes, what=f"{person}: every box is in the draft")
    if person.policy in GOES_ON:
        hand_in(person)
        if person.role == "reserved":
            bench.expect_nothing()
    elif person.role != "reviews":
        button = bench.page.get_by_role("button", name=re.compile("Submit and next"))
        expect(button).to_have_attribute("aria-disabled", "true")
    before = Submission.objects.filter(assignment__public_id=person.assignment).exists()
    assert before == (person.policy in GOES_ON and person.role != "reviews"), person


def hand_in(person: Person) -> None:
    if person.role == "reviews":
        person.bench.accept()
    else:
        person.bench.submit()


def goes_on_afterwards(person: Person) -> None:
    if person.policy in GOES_ON:
        return
    bench, before = person.bench, person.row()
    if person.policy == "recall":
        assert before.status == AssignmentStatus.RECALLED, person
        bench.start(person.project.codename, kind="review" if person.role == "reviews" else "")
        person.assignment = bench.expect_task()
        assert person.row().work_item_id == before.work_item_id, f"{person}: the same work comes back first"
    expect(bench.banner().filter(has_text=TEXT)).to_be_hidden()
    if person.boxes:
        expect(bench.objects.get_by_role("option")).to_have_count(person.boxes)
    hand_in(person)


def is_paid(person: Person) -> None:
    """What was handed in by its rate, in the wallet as in the ledger; every shape is in the answer."""
    if person.role == "reviews":
        assert Review.objects.filter(assignment__worker=person.worker).count() == 1
        assert balance(person.worker, "provisional") == 12 * CENT, person
        return
    answer = Submission.objects.get(assignment__worker=person.worker)
    assert len(answer.response["annotations"]) == person.boxes, person
    assert balance(person.worker, "provisional") == 34 * CENT, person


def tells_the_sums(people: list[Person]) -> None:
    """The wallets of those who drew: for recalled work its time is final, and what was handed in later comes on top."""
    for person in people:
        if person.role != "draws":
            continue
        page = person.bench.page
        page.goto("/my/wallet/")
        final, today = ("$0.34", "$0.68") if person.policy == "recall" else ("$0.00", "$0.34")
        expect(page.locator("dl.tiles dd.value")).to_have_text([final, "$0.34", today])
