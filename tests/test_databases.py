"""Where SQLite and PostgreSQL differ: docs/decisions/databases.md, a test for each of its lines."""

import re
import threading

import pytest
from django.db import DataError, IntegrityError, NotSupportedError, connection, transaction
from django.db.models import F, IntegerField, Value
from django.db.models.functions import Cast

from accounts.models import Organization
from core import copying, jsonio
from files.names import NAME_CHARACTERS, clean_name
from projects import adding
from projects.models import Task, TaskContent, TaskTag
from tests.factories import OrganizationFactory, make_project, make_tasks
from tests.machine import ROOT

pytestmark = pytest.mark.django_db
IS_SQLITE = connection.vendor == "sqlite"
LINES = {
    "texts_too_long", "numbers_out_of_range", "search_in_json", "order_of_texts", "order_of_nulls",
    "violated_constraint", "many_values", "threads_share", "writers_let_one_another_in", "values_have_types",
    "json_is_compared_parsed", "one_key_holds_a_task",
}  # fmt: skip


def test_each_line_of_the_page_has_a_test():
    page = (ROOT / "docs" / "decisions" / "databases.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (?!Difference|---)", page, re.MULTILINE)

    assert len(rows) == len(LINES)
    assert all(any(line in name for name in globals() if name.startswith("test_")) for line in LINES)


def test_texts_too_long_are_cut_or_refused_before_the_database():
    assert len(clean_name("x" * 5000 + ".png")) == NAME_CHARACTERS
    if IS_SQLITE:
        assert len(OrganizationFactory.create(name="x" * 5000).name) == 5000
    else:
        with pytest.raises(DataError), transaction.atomic():
            OrganizationFactory.create(name="x" * 5000)


def test_numbers_out_of_range_are_refused_before_the_database():
    with pytest.raises(jsonio.ForeignJsonError):
        jsonio.parse("[9007199254740993]")
    (task,) = make_tasks(make_project())
    Task.objects.filter(pk=task.pk).update(priority=2**40)
    task.refresh_from_db()

    # Neither refuses: a number that is bound as a small integer loses what does not fit.
    assert task.priority == (2**40 if IS_SQLITE else 0)


def test_search_in_json_is_a_table_of_its_own():
    (task,) = make_tasks(make_project(), tags=["night"])
    assert list(TaskTag.objects.filter(tag="night").values_list("task_id", flat=True)) == [task.pk]
    if IS_SQLITE:
        with pytest.raises(NotSupportedError):
            TaskContent.objects.filter(metadata__contains={"a": 1}).exists()


def test_order_of_texts_of_codenames_is_the_same_everywhere():
    names = ["Zebra", "apple", "éclair", "10", "9"]
    for name in names:
        OrganizationFactory.create(name=name)

    by_bytes = Organization.objects.order_by("id").values_list("slug", flat=True)

    assert [slug.isascii() for slug in by_bytes] == [True] * len(names)


def test_order_of_nulls_is_said():
    tasks = make_tasks(make_project(), 2)
    Task.objects.filter(pk=tasks[0].pk).update(unique_id="a")

    last = Task.objects.order_by(F("unique_id").asc(nulls_last=True)).values_list("unique_id", flat=True)
    first = Task.objects.order_by(F("unique_id").asc(nulls_first=True)).values_list("unique_id", flat=True)

    assert (list(last), list(first)) == (["a", None], [None, "a"])


def test_violated_constraint_in_a_savepoint_leaves_the_transaction_usable():
    OrganizationFactory.create(slug="taken")
    with pytest.raises(IntegrityError), transaction.atomic():
        OrganizationFactory.create(slug="taken")

    assert Organization.objects.filter(slug="taken").count() == 1


def test_many_values_go_in_chunks():
    (task, *_rest) = make_tasks(make_project(), 2 * adding.MOST_PER_ACTION + 1)
    tags = [str(number) for number in range(40_000)]  # SQLite takes 32,766 values in a statement
    copying.insert(TaskTag, {"tag": tags}, task_id=task.pk)

    assert Task.objects.count() == 2 * adding.MOST_PER_ACTION + 1
    assert TaskTag.objects.filter(task=task).count() == len(tags)


@pytest.mark.django_db(transaction=True)
def test_threads_share_the_database():
    OrganizationFactory.create(slug="seen")
    seen = []

    def look() -> None:
        seen.append(Organization.objects.filter(slug="seen").count())
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()

    assert seen == [1]


@pytest.mark.django_db(transaction=True)
def test_writers_let_one_another_in():
    """Somebody who writes all the time lets another one in soon; SQLite's own wait took hundreds of turns."""
    (organization,) = OrganizationFactory.create_batch(1)
    turns, stop, begun = [], threading.Event(), threading.Event()

    def write_all_the_time() -> None:
        while not stop.is_set():
            with transaction.atomic():
                Organization.objects.filter(pk=organization.pk).update(currency="EUR")
                begun.set()
                stop.wait(0.02)
            turns.append(1)
        connection.close()

    thread = threading.Thread(target=write_all_the_time)
    thread.start()
    begun.wait()
    before = len(turns)
    with transaction.atomic():
        OrganizationFactory.create()
    waited = len(turns) - before
    stop.set()
    thread.join()

    assert waited < 10


def test_values_have_types():
    OrganizationFactory.create()

    found = Organization.objects.annotate(one=Cast(Value(1), IntegerField()), two=Value(2, IntegerField()))

    assert list(found.values_list("one", "two")) == [(1, 2)]


def test_json_is_compared_parsed_and_its_checksum_is_of_the_canonical_form():
    given = {"zeta": 1, "a": {"yy": 2, "b": 3}}
    (task,) = make_tasks(make_project(), metadata=given)
    kept = TaskContent.objects.get(task=task).metadata

    assert kept == given
    assert jsonio.checksum(kept) == jsonio.checksum(given)
    with pytest.raises(jsonio.ForeignJsonError):
        jsonio.parse('"a\\u0000b"')


@pytest.mark.parametrize("name", ["organization", "project", "batch"])
def test_one_key_holds_a_task_to_its_batch_s_project_and_customer(name):
    """Whatever a program does: PostgreSQL refuses the rows of one customer under another's name."""
    (task,), (other,) = (make_tasks(make_project()) for _n in range(2))
    if connection.vendor == "sqlite":  # has the single keys alone
        return

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Task.objects.filter(pk=task.pk).update(**{name: getattr(other, name)})

    assert "task_like_its_batch" in str(refused.value)


def test_postgresql_compiles_no_statement_for_the_machine():
    """A claim's plan looks costly enough for it, and compiling it took 140 ms where running it takes one."""
    if IS_SQLITE:
        return
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)
