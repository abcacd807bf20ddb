from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from events import running, telling
from events.models import Job, JobState, Notice, Outbox, OutboxState
from events.running import HANDLERS, JobHandler, Progress
from events.wording import WORDS, Wording
from tests.factories import NOON, MembershipFactory, UserFactory

MESSAGES = "/messages/"


@pytest.fixture(autouse=True)
def words(monkeypatch):
    wording = Wording(subject=_("%(codename)s is paused"), body="Reason: %(reason)s")
    monkeypatch.setitem(WORDS, "t_paused", wording)


def tell(user, codename="Slate Harbour", key="1"):
    params = {"codename": codename, "reason": "data"}
    telling.tell([user.pk], code="t_paused", params=params, dedupe_key=key, at=NOON, mail=False)
    return Notice.objects.get(user=user, dedupe_key=key)


@pytest.fixture
def reader(client, db):
    user = UserFactory.create()
    client.force_login(user)
    return user


def text(response):
    return response.content.decode()


def test_messages_shows_ones_own_unread_first(client, reader):
    old, new = tell(reader, "Amber Heron", "1"), tell(reader, "Slate Harbour", "2")
    tell(UserFactory.create(), "Foreign Fjord")
    telling.mark_read(Notice.objects.filter(pk=new.pk), at=NOON)

    page = text(client.get(MESSAGES))

    assert page.index("Amber Heron is paused") < page.index("Slate Harbour is paused")
    assert "Foreign Fjord" not in page
    assert "1 message is new." in page
    assert old.public_id in page


def test_messages_says_what_became_of_the_mail(client, reader):
    telling.tell([reader.pk], code="t_paused", params={}, dedupe_key="mailed", at=NOON, mail=True)
    assert "By e-mail: Waiting" in text(client.get(MESSAGES))
    Outbox.objects.update(state=OutboxState.SENT)
    assert "By e-mail: Sent" in text(client.get(MESSAGES))
    Outbox.objects.all().delete()
    assert "By e-mail" not in text(client.get(MESSAGES))


def test_messages_is_the_same_on_each_side(client, db):
    membership = MembershipFactory.create(user__is_site_admin=True)
    client.force_login(membership.user)
    tell(membership.user)
    paths = [
        reverse("my:messages"),
        reverse("customer:messages", args=[membership.organization.slug]),
        reverse("operations:messages"),
    ]
    assert ["Slate Harbour is paused" in text(client.get(path)) for path in paths] == [True, True, True]


def test_messages_without_any_says_so(client, reader):
    assert "Nobody has told you anything yet." in text(client.get(MESSAGES))


def test_messages_escapes_what_people_wrote(client, reader):
    tell(reader, "<script>alert(1)</script>")
    page = text(client.get(MESSAGES))
    assert "&lt;script&gt;alert(1)&lt;/script&gt; is paused" in page


@pytest.mark.parametrize("path", [MESSAGES, "/jobs/abc/"])
def test_a_stranger_is_asked_to_sign_in(client, db, path):
    response = client.get(path)
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_messages_pages_by_key_through_all(client, reader):
    for number in range(120):
        tell(reader, f"Project {number:03}", key=f"{number}")
    half = Notice.objects.filter(user=reader).order_by("pk")[:60].values_list("pk", flat=True)
    telling.mark_read(Notice.objects.filter(pk__in=list(half)), at=NOON)

    seen, address = [], MESSAGES
    while address:
        response = client.get(address)
        seen += [message.notice.dedupe_key for message in response.context["messages_told"]]
        after = response.context["page"].after
        address = f"{MESSAGES}?after={after}" if after else ""

    assert seen == [str(number) for number in [*range(119, 59, -1), *range(59, -1, -1)]]


@pytest.mark.parametrize("count", [1, 30])
def test_messages_needs_a_constant_number_of_queries(client, reader, django_assert_max_num_queries, count):
    for number in range(count):
        tell(reader, key=f"{number}")
    with django_assert_max_num_queries(10):
        client.get(MESSAGES)


