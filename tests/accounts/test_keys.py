"""API keys: made, shown once, found, ended; their page and their command."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts import keys
from accounts.cutting_off import CutOffError
from accounts.models import ApiKey, Organization, Role
from core.errors import BusinessError
from events.models import Event
from labeling import kill_switch
from tests.accounts.test_pages import sign_in_as
from tests.factories import MembershipFactory, OrganizationFactory, UserFactory

pytestmark = pytest.mark.django_db


def make(organization: Organization | None = None, **terms: Any) -> tuple[ApiKey, str]:
    given = keys.KeyTerms(mode="live", **terms)
    return keys.make(organization or OrganizationFactory.create(), given, by=None, at=timezone.now())


def test_a_key_is_found_by_its_text_alone():
    key, text = make()

    assert keys.find(text, at=timezone.now()) == key
    for wrong in ("", key.prefix, text[:-1], text + "0", f"{key.prefix}_{'0' * 48}", "live_x_é", "x" * 5000):
        assert keys.find(wrong, at=timezone.now()) is None, wrong


def test_nothing_that_opens_anything_is_stored():
    _key, text = make()
    secret = text.rpartition("_")[2]

    stored = [str(value) for row in ApiKey.objects.values() for value in row.values()]
    assert not any(secret in value for value in stored)
    assert secret not in str(list(Event.objects.values()))


def test_a_revoked_or_ended_key_opens_nothing():
    revoked, text = make()
    _ending, other = make(expires_at=timezone.now() + timedelta(hours=1))
    keys.revoke(revoked, by=None, at=timezone.now())

    assert keys.find(text, at=timezone.now()) is None
    assert keys.find(other, at=timezone.now()) is not None
    assert keys.find(other, at=timezone.now() + timedelta(hours=1)) is None
    with pytest.raises(BusinessError):
        keys.revoke(revoked, by=None, at=timezone.now())


def test_the_kill_switch_closes_a_key():
    organization = OrganizationFactory.create()
    _key, text = make(organization)
    by = UserFactory.create(is_site_admin=True)

    kill_switch.throw(organization, reason="A court order.", by=by, at=timezone.now())

    with pytest.raises(CutOffError):
        keys.find(text, at=timezone.now())


@pytest.mark.parametrize(
    "terms",
    [{"scopes": []}, {"scopes": ["all"]}, {"per_minute": 0}, {"expires_at": timezone.now() - timedelta(days=1)}],
)
def test_impossible_terms_are_refused(terms: dict[str, Any]):
    with pytest.raises(BusinessError):
        make(**terms)
    assert not ApiKey.objects.exists()


def test_the_command_prints_the_key_and_nothing_else():
    printed = StringIO()
    call_command("apikey", "Basalt Mapping", "--mode", "test", "--scopes", "read", stdout=printed)

    found = keys.find(printed.getvalue().strip(), at=timezone.now())
    assert found is not None
    assert (found.organization.slug, found.organization.name) == ("basalt-mapping", "Basalt Mapping")
    assert (found.mode, found.scopes) == ("test", ["read"])
    call_command("apikey", "basalt-mapping", "--mode", "live", stdout=StringIO())
    assert Organization.objects.count() == 1
    with pytest.raises(CommandError):
        call_command("apikey", "!", "--mode", "live", stdout=StringIO())


def test_a_key_is_made_on_the_page_and_shown_once(client):
    member = MembershipFactory.create(role=Role.MANAGER)
    sign_in_as(client, member.user)
    slug = member.organization.slug

    page = client.post(
        reverse("customer:make_key", args=[slug]),
        {"name": "Nightly import", "mode": "live", "scopes": ["read", "write"], "days": "30", "per_minute": "60"},
    )

    key = ApiKey.objects.get()
    assert keys.find(page.context["text"], at=timezone.now()) == key
    assert (key.scopes, key.per_minute, key.created_by) == (["read", "write"], 60, member.user)
    assert page.headers["Cache-Control"] == "no-store"
    listed = client.get(reverse("customer:api", args=[slug])).content.decode()
    assert key.prefix in listed
    assert page.context["text"] not in listed


def test_a_key_is_revoked_on_the_page(client):
    member = MembershipFactory.create(role=Role.ADMIN)
    sign_in_as(client, member.user)
    key, text = make(member.organization)
    other, _text = make()
    address = reverse("customer:revoke_key", args=[member.organization.slug, key.public_id])

    assert client.get(address).status_code == 200
    assert keys.find(text, at=timezone.now()) == key
    client.post(address)
    assert keys.find(text, at=timezone.now()) is None
    assert client.get(address.replace(key.public_id, other.public_id)).status_code == 404
