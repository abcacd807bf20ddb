"""Several things stopped by one act: from one form, counted once, told once, one entry."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from events.models import Event, Notice, Outbox
from labeling.previewing import preview
from labeling.scopes import Scope, Together
from projects.creating import create_batch
from projects.models import Pause, PauseScope, QuietHours
from tests.factories import NOON, OrganizationFactory, UserFactory, make_project, make_tasks, make_worker
from tests.labeling.steps import taken
from tests.labeling.test_pause_pages import ORDER, path_of
from workers.models import Skill

pytestmark = pytest.mark.django_db

FORM = ORDER | {"when": "now"}


@pytest.fixture
def admin(client):
    client.force_login(UserFactory.create(is_site_admin=True))
    return client


def several(scope: str) -> list[Any]:
    """Three subjects of the kind, the last of which nobody chooses."""
    project = make_project()
    make_tasks(project)
    made: dict[str, Callable[[], list[Any]]] = {
        PauseScope.TYPE: lambda: ["imageannotation", "textcollection", "categorization"],
        PauseScope.COUNTRY: lambda: ["KE", "US", "DE"],
        PauseScope.SKILL: lambda: [Skill.objects.create(name=name, created_at=NOON) for name in ("A", "B", "C")],
        PauseScope.ORGANIZATION: lambda: OrganizationFactory.create_batch(3),
        PauseScope.PROJECT: lambda: [make_project() for _n in "123"],
        PauseScope.BATCH: lambda: [create_batch(project, name=name, by=None, at=NOON) for name in ("A", "B", "C")],
    }
    return made[scope]()


def name_in_path(subject) -> str:
    return subject if isinstance(subject, str) else subject.public_id


@pytest.mark.parametrize("scope", [scope for scope in PauseScope.values if scope != PauseScope.SITE])
def test_several_of_a_kind_are_stopped_by_one_form_and_the_others_are_not(admin, scope):
    first, second, other = several(scope)
    path = f"{path_of(scope, first)}?also={name_in_path(second)}&also={name_in_path(first)}"

    shown = admin.get(path).content.decode()
    answer = admin.post(path, FORM)

    assert f'value="{name_in_path(other)}"' in shown
    assert "2 together" in shown
    assert answer.status_code == 302
    pauses = list(Pause.objects.order_by("pk"))
    assert [Scope.of_pause(one) for one in pauses] == [Scope(scope, first), Scope(scope, second)]
    assert len({one.group for one in pauses}) == 1


@pytest.mark.parametrize("also", ["prj_nothing", "", "KE"])
def test_what_there_is_not_cannot_be_chosen_beside(admin, also):
    path = f"{path_of('project', make_project())}?also={also}"

    assert [admin.get(path).status_code, admin.post(path, FORM).status_code] == [404, 404]
    assert not Pause.objects.exists()


def test_of_the_whole_site_there_is_nothing_beside(admin):
    assert admin.get(f"{path_of('site', None)}?also=x").status_code == 404
    assert "Together with" not in admin.get(path_of("site", None)).content.decode()


def test_no_name_of_any_of_them_may_be_in_the_text_for_workers(admin):
    first, second = make_project(name="Street"), make_project(name="Harbour")
    path = f"{path_of('project', first)}?also={second.public_id}"

    answer = admin.post(path, FORM | {"text_for_workers": "Harbour is wrong."})

    assert answer.status_code == 422
    assert not Pause.objects.exists()


def test_several_have_quiet_hours_together(admin):
    first, second = make_project(), make_project()
    hours = {"when": "weekly", "weekdays": ["0"], "begins": "22:00", "ends": "06:00", "time_zone": "UTC"}

    admin.post(f"{path_of('project', first)}?also={second.public_id}", ORDER | hours)

    quiet = QuietHours.objects.get()
    assert set(quiet.pauses.values_list("project", flat=True)) == {first.pk, second.pk}


def test_one_act_of_one_customer_is_one_event_and_each_person_is_told_once(admin):
    organization = OrganizationFactory.create()
    projects = [make_project(organization=organization) for _n in "12"]
    worker = make_worker(*projects)

    admin.post(f"{path_of('project', projects[0])}?also={projects[1].public_id}", FORM)

    event = Event.objects.get(verb="pause_started")
    pauses = list(Pause.objects.order_by("pk"))
    assert event.organization_id == organization.pk
    assert event.data["pauses"] == [one.public_id for one in pauses]
    assert event.data["counts"]["people"] == 1
    notice = Notice.objects.get(user=worker.user)
    assert notice.params["codenames"] == ", ".join(sorted(project.codename for project in projects))
    assert Outbox.objects.filter(kind="mail").count() == 1
    for one in pauses:
        page = admin.get(reverse("operations:pause_history", args=[one.public_id])).content.decode()
        assert "Pause started" in page


def test_an_event_of_another_act_is_in_no_other_s_history(admin):
    project = make_project()
    path = path_of("project", project)
    admin.post(path, FORM)
    first = Pause.objects.get()
    admin.post(reverse("operations:resume", args=[first.public_id]))
    admin.post(path, FORM)
    second = Pause.objects.exclude(pk=first.pk).get()

    page = admin.get(reverse("operations:pause_history", args=[second.public_id])).content.decode()

    assert (page.count("Pause started"), page.count("Pause ended")) == (1, 0)


def test_a_preview_of_several_counts_everybody_and_everything_once():
    organization = OrganizationFactory.create()
    first, second = (make_project(organization=organization) for _n in "12")
    elsewhere = make_project()
    for project in (first, second, elsewhere):
        make_tasks(project, 3)
    both, one = make_worker(first, second), make_worker(second)
    make_worker(elsewhere)
    taken(both, project=first)
    taken(one, project=second)

    whole = preview(Scope.of(organization), at=NOON).counts()
    united = preview(Together((Scope.of(first), Scope.of(second))), at=NOON).counts()
    overlapping = [Scope.of(organization), Scope.of(first), Scope.of(first.batches.get()), Scope.of(second)]

    assert united == whole
    assert preview(Together(tuple(overlapping)), at=NOON).counts() == whole
    assert (whole["people"], whole["in_hand"], whole["open_places"], whole["projects"]) == (2, 2, 4, 2)


@pytest.mark.parametrize("site_first", [True, False])
def test_the_whole_site_beside_something_is_the_whole_site(site_first):
    project = make_project()
    make_tasks(project)
    make_tasks(make_project())
    scopes = (Scope.of(None), Scope.of(project)) if site_first else (Scope.of(project), Scope.of(None))

    assert preview(Together(scopes), at=NOON).counts() == preview(Scope.of(None), at=NOON).counts()
