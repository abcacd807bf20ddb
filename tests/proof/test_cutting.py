"""The kill switch under many processes: nothing of the customer is given out or taken in, and nobody else notices."""

import io
import random
import time
from collections import Counter
from dataclasses import dataclass

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import KillSwitch, Organization, User
from events.models import Job, JobState
from labeling import kill_switch
from labeling.models import Assignment, Draft, Review, Submission
from projects.models import EnrollmentRole, Pause, Project
from tests.factories import PASSWORD, UserFactory, make_worker
from tests.proof.crowd import Crowd
from tests.proof.customers import OFTEN, Customer, Done, Step, live_until_stopped, make_customer
from tests.proof.invariants import check_all

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow(reason="real processes")]

FULL = pytest.mark.proof
THROWN_S = 5.0
# What is always given where nobody is cut off: work may be in other hands, and be taken back before it is handed in.
CERTAIN = {"media", "download", "export", "answer"}


@dataclass(frozen=True)
class Cut:
    """One customer's time without: from the return of the throw to the beginning of the lift."""

    organization: int
    returned: float
    lifted: float

    def covers(self, step: Step) -> bool:
        return step.organization == self.organization and self.returned <= step.began and step.ended <= self.lifted

    def touches(self, step: Step) -> bool:
        """Whether it may have been refused because of it: thrown up to so many seconds before it returned."""
        is_near = self.returned - THROWN_S <= step.ended and step.began <= self.lifted + THROWN_S
        return step.organization == self.organization and is_near


class Admin:
    """Throws by page or by command; lifts."""

    def __init__(self) -> None:
        user: User = UserFactory.create(is_site_admin=True)
        user.set_password(PASSWORD)
        user.save()
        self.user = user
        self.browser = Client(headers={"host": "localhost"})

    def throw(self, organization: Organization, how: str) -> None:
        if how == "command":
            call_command("killswitch", "throw", organization.slug, "--reason", "An order.", stdout=io.StringIO())
            return
        self.browser.force_login(self.user, backend="accounts.backends.EmailBackend")
        self.browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
        path = f"/operations/customers/{organization.public_id}/kill-switch/"
        form = {"act": "throw", "reason": "An order.", "name": organization.name}
        assert self.browser.post(path, form).status_code == 302


def state_of(organization: Organization) -> dict[str, int]:
    """All that was ever handed out, taken in or begun."""
    projects = Project.objects.filter(organization=organization)
    handed = Assignment.objects.filter(version__project__in=projects).values_list("pk", "claimed_at")
    return {
        "handed out": len(set(handed)),
        "last": hash(frozenset(handed)),
        "in hand": Assignment.objects.leased().filter(version__project__in=projects).count(),
        "submissions": Submission.objects.filter(assignment__version__project__in=projects).count(),
        "reviews": Review.objects.filter(assignment__version__project__in=projects).count(),
        "jobs": Job.objects.filter(organization=organization).count(),
        "jobs done": Job.objects.filter(organization=organization, state=JobState.DONE).count(),
    }


def cut_off(crowd: Crowd, admin: Admin, one: Customer, how: str) -> Cut:
    organization = Organization.objects.get(pk=one.organization)
    admin.throw(organization, how)
    returned = time.monotonic()
    at_its_return = state_of(organization)
    assert at_its_return["in hand"] == 0
    crowd.wait_for_a_step_of_each()
    assert state_of(organization) == at_its_return, how
    assert not Job.objects.filter(organization=organization, state__in=[JobState.QUEUED, JobState.RUNNING]).exists()
    lifted = time.monotonic()
    standing = KillSwitch.objects.standing().get(organization=organization)
    kill_switch.lift(standing, reason="", by=admin.user, at=timezone.now())
    crowd.wait_for_a_step_of_each()
    return Cut(one.organization, returned, lifted)


@pytest.mark.parametrize(("wanted", "rounds"), [(6, 6), pytest.param(32, 200, marks=FULL)])
def test_a_customer_is_cut_off_under_many_processes(crowds, wanted, rounds):
    is_postgres = connection.vendor == "postgresql"
    crowd = crowds(wanted if is_postgres else min(wanted, 8))
    rounds = rounds if is_postgres else max(4, rounds // 10)
    customers = [make_customer(crowd.size) for _n in range(2)]
    projects = [Project.objects.get(pk=one.project) for one in customers]
    workers = [make_worker(*projects, role=EnrollmentRole.BOTH).pk for _n in range(crowd.size)]
    admin = Admin()

    parts_done = crowd.begin(live_until_stopped, workers, customers)
    try:
        crowd.wait_for_a_step_of_each()
        hows = [("page", "command")[number % 2] for number in range(rounds)]
        cuts = [cut_off(crowd, admin, random.choice(customers), how) for how in hows]
    finally:
        crowd.shared.stop.set()
        done: list[Done] = parts_done.get(timeout=300)

    steps = [step for each in done for step in each.steps]
    print(sums(steps, cuts))  # noqa: T201 (what make proof reports)
    assert [step for step in steps if step.given and any(cut.covers(step) for cut in cuts)] == []
    never_cut = [step for step in steps if not any(cut.touches(step) for cut in cuts)]
    refused = [step for step in never_cut if not step.given and step.surface in CERTAIN]
    assert refused == [], "another customer was touched"
    assert {step.surface for step in steps if step.given} >= set(OFTEN), "this proves nothing"
    assert {step.surface for step in steps if any(cut.covers(step) for cut in cuts)} >= set(OFTEN)
    check_drafts(done)
    assert Pause.objects.filter(ended_at=None).count() == 0
    check_all()


def check_drafts(done: list[Done]) -> None:
    """Each is there as it was saved last, and none is there of what was handed in."""
    saved = {key: document for each in done for key, document in each.saved.items()}
    kept = {(draft.worker_id, draft.work_item_id): draft.document for draft in Draft.objects.all()}
    assert kept == {key: document for key, document in saved.items() if document is not None}


def sums(steps: list[Step], cuts: list[Cut]) -> str:
    during = Counter(step.surface for step in steps if any(cut.covers(step) for cut in cuts))
    given = Counter(step.surface for step in steps if step.given)
    return f"{len(cuts)} cuts; given {dict(given)}; asked for while cut off {dict(during)}"
