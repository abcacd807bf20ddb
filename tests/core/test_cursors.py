import pytest
from django.db import DatabaseError, connection, transaction

from core import cursors
from core.prepared import Prepared
from workers.models import Skill

NAMES = Prepared(lambda name: Skill.objects.filter(name=name).values_list("name"), name=str)


@pytest.mark.django_db(transaction=True)
def test_another_connection_knows_nothing_of_the_last_one_s_statements():
    assert cursors.execute("SELECT 1", []).rows == [(1,)]
    connection.close()

    assert cursors.execute("SELECT 1", []).rows == [(1,)]
    assert NAMES.rows(name="Latin") == []


@pytest.mark.django_db
def test_who_looks_at_queries_sees_each(django_assert_num_queries):
    with django_assert_num_queries(2):
        NAMES.rows(name="Latin")
        NAMES.rows(name="Greek")


@pytest.mark.django_db
def test_errors_are_django_s():
    with pytest.raises(DatabaseError), transaction.atomic():
        cursors.execute("SELECT nothing_of_the_kind", [])


@pytest.mark.django_db
def test_a_broken_transaction_takes_no_statement():
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(transaction.TransactionManagementError):
            NAMES.rows(name="Latin")
        transaction.set_rollback(False)
