from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import inviting
from accounts.models import Invitation, InvitationRole, Membership, Role, User
from tests.factories import PASSWORD, MembershipFactory, OrganizationFactory, UserFactory, WorkerFactory

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


@pytest.fixture
def member(client):
    membership = MembershipFactory(role=Role.ADMIN)
    client.force_login(membership.user, backend="accounts.backends.EmailBackend")
    return membership


@pytest.fixture
def site_admin(client):
    user = UserFactory(is_site_admin=True)
    client.force_login(user, backend="accounts.backends.EmailBackend")
    return user


def sign_in_as(client, user):
    client.force_login(user, backend="accounts.backends.EmailBackend")


def with_password():
    user = UserFactory()
    user.set_password(PASSWORD)
    user.save()
    return user


def test_an_installation_without_people_says_how_to_begin(client):
    page = client.get("/")

    assert page.status_code == 200
    assert "manage.py admin you@example.org" in page.content.decode()


def test_the_start_asks_a_stranger_to_sign_in(client):
    UserFactory()

    assert client.get("/").headers["Location"] == f"{LOGIN}?next=/"


def test_the_start_leads_to_the_side_of_the_person(client):
    membership = MembershipFactory()
    sign_in_as(client, membership.user)

    assert client.get("/").headers["Location"].startswith(f"/o/{membership.organization.slug}/")


def test_a_person_without_a_side_is_told_so(client):
    user = UserFactory()
    sign_in_as(client, user)

    page = client.get("/").content.decode()

    assert "Nothing is open to you" in page
    assert user.email in page


def test_sign_in_and_out(client):
    user = with_password()

    page = client.post(LOGIN, {"login": user.email.upper(), "password": PASSWORD})

    assert page.headers["Location"] == "/"
    assert client.get("/account/").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/account/").headers["Location"].startswith(LOGIN)


@pytest.mark.parametrize("known", [True, False])
def test_a_wrong_pair_never_says_which(client, known):
    user = with_password()
    email = user.email if known else "nobody@example.org"

    page = client.post(LOGIN, {"login": email, "password": "wrong password"})

    assert "The e-mail address and the password do not belong together." in page.content.decode()


def test_signing_in_is_locked_after_five_wrong_passwords(client):
    user = with_password()
    for _try in range(5):
        client.post(LOGIN, {"login": user.email, "password": "wrong password"})

    page = client.post(LOGIN, {"login": user.email, "password": PASSWORD})

    assert "locked for 5 minutes" in page.content.decode()


def test_a_session_that_ended_is_told(client):
    user = UserFactory()
    sign_in_as(client, user)
    user.set_password("another password")
    user.save()

    again = client.get("/account/").headers["Location"]

    assert again == f"{LOGIN}?ended=1&next=/account/"
    assert "Your work is saved." in client.get(again).content.decode()


def test_a_script_signs_in_in_place(client):
    user = with_password()
    script = {"X-Requested-With": "XMLHttpRequest"}

    wrong = client.post(LOGIN, {"login": user.email, "password": "wrong"}, headers=script)
    right = client.post(LOGIN, {"login": user.email, "password": PASSWORD}, headers=script)

    assert (wrong.status_code, wrong.headers["Content-Type"]) == (400, "application/json")
    assert wrong.json()["form"]["errors"] == ["The e-mail address and the password do not belong together."]
    assert (right.status_code, right.json()["location"]) == (200, "/")
    assert client.get("/account/").status_code == 200


def test_nobody_signs_up(client):
    page = client.post("/accounts/signup/", {"email": "new@example.org", "password1": PASSWORD})

    assert "Accounts are made by invitation" in page.content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize("known", [True, False])
def test_a_forgotten_password_never_says_who_has_an_account(client, known, mailoutbox):
    user = UserFactory()
    email = user.email if known else "nobody@example.org"

    page = client.post("/accounts/password/reset/", {"email": email}, follow=True)

    assert "If there is an account with this address" in page.content.decode()
    assert len(mailoutbox) == known


def test_the_command_makes_a_site_admin_who_sets_a_password(client, capsys):
    call_command("admin", "boss@example.org")
    link = capsys.readouterr().out.split()[-1]

    page = client.get(link.removeprefix("http://localhost:8000"), follow=True)
    done = client.post(page.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD}, follow=True)

    assert User.objects.get().is_site_admin
    assert "The password is set" in done.content.decode()
    assert client.post(LOGIN, {"login": "boss@example.org", "password": PASSWORD}).headers["Location"] == "/"


def test_a_used_link_to_set_a_password_is_over(client, capsys):
    call_command("admin", "boss@example.org")
    link = capsys.readouterr().out.split()[-1].removeprefix("http://localhost:8000")
    page = client.get(link, follow=True)
    client.post(page.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD})

    assert "This link is over" in client.get(link, follow=True).content.decode()


