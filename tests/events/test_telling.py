from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from events import telling
from events.models import Notice, Outbox
from tests.events.together import together
from tests.factories import NOON, UserFactory


def tell(*users, key="pause:1", mail=False):
    return telling.tell(
        [user.pk for user in users], code="paused", params={"count": 1}, dedupe_key=key, at=NOON, mail=mail
    )


def test_tell_inserts_one_notice_per_person_and_key(db):
    anna, ben = UserFactory.create(), UserFactory.create()

    assert tell(anna, anna) == 1
    assert tell(anna, ben) == 2
    tell(anna, key="pause:2")

    rows = Notice.objects.order_by("pk").values_list("user_id", "dedupe_key", "code", "params")
    assert list(rows) == [
        (anna.pk, "pause:1", "paused", {"count": 1}),
        (ben.pk, "pause:1", "paused", {"count": 1}),
        (anna.pk, "pause:2", "paused", {"count": 1}),
    ]


def test_tell_with_mail_writes_one_outbox_row_per_person_who_can_sign_in(db):
    anna, gone = UserFactory.create(), UserFactory.create(is_active=False)

    tell(anna, gone, mail=True)
    tell(anna, gone, mail=True)

    outbox = Outbox.objects.get()
    assert (outbox.kind, outbox.target, outbox.dedupe_key) == ("mail", anna.email, f"pause:1:{anna.pk}")
    assert outbox.params == {"code": "paused", "params": {"count": 1}, "user": anna.pk}
    assert (outbox.state, outbox.next_at) == ("waiting", NOON)
    assert Notice.objects.count() == 2


def test_tell_thousands_takes_few_statements(db):
    users = User.objects.bulk_create(User(email=f"many{number}@example.org") for number in range(1200))

    with CaptureQueriesContext(connection) as queries:
        assert tell(*users, mail=True) == 1200

    assert Notice.objects.count() == Outbox.objects.count() == 1200
    assert len([query for query in queries if query["sql"].startswith(("INSERT", "SELECT"))]) <= 3 * 12


@pytest.mark.django_db(transaction=True)
def test_two_who_tell_the_same_at_once_tell_it_once():
    users = [UserFactory.create() for _number in range(5)]

    def in_a_transaction():
        with transaction.atomic():
            return tell(*users, mail=True)

    together(*[in_a_transaction] * 4)

    assert Notice.objects.count() == Outbox.objects.count() == 5


def test_tell_nobody(db):
    assert tell(mail=True) == 0
    assert not Notice.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_tell_is_undone_with_its_transaction():
    user = UserFactory.create()
    with transaction.atomic():
        tell(user, mail=True)
        transaction.set_rollback(True)

    assert not Notice.objects.exists()
    assert not Outbox.objects.exists()


def test_mark_read_keeps_the_first_time(db):
    user = UserFactory.create()
    tell(user)

    assert telling.mark_read(Notice.objects.visible_to(user), at=NOON) == 1
    assert telling.mark_read(Notice.objects.visible_to(user), at=NOON + timedelta(hours=1)) == 0
    assert Notice.objects.get().read_at == NOON
