"""The admin's pages of rules: the list, the form with its dry run, one rule and its firings."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from automation.minutes import floor
from automation.models import PauseRule
from events.models import Event
from projects.models import Pause
from tests.automation.steps import MINUTE, beat, counted, make_rule, work
from tests.factories import NOON, OrganizationFactory, UserFactory, make_project

pytestmark = pytest.mark.django_db
BACKEND = "accounts.backends.EmailBackend"


@pytest.fixture
def user():
    return UserFactory.create(is_site_admin=True)


@pytest.fixture
def admin(client, user):
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def form(user):
    return {
        "name": "Broken data",
        "watches": "site",
        "measure": "reports",
        "threshold_percent": "50",
        "least_count": "2",
        "window_minutes": "60",
        "times_usual": "",
        "mode": "watch",
        "policy": "finish",
        "grace_minutes": "",
        "length_minutes": "120",
        "cool_down_minutes": "60",
        "owner": str(user.pk),
        "text_for_workers": "The data is being checked.",
        "days": "7",
    }


NEW = "/operations/pauses/rules/new/"


def test_a_rule_is_made_shown_changed_and_switched_off(admin, user, form):
    project = make_project()
    made = admin.post(NEW, form | {"watches": f"project:{project.public_id}"})
    rule = PauseRule.objects.get()
    path = reverse("operations:rule", args=[rule.public_id])
    assert made.url == path
    assert (rule.watches, rule.project, rule.acts, rule.created_by) == ("project", project, False, user)

    changed = form | {"mode": "act", "policy": "grace", "grace_minutes": "5", "threshold_percent": "12.5"}
    admin.post(f"{path}change/", changed)
    rule.refresh_from_db()
    assert (rule.acts, rule.grace_minutes, str(rule.threshold_percent), rule.watches) == (True, 5, "12.50", "site")
    admin.post(f"{path}switch/", {"on": "0"})
    admin.post(f"{path}switch/", {"on": "0"})
    rule.refresh_from_db()
    assert not rule.is_on
    assert [admin.get(one).status_code for one in (path, f"{path}change/", "/operations/pauses/rules/")] == [200] * 3
    events = Event.objects.filter(subject_type="pause_rule").order_by("pk")
    assert list(events.values_list("verb", flat=True)) == ["pause_rule_made", *["pause_rule_changed"] * 2]


def test_showing_stores_nothing_and_draws_what_it_would_have_stopped(admin, form):
    project = make_project()
    work(project, reports=3, at=floor(timezone.now()) - timedelta(hours=5))
    counted(at=timezone.now())

    page = admin.post(NEW, form | {"show": "1"})

    assert page.status_code == 200
    assert not PauseRule.objects.exists()
    assert page.context["dry"]["run"].all_stops == 1
    assert b"It would have stopped 1 time." in page.content
    assert f'aria-label="{project.codename}: at most 100.0'.encode() in page.content


def test_without_anything_recorded_it_says_so(admin, form):
    assert b"Nothing was recorded in that time." in admin.post(NEW, form | {"show": "1"}).content


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"policy": "grace"}, "grace_minutes"),
        ({"watches": "project:gone"}, "watches"),
        ({"threshold_percent": "0"}, "threshold_percent"),
        ({"threshold_percent": "101"}, "threshold_percent"),
        ({"times_usual": "1"}, "times_usual"),
        ({"cool_down_minutes": "1"}, "cool_down_minutes"),
        ({"length_minutes": ""}, "length_minutes"),
        ({"measure": "gold"}, "measure"),
        ({"owner": ""}, "owner"),
        ({"text_for_workers": ""}, "text_for_workers"),
        ({"days": "31"}, "days"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(admin, form, wrong, field):
    page = admin.post(NEW, form | wrong)

    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert not PauseRule.objects.exists()


def test_the_owner_is_a_site_admin(admin, form):
    page = admin.post(NEW, form | {"owner": str(UserFactory.create().pk)})

    assert list(page.context["form"].errors) == ["owner"]


def test_a_budget_is_not_a_batchs(admin, form):
    project = make_project()
    batch = project.batches.get(name=None)
    batch.name = "First"
    batch.save()
    own = {"watches": f"batch:{batch.public_id}"}

    assert list(admin.post(NEW, form | own | {"measure": "day_budget"}).context["form"].errors) == ["watches"]
    assert admin.post(NEW, form | own).status_code == 302


def test_workers_are_not_told_the_name_of_a_customer_or_a_project_that_it_could_stop(admin, form):
    customer = OrganizationFactory.create(name="Basalt")
    project = make_project(organization=customer, name="Kestrel")

    def refused(watches: str, text: str) -> bool:
        page = admin.post(NEW, form | {"watches": watches, "text_for_workers": text, "show": "1"})
        return "text_for_workers" in page.context["form"].errors

    assert refused("site", "basalt waits")
    assert refused(f"organization:{customer.public_id}", "About Kestrel")
    assert refused(f"project:{project.public_id}", "About Basalt")
    assert not refused(f"project:{make_project().public_id}", "About Basalt")


def test_the_rules_page_has_its_firings_and_the_pause_names_its_rule(admin):
    project = make_project()
    work(project, reports=2)
    rule = make_rule(project)
    beat(at=NOON + 5 * MINUTE)

    page = admin.get(reverse("operations:rule", args=[rule.public_id])).content.decode()
    history = reverse("operations:pause_history", args=[Pause.objects.get().public_id])

    assert history in page
    assert "2 of 2 handed out" in page
    own = admin.get(history).content.decode()
    assert reverse("operations:rule", args=[rule.public_id]) in own
    assert "Broken data" in admin.get("/operations/pauses/").content.decode()


def test_the_list_of_pauses_leads_to_the_rules_and_an_empty_one_says_how_to_begin(admin):
    assert b'href="/operations/pauses/rules/"' in admin.get("/operations/pauses/").content
    assert b"No rules yet." in admin.get("/operations/pauses/rules/").content


def test_the_pages_need_as_many_queries_for_many_rules_and_firings(admin):
    counts = []
    rule = make_rule()
    for number in range(3):
        work(make_project(), reports=2)
        make_rule(make_project(), is_on=False)
        beat(at=NOON + (5 + number) * MINUTE)
        with CaptureQueriesContext(connection) as captured:
            admin.get("/operations/pauses/rules/")
            admin.get(reverse("operations:rule", args=[rule.public_id]))
        counts.append(len(captured))
    assert len(set(counts)) == 1
