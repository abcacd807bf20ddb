"""What projects cost: at the price of completed tasks, and by the ledger."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import Mode, Organization
from labeling.models import Assignment
from labeling.reviewing import Judgement, review
from labeling.submitting import submit
from payments import costs, earning, silence
from payments.costs import Cost, Period
from payments.models import LedgerLine, TransferKind
from projects.models import EnrollmentRole, Project, Task
from tests.factories import CAT, NOON, OrganizationFactory, make_project, make_tasks, make_worker
from tests.labeling.steps import taken

pytestmark = pytest.mark.django_db
RATE, PRICE = 340_000, 900_000
WHOLE = [{"kind": "task"}]
EVER = Period()


@pytest.fixture
def organization() -> Organization:
    return OrganizationFactory.create(name="Basalt", time_zone="Africa/Nairobi")


def paid(organization: Organization, **terms) -> Project:
    given = {"rate_micros": RATE, "price_micros": PRICE, "review_days": 7}
    return make_project(organization=organization, **(given | terms))


def hand_in(project: Project, *, at: datetime = NOON) -> Assignment:
    make_tasks(project)
    assignment = taken(make_worker(project), at=at)
    submit(assignment, response=CAT, key=f"key-of-{assignment.pk:08}", at=at)
    return assignment


def judge(project: Project, verdict: str, *, at: datetime = NOON) -> None:
    reviewer = make_worker(project, role=EnrollmentRole.REVIEWER)
    said = (
        Judgement(verdict, None, "wrong_label", "It is a dog.", WHOLE) if verdict == "rejected" else Judgement(verdict)
    )
    review(taken(reviewer, at=at), said, key=f"key-of-{reviewer.pk:08}", at=at)


def of(project: Project, period: Period = EVER) -> Cost:
    return costs.of_projects([project], period)[project.pk, "USD"]


def test_what_is_handed_in_is_worked_and_waits_for_its_review(organization):
    project = paid(organization, reviews=1)
    hand_in(project)

    assert of(project) == Cost(worked_micros=RATE, in_review_micros=RATE)


def test_what_is_accepted_completes_and_costs(organization):
    project = paid(organization, reviews=1)
    hand_in(project)
    judge(project, "accepted")

    # The review is work, too, and is not decided yet.
    assert of(project) == Cost(1, PRICE, 2 * RATE, RATE, 0, RATE)


def test_what_is_rejected_costs_nothing(organization):
    project = paid(organization, reviews=1)
    hand_in(project)
    judge(project, "rejected")

    found = of(project)
    assert (found.cost_micros, found.accepted_micros, found.rejected_micros) == (0, 0, RATE)
    assert found.worked_micros - found.accepted_micros - found.rejected_micros == found.in_review_micros


def test_silence_is_acceptance(organization):
    project = paid(organization)
    hand_in(project)
    silence.accept_by_silence(at=NOON + timedelta(days=8))

    assert of(project) == Cost(1, PRICE, RATE, RATE)


def test_what_a_pause_took_is_paid_by_the_site(organization):
    project = paid(organization)
    assignment = hand_in(project)
    number = LedgerLine.objects.count()
    lines = earning.lines_of(
        TransferKind.TIME, assignment, amount_micros=5, frm=earning.cost(assignment), to=earning.final(assignment),
        at=NOON,
    )  # fmt: skip
    earning.LINES.keys(lines)

    assert LedgerLine.objects.count() == number + 2
    assert of(project).worked_micros == RATE


def test_each_project_has_its_own_and_at_least_zeros(organization):
    busy, idle, theirs = paid(organization), paid(organization), paid(OrganizationFactory.create())
    for project in (busy, theirs):
        hand_in(project)

    assert costs.of_projects([busy, idle], EVER) == {
        (busy.pk, "USD"): Cost(1, PRICE, RATE, in_review_micros=RATE),
        (idle.pk, "USD"): Cost(),
    }
    assert costs.in_all(organization, EVER) == {"USD": Cost(1, PRICE, RATE, in_review_micros=RATE)}


def test_a_period_begins_with_its_first_moment_and_ends_before_its_last(organization):
    project = paid(organization)
    for hours in (0, 1, 2):
        hand_in(project, at=NOON + timedelta(hours=hours))

    found = of(project, Period(NOON + timedelta(hours=1), NOON + timedelta(hours=2)))

    assert found == Cost(1, PRICE, RATE, in_review_micros=RATE)


def test_what_is_decided_later_counts_when_it_is_decided(organization):
    project = paid(organization)
    hand_in(project)
    silence.accept_by_silence(at=NOON + timedelta(days=8))

    assert of(project, Period(until=NOON + timedelta(days=1))) == Cost(1, PRICE, RATE)
    assert of(project, Period(since=NOON + timedelta(days=1))) == Cost(accepted_micros=RATE)


def test_days_are_those_of_the_customer(organization):
    project = paid(organization)
    late = datetime(2026, 3, 1, 22, 30, tzinfo=UTC)  # half past one of the next day in Nairobi
    hand_in(project, at=late)
    hand_in(project, at=late - timedelta(hours=2))

    one = Cost(1, PRICE, RATE, in_review_micros=RATE)
    assert costs.by_day([project], EVER, zone="Africa/Nairobi") == {
        (project.pk, "USD"): {date(2026, 3, 1): one, date(2026, 3, 2): one}
    }
    assert list(costs.by_day([project], EVER, zone="UTC")[project.pk, "USD"]) == [date(2026, 3, 1)]


def test_currencies_are_never_summed(organization):
    project = paid(organization)
    hand_in(project)
    Assignment.objects.update(currency="KES")

    assert costs.of_projects([project], EVER) == {
        (project.pk, "USD"): Cost(1, PRICE),
        (project.pk, "KES"): Cost(worked_micros=RATE, in_review_micros=RATE),
    }
    assert costs.in_all(organization, EVER).keys() == {"USD", "KES"}


def test_the_test_world_costs_nothing(organization):
    project = paid(organization)
    hand_in(project)
    Task.objects.update(mode=Mode.TEST)
    LedgerLine.objects.all().delete()

    assert of(project) == Cost()


@pytest.mark.parametrize("count", [1, 3])
def test_as_many_queries_for_one_project_as_for_many(organization, count, django_assert_num_queries):
    projects = [paid(organization) for _number in range(count)]
    for project in projects:
        hand_in(project)
    for project in projects:
        assert project.organization.currency

    with django_assert_num_queries(3):
        costs.of_projects(projects, EVER)
    with django_assert_num_queries(3):
        costs.by_day(projects, EVER, zone="UTC")
