import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

from accounts.models import User
from tests.factories import PASSWORD, MembershipFactory

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
SET_UP = "/accounts/2fa/totp/activate/"


@pytest.fixture
def person(client) -> User:
    user: User = MembershipFactory.create().user
    user.set_password(PASSWORD)
    user.save()
    client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return user


def test_how_one_signs_in_is_changed_by_who_knows_the_password(client):
    user = MembershipFactory.create().user
    user.set_password(PASSWORD)
    user.save()
    client.post(LOGIN, {"login": user.email, "password": PASSWORD})

    asked = client.get(SET_UP, follow=True)
    wrong = client.post("/accounts/reauthenticate/", {"password": "not the password"})

    assert "Is it you?" in asked.content.decode()
    assert "The password is wrong." in wrong.content.decode()


def code_for(secret: str) -> str:
    """What the app shows now."""
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


def set_up(client) -> str:
    """The secret that page and app share."""
    secret = str(client.get(SET_UP).context["form"].secret)
    client.post(SET_UP, {"code": code_for(secret)})
    return secret


def test_a_wrong_code_turns_nothing_on(client, person):
    page = client.get(SET_UP)
    wrong = client.post(SET_UP, {"code": "000000"})

    assert page.context["form"].secret in page.content.decode()
    assert "The code is wrong" in wrong.content.decode()
    assert "Off: a password alone" in client.get("/account/").content.decode()


def test_set_up_shows_recovery_codes(client, person):
    set_up(client)

    codes = client.get("/accounts/2fa/recovery-codes/").content.decode()

    assert codes.count("<code>") == 10
    assert "On: a code of your authenticator app" in client.get("/account/").content.decode()


def test_signing_in_asks_for_a_recovery_code_once(client, person):
    set_up(client)
    code = client.get("/accounts/2fa/recovery-codes/").context["unused_codes"][0]
    client.post("/accounts/logout/")

    asked = client.post(LOGIN, {"login": person.email, "password": PASSWORD})
    assert asked.headers["Location"].startswith("/accounts/2fa/authenticate/")
    assert client.get("/account/").status_code == 302
    assert client.post("/accounts/2fa/authenticate/", {"code": code}).headers["Location"] == "/"
    assert client.get("/account/").status_code == 200

    client.post("/accounts/logout/")
    client.post(LOGIN, {"login": person.email, "password": PASSWORD})
    assert "The code is wrong" in client.post("/accounts/2fa/authenticate/", {"code": code}).content.decode()


def test_a_site_admin_with_a_second_step_goes_on(client, person, settings):
    User.objects.filter(pk=person.pk).update(is_site_admin=True)
    set_up(client)
    settings.IS_HTTPS = True

    assert client.get("/operations/people/").status_code == 200
