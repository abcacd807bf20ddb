"""A request reads its session and its person at once, and trusts neither more than before."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from tests.factories import UserFactory, WorkerFactory

pytestmark = pytest.mark.django_db
PAGE = "/account/"


def reads_of(client, table: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        client.get(PAGE)
    return [query["sql"] for query in captured.captured_queries if f'FROM "{table}"' in query["sql"]]


def sign_in(client, user: User) -> UserSession:
    client.force_login(user, backend="accounts.backends.EmailBackend")
    return UserSession.objects.get(user=user)


def test_a_session_comes_with_its_person_and_their_worker(client):
    sign_in(client, WorkerFactory.create().user)

    first = reads_of(client, "usersessions_usersession")[0]

    assert all(f'"{table}"' in first for table in ("django_session", "accounts_user", "workers_worker"))


def test_a_session_that_nobody_has_noted_is_one_all_the_same(client):
    sign_in(client, UserFactory.create()).delete()

    assert client.get(PAGE).status_code == 200


def test_whose_a_session_is_stands_in_its_data(client):
    """What is noted beside it may be of another person: it is no proof."""
    user, other = UserFactory.create(), UserFactory.create()
    noted = sign_in(client, user)
    UserSession.objects.filter(pk=noted.pk).update(user=other)

    assert client.get(PAGE).wsgi_request.user == user


def test_a_session_is_over_at_its_time_or_when_it_is_gone(client):
    noted = sign_in(client, UserFactory.create())
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get(PAGE).status_code == 302

    Session.objects.filter(session_key=noted.session_key).delete()
    assert client.get(PAGE).status_code == 302


def test_a_password_that_was_changed_elsewhere_ends_it(client):
    user = UserFactory.create()
    sign_in(client, user)
    assert client.get(PAGE).status_code == 200
    user.set_password("another one, quite long")
    user.save()

    assert client.get(PAGE).status_code == 302


def test_a_person_who_is_shut_out_is_so_at_once(client):
    user = UserFactory.create()
    sign_in(client, user)
    User.objects.filter(pk=user.pk).update(is_active=False)

    assert client.get(PAGE).status_code == 302
