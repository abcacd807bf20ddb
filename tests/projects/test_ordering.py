from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Mode, Organization
from core.errors import BusinessError
from events.models import Event
from projects import creating, order_keys, ordering
from projects.models import Batch, BatchKind
from tests.events.together import together
from tests.factories import NOON, OrganizationFactory, UserFactory, make_project, make_tasks, make_worker
from tests.labeling.steps import taken

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization():
    return OrganizationFactory.create()


def named(organization: Organization, *names: str, **more: Any) -> list[Batch]:
    """A batch of that name in each of as many projects; the standing ones come before each."""
    return [
        creating.create_batch(make_project(organization=organization), name=name, by=None, at=NOON, **more)
        for name in names
    ]


def order(organization: Organization) -> list[str | None]:
    """The names, without the standing batches."""
    rows = order_keys.all_of(organization.pk, Mode.LIVE).exclude(name=None)
    return list(rows.values_list("name", flat=True))


def moved() -> list[dict[str, Any]]:
    return list(Event.objects.filter(verb="batch_reordered").order_by("pk").values_list("data", flat=True))


def test_new_batches_stand_behind_all_others_of_the_organization(organization):
    one, two = named(organization, "one", "two")

    keys = [batch.order_key for batch in order_keys.all_of(organization.pk, Mode.LIVE)]
    assert keys == [order_keys.ROOM * number for number in (1, 2, 3, 4)]
    assert (one.order_key, two.order_key) == (keys[1], keys[3])


def test_a_batch_moves_before_or_after_one_of_another_project(organization):
    one, two, three = named(organization, "one", "two", "three")

    ordering.move_batch(three, before=one, by=UserFactory.create(), at=NOON)
    assert order(organization) == ["three", "one", "two"]
    ordering.move_batch(three, after=one, by=None, at=NOON)
    assert order(organization) == ["one", "three", "two"]
    ordering.move_batch(one, after=two, by=None, at=NOON)
    assert order(organization) == ["three", "two", "one"]

    assert moved() == [{"before": one.public_id}, {"after": one.public_id}, {"after": two.public_id}]


def test_a_batch_that_stands_there_already_stays(organization):
    one, two = named(organization, "one", "two")
    ordering.move_batch(two, before=one, by=None, at=NOON)

    ordering.move_batch(two, before=one, by=None, at=NOON)
    ordering.move_batch(one, after=two, by=None, at=NOON)
    ordering.move_batch(one, before=one, by=None, at=NOON)

    assert order(organization) == ["two", "one"]
    assert len(moved()) == 1


def test_where_the_room_is_used_up_all_are_spaced_anew(organization):
    one, two, three = named(organization, "one", "two", "three")

    for _n in range(30):
        ordering.move_batch(three, after=one, by=None, at=NOON)
        ordering.move_batch(two, after=one, by=None, at=NOON)

    assert order(organization) == ["one", "two", "three"]
    keys = list(order_keys.all_of(organization.pk, Mode.LIVE).values_list("order_key", flat=True))
    assert len(set(keys)) == len(keys)
    assert len(moved()) == 60


def test_keys_that_are_equal_are_an_order_too(organization):
    _one, two, three = named(organization, "one", "two", "three")
    Batch.objects.update(order_key=0)

    ordering.move_batch(three, before=two, by=None, at=NOON)

    assert order(organization) == ["one", "three", "two"]


def test_a_batch_of_another_customer_or_nothing_is_no_place(organization):
    (one,) = named(organization, "one")
    (foreign,) = named(OrganizationFactory.create(), "foreign")

    for where, code in (
        ({"before": foreign}, "elsewhere"),
        ({}, "no_place"),
        ({"before": one, "after": one}, "no_place"),
    ):
        with pytest.raises(BusinessError) as refused:
            ordering.move_batch(one, **where, by=None, at=NOON)
        assert (refused.value.code, refused.value.status) == (code, 400)


def test_the_recommended_order_is_calibration_first_then_age(organization):
    project = make_project(organization=organization)
    made = [
        creating.create_batch(project, name=name, kind=kind, by=None, at=NOON + timedelta(hours=hours))
        for name, kind, hours in (
            ("old", BatchKind.PRODUCTION, 1),
            ("own", BatchKind.SELF_LABEL, 2),
            ("trial", BatchKind.CALIBRATION, 3),
            ("new", BatchKind.PRODUCTION, 4),
        )
    ]
    ordering.move_batch(made[3], before=made[0], by=None, at=NOON)

    assert ordering.reset_order(organization, by=UserFactory.create(), at=NOON)
    assert order(organization) == ["trial", "old", "own", "new"]
    assert moved()[1:] == [{"order": "recommended"}]
    assert not ordering.reset_order(organization, by=None, at=NOON)
    assert len(moved()) == 2


def test_the_next_claim_follows_the_order(organization):
    one, two, three = named(organization, "one", "two", "three")
    tasks = {batch.name: make_tasks(batch.project, 3, batch=batch) for batch in (one, two, three)}
    projects = [batch.project for batch in (one, two, three)]

    def next_batch() -> str | None:
        return taken(make_worker(*projects)).work_item.task.batch.name

    assert next_batch() == "one"
    ordering.move_batch(three, before=one, by=None, at=NOON)
    assert next_batch() == "three"
    ordering.move_batch(two, before=three, by=None, at=NOON)
    assert next_batch() == "two"
    ordering.reset_order(organization, by=None, at=NOON)
    assert next_batch() == "one"
    assert set(tasks) == {"one", "two", "three"}


def test_of_two_batches_with_one_key_the_older_is_finished_first(organization):
    one, two = named(organization, "one", "two")
    (low,) = make_tasks(one.project, batch=one, priority=10)
    (high,) = make_tasks(two.project, batch=two, priority=30)
    Batch.objects.update(order_key=0)

    got = [taken(make_worker(one.project, two.project)).work_item.task for _n in range(2)]

    assert got == [low, high]


@pytest.mark.django_db(transaction=True)
def test_two_who_move_at_once_both_succeed():
    organization = OrganizationFactory.create()
    batches = named(organization, "one", "two", "three", "four")
    Batch.objects.update(order_key=0)  # no room at all: both space the keys anew

    for number in range(3):
        together(
            lambda: ordering.move_batch(batches[2], before=batches[0], by=None, at=NOON),
            lambda: ordering.move_batch(batches[3], before=batches[0], by=None, at=NOON),
        )
        assert set(order(organization)[:2]) == {"three", "four"}
        assert order(organization)[2:] == ["one", "two"]
        keys = list(order_keys.all_of(organization.pk, Mode.LIVE).values_list("order_key", flat=True))
        assert len(set(keys)) == len(keys)
        assert len(moved()) >= 2 * (number + 1) - number
        for batch in batches[2:]:
            ordering.move_batch(batch, after=batches[1], by=None, at=NOON)
