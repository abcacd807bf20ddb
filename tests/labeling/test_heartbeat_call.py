"""The call that every open workbench makes each eight seconds."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from labeling.models import Assignment
from labeling.pausing import Order, pause
from labeling.scopes import Scope
from tests.factories import make_project, make_tasks, make_worker
from tests.labeling.steps import taken

pytestmark = pytest.mark.django_db


@pytest.fixture
def held() -> Assignment:
    project = make_project()
    make_tasks(project)
    return taken(make_worker(project), at=timezone.now())


def beat(client: Any, held: Assignment, *, active: bool = True) -> dict[str, Any]:
    client.force_login(held.worker.user)
    answer = client.post(
        reverse("my:heartbeat", args=[held.public_id]), {"active": active}, content_type="application/json"
    )
    assert answer.status_code == 200
    said: dict[str, Any] = answer.json()
    return said


def age(held: Assignment, minutes: int) -> None:
    """Its lease of half an hour ends so many minutes earlier."""
    ends_at = held.lease_expires_at - timedelta(minutes=minutes)
    Assignment.objects.filter(pk=held.pk).update(lease_expires_at=ends_at)


def test_it_says_whether_the_lease_was_extended(client, held):
    assert beat(client, held)["extended"] is False
    age(held, minutes=20)
    assert beat(client, held, active=False)["extended"] is False

    extended = beat(client, held)

    held.refresh_from_db()
    assert (extended["extended"], extended["status"], extended["pauses"]) == (True, "active", [])
    assert extended["lease_expires_at"][:19] == held.lease_expires_at.isoformat()[:19]


def test_it_says_what_is_paused_and_extends_nothing_then(client, held):
    age(held, minutes=20)
    order = Order("finish", "data", text_for_workers="Rule 5 is being corrected.")
    pause([Scope.of(held.work_item.task.project)], order, by=None, at=timezone.now())

    answer = beat(client, held)

    (one,) = answer["pauses"]
    assert (answer["extended"], one["policy"], one["may_submit"]) == (False, "finish", True)
    assert "Rule 5 is being corrected." in one["message"]


def test_it_reads_the_assignment_once(client, held):
    beat(client, held)

    with CaptureQueriesContext(connection) as captured:
        beat(client, held, active=False)

    reads = [query["sql"] for query in captured.captured_queries if "public_id" in query["sql"]]
    assert len([sql for sql in reads if 'FROM "labeling_assignment"' in sql]) == 1


def test_its_answer_may_load_nothing_where_a_page_may(client, held):
    client.force_login(held.worker.user)

    policies = [
        client.get(reverse(name, args=args))["Content-Security-Policy"]
        for name, args in (("my:assignment", [held.public_id]), ("my:work", []))
    ]

    assert policies[0].startswith("default-src 'none';")
    assert "script-src" in policies[1]
