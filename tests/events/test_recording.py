from typing import Any

import structlog
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import ApiKey, Mode
from events import recording
from events.models import ActorKind, Event
from events.verbs import Verb
from tests.factories import NOON, MembershipFactory, OrganizationFactory, UserFactory, WorkerFactory


def made(**changes):
    fields: dict[str, Any] = {"at": NOON, "actor": recording.by_site(), "subject_type": "task", "subject_id": "a" * 24}
    return recording.event(Verb.TASK_CREATED, **(fields | changes))


def test_event_carries_actor_and_request(db):
    user = UserFactory.create()
    with structlog.contextvars.bound_contextvars(request_id="r-123"):
        recording.write(made(actor=recording.by_user(user), data={"batch": "b"}))

    event = Event.objects.get()
    assert (event.actor_kind, event.actor_id) == (ActorKind.USER, user.public_id)
    assert (event.verb, event.data, event.request_id, event.seq) == ("task_created", {"batch": "b"}, "r-123", None)


def test_write_stores_all_events_in_order_with_one_insert(db):
    organization = OrganizationFactory.create()
    events = [made(organization_id=organization.pk, subject_id=f"{number}") for number in range(3)]

    with CaptureQueriesContext(connection) as queries:
        recording.write(*events)

    assert len([query for query in queries if query["sql"].startswith("INSERT")]) == 1
    assert list(Event.objects.order_by("pk").values_list("subject_id", flat=True)) == ["0", "1", "2"]


def test_write_of_nothing_asks_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        recording.write()


def test_actors(db):
    worker, organization = WorkerFactory.create(), OrganizationFactory.create()
    key = ApiKey.objects.create(organization=organization, mode=Mode.LIVE, prefix="live_1", sha256="0" * 64)

    assert recording.by_worker(worker) == recording.Actor(ActorKind.WORKER, worker.public_id)
    assert recording.by_key(key) == recording.Actor(ActorKind.API_KEY, key.public_id)
    assert recording.by_site() == recording.Actor(ActorKind.SITE, "")


def test_event_is_seen_by_members_and_site_admins_only(db):
    membership = MembershipFactory.create()
    recording.write(made(organization_id=membership.organization_id), made())
    stranger, admin = UserFactory.create(), UserFactory.create(is_site_admin=True)

    assert Event.objects.visible_to(membership.user).count() == 1
    assert Event.objects.visible_to(stranger).count() == 0
    assert Event.objects.visible_to(admin).count() == 2
