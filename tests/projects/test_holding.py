from datetime import UTC, timedelta

import pytest
from django.utils import timezone

from core.errors import BusinessError, StaleState
from events.models import Event, Notice
from events.wording import say
from projects.holding import USUAL_LENGTH, HoldOrder, change_hold_end, lift_hold, put_on_hold
from projects.models import Hold, HoldReason
from tests.factories import NOON, UserFactory, make_project, make_worker

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(days=2)


@pytest.fixture(autouse=True)
def utc():
    with timezone.override(UTC):
        yield


@pytest.fixture
def admin():
    return UserFactory.create(is_site_admin=True)


def order(**more):
    return HoldOrder(HoldReason.QUALITY, "Too fast to read.", **more)


def test_put_on_hold_writes_event_and_notice_and_always_has_an_end(admin):
    project = make_project()
    worker = make_worker(project)
    Event.objects.all().delete()
    hold = put_on_hold(worker, order(project=project), by=admin, at=NOON)

    assert list(Hold.objects.in_force(at=NOON)) == [hold]
    assert hold.until == NOON + USUAL_LENGTH
    event = Event.objects.get()
    assert (event.verb, event.organization_id, event.data) == (
        "hold_started",
        None,
        {
            "worker": worker.public_id,
            "project": project.public_id,
            "reason": "quality",
            "until": hold.until.isoformat(),
        },
    )
    notice = Notice.objects.get()
    said = say(notice.code, notice.params)
    assert said.subject == f"You are on hold on {project.codename} until 23 Dec 2026, 12:00 UTC"
    assert said.body.startswith("Too fast to read.\n\nWhat you have in hand you may finish")


def test_a_hold_everywhere_is_told_as_one(admin):
    hold = put_on_hold(make_worker(), order(until=LATER), by=admin, at=NOON)
    change_hold_end(hold, until=LATER + timedelta(days=1), by=admin, at=NOON)
    lift_hold(hold, by=admin, at=NOON)

    said = [say(notice.code, notice.params).subject for notice in Notice.objects.order_by("pk")]
    assert said == [
        "You are on hold until 25 Nov 2026, 12:00 UTC",
        "Your hold is now until 26 Nov 2026, 12:00 UTC",
        "Your hold is lifted",
    ]
    assert list(Event.objects.order_by("pk").values_list("verb", flat=True)) == [
        "hold_started",
        "hold_changed",
        "hold_ended",
    ]


@pytest.mark.parametrize(
    "wrong", [order(until=NOON), HoldOrder(HoldReason.OTHER, "  ")], ids=["end is over", "no text"]
)
def test_put_on_hold_refuses(admin, wrong):
    with pytest.raises(BusinessError):
        put_on_hold(make_worker(), wrong, by=admin, at=NOON)

    assert Hold.objects.count() == 0


def test_a_hold_that_is_over_is_neither_lifted_nor_prolonged(admin):
    hold = put_on_hold(make_worker(), order(until=LATER), by=admin, at=NOON)

    with pytest.raises(StaleState):
        lift_hold(hold, by=admin, at=LATER)
    with pytest.raises(StaleState):
        change_hold_end(hold, until=LATER + timedelta(days=1), by=admin, at=LATER)
    with pytest.raises(BusinessError):
        change_hold_end(hold, until=NOON, by=admin, at=NOON)
    lift_hold(hold, by=admin, at=NOON)
    with pytest.raises(StaleState):
        lift_hold(hold, by=admin, at=NOON)

    assert Hold.objects.get().ended_by == admin