def test_site_admins_need_a_second_step_over_https(client, site_admin, settings):
    settings.IS_HTTPS = True

    assert client.get("/operations/people/").headers["Location"] == "/accounts/2fa/totp/activate/"


def test_others_do_not_need_a_second_step(client, member, settings):
    settings.IS_HTTPS = True

    assert client.get("/account/").status_code == 200


def invite(email="new@example.org", role=InvitationRole.MEMBER, organization=None, ago=timedelta()):
    organization = organization or (None if role == InvitationRole.WORKER else OrganizationFactory())
    return inviting.invite(email=email, role=role, organization=organization, by=None, at=timezone.now() - ago)


def address_of(token):
    return reverse("accounts:invitation", args=[token])


def test_the_page_of_an_invitation_makes_the_account(client):
    invitation, token = invite()
    page = client.get(address_of(token))

    accepted = client.post(
        address_of(token), {"name": "New", "password": PASSWORD, "language": "en", "time_zone": "Africa/Nairobi"}
    )

    assert invitation.organization.name in page.content.decode()
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert accepted.headers["Location"] == "/"
    assert Membership.objects.get().user.email == "new@example.org"
    assert client.get("/account/").status_code == 200


def test_looking_at_an_invitation_does_not_use_it_up(client):
    _invitation, token = invite()
    client.get(address_of(token))
    client.head(address_of(token))

    assert inviting.find_open(token, at=timezone.now()) is not None


def test_contractors_are_not_told_whose_work_they_will_do(client):
    organization = OrganizationFactory(name="Secret Customer")
    _invitation, token = invite(role=InvitationRole.WORKER, organization=organization)

    assert "Secret Customer" not in client.get(address_of(token)).content.decode()


@pytest.mark.parametrize("password", ["short", "password12345", ""])
def test_a_weak_password_is_refused_at_its_field(client, password):
    _invitation, token = invite()

    page = client.post(address_of(token), {"name": "New", "password": password, "language": "en", "time_zone": "UTC"})

    assert page.status_code == 422
    assert page.context["form"].errors.keys() == {"password"}
    assert not User.objects.exists()


@pytest.mark.parametrize("token", ["nonsense", None])
def test_a_wrong_or_old_invitation_is_explained(client, token):
    _invitation, old = invite(ago=timedelta(days=8))

    page = client.get(address_of(token or old))

    assert page.status_code == 410
    assert "Ask whoever invited you for a new one" in page.content.decode()


def test_a_known_person_is_asked_to_sign_in_first(client):
    user = UserFactory()
    _invitation, token = invite(email=user.email)

    assert f"{LOGIN}?next={address_of(token)}" in client.get(address_of(token)).content.decode()


def test_a_known_person_accepts_when_signed_in(client):
    user = UserFactory()
    invitation, token = invite(email=user.email)
    sign_in_as(client, user)

    client.post(address_of(token))

    assert Membership.objects.get().organization == invitation.organization


def test_an_invitation_for_another_address_is_not_accepted(client):
    _invitation, token = invite()
    sign_in_as(client, UserFactory())

    page = client.post(address_of(token))

    assert "This invitation is for new@example.org" in page.content.decode()
    assert not Membership.objects.exists()


def test_members_are_listed_with_their_roles(client, member):
    other = MembershipFactory(organization=member.organization, role=Role.MEMBER)
    stranger = MembershipFactory()

    page = client.get(reverse("customer:members", args=[member.organization.slug]))

    assert page.context["page"].rows == sorted([member, other], key=lambda row: row.user.email)
    assert stranger.user.email not in page.content.decode()


def test_members_are_nobody_elses_business(client):
    organization = MembershipFactory().organization
    address = reverse("customer:members", args=[organization.slug])

    assert client.get(address).headers["Location"].startswith(LOGIN)
    sign_in_as(client, MembershipFactory().user)
    assert client.get(address).status_code == 404
    sign_in_as(client, WorkerFactory().user)
    assert client.get(address).status_code == 404


def test_inviting_a_member_shows_the_link_once(client, member):
    address = reverse("customer:invite", args=[member.organization.slug])

    page = client.post(address, {"email": "new@example.org", "role": "manager"})

    token = page.context["link"].rstrip("/").rpartition("/")[2]
    assert inviting.find_open(token, at=timezone.now()) == Invitation.objects.get()
    assert Invitation.objects.get().invited_by == member.user
    listed = client.get(reverse("customer:members", args=[member.organization.slug])).content.decode()
    assert "new@example.org" in listed
    assert token not in listed


