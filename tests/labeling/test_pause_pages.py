"""The admin's pages of pauses: what to pause, its form, what is in force."""

import pytest
from django.urls import reverse

from labeling.scopes import Scope
from projects.models import Pause
from tests.factories import UserFactory
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
    form = {"policy": "finish", "reason": "data", "text_for_workers": "New data comes."}

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
