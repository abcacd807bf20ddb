import pytest
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from events import checking, mailbox, recording, running, sealing
from events.models import Event, Job, Outbox, OutboxState
from events.verbs import Verb
from tests.factories import NOON, MembershipFactory, OrganizationFactory, UserFactory

PAGES = ["operations:mail", "operations:events", "operations:messages"]


@pytest.fixture
def admin(client, db):
    user = UserFactory.create(is_site_admin=True)
    client.force_login(user)
    return user


@pytest.fixture
def mail_files(settings, tmp_path):
    settings.EMAIL_BACKEND = "events.mailbox.MailFiles"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    return tmp_path / "mail"


def text(response):
    return response.content.decode()


def write(count, organization=None, verb=Verb.TASK_CREATED, subject="s"):
    organization_id = organization.pk if organization else None
    recording.write(
        *[
            recording.event(
                verb,
                at=NOON,
                actor=recording.by_site(),
                subject_type="task",
                subject_id=subject,
                organization_id=organization_id,
                data={"batch": "<b>"},
            )
            for _number in range(count)
        ]
    )
    sealing.seal()


@pytest.mark.parametrize("name", PAGES)
def test_pages_exist_for_site_admins_only(client, db, name):
    client.force_login(MembershipFactory.create().user)
    assert client.get(reverse(name)).status_code == 404
    client.force_login(UserFactory.create(is_site_admin=True))
    assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", ["operations:check_events", "operations:send_mail_again"])
def test_deeds_exist_for_site_admins_only(client, db, name):
    client.force_login(MembershipFactory.create().user)
    assert client.post(reverse(name)).status_code == 404
    assert not Job.objects.exists()


def send(subject, body="Hello"):
    mail = EmailMultiAlternatives(subject, body, to=["new@example.org"])
    mail.attach_alternative("<h1>Hello</h1>", "text/html")
    mail.send()


def test_mail_shows_what_was_written_as_text(client, admin, mail_files):
    send("Grüße & <b>more</b>", "See http://localhost:8000/invitation/t0ken/ <script>alert(1)</script>")
    page = text(client.get(reverse("operations:mail")))

    assert "Grüße &amp; &lt;b&gt;more&lt;/b&gt;" in page
    assert "To new@example.org" in page
    assert '<a href="http://localhost:8000/invitation/t0ken/"' in page
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


def test_mail_pages_newest_first(client, admin, mail_files):
    mail_files.mkdir()
    names = [f"20261123-1200{number:02}-1.log" for number in range(45)]
    for name in names:
        (mail_files / name).write_bytes(f"Subject: {name}\nTo: a@example.org\n\nHello\n".encode())

    def shown(query=""):
        page = client.get(reverse("operations:mail") + query).context["page"]
        return [mail.name for mail in page.rows], page.after, page.before

    newest = names[::-1]
    first, after, before = shown()
    assert (first, before) == (newest[:20], None)
    second, after, before = shown(f"?after={after}")
    assert second == newest[20:40]
    assert shown(f"?after={after}")[:2] == (newest[40:], None)
    assert shown(f"?before={before}") == (newest[:20], newest[19], None)
    assert shown("?after=../../secret-key")[0] == newest[:0]


def test_mailbox_has_a_file_for_each_mail(mail_files):
    for number in range(200):
        EmailMultiAlternatives(f"number {number}", "Hello.", to=["ada@example.org"]).send()

    found = [mailbox.read(name) for name in mailbox.names()]
    assert [mail.subject for mail in found] == [f"number {number}" for number in reversed(range(200))]


def test_mailbox_reads_broken_files(mail_files):
    mail_files.mkdir()
    (mail_files / "1.log").write_bytes(b"\xff\xfe\x00 not a mail")
    (mail_files / "2.log").write_bytes(b"Content-Type: text/plain; charset=martian\n\nHello\n")
    (mail_files / "3.log").write_bytes(b"")
    assert [mailbox.read(name).name for name in mailbox.names()] == ["3.log", "2.log", "1.log"]


def test_mail_says_where_it_goes_when_a_server_is_set(client, admin):
    assert settings.EMAIL_BACKEND.endswith("locmem.EmailBackend")
    assert "Mail goes to the mail server" in text(client.get(reverse("operations:mail")))


def test_mail_that_was_given_up_is_shown_and_sent_again(client, admin):
    outbox = Outbox.objects.create(
        kind="mail", target="lost@example.org", dedupe_key="1", next_at=NOON, state=OutboxState.FAILED, error="550 no"
    )
    page = text(client.get(reverse("operations:mail")))
    assert "lost@example.org" in page
    assert "550 no" in page

    client.post(reverse("operations:send_mail_again"))
    outbox.refresh_from_db()
    assert outbox.state == OutboxState.WAITING


def test_events_shows_one_chain(db, client):
    client.force_login(UserFactory.create(is_site_admin=True))
    one = OrganizationFactory.create(slug="one")
    write(2, one), write(1, subject="of-the-site")

    page = client.get(reverse("operations:events"), {"organization": "one"})
    assert [event.seq for event in page.context["page"].rows] == [2, 1]
    assert "batch: &lt;b&gt;" in text(page)
    [event] = client.get(reverse("operations:events")).context["page"].rows
    assert (event.seq, event.subject_id) == (1, "of-the-site")


def test_events_filters_and_pages(db, client):
    client.force_login(UserFactory.create(is_site_admin=True))
    write(60), write(2, verb=Verb.TASK_CANCELED, subject="other")

    def shown(**query):
        page = client.get(reverse("operations:events"), query).context["page"]
        return [event.seq for event in page.rows], page.after, page.before

    assert shown() == (list(range(62, 12, -1)), "13", None)
    assert shown(after="13") == (list(range(12, 0, -1)), None, "12")
    assert shown(before="12")[0] == list(range(62, 12, -1))
    assert shown(verb="task_canceled")[0] == [62, 61]
    assert shown(subject="other")[0] == [62, 61]
    assert shown(subject="nobody")[0] == []


@pytest.mark.parametrize("query", [{"after": "x"}, {"before": "-1"}, {"after": "9" * 40}, {"after": "²"}])
def test_events_refuses_an_address_that_is_none(client, admin, query):
    assert client.get(reverse("operations:events"), query).status_code == 404


@pytest.mark.parametrize("query", [{"verb": "made_up"}, {"organization": "none"}])
def test_events_says_what_is_wrong_with_the_filter(client, admin, query):
    response = client.get(reverse("operations:events"), query)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert response.context["page"].rows == []


def test_check_finds_what_was_changed(client, db, monkeypatch):
    monkeypatch.setattr(sealing, "EVENTS_PER_PAGE", 2)
    client.force_login(UserFactory.create(is_site_admin=True))
    one = OrganizationFactory.create(slug="one")
    write(5, one)

    def check():
        client.post(reverse("operations:check_events"), {"organization": "one"})
        job = checking.last_check(one)
        assert job is not None
        running.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.done, job.total) == ("done", 5, 5)
        return text(client.get(reverse("operations:events"), {"organization": "one"}))

    assert "All 5 events are what was sealed." in check()
    Event.objects.filter(organization=one, seq=2).update(data={})
    Event.objects.filter(organization=one, seq=5).delete()
    assert "2 events are not what was sealed: numbers 2, 5." in check()


def test_check_of_an_unknown_organization_begins_nothing(client, admin):
    assert client.post(reverse("operations:check_events"), {"organization": "none"}).status_code == 302
    assert not Job.objects.exists()
