"""The page of a customer's kill switch: what is asked before anything is done, and by whom."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.urls import reverse
from django.utils import timezone

from accounts import reauthenticating
from accounts.models import KillSwitch, is_cut_off
from labeling import kill_switch
from labeling.claiming import Nothing, claim
from projects.models import Pause
from tests.factories import PASSWORD, OrganizationFactory, UserFactory, make_project, make_tasks, make_worker
from tests.labeling.steps import taken

pytestmark = pytest.mark.django_db


def make_admin(name="Ada"):
    admin = UserFactory.create(is_site_admin=True, name=name)
    admin.set_password(PASSWORD)
    admin.save()
    return admin


@pytest.fixture
def admin():
    return make_admin()


@pytest.fixture
def project():
    project = make_project()
    make_tasks(project, 3)
    return project


def page(organization) -> str:
    return reverse("operations:kill_switch", args=[organization.public_id])


def prove(client, password=PASSWORD):
    return client.post(reverse("account_reauthenticate"), {"password": password})


def signed_in(client, person, *, proved=True):
    client.force_login(person, backend="accounts.backends.EmailBackend")
    if proved:
        prove(client)
    return client


def fields(organization, act="throw", **more) -> dict[str, str]:
    return {"act": act, "reason": "A court order.", "name": organization.name} | more


def test_an_admin_throws_it_and_lifts_it(client, admin, project):
    organization = project.organization
    taken(make_worker(project))
    signed_in(client, admin)
    before = client.get(page(organization)).content.decode()

    thrown = client.post(page(organization), fields(organization), follow=True).content.decode()

    assert "in hand; attempts: 1" in before
    assert is_cut_off(organization.pk)
    assert "This customer is cut off" in thrown
    assert claim(make_worker(project), at=timezone.now()) is Nothing.EMPTY
    lifted = client.post(page(organization), fields(organization, "lift"), follow=True).content.decode()
    assert not is_cut_off(organization.pk)
    assert "is let in again" in lifted
    assert "A court order." in lifted


def test_nothing_is_done_without_the_password_once_more(client, admin, project):
    signed_in(client, admin, proved=False)
    shown = client.get(page(project.organization)).content.decode()

    answer = client.post(page(project.organization), fields(project.organization))

    assert "Prove that it is you" in shown
    assert answer.url == f"{reverse('account_reauthenticate')}?next={page(project.organization).replace('/', '%2F')}"
    assert KillSwitch.objects.count() == 0
    back = client.post(answer.url, {"password": PASSWORD, "next": page(project.organization)})
    assert back.url == page(project.organization)


def test_a_wrong_password_proves_nothing(client, admin, project):
    signed_in(client, admin, proved=False)
    prove(client, "not the password")

    client.post(page(project.organization), fields(project.organization))

    assert KillSwitch.objects.count() == 0


def test_the_proof_is_good_for_five_minutes(client, admin, project, monkeypatch):
    signed_in(client, admin)
    now = time.time()
    monkeypatch.setattr(reauthenticating.time, "time", lambda: now + reauthenticating.FRESH_S + 1)

    answer = client.post(page(project.organization), fields(project.organization))

    assert (answer.status_code, KillSwitch.objects.count()) == (302, 0)


def test_who_has_a_second_step_proves_that_too(client, admin, project):
    secret = generate_totp_secret()
    TOTP.activate(admin, secret)
    signed_in(client, admin)

    first = client.post(page(project.organization), fields(project.organization))
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    client.post(first.url, {"code": code, "next": page(project.organization)})
    client.post(page(project.organization), fields(project.organization))

    assert Authenticator.objects.count() == 1
    assert first.url.startswith(reverse("mfa_reauthenticate"))
    assert is_cut_off(project.organization_id)


@pytest.mark.parametrize("wrong", [{"name": "Somebody else"}, {"name": ""}, {"reason": " "}])
def test_the_name_is_typed_and_a_reason_given(client, admin, project, wrong):
    signed_in(client, admin)

    answer = client.post(page(project.organization), fields(project.organization, **wrong))

    assert (answer.status_code, KillSwitch.objects.count()) == (422, 0)


def test_an_act_that_no_longer_fits_is_refused(client, admin, project):
    signed_in(client, admin)
    kill_switch.throw(project.organization, reason="x", by=None, at=timezone.now())

    answers = [
        client.post(page(project.organization), fields(project.organization, act)).status_code
        for act in ("throw", "confirm", "withdraw", "confirm_lift", "nonsense", "")
    ]

    assert set(answers) == {409}
    assert KillSwitch.objects.standing().count() == 1


def test_two_people_where_the_site_says_so(client, admin, project, settings):
    settings.KILL_SWITCH_NEEDS_TWO = True
    organization, path = project.organization, page(project.organization)
    second = make_admin("Bea")
    signed_in(client, admin)
    client.post(path, fields(organization))
    assert not is_cut_off(organization.pk)
    assert client.post(path, fields(organization, "confirm")).status_code == 409
    assert "You have asked for it" in client.get(path).content.decode()

    signed_in(client, second)
    client.post(path, {"act": "confirm", "name": organization.name})
    assert is_cut_off(organization.pk)
    client.post(path, fields(organization, "lift", reason="Over."))
    assert is_cut_off(organization.pk)
    assert client.post(path, fields(organization, "confirm_lift")).status_code == 409
    signed_in(client, admin)
    client.post(path, {"act": "confirm_lift", "name": organization.name})

    one = KillSwitch.objects.get()
    assert (one.asked_by, one.thrown_by, one.lift_asked_by, one.ended_by) == (admin, second, second, admin)
    assert not is_cut_off(organization.pk)


def test_what_was_asked_for_is_withdrawn(client, admin, project, settings):
    settings.KILL_SWITCH_NEEDS_TWO = True
    signed_in(client, admin)
    client.post(page(project.organization), fields(project.organization))

    shown = client.post(page(project.organization), {"act": "withdraw"}, follow=True).content.decode()

    assert "withdrawn" in shown
    assert KillSwitch.objects.open().count() == 0


def test_it_is_shown_wherever_an_admin_meets_the_customer(client, admin, project):
    signed_in(client, admin)
    kill_switch.throw(project.organization, reason="x", by=None, at=timezone.now())
    path = page(project.organization)

    for shown in ("operations:customers", "operations:pauses"):
        assert path in client.get(reverse(shown)).content.decode()
    pauses = client.get(reverse("operations:pauses")).content.decode()
    assert reverse("operations:resume", args=[Pause.objects.get().public_id]) not in pauses
    assert path in client.get(reverse("operations:project", args=[project.public_id])).content.decode()
    visited = client.get(reverse("customer:projects", args=[project.organization.slug]))
    assert "you may look, and change nothing" in visited.content.decode()


def test_the_ordinary_resume_is_refused_with_a_sentence(client, admin, project):
    signed_in(client, admin)
    kill_switch.throw(project.organization, reason="x", by=None, at=timezone.now())

    answer = client.post(reverse("operations:resume", args=[Pause.objects.get().public_id]))

    assert answer.status_code == 409
    assert "stands as long as the kill switch does" in answer.content.decode()


def test_the_page_of_nobody_is_not_there(client, admin):
    signed_in(client, admin)
    assert client.get(reverse("operations:kill_switch", args=["none"])).status_code == 404
    signed_in(client, UserFactory.create(), proved=False)
    assert client.get(page(OrganizationFactory.create())).status_code == 404
