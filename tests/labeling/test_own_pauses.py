"""Customers stop and resume their own work, and nothing that the site has stopped."""

import pytest
from django.urls import reverse

from accounts.models import Role
from labeling.claiming import Nothing, claim
from labeling.models import Assignment
from projects.models import Pause, PauseScope
from tests.factories import MembershipFactory, make_project, make_tasks, make_worker
from tests.labeling.stops import stop

pytestmark = pytest.mark.django_db

FORM = {"when": "now", "policy": "finish", "reason": "data", "text_for_workers": "New data comes."}


@pytest.fixture
def project():
    project = make_project(name="Street")
    make_tasks(project, 2)
    return project


@pytest.fixture
def manager(client, project):
    client.force_login(MembershipFactory.create(organization=project.organization, role=Role.MANAGER).user)
    return client


def page(project, name="pause_project", *more) -> str:
    return reverse(f"customer:{name}", args=[project.organization.slug, project.public_id, *more])


def test_a_manager_pauses_the_project_and_resumes_it(manager, project):
    assert manager.get(page(project)).status_code == 200

    manager.post(page(project), FORM)

    one = Pause.objects.get()
    assert (one.scope, one.project, one.is_customers) == (PauseScope.PROJECT, project, True)
    assert claim(make_worker(project), at=one.created_at) is Nothing.EMPTY
    assert page(project, "resume_project", one.public_id) in manager.get(page(project, "project")).content.decode()
    manager.post(page(project, "resume_project", one.public_id))
    assert isinstance(claim(make_worker(project), at=one.created_at), Assignment)


def test_they_choose_how_people_come_back(manager, project):
    (one,) = stop(project, is_customers=True)
    assert "step by step, over 15 minutes" in manager.get(page(project, "project")).content.decode()

    manager.post(page(project, "resume_project", one.public_id), {"ramp_minutes": "15"})

    one.refresh_from_db()
    assert one.ramp_s == 900


def test_a_single_batch_too(manager, project):
    batch = project.batches.get()
    assert f"{page(project)}?batch={batch.public_id}" in manager.get(page(project, "project_batches")).content.decode()

    manager.post(f"{page(project)}?batch={batch.public_id}", FORM)

    one = Pause.objects.get()
    assert (one.scope, one.batch) == (PauseScope.BATCH, batch)
    manager.post(page(project, "resume_project", one.public_id))
    assert not Pause.objects.filter(ended_at=None).exists()


def test_what_the_site_stopped_is_not_theirs_to_lift(manager, project):
    (one,) = stop(project)

    answer = manager.post(page(project, "resume_project", one.public_id))

    assert answer.status_code == 404
    assert page(project, "resume_project", one.public_id) not in manager.get(page(project, "project")).content.decode()
    assert Pause.objects.filter(ended_at=None).exists()


def test_a_member_without_the_right_sees_why_it_stands_still_and_no_way_to_change_it(client, project):
    stop(project, is_customers=True)
    client.force_login(MembershipFactory.create(organization=project.organization, role=Role.MEMBER).user)

    shown = client.get(page(project, "project")).content.decode()

    assert page(project) not in shown
    assert "/resume/" not in shown
    assert "Why it stands still" in shown


def test_their_text_names_neither_themselves_nor_the_project(manager, project):
    answer = manager.post(page(project), FORM | {"text_for_workers": "Street is wrong."})

    assert answer.status_code == 422
    assert not Pause.objects.exists()


def test_a_customer_has_no_quiet_hours_to_give(manager, project):
    hours = {"when": "weekly", "weekdays": ["0"], "begins": "22:00", "ends": "06:00", "time_zone": "UTC"}

    assert manager.post(page(project), FORM | hours).status_code == 422
