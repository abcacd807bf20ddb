import pytest
from django.db.models import Sum

from labeling.models import Assignment
from payments import earning
from payments.models import Account, AccountKind, LedgerLine, TransferKind
from tests.factories import NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import taken

pytestmark = pytest.mark.django_db

RATE = 340_000


def assignment_of(rate_micros: int = RATE) -> Assignment:
    project = make_project(rate_micros=rate_micros)
    make_tasks(project)
    return taken(make_worker(project))


def balances() -> dict[str, int]:
    """By kind of account; nothing that is 0."""
    found = LedgerLine.objects.values_list("account__kind").annotate(total=Sum("amount_micros"))
    return {str(kind): total for kind, total in found.order_by() if total}


def test_earn_moves_the_frozen_rate_from_the_customer_s_cost():
    assignment = assignment_of()

    earning.earn(assignment, at=NOON)

    lines = LedgerLine.objects.order_by("amount_micros")
    assert [(line.kind, line.account.kind, line.amount_micros, line.at) for line in lines] == [
        (TransferKind.EARNED, AccountKind.COST, -RATE, NOON),
        (TransferKind.EARNED, AccountKind.PROVISIONAL, RATE, NOON),
    ]
    assert len({line.transfer for line in lines}) == 1
    assert [line.account.organization or line.account.worker for line in lines] == [
        assignment.work_item.task.organization,
        assignment.worker,
    ]


def test_earn_at_no_rate_writes_nothing():
    earning.earn(assignment_of(0), at=NOON)

    assert (LedgerLine.objects.count(), Account.objects.count()) == (0, 0)


def test_accept_makes_it_final():
    assignment = assignment_of()
    earning.earn(assignment, at=NOON)

    assert earning.accept(assignment, at=NOON) is True
    assert balances() == {AccountKind.COST: -RATE, AccountKind.FINAL: RATE}


def test_reject_gives_it_back():
    assignment = assignment_of()
    earning.earn(assignment, at=NOON)

    assert earning.reject(assignment, at=NOON) is True
    assert balances() == {}


@pytest.mark.parametrize("first", [earning.accept, earning.reject])
@pytest.mark.parametrize("second", [earning.accept, earning.reject])
def test_whoever_decides_second_changes_nothing(first, second):
    assignment = assignment_of()
    earning.earn(assignment, at=NOON)
    first(assignment, at=NOON)
    before = balances()

    assert second(assignment, at=NOON) is False
    assert balances() == before


@pytest.mark.parametrize("decide", [earning.accept, earning.reject])
def test_what_was_never_earned_is_not_decided(decide):
    assert decide(assignment_of(), at=NOON) is False
    assert LedgerLine.objects.count() == 0


def test_silence_is_its_own_kind_of_acceptance():
    assignment = assignment_of()
    earning.earn(assignment, at=NOON)

    assert earning.accept(assignment, kind=TransferKind.SILENT, at=NOON) is True
    assert set(LedgerLine.objects.values_list("kind", flat=True)) == {TransferKind.EARNED, TransferKind.SILENT}


def test_a_worker_has_one_account_of_each_kind_and_currency():
    first = assignment_of()
    earning.earn(first, at=NOON)
    earning.earn(assignment_of(), at=NOON)

    assert Account.objects.filter(worker=first.worker).count() == 1
    assert earning.provisional(first) == earning.provisional(first)
