"""What an action writes as its last deed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from core.actions import action, execute_now
from core.errors import BusinessError
from core.prepared import PreparedDelete, PreparedInsert, PreparedUpdate
from labeling.models import WorkDay
from tests.factories import WorkerFactory, make_worker
from workers.models import Skill, Worker

DAY = date(2026, 11, 23)
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
ADD = PreparedInsert(WorkDay, "worker", "day")
NAME = PreparedUpdate(
    lambda worker, country: (Worker.objects.filter(pk=worker), {"country": country}), worker=int, country=str
)
NAMED = PreparedUpdate(
    lambda worker, country: (Worker.objects.filter(pk=worker), {"country": country}),
    returning=["id"],
    worker=int,
    country=str,
)
# Of other texts: what comes twice is run for itself.
NEW = PreparedInsert(WorkDay, "worker", "day", on_conflict="ON CONFLICT DO NOTHING")
NEW_LATER = PreparedInsert(WorkDay, "worker", "day", "worked_ms", on_conflict="ON CONFLICT DO NOTHING")
FORGET = PreparedDelete(lambda name: Skill.objects.filter(name=name), name=str)

pytestmark = pytest.mark.django_db(transaction=True)


@action
def write_all(worker: Worker, *, days: int = 1) -> int:
    NAME.at_end(worker=worker.pk, country="fr")
    FORGET.at_end(name="Latin")
    for number in range(days):
        ADD.at_end([(worker.pk, DAY + timedelta(days=number))])
    return WorkDay.objects.count()


def writes(run) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        run()
    return [query["sql"] for query in captured.captured_queries if "labeling_workday" in query["sql"]][1:]


def test_what_is_written_at_the_end_is_written_before_the_commit_and_not_earlier():
    Skill.objects.create(name="Latin", created_at=AT)
    worker = make_worker()

    assert write_all(worker) == 0

    worker.refresh_from_db()
    assert (worker.country, WorkDay.objects.count(), Skill.objects.count()) == ("fr", 1, 0)


def test_it_is_one_statement_on_postgresql():
    worker = make_worker()
    (written,) = writes(lambda: write_all(worker))

    assert written.startswith("WITH part0 AS (UPDATE" if connection.vendor == "postgresql" else "INSERT")
    assert ("DELETE" in written) is (connection.vendor == "postgresql")


def test_a_statement_that_comes_again_is_run_again():
    worker = make_worker()

    assert len(writes(lambda: write_all(worker, days=3))) == 3
    assert WorkDay.objects.count() == 3


def test_nothing_is_written_when_the_last_deed_fails():
    worker = WorkerFactory.create(country="de")
    WorkDay.objects.create(worker=worker, day=DAY)

    with pytest.raises(IntegrityError):
        write_all(worker)

    worker.refresh_from_db()
    assert worker.country == "de"


def test_without_an_action_it_is_written_at_once():
    worker = make_worker()

    ADD.at_end([(worker.pk, DAY)])

    assert WorkDay.objects.count() == 1


def test_who_asks_is_told_what_a_statement_returned_in_their_order():
    told: list[object] = []

    @action
    def write(worker: Worker) -> None:
        NAMED.at_end(worker=worker.pk, country="fr", then=told.append)
        NEW.at_end([(worker.pk, DAY)], then=told.append)
        FORGET.at_end(name="Latin")
        NEW_LATER.at_end([(worker.pk, DAY + timedelta(days=1), 5)], then=told.append)

    worker = make_worker()
    write(worker)
    write(worker)

    keys = list(WorkDay.objects.order_by("day").values_list("pk", flat=True))
    assert told == [worker.pk, *keys, worker.pk, None, None]


def test_what_somebody_raises_who_was_told_undoes_it_all():
    def refuse(changed: int | None) -> None:
        raise BusinessError("No.", code="no") if changed is None else AssertionError(changed)

    @action
    def write(worker: Worker) -> None:
        ADD.at_end([(worker.pk, DAY)])
        NAMED.at_end(worker=0, country="fr", then=refuse)

    with pytest.raises(BusinessError):
        write(make_worker())

    assert not WorkDay.objects.exists()


def test_who_was_told_may_write_more():
    @action
    def write(worker: Worker) -> None:
        NAMED.at_end(worker=worker.pk, country="fr", then=lambda key: ADD.at_end([(worker.pk, DAY)]))

    write(make_worker())

    assert WorkDay.objects.count() == 1


def test_what_is_about_to_be_looked_at_is_written_now():
    @action
    def write(worker: Worker) -> tuple[int, int]:
        ADD.at_end([(worker.pk, DAY)])
        before = WorkDay.objects.count()
        execute_now()
        return before, WorkDay.objects.count()

    assert write(make_worker()) == (0, 1)
    execute_now()
