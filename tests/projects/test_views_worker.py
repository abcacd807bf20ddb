from datetime import timedelta

import pytest
from django.utils import timezone

from projects.holding import HoldOrder, lift_hold, put_on_hold
from projects.models import Hold, HoldReason, Project
from tests.budgets import check_budget
from tests.factories import NOON, EnrollmentFactory, UserFactory, make_project, make_worker
from workers import actions
from workers.actions import Profile
from workers.models import Worker, WorkerSkill

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    user = UserFactory.create(is_site_admin=True, time_zone="Africa/Nairobi")
    client.force_login(user)
    yield user
    timezone.deactivate()  # a request leaves the person's time zone active in its thread


@pytest.fixture
def project(db):
    return make_project(name="Street scenes")


@pytest.fixture
def worker(project):
    return make_worker(project)


@pytest.fixture
def address(worker):
    return f"/operations/people/workers/{worker.public_id}/"


@pytest.fixture
def skill(admin):
    return actions.create_skill("Latin", by=admin, at=NOON)


def text(response):
    return response.content.decode()


def held(worker, admin, **more):
    return put_on_hold(worker, HoldOrder(HoldReason.QUALITY, "Too fast.", **more), by=admin, at=timezone.now())


def test_the_profile_is_saved_from_names_and_hours_and_shown_again(client, admin, worker, address):
    given = {"country": "KE", "languages": "Swahili\r\nPT-br, English", "day_limit_s": "1.5", "week_limit_s": "40"}
    page = text(client.post(f"{address}change/", given, follow=True))

    assert Profile.of(Worker.objects.get()) == Profile("KE", ("en", "pt-br", "sw"), 5400, 144_000)
    assert "It counts for whatever is handed out from now on." in page
    assert "English\nPortuguese (Brazil)\nSwahili</textarea>" in page
    assert 'value="1.5"' in page
    assert 'value="40"' in page
    assert '<option value="KE" selected>Kenya</option>' in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"country": "XX"}, "XX is not one of the available choices"),
        ({"languages": "Swahili\nKlingonese"}, "Nobody knows “Klingonese”"),
        ({"day_limit_s": "25"}, "less than or equal to 24"),
        ({"week_limit_s": "x"}, "Enter a number"),
    ],
)
def test_a_wrong_profile_says_what_is_wrong_and_loses_nothing(client, admin, address, wrong, said):
    given = {"country": "KE", "languages": "Swahili", "day_limit_s": "2", "week_limit_s": "9"} | wrong
    response = client.post(f"{address}change/", given)

    assert response.status_code == 422
    assert said in text(response)
    kept = response.context["profile"].data
    assert {name: kept[name] for name in given} == given
    assert Profile.of(Worker.objects.get()) == Profile()


def test_a_skill_is_granted_until_the_end_of_a_day_and_taken_back(client, admin, worker, address, skill):
    day = timezone.localdate() + timedelta(days=9)
    given = {"skill": skill.public_id, "last_day": day.isoformat()}
    page = text(client.post(f"{address}skills/grant/", given, follow=True))

    row = WorkerSkill.objects.get()
    assert row.expires_at is not None
    # The midnight after it in Nairobi.
    assert row.expires_at.isoformat() == f"{day.isoformat()}T21:00:00+00:00"
    assert "They have the skill “Latin” now." in page
    assert "is handed out" in text(client.post(f"{address}skills/{skill.public_id}/revoke/", follow=True))
    assert "Revoked" in text(client.get(address))
    assert client.post(f"{address}skills/{skill.public_id}/revoke/").status_code == 409


def test_a_skill_is_not_granted_for_a_past_day_or_when_retired(client, admin, address, skill):
    yesterday = (timezone.localdate() - timedelta(days=2)).isoformat()
    response = client.post(f"{address}skills/grant/", {"skill": skill.public_id, "last_day": yesterday})
    assert (response.status_code, "This day is over." in text(response)) == (422, True)
    actions.retire_skill(skill, by=admin, at=NOON)
    assert client.post(f"{address}skills/grant/", {"skill": skill.public_id}).status_code == 422

    assert WorkerSkill.objects.count() == 0


def test_a_hold_is_put_prolonged_and_lifted(client, admin, worker, project, address):
    given = {"where": project.public_id, "reason": "rules", "text": "Two accounts.", "until": ""}
    page = text(client.post(f"{address}hold/", given, follow=True))
    hold = Hold.objects.get()

    assert (hold.project, hold.reason, hold.text, hold.created_by) == (project, "rules", "Two accounts.", admin)
    assert "Against the rules" in page
    assert "This is not a moment" in text(client.post(f"/operations/holds/{hold.public_id}/end/", follow=True))
    later = {"until": "2099-01-02T03:04"}
    assert "2 Jan 2099, 03:04" in text(client.post(f"/operations/holds/{hold.public_id}/end/", later, follow=True))
    assert "Nothing stops them." in text(client.post(f"/operations/holds/{hold.public_id}/lift/", follow=True))
    assert client.post(f"/operations/holds/{hold.public_id}/lift/").status_code == 409


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"text": "Street scenes are not for you."}, "This names the customer or the project: “Street scenes”."),
        ({"text": ""}, "This field is required."),
        ({"until": "2001-01-01T00:00"}, "This moment is over."),
        ({"where": "nowhere"}, "nowhere is not one of the available choices"),
    ],
)
def test_a_wrong_hold_says_what_is_wrong_and_holds_nobody(client, admin, project, address, wrong, said):
    given = {"where": project.public_id, "reason": "rules", "text": "Two accounts.", "until": ""} | wrong
    response = client.post(f"{address}hold/", given)

    assert (response.status_code, Hold.objects.count()) == (422, 0)
    assert said in text(response)


def test_a_hold_everywhere_does_not_name_the_customers_that_they_work_for(client, admin, project, address):
    given = {"where": "", "reason": "rules", "text": f"{project.organization.name} complained.", "until": ""}

    assert client.post(f"{address}hold/", given).status_code == 422


def grow(admin, worker):
    """One more of everything on the page."""
    number = Project.objects.count()
    skill = actions.create_skill(f"Skill {number}", by=admin, at=NOON)
    actions.grant_skill(worker, skill, by=admin, at=NOON)
    EnrollmentFactory.create(worker=worker, project=make_project())
    languages = ("en", "ja", "pt-br", "sw")[:number]
    actions.change_profile(worker, Profile("KE", languages), by=admin, at=NOON)
    held(worker, admin, project=make_project())
    lift_hold(held(worker, admin, project=make_project()), by=admin, at=timezone.now())


def test_the_pages_need_as_many_queries_for_many_rows_as_for_few(client, admin, worker, address):
    grow(admin, worker)

    check_budget(client, "worker", address, lambda: [grow(admin, worker) for _n in "12"])
    check_budget(client, "hold", f"{address}hold/", lambda: [grow(admin, worker) for _n in "12"])
