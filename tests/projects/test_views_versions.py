"""Publishing what is labeled and how."""

import pytest
from django.urls import reverse

from events import running
from events.models import Job
from labeling.claiming import claim
from labeling.models import WorkItem
from projects.models import Project, Task
from tests.factories import MembershipFactory, OrganizationFactory, make_project, make_tasks, make_worker
from tests.projects.test_views import BOXES, make_picture_project

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def membership():
    return MembershipFactory.create(organization=OrganizationFactory.create(slug="basalt"))


@pytest.fixture
def member(client, membership):
    client.force_login(membership.user)
    return client


def address(name: str, project: Project) -> str:
    return reverse(f"customer:{name}", args=["basalt", project.public_id])


def terms(**more: str) -> dict[str, str]:
    given = {"places": "1", "reviews": "0", "review_days": "7", "lease_minutes": "30", "skips_per_day": "5"}
    return {**given, "rate": "", "price": "", "day_cap": "", "total_cap": "", "based_on": "0", **more}


def test_a_label_that_is_renamed_keeps_its_identity(member, membership):
    project = make_picture_project(membership.organization)
    key = project.current_version.taxonomy["labels"][0]["key"]
    given = {
        "based_on": "0",
        "one-min_side": "",
        "labels-TOTAL_FORMS": "2",
        "labels-INITIAL_FORMS": "2",
        "labels-0-was": "Car",
        "labels-0-name": "Motor car",
        "labels-0-geometry": "box",
        "labels-1-was": "Person",
        "labels-1-name": "Person",
        "labels-1-geometry": "box",
        "attributes-TOTAL_FORMS": "0",
        "attributes-INITIAL_FORMS": "0",
    }

    assert member.post(address("project_taxonomy", project), given).status_code == 302

    version = Project.objects.get().current_version
    assert version.number == 1
    assert version.params["geometries"]["box"]["objects_to_annotate"] == ["Motor car", "Person"]
    assert (version.taxonomy["labels"][0]["name"], version.taxonomy["labels"][0]["key"]) == ("Motor car", key)
    assert project.versions.get(number=0).params == BOXES


def test_whoever_publishes_second_is_told_and_keeps_what_was_typed(member, membership):
    project = make_project(organization=membership.organization)
    page = address("project_instructions", project)
    assert member.post(page, {"instruction": "first", "based_on": "0"}).status_code == 302

    answer = member.post(page, {"instruction": "second", "based_on": "0"})

    assert answer.status_code == 422
    assert "Somebody published version 1 while you edited version 0." in answer.content.decode()
    assert "second" in answer.content.decode()
    assert Project.objects.get().current_version.instruction == "first"
    assert member.post(page, {"instruction": "second", "based_on": "1"}).status_code == 302


def test_open_work_that_nobody_has_begun_moves_to_the_new_version(member, membership):
    project = make_project(organization=membership.organization)
    first, second, third = make_tasks(project, 3)
    taken = claim(make_worker(project), at=first.created_at)
    others = {first.pk, second.pk, third.pk} - {taken.work_item.task_id}

    assert member.post(address("project_settings", project), terms(places="3")).status_code == 302
    running.run(Job.objects.get(kind="move_tasks").pk)

    numbers = dict(Task.objects.values_list("pk", "version__number"))
    assert numbers == {taken.work_item.task_id: 0, **dict.fromkeys(others, 1)}
    places = dict(WorkItem.objects.values_list("task_id", "places_left"))
    assert places == {taken.work_item.task_id: 0, **dict.fromkeys(others, 3)}
    assert Job.objects.get(kind="move_tasks").message_params["count"] == 2


def test_the_difference_of_two_versions_is_shown(member, membership):
    project = make_project(organization=membership.organization)
    page = address("project_instructions", project)
    member.post(page, {"instruction": "one\ntwo", "based_on": "0"})
    member.post(page, {"instruction": "one\nthree", "based_on": "1"})

    lines = member.get(page, {"diff": "2"}).context["diff"]["lines"]

    assert [(line.kind, line.text) for line in lines] == [("same", "one"), ("removed", "two"), ("added", "three")]


def test_a_picture_in_an_instruction_is_its_own_organization_s(member, membership):
    project = make_project(organization=membership.organization)
    page = address("project_instructions", project)

    answer = member.post(page, {"instruction": f"![a](file:{'a' * 24})"}, headers={"HX-Request": "true"})

    assert '<img alt="a">' in answer.content.decode()


def test_an_archived_project_publishes_nothing_and_comes_back(member, membership):
    project = make_project(organization=membership.organization)

    member.post(address("archive_project", project), {"to": "archive"})
    assert member.post(address("project_settings", project), terms(places="3")).status_code == 422
    member.post(address("archive_project", project), {"to": "restore"})
    assert member.post(address("project_settings", project), terms(places="3")).status_code == 302


def test_own_people_are_put_on_a_project_by_their_address(member, membership):
    project = make_project(organization=membership.organization)
    Project.objects.update(workforce="own")
    page = address("project_people", project)

    assert member.post(page, {"email": "stranger@example.org", "role": "worker"}).status_code == 422
    assert member.post(page, {"email": membership.user.email.upper(), "role": "both"}).status_code == 302

    standing = project.enrollments.get()
    assert (standing.worker.user, standing.role, standing.state) == (membership.user, "both", "active")
    member.post(reverse("customer:end_enrollment", args=["basalt", project.public_id, standing.worker.public_id]))
    assert project.enrollments.get().state == "ended"
