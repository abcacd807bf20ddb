"""The admin's pages of pauses: what to pause, its form, what is in force."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from labeling.pausing import prolong
from labeling.resuming import resume
from labeling.scopes import Scope
from projects.models import Pause, QuietHours
from tests.factories import NOON, MembershipFactory, UserFactory, make_project, make_tasks, make_worker
from tests.labeling.steps import taken
from tests.labeling.stops import stop
from tests.labeling.test_stacked_pauses import SCOPES, picky_project, subject_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    client.force_login(UserFactory.create(is_site_admin=True))
    return client


def path_of(scope, subject) -> str:
    if subject is None:
        return reverse("operations:pause_site", args=[scope])
    return reverse("operations:pause", args=[scope, subject if isinstance(subject, str) else subject.public_id])


@pytest.mark.parametrize("scope", SCOPES)
def test_everything_can_be_paused_from_its_form_and_resumed_from_the_list(admin, scope):
    project = picky_project()
    subject = subject_of(scope, project)
    path = path_of(scope, subject)
    form = {"when": "now", "policy": "finish", "reason": "data", "text_for_workers": "New data comes."}

    shown = admin.get(path)
    answer = admin.post(path, form, follow=True)

    assert (shown.status_code, answer.status_code) == (200, 200)
    one = Pause.objects.get()
    assert Scope.of_pause(one) == Scope(scope, subject)
    admin.post(reverse("operations:resume", args=[one.public_id]))
    assert not Pause.objects.filter(ended_at=None).exists()


@pytest.mark.parametrize(
    ("kind", "name"), [("type", "nothing"), ("country", "XX"), ("skill", "skl_1"), ("planet", "mars"), ("site", "mars")]
)
def test_what_there_is_not_cannot_be_paused(admin, kind, name):
    assert admin.get(reverse("operations:pause", args=[kind, name])).status_code == 404
    assert admin.get(reverse("operations:choose_pause"), {"kind": kind, "name": name}).status_code == 404


def test_what_is_chosen_leads_to_its_form(admin):
    picky_project()

    page = admin.get(reverse("operations:choose_pause"))
    answer = admin.get(reverse("operations:choose_pause"), {"kind": "country", "name": "KE"})

    assert page.content.count(b"<form") >= 3
    assert answer.url == reverse("operations:pause", args=["country", "KE"])


ORDER = {"policy": "finish", "reason": "data", "text_for_workers": "New data comes."}


def test_a_pause_for_later_is_shown_until_it_is_called_off(admin):
    form = ORDER | {"when": "later", "starts_at": "2126-11-30T18:00", "warned_hours": "2", "drains": "on"}

    page = admin.post(reverse("operations:pause_site", args=["site"]), form, follow=True)
    one = Pause.objects.get()
    ended = admin.post(reverse("operations:resume", args=[one.public_id]), follow=True)

    assert b"To come" in page.content
    assert (one.drains, one.starts_at - one.warns_at) == (True, timedelta(hours=2))
    assert b"called off" in ended.content
    assert b"To come" not in admin.get(reverse("operations:pauses")).content


def test_quiet_hours_are_shown_until_they_are_ended(admin):
    hours = {"when": "weekly", "weekdays": ["0", "6"], "begins": "22:00", "ends": "06:00", "time_zone": "Europe/Berlin"}

    page = admin.post(reverse("operations:pause_site", args=["site"]), ORDER | hours, follow=True)
    quiet = QuietHours.objects.get()
    admin.post(reverse("operations:end_quiet_hours", args=[quiet.public_id]))

    assert (quiet.weekdays, quiet.time_zone) == ([0, 6], "Europe/Berlin")
    assert str(quiet) in page.content.decode()
    assert str(quiet) not in admin.get(reverse("operations:pauses")).content.decode()


@pytest.mark.parametrize(
    "form",
    [
        {"when": "later"},
        {"when": "later", "starts_at": "2020-01-01T00:00"},
        {"when": "weekly"},
        {"when": "weekly", "weekdays": ["7"], "begins": "22:00", "ends": "06:00", "time_zone": "UTC"},
        {"when": "weekly", "weekdays": ["0"], "begins": "25:00", "ends": "06:00", "time_zone": "UTC"},
        {"when": "weekly", "weekdays": ["0"], "begins": "22:00", "ends": "06:00", "time_zone": "Mars/Olympus"},
        {"when": "now", "policy": "grace"},
        {"when": "now", "ends_at": "2020-01-01T00:00"},
        {"when": "never"},
    ],
)
def test_what_is_missing_or_wrong_is_said(admin, form):
    answer = admin.post(reverse("operations:pause_site", args=["site"]), ORDER | form)

    assert answer.status_code == 422
    assert not Pause.objects.exists()


def test_the_list_asks_as_much_of_one_as_of_three(admin):
    counts = []
    for _round in range(2):
        for _n in range(len(counts) * 2 or 1):
            stop(make_project(), starts_at=timezone.now() + timedelta(days=1))
            stop(make_project())
        with CaptureQueriesContext(connection) as queries:
            admin.get(reverse("operations:pauses"))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_the_page_of_a_pause_says_what_it_reached_who_was_told_and_how_it_ended(admin):
    project = make_project()
    make_tasks(project)
    taken(make_worker(project))
    MembershipFactory.create(organization=project.organization, role=Role.ADMIN)
    (one,) = stop(project, text_for_staff="Rule 5 contradicts the example.", text_for_customer="Two readings.")
    prolong(one, ends_at=timezone.now() + timedelta(days=1), by=None, at=timezone.now())
    resume(one, by=None, at=NOON + timedelta(hours=1))

    page = admin.get(reverse("operations:pause_history", args=[one.public_id])).content.decode()

    for said in ("Rule 5 contradicts the example.", "Two readings.", "New data comes.", "sent: 0, waiting: 4"):
        assert said in page
    assert page.index("Pause started") < page.index("Pause prolonged") < page.index("Pause ended")
    one.refresh_from_db()
    assert (one.counts["in_hand"], one.counts_after["in_hand"]) == (1, 1)


def test_all_pauses_are_a_table_of_their_own(admin):
    stop(make_project(), text_for_staff="=1+1")
    stop(make_project())

    lines = list(csv.DictReader(io.StringIO(admin.get(reverse("operations:pauses_csv")).getvalue().decode())))

    assert [line["scope"] for line in lines] == ["project", "project"]
    assert (lines[0]["for_staff"], lines[0]["policy"], lines[0]["people_before"]) == ("'=1+1", "finish", "0")


def test_whoever_resumes_chooses_how_people_come_back_and_every_page_says_so(admin, client):
    project = make_project()
    make_tasks(project)
    people = [make_worker(project) for _n in range(6)]
    (one,) = stop(project)

    page = admin.post(reverse("operations:resume", args=[one.public_id]), {"ramp_minutes": "60"}, follow=True)

    one.refresh_from_db()
    assert (one.ramp_s, one.all_in_at - one.ended_at) == (3600, timedelta(hours=1))
    said = page.content.decode()
    assert "Open again, step by step until" in said
    assert "Coming back step by step" in said
    assert (
        "everybody may work again"
        in admin.get(reverse("operations:pause_history", args=[one.public_id])).content.decode()
    )
    (line,) = csv.DictReader(io.StringIO(admin.get(reverse("operations:pauses_csv")).getvalue().decode()))
    assert (line["ramp_s"], line["all_in_at"]) == ("3600", one.all_in_at.isoformat())
    client.force_login(max(people, key=lambda worker: one.turn_of(worker.pk)).user)
    work = client.get(reverse("my:work")).content.decode()
    assert "Work comes back step by step; yours by" in work
    assert "each has their own turn" in work


@pytest.mark.parametrize("minutes", ["7", "-5", "soon"])
def test_a_length_that_is_not_offered_lifts_nothing(admin, minutes):
    (one,) = stop(make_project())

    admin.post(reverse("operations:resume", args=[one.public_id]), {"ramp_minutes": minutes})

    assert Pause.objects.filter(ended_at=None).exists()


def test_what_was_ordered_together_is_one_entry_and_goes_on_together_or_one_by_one(admin):
    projects = [make_project() for _n in "123"]
    first, second, third = stop(*projects)
    names = ", ".join(project.codename for project in projects)

    shown = admin.get(reverse("operations:pauses")).content.decode()
    admin.post(reverse("operations:resume", args=[second.public_id]))
    left = list(Pause.objects.filter(ended_at=None).order_by("pk"))
    admin.post(reverse("operations:resume", args=[first.public_id]), {"all": "1"})
    over = admin.get(reverse("operations:pauses")).content.decode()
    history = admin.get(reverse("operations:pause_history", args=[third.public_id])).content.decode()

    assert shown.count("<h3") == 1
    assert names in shown
    assert left == [first, third]
    assert not Pause.objects.filter(ended_at=None).exists()
    assert f"{projects[0].codename}, {projects[2].codename}" in over
    assert names in history