def test_message_is_marked_as_read_once(client, reader):
    notice = tell(reader)
    path = reverse("events:message_read", args=[notice.public_id])

    response = client.post(path, HTTP_REFERER=f"http://testserver{MESSAGES}")
    assert (response.status_code, response["Location"]) == (302, f"http://testserver{MESSAGES}")
    notice.refresh_from_db()
    first = notice.read_at
    assert first is not None

    fragment = client.post(path, headers={"HX-Request": "true"})
    assert fragment.status_code == 200
    assert "data-unread" not in text(fragment)
    notice.refresh_from_db()
    assert notice.read_at == first


def test_message_of_another_person_does_not_exist(client, reader):
    notice = tell(UserFactory.create())
    assert client.post(reverse("events:message_read", args=[notice.public_id])).status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


def test_all_are_marked_as_read(client, reader):
    tell(reader, key="1"), tell(reader, key="2")
    other = tell(UserFactory.create())
    client.post(reverse("events:messages_read"))

    assert not Notice.objects.filter(user=reader).unread().exists()
    other.refresh_from_db()
    assert other.read_at is None


def test_reading_needs_post(client, reader):
    assert client.get(reverse("events:messages_read")).status_code == 405


@pytest.fixture
def handler(monkeypatch):
    def step(job):
        return Progress(done=1, total=2)

    fields = JobHandler(step, "Import of tasks", link=lambda job: f"/results/{job.public_id}")
    monkeypatch.setitem(HANDLERS, "count", fields)


def start(by, organization=None, **changes):
    job = running.start_job("count", organization=organization, by=by, total=20, at=NOON)
    Job.objects.filter(pk=job.pk).update(**changes)
    job.refresh_from_db()
    return job


def test_job_shows_its_progress_and_asks_again(client, reader, handler):
    job = start(reader, done=3, state=JobState.RUNNING)
    path = reverse("events:job", args=[job.public_id])

    page, fragment = client.get(path), client.get(path, headers={"HX-Request": "true"})

    assert "<h1" in text(page)
    assert "<h1" not in text(fragment)
    for shown in (text(page), text(fragment)):
        assert "Import of tasks" in shown
        assert "3 of 20" in shown
        assert f'hx-get="{path}"' in shown
        assert f'action="{path}cancel/"' in shown


def test_job_that_ended_offers_its_result_and_asks_no_more(client, reader, handler):
    job = start(reader, state=JobState.DONE, done=20)
    shown = text(client.get(reverse("events:job", args=[job.public_id]), headers={"HX-Request": "true"}))

    assert f'href="/results/{job.public_id}"' in shown
    assert "hx-get" not in shown
    assert "cancel" not in shown


def test_job_says_why_it_failed(client, reader, handler):
    params = {"sentence": "The file is <empty>."}
    job = start(reader, state=JobState.FAILED, message_code="empty_file", message_params=params)
    assert "The file is &lt;empty&gt;." in text(client.get(reverse("events:job", args=[job.public_id])))


def test_job_of_strangers_does_not_exist(client, reader, handler):
    job = start(UserFactory.create(), MembershipFactory.create().organization)
    assert client.get(reverse("events:job", args=[job.public_id])).status_code == 404
    assert client.post(reverse("events:job_cancel", args=[job.public_id])).status_code == 404
    job.refresh_from_db()
    assert job.state == JobState.QUEUED


@pytest.mark.parametrize(("role", "status"), [("admin", 302), ("manager", 302), ("member", 403)])
def test_job_is_cancelled_by_managers_of_its_organization(client, db, handler, role, status):
    membership = MembershipFactory.create(role=role)
    client.force_login(membership.user)
    job = start(UserFactory.create(), membership.organization)

    page = text(client.get(reverse("events:job", args=[job.public_id])))
    assert ("cancel/" in page) == (status == 302)
    assert client.post(reverse("events:job_cancel", args=[job.public_id])).status_code == status
    job.refresh_from_db()
    assert job.state == (JobState.CANCELED if status == 302 else JobState.QUEUED)


def test_cancel_by_htmx_answers_with_the_component(client, reader, handler):
    job = start(reader, state=JobState.RUNNING, runner="alive", heartbeat_at=NOON + timedelta(days=1))
    path = reverse("events:job_cancel", args=[job.public_id])
    answer = client.post(path, headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert "Stopping" in text(answer)
    job.refresh_from_db()
    assert job.cancel_requested_at is not None
