from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import now

from accounts.models import Role
from delivery import callbacks
from delivery.models import Delivery, Webhook
from events.models import Job
from tests.delivery.calls import completed, send_all
from tests.delivery.making import make_picture_project
from tests.delivery.receiver import ERROR, receiving
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return make_picture_project()


@pytest.fixture
def manager(project) -> Client:
    client = Client()
    client.force_login(MembershipFactory.create(organization=project.organization, role=Role.MANAGER).user)
    return client


def home(project) -> str:
    return f"/o/{project.organization.slug}/callbacks/"


def test_the_log_shows_what_was_answered_and_filters(project, manager, reachable):
    with receiving(ERROR) as receiver:
        reachable(receiver.port)
        first, second = completed(project, receiver.url()), completed(project, receiver.url())
        send_all()
    completed(make_picture_project("Theirs"), "https://theirs.example/")

    everything = manager.get(home(project)).content.decode()
    waiting = manager.get(home(project), {"state": "waiting"}).content.decode()
    test_mode = manager.get(home(project), {"mode": "test"}).content.decode()

    assert first.public_id in everything
    assert second.public_id in everything
    assert "theirs.example" not in everything
    assert ("500" in waiting, first.public_id in waiting, second.public_id in waiting) == (True, True, False)
    assert "No callbacks yet" in test_mode or "No callback matches" in test_mode


def test_a_long_log_goes_page_by_page(project, manager):
    for _number in range(52):
        completed(project, "https://basalt.example/")

    first = manager.get(home(project))
    second = manager.get(home(project), {"after": first.context["page"].after})

    assert (len(first.context["page"].rows), len(second.context["page"].rows)) == (50, 2)


@pytest.mark.parametrize("count", [1, 8])
def test_the_log_costs_the_same_for_one_and_for_many(project, manager, count, django_assert_max_num_queries):
    for _number in range(count):
        completed(project, "https://basalt.example/")

    with django_assert_max_num_queries(16):
        manager.get(home(project))


def test_one_delivery_shows_body_and_tries_and_is_sent_again(project, manager, reachable):
    with receiving(ERROR) as receiver:
        reachable(receiver.port)
        task = completed(project, receiver.url())
        send_all()
        address = f"{home(project)}{Delivery.objects.get().public_id}/"
        page = manager.get(address).content.decode()
        assert manager.post(f"{address}again/").status_code == 302
        send_all()

    assert f"&quot;task_id&quot;: &quot;{task.public_id}&quot;" in page
    assert "we say 500" in page
    assert len(receiver.taken()) == 1


def test_a_foreign_delivery_is_not_found(project, manager):
    completed(make_picture_project("Theirs"), "https://theirs.example/")
    address = f"{home(project)}{Delivery.objects.get().public_id}/"

    assert [manager.get(address).status_code, manager.post(f"{address}again/").status_code] == [404, 404]


def test_a_range_is_sent_again_and_a_wrong_one_is_said(project, manager):
    completed(project, "https://basalt.example/")
    begin, end = (f"{now() + timedelta(days=days):%Y-%m-%dT%H:%M}" for days in (-3, 3))

    wrong = manager.post(f"{home(project)}again/", {"since": end, "until": begin, "mode": "live"})
    empty = manager.post(f"{home(project)}again/", {"mode": "sideways"})
    right = manager.post(f"{home(project)}again/", {"since": begin, "until": end, "mode": "live", "state": ""})

    assert (wrong.status_code, empty.status_code, right.status_code) == (422, 422, 302)
    assert "after the beginning" in wrong.content.decode()
    assert Job.objects.get().kind == callbacks.AGAIN


def test_key_address_and_webhooks_are_kept(project, manager):
    settings = f"{home(project)}settings/"
    old = callbacks.key_of(project.organization_id)
    assert old in manager.get(settings).content.decode()
    manager.post(f"{settings}key/")
    manager.post(settings, {"address": "https://basalt.example/all"})
    manager.post(
        f"{settings}webhooks/",
        {"address": "ops@basalt.example", "kinds": ["project.paused", "export.ready"], "mode": "live"},
    )

    page = manager.get(settings).content.decode()
    assert old not in page
    assert callbacks.key_of(project.organization_id) in page
    assert "https://basalt.example/all" in page
    assert "ops@basalt.example" in page
    manager.post(f"{settings}webhooks/{Webhook.objects.get().public_id}/end/")
    assert Webhook.objects.get().ended_at is not None
    assert "ops@basalt.example" not in manager.get(settings).content.decode()


@pytest.mark.parametrize(
    ("path", "data", "said"),
    [
        ("", {"address": "nonsense"}, "neither a web address nor"),
        ("webhooks/", {"address": "https://a.example/", "mode": "live"}, "This field is required"),
        ("webhooks/", {"address": "ftp://a.example/", "mode": "live", "kinds": ["export.ready"]}, "https://"),
        ("webhooks/", {"address": "https://a.example/", "mode": "live", "kinds": ["melted"]}, "melted"),
    ],
)
def test_wrong_settings_are_said_beside_the_field(project, manager, path, data, said):
    answer = manager.post(f"{home(project)}settings/{path}", data)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Webhook.objects.exists()


def test_only_those_who_manage_keys_find_the_page_in_the_rail(project, manager):
    member = Client()
    member.force_login(MembershipFactory.create(organization=project.organization, role=Role.MEMBER).user)
    projects = f"/o/{project.organization.slug}/projects/"

    assert home(project) in manager.get(projects).content.decode()
    assert home(project) not in member.get(projects).content.decode()
    assert member.get(home(project)).status_code == 403
