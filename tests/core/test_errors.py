import pytest
from django.test import Client, RequestFactory

from core import views
from tests.factories import MembershipFactory


def test_the_page_of_a_fault_needs_neither_database_nor_session(django_db_blocker):
    request = RequestFactory().get("/")
    request.id = "7c1e7c1e7c1e"

    with django_db_blocker.block():
        page = views.server_error(request)

    assert page.status_code == 500
    assert "7c1e7c1e7c1e" in page.content.decode()
    assert "it is our fault" in page.content.decode()


@pytest.mark.django_db
def test_a_missing_page_names_the_reference(client):
    page = client.get("/nothing/", headers={"X-Request-Id": "abcdef123456"})

    assert page.status_code == 404
    assert "abcdef123456" in page.content.decode()


@pytest.mark.django_db
def test_a_form_without_its_token_is_explained():
    page = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a@b.example", "password": "x"})

    assert page.status_code == 403
    assert "This page was open for too long" in page.content.decode()


@pytest.mark.django_db
def test_what_a_rule_refuses_is_a_page_for_people_and_json_for_scripts(client):
    membership = MembershipFactory()
    client.force_login(membership.user, backend="accounts.backends.EmailBackend")
    slug, public_id = membership.organization.slug, membership.user.public_id
    address = f"/o/{slug}/members/{public_id}/remove/"

    page = client.post(address, headers={"Referer": f"http://testserver/o/{slug}/members/"})
    answer = client.post(address, headers={"Accept": "application/json"})

    assert page.status_code == answer.status_code == 409
    assert f'href="http://testserver/o/{slug}/members/"' in page.content.decode()
    assert answer.json()["error"]["code"] == "last_admin"


@pytest.mark.django_db
def test_the_way_back_stays_on_this_site(client):
    membership = MembershipFactory()
    client.force_login(membership.user, backend="accounts.backends.EmailBackend")
    address = f"/o/{membership.organization.slug}/members/{membership.user.public_id}/remove/"

    page = client.post(address, headers={"Referer": "https://evil.example/"})

    assert "evil.example" not in page.content.decode()
