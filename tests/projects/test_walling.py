from datetime import timedelta

import pytest

from core.errors import BusinessError, StaleState
from events.models import Event
from projects.models import Wall
from projects.walling import end_wall, start_wall
from tests.factories import NOON, MembershipFactory, OrganizationFactory, UserFactory

pytestmark = pytest.mark.django_db

DAYS = timedelta(days=90)


@pytest.fixture
def admin():
    return UserFactory.create(is_site_admin=True)


def test_a_wall_s_events_are_the_site_s_alone(admin):
    first, second = OrganizationFactory.create_batch(2)
    wall = start_wall("Maps", [first, second, first], length=DAYS, by=admin, at=NOON)
    end_wall(wall, by=admin, at=NOON)
    member = MembershipFactory.create(organization=first).user

    assert list(Event.objects.order_by("pk").values_list("verb", "organization", "data")) == [
        ("wall_started", None, {"members": sorted([first.public_id, second.public_id]), "days": 90}),
        ("wall_ended", None, {}),
    ]
    assert list(Event.objects.visible_to(member)) == []
    assert list(Wall.objects.visible_to(member)) == []
    assert wall.members.count() == 2


@pytest.mark.parametrize(("members", "length"), [(1, DAYS), (2, timedelta())])
def test_start_wall_refuses_what_is_none(admin, members, length):
    with pytest.raises(BusinessError):
        start_wall("Maps", OrganizationFactory.create_batch(members), length=length, by=admin, at=NOON)

    assert Wall.objects.count() == 0


def test_end_wall_twice_is_stale(admin):
    wall = start_wall("Maps", OrganizationFactory.create_batch(2), length=DAYS, by=admin, at=NOON)
    end_wall(wall, by=admin, at=NOON)

    with pytest.raises(StaleState):
        end_wall(wall, by=admin, at=NOON)
