"""A pause without an end is remembered for its people, every three days until it is over."""

from datetime import timedelta

import pytest

from accounts.models import Role
from events.models import Notice
from events.wording import say
from labeling.pausing import prolong
from labeling.reminding import EVERY, remind_of_pauses
from labeling.resuming import resume
from projects.models import Pause
from tests.factories import NOON, MembershipFactory, UserFactory, make_project
from tests.labeling.stops import stop

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


def reminders(user) -> list[str]:
    return [one.code for one in Notice.objects.filter(user=user, code__endswith="forgotten").order_by("pk")]


def test_admins_are_reminded_of_it_every_three_days_and_once_each_time():
    admin, other = UserFactory.create(is_site_admin=True), UserFactory.create()
    stop(make_project())

    counts = [remind_of_pauses(at=NOON + after) for after in (EVERY - SECOND, EVERY, EVERY + SECOND, 2 * EVERY)]

    assert counts == [0, 1, 0, 1]
    assert reminders(admin) == ["pause_forgotten"] * 2
    assert reminders(other) == []


def test_after_a_long_silence_of_beat_it_is_one_reminder():
    UserFactory.create(is_site_admin=True)
    stop(make_project())

    assert [remind_of_pauses(at=NOON + 10 * EVERY), remind_of_pauses(at=NOON + 10 * EVERY)] == [1, 0]
    assert Pause.objects.get().reminders == 10


def test_of_a_customer_s_own_pause_those_are_reminded_who_can_lift_it():
    project = make_project()
    admin = UserFactory.create(is_site_admin=True)
    people = {role: MembershipFactory.create(organization=project.organization, role=role).user for role in Role.values}
    stop(project, is_customers=True)

    remind_of_pauses(at=NOON + EVERY)

    assert {role: reminders(user) for role, user in people.items()} == {
        Role.ADMIN: ["own_pause_forgotten"], Role.MANAGER: ["own_pause_forgotten"], Role.MEMBER: [],
    }  # fmt: skip
    assert reminders(admin) == []
    notice = Notice.objects.get(user=people[Role.ADMIN], code="own_pause_forgotten")
    assert say(notice.code, notice.params).subject == f"Paused for 3 days: {project.name} (A project)"


def test_what_has_an_end_or_is_over_or_is_to_come_is_not_forgotten():
    UserFactory.create(is_site_admin=True)
    (ending, ended, _later) = [stop(make_project())[0], stop(make_project())[0],
                               stop(make_project(), starts_at=NOON + 9 * EVERY)[0]]  # fmt: skip
    prolong(ending, ends_at=NOON + 9 * EVERY, by=None, at=NOON)
    resume(ended, by=None, at=NOON)

    assert remind_of_pauses(at=NOON + 2 * EVERY) == 0
