"""The page of the order of all batches: what it shows, moves, resets, and to whom."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Mode, Organization, Role
from projects import creating, order_keys
from projects.models import Batch, BatchStatus, Pause
from tests.factories import NOON, MembershipFactory, OrganizationFactory, make_project, make_tasks

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/o/basalt/order/"


@pytest.fixture
def organization():
    return OrganizationFactory.create(slug="basalt", name="Basalt")


@pytest.fixture
def member(client, organization):
    client.force_login(MembershipFactory.create(organization=organization, role=Role.MEMBER).user)
    return client


def named(organization: Organization, *names: str) -> list[Batch]:
    project = make_project(organization=organization, name=f"Project of {names[0]}")
    return [creating.create_batch(project, name=name, by=None, at=NOON) for name in names]


def order(organization: Organization) -> list[str | None]:
    rows = order_keys.all_of(organization.pk, Mode.LIVE).exclude(name=None)
    return list(rows.values_list("name", flat=True))


def move(batch: Batch) -> str:
    return reverse("customer:move_in_order", args=["basalt", batch.public_id])


def test_the_page_shows_the_open_batches_of_all_projects_in_order(member, organization):
    one, two, done = named(organization, "one", "two", "done")
    (other,) = named(organization, "other")
    (put_away,) = named(organization, "put away")
    named(OrganizationFactory.create(), "foreign")
    make_tasks(one.project, 2, batch=one)
    Batch.objects.filter(pk=done.pk).update(status=BatchStatus.COMPLETED)
    Batch.objects.filter(pk=other.pk).update(order_key=0)
    put_away.project.archived_at = NOON
    put_away.project.save()

    answer = member.get(PAGE)

    rows = answer.context["rows"]
    assert [row.batch.name for row in rows] == ["other", None, "one", "two", None]
    assert [(row.place, row.above, row.below) for row in rows][2] == (
        3, rows[1].batch.public_id, two.public_id
    )  # fmt: skip
    assert "0 of 2" in answer.content.decode()


def test_the_page_says_what_is_paused_and_how_widely(member, organization):
    one, _two = named(organization, "one", "two")
    pause = {"reason": "data", "policy": "finish", "starts_at": NOON, "created_at": NOON}
    Pause.objects.create(scope="batch", batch=one, organization_id=None, **pause)

    rows = {row.batch.name: row for row in member.get(PAGE).context["rows"]}
    assert [(name, rows[name].state) for name in ("one", "two")] == [("one", "paused"), ("two", "in_progress")]

    Pause.objects.create(scope="project", project=one.project, **pause)
    answer = member.get(PAGE)
    assert {row.state for row in answer.context["rows"]} == {"paused"}
    assert "the whole project" in answer.content.decode()


@pytest.mark.parametrize("in_place", [False, True])
def test_a_batch_is_moved_next_to_another(member, organization, in_place):
    one, two, three = named(organization, "one", "two", "three")
    headers = {"X-In-Place": "true"} if in_place else {}

    answer = member.post(move(three), {"before": one.public_id}, headers=headers)
    assert (answer.status_code, answer.get("Location")) == (
        (204, None) if in_place else (302, f"{PAGE}#batch-{three.public_id}")
    )
    assert order(organization) == ["three", "one", "two"]

    member.post(move(three), {"after": two.public_id}, headers=headers)
    assert order(organization) == ["one", "two", "three"]


def test_a_move_to_nowhere_is_said_and_changes_nothing(member, organization):
    (one,) = named(organization, "one")
    (foreign,) = named(OrganizationFactory.create(), "foreign")

    assert member.post(move(one), {"before": ""}).status_code == 302
    assert "Say before or after which batch it comes." in member.get(PAGE).content.decode()
    assert member.post(move(one), {}, headers={"X-In-Place": "true"}).status_code == 400
    assert member.post(move(one), {"before": foreign.public_id}).status_code == 404
    assert member.post(move(foreign), {"before": one.public_id}).status_code == 404


def test_the_recommended_order_comes_back_after_a_question(member, organization):
    one, two = named(organization, "one", "two")
    Batch.objects.filter(pk=two.pk).update(created_at=NOON + timedelta(hours=1), order_key=0)
    address = reverse("customer:reset_order", args=["basalt"])

    assert "Put the batches in the recommended order?" in member.get(address).content.decode()
    assert order(organization) == ["two", "one"]
    assert member.post(address).status_code == 302
    assert order(organization) == [one.name, two.name]
    assert "The batches are in the recommended order again." in member.get(PAGE).content.decode()
    member.post(address)
    assert "The batches are in the recommended order already." in member.get(PAGE).content.decode()


def test_without_batches_the_page_says_so(member):
    assert "No open batches." in member.get(PAGE).content.decode()


def test_many_batches_need_no_more_queries(member, organization):
    counts = []
    for number in (1, 3):
        for more in range(number):
            (batch,) = named(organization, f"batch {number} {more}")
            make_tasks(batch.project, number, batch=batch)
        cache.clear()
        with CaptureQueriesContext(connection) as seen:
            assert member.get(PAGE).status_code == 200
        counts.append(len(seen))

    assert counts[0] == counts[1]
    assert counts[0] <= 10, "\n".join(query["sql"] for query in seen.captured_queries)
