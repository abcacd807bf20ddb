"""The admin's console: what is in hand, and the three deeds."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from labeling.models import Assignment, AssignmentStatus, Draft
from labeling.submitting import submit
from projects.models import Project
from tests.budgets import check_budget
from tests.factories import CAT, DOG, UserFactory, make_project, make_tasks, make_worker
from tests.labeling.steps import new_key, reserved, submitted, taken

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client) -> User:
    user = UserFactory.create(is_site_admin=True)
    client.force_login(user)
    return user


def held(project: Project, *, minutes: int = 0) -> Assignment:
    """What somebody took so many minutes ago."""
    return taken(make_worker(project), at=timezone.now() - timedelta(minutes=minutes), project=project)


def with_tasks(count: int = 4, **terms) -> Project:
    project = make_project(**terms)
    make_tasks(project, count)
    return project


def names(client, **asked) -> list[str]:
    response = client.get(reverse("operations:assignments"), asked)
    return [row.worker.pseudonym for row in response.context["page"].rows]


def address(name: str, assignment: Assignment) -> str:
    return reverse(f"operations:{name}", args=[assignment.public_id])


def text(response) -> str:
    return str(response.content, "utf-8")


def test_the_list_shows_what_is_reserved_or_active_and_nothing_else(client, admin):
    project = with_tasks()
    active, ahead = held(project), reserved(make_worker(project), at=timezone.now())
    submitted(make_worker(project), at=timezone.now())
    Draft.objects.create(
        work_item=active.work_item, worker=active.worker, revision=1, document=CAT, saved_at=timezone.now()
    )

    response = client.get(reverse("operations:assignments"), {"order": "age"})

    rows = response.context["page"].rows
    assert [(row.pk, bool(row.draft_saved_at), row.seen_at) for row in rows] == [
        (active.pk, True, None),
        (ahead.pk, False, None),
    ]


def test_what_is_overdue_comes_first(client, admin):
    project = with_tasks()
    new, old = held(project), held(project, minutes=40)
    middle = held(project, minutes=10)

    assert names(client) == [one.worker.pseudonym for one in (old, middle, new)]
    assert names(client, order="new") == [one.worker.pseudonym for one in (new, middle, old)]
    # Its lease, and the order's name.
    assert text(client.get(reverse("operations:assignments"))).count("Overdue") == 2


def test_the_list_is_filtered_by_project_customer_and_worker(client, admin):
    first, second = held(with_tasks()), held(with_tasks())
    project, name = first.work_item.task.project, second.worker.pseudonym

    assert names(client, project=project.codename.upper()) == [first.worker.pseudonym]
    assert names(client, project=project.organization.name) == [first.worker.pseudonym]
    assert names(client, worker=f"Worker {name}") == names(client, worker=second.worker.user.email) == [name]
    assert names(client, worker="zebra") == []
    assert "matches" in text(client.get(reverse("operations:assignments"), {"worker": "zebra"}))


def test_the_list_needs_as_many_queries_for_many_rows_as_for_few(client, admin):
    held(with_tasks())

    check_budget(
        client,
        "assignments",
        reverse("operations:assignments"),
        lambda: [held(with_tasks()) for _n in range(2)],
    )


def test_why_needs_as_many_queries_for_many_items_as_for_few(client, admin):
    project = with_tasks(1, reviews=1, places=2)
    path = f"{reverse('operations:why')}?worker={make_worker(project).pseudonym}&task={project.tasks.get().public_id}"

    check_budget(
        client, "why", path, lambda: [submitted(make_worker(project), at=timezone.now()) for _place in range(2)]
    )


def test_release_gives_the_place_back(client, admin):
    assignment = held(with_tasks())

    response = client.post(address("take_back", assignment), {"text": "The file is replaced."}, follow=True)

    assignment.refresh_from_db()
    assert (assignment.status, assignment.reason) == (AssignmentStatus.RELEASED, "taken_back")
    assert "Its place is free again." in text(response)


def test_the_words_for_the_worker_name_no_customer(client, admin):
    assignment = held(with_tasks(name="Street signs"))

    response = client.post(address("take_back", assignment), {"text": "street SIGNS is over."})

    assert (response.status_code, "street SIGNS is over." in text(response)) == (422, True)
    assert Assignment.objects.get().status == AssignmentStatus.ACTIVE


def test_extend_adds_minutes_within_the_limit(client, admin):
    assignment = held(with_tasks(lease_limit_s=3600))

    assert client.post(address("prolong_lease", assignment), {"minutes": 20}).status_code == 302
    refused = client.post(address("prolong_lease", assignment), {"minutes": 20})

    assert (refused.status_code, "allows 10 minutes more" in text(refused)) == (409, True)
    assert Assignment.objects.get().lease_expires_at == assignment.lease_expires_at + timedelta(minutes=20)


@pytest.mark.parametrize("minutes", ["", "0", "ten", "1441"])
def test_extend_needs_a_number_of_minutes(client, admin, minutes):
    assert client.post(address("prolong_lease", held(with_tasks())), {"minutes": minutes}).status_code == 422


def test_transfer_says_whether_the_draft_went_with_it(client, admin):
    project = with_tasks()
    assignment, other = held(project), make_worker(project)
    Draft.objects.create(
        work_item=assignment.work_item, worker=assignment.worker, revision=1, document=DOG, saved_at=timezone.now()
    )
    form = {"to": f"Worker {other.pseudonym}", "text": "They are ill."}

    response = client.post(address("transfer", assignment), form, follow=True)

    assert f"Worker {other.pseudonym} has it now, with the draft." in text(response)
    assert Draft.objects.get(worker=other).document == DOG


def test_a_refused_transfer_says_why_and_keeps_what_was_written(client, admin):
    assignment, stranger = held(with_tasks()), make_worker()

    response = client.post(address("transfer", assignment), {"to": stranger.pseudonym, "text": "They are ill."})

    assert response.status_code == 409
    assert "cannot have it: Not on this project." in text(response)
    assert ("They are ill." in text(response), f'value="{stranger.pseudonym}"' in text(response)) == (True, True)


def test_transfer_to_nobody_known_is_refused(client, admin):
    response = client.post(address("transfer", held(with_tasks())), {"to": "zebra", "text": "They are ill."})

    assert (response.status_code, "There is no contractor of this name." in text(response)) == (422, True)


def test_what_has_ended_is_shown_without_deeds(client, admin):
    assignment = held(with_tasks())
    submit(assignment, response=CAT, key=new_key(), at=timezone.now())

    page = text(client.get(address("assignment", assignment)))

    assert ("nobody's hands any more" in page, "Transfer with the draft" in page) == (True, False)


@pytest.mark.parametrize("name", ["assignment", "take_back", "prolong_lease", "transfer"])
def test_an_unknown_assignment_is_not_found(client, admin, name):
    method = client.get if name == "assignment" else client.post
    assert method(reverse(f"operations:{name}", args=["nothing"])).status_code == 404


def test_why_answers_item_by_item(client, admin):
    project = with_tasks(1)
    asked = {"worker": make_worker().pseudonym, "task": project.tasks.get().public_id}

    page = text(client.get(reverse("operations:why"), asked))

    assert ("Not on this project" in page, "not_enrolled" in page) == (True, True)


def test_why_with_one_half_asks_for_the_other(client, admin):
    response = client.get(reverse("operations:why"), {"task": "abc"})

    assert (response.status_code, 'value="abc"' in text(response)) == (200, True)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"worker": "zebra", "task": "abc"}, "There is no contractor of this name."),
        ({"worker": "zebra", "task": "abc"}, "There is no task with this id."),
    ],
)
def test_why_of_nobody_known_says_so(client, admin, asked, sentence):
    response = client.get(reverse("operations:why"), asked)

    assert (response.status_code, sentence in text(response)) == (422, True)