def test_a_manager_makes_no_admin(client):
    manager = MembershipFactory(role=Role.MANAGER)
    sign_in_as(client, manager.user)
    address = reverse("customer:invite", args=[manager.organization.slug])

    assert client.post(address, {"email": "new@example.org", "role": "admin"}).status_code == 422
    assert client.post(address, {"email": "new@example.org", "role": "member"}).status_code == 200


def test_a_member_invites_nobody(client):
    plain = MembershipFactory(role=Role.MEMBER)
    sign_in_as(client, plain.user)
    slug = plain.organization.slug

    assert client.get(reverse("customer:invite", args=[slug])).status_code == 403
    assert "ask an admin or a manager" in client.get(reverse("customer:members", args=[slug])).content.decode()


def test_a_role_is_changed_and_a_member_removed(client, member):
    other = MembershipFactory(organization=member.organization, role=Role.MEMBER)
    args = [member.organization.slug, other.user.public_id]

    client.post(reverse("customer:change_role", args=args), {"role": "manager"})
    assert Membership.objects.get(pk=other.pk).role == Role.MANAGER
    assert client.get(reverse("customer:remove_member", args=args)).status_code == 200
    client.post(reverse("customer:remove_member", args=args))
    assert list(Membership.objects.all()) == [member]


def test_a_member_of_another_organization_is_not_touched(client, member):
    stranger = MembershipFactory()
    args = [member.organization.slug, stranger.user.public_id]

    assert client.post(reverse("customer:remove_member", args=args)).status_code == 404
    assert client.post(reverse("customer:change_role", args=args), {"role": "member"}).status_code == 404


def test_the_last_admin_is_told_why_they_stay(client, member):
    args = [member.organization.slug, member.user.public_id]

    page = client.post(reverse("customer:remove_member", args=args))

    assert page.status_code == 409
    assert "The last admin stays" in page.content.decode()


def test_an_invitation_is_withdrawn(client, member):
    invitation, token = invite(organization=member.organization)
    args = [member.organization.slug, invitation.public_id]

    client.post(reverse("customer:withdraw_invitation", args=args))

    assert inviting.find_open(token, at=timezone.now()) is None


def test_the_account_page_saves_and_keeps_what_is_wrong(client, member):
    right = {"name": "New name", "language": "en", "time_zone": "Africa/Nairobi", "theme": "dark"}

    assert client.post("/account/", right | {"time_zone": "Nowhere"}).status_code == 422
    assert client.post("/account/", right).headers["Location"] == "/account/"

    user = User.objects.get(pk=member.user.pk)
    assert (user.name, user.time_zone, user.theme) == ("New name", "Africa/Nairobi", "dark")
    assert 'data-theme="dark"' in client.get("/account/").content.decode()


def test_other_sessions_are_ended(client):
    user = with_password()
    here, elsewhere = client, Client()
    for browser in (here, elsewhere):
        browser.post(LOGIN, {"login": user.email, "password": PASSWORD})

    here.post("/account/sessions/end/")

    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302


def test_people_are_found_by_address_name_and_pseudonym(client, site_admin):
    worker = WorkerFactory(pseudonym="K7Q2")
    member = MembershipFactory(user__name="Grace Hopper")

    def found(**params):
        return client.get("/operations/people/", params).context["page"].rows

    assert found() == [member.user, worker.user, site_admin]
    assert found(find="worker k7q2".title()) == [worker.user]
    assert found(find="hopper") == [member.user]
    assert found(find=site_admin.email) == [site_admin]
    assert found(side="customer") == [member.user]
    assert found(side="work") == [worker.user]
    assert found(find="nobody at all") == []


def test_people_come_in_pages_of_fifty(client, site_admin):
    UserFactory.create_batch(120)
    first = client.get("/operations/people/").context["page"]
    second = client.get("/operations/people/", {"after": first.after}).context["page"]
    third = client.get("/operations/people/", {"after": second.after}).context["page"]
    back = client.get("/operations/people/", {"before": third.before}).context["page"]

    assert [len(page.rows) for page in (first, second, third)] == [50, 50, 21]
    assert (first.before, third.after) == (None, None)
    assert back.rows == second.rows


def test_people_are_for_site_admins(client, member):
    assert client.get("/operations/people/").status_code == 404
    assert client.get("/operations/people/invite/").status_code == 404


def test_a_site_admin_invites_a_contractor(client, site_admin):
    page = client.post("/operations/people/invite/", {"email": "new@example.org", "role": "worker"})

    assert page.context["link"].startswith("http://testserver/invitation/")
    assert "new@example.org" in client.get("/operations/people/invitations/").content.decode()
    invitation = Invitation.objects.get()
    client.post(reverse("operations:withdraw_invitation", args=[invitation.public_id]))
    assert "Nobody is invited." in client.get("/operations/people/invitations/").content.decode()
