"""Groups of a project's own people, and batches that are given to them, through Scale's client."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from scaleapi import ScaleClient
from scaleapi.exceptions import (
    ScaleDuplicateResource,
    ScaleException,
    ScaleInvalidRequest,
    ScaleResourceNotFound,
)
from scaleapi.studio import StudioProjectGroup

from accounts.models import Organization
from events.models import Event
from labeling.claiming import Nothing, claim
from labeling.models import Assignment
from projects import creating
from projects.models import Batch, BatchStatus, Enrollment, Group, Project, Workforce
from tests.api.asking import key_of, refused_without_key_or_scope
from tests.api.test_access import ask
from tests.factories import (
    NOON,
    EnrollmentFactory,
    OrganizationFactory,
    UserFactory,
    WorkerFactory,
    make_project,
    make_tasks,
)
from workers.models import Worker

ODD = "Cows / 牛 %2F?"
NIGHT = "Night / 夜 %2F? #1 & 🌙"
IDA, JON, EVA = "ida@basalt.example", "jon@basalt.example", "Eva+Nacht@basalt.example"


def worker(organization: Organization | None, email: str, *projects: Project) -> Worker:
    found = WorkerFactory.create(organization=organization, user=UserFactory.create(email=email))
    for project in projects:
        EnrollmentFactory.create(worker=found, project=project)
    return found


@pytest.fixture
def project(organization: Organization) -> Project:
    return make_project(organization=organization, name=ODD, workforce=Workforce.OWN)


@pytest.fixture
def people(organization: Organization, project: Project) -> dict[str, Worker]:
    """Three on the project, and one of the own people who is not."""
    worker(organization, "mara@basalt.example")
    return {email: worker(organization, email, project) for email in (IDA, JON, EVA)}


@pytest.fixture
def batch(project: Project) -> Batch:
    found = creating.create_batch(project, name=ODD, by=None, at=NOON)
    make_tasks(project, 3, batch=found)
    return found


def told(groups: list[StudioProjectGroup]) -> list[tuple[str, int, bool, list[str]]]:
    """The client keeps the workers of a group as the one thing in a tuple."""
    return [
        (one.name, one.numWorkers, one.isSingleton, [who.email for who in one.workers[0]] if one.workers else [])
        for one in groups
    ]


def alone(*emails: str) -> list[tuple[str, int, bool, list[str]]]:
    return [(email, 1, True, [email]) for email in emails]


def test_a_project_without_people_has_no_groups(client_live: ScaleClient, project: Project):
    assert client_live.list_project_groups(ODD) == []


@pytest.mark.usefixtures("project")
def test_groups_are_made_changed_and_listed(client_live: ScaleClient, people: dict[str, Worker]):
    made = client_live.create_project_group(ODD, [IDA.upper(), EVA, IDA], f" {NIGHT} ")
    group = Group.objects.get()

    assert made.as_dict() == {
        "id": group.public_id,
        "name": NIGHT,
        "numWorkers": 2,
        "isSingleton": False,
        "workers": [{"id": people[email].public_id, "email": email} for email in (EVA, IDA)],
    }
    client_live.create_project_group(ODD, [], "Day")
    listed = client_live.list_project_groups(ODD)
    assert told(listed) == [
        ("Day", 0, False, []),
        (NIGHT, 2, False, [EVA, IDA]),
        *alone(EVA, IDA, JON),
    ]
    assert [one.id for one in listed[2:]] == [people[email].public_id for email in (EVA, IDA, JON)]

    # Jon comes in, Ida goes, Eva is there already.
    changed = client_live.update_project_group(ODD, NIGHT, [JON, EVA.lower()], [IDA])
    assert told([changed]) == [(NIGHT, 2, False, [EVA, JON])]
    assert told([client_live.update_project_group(ODD, NIGHT, [], [])]) == told([changed])
    assert told(client_live.list_project_groups(ODD))[1] == (NIGHT, 2, False, [EVA, JON])
    events = Event.objects.filter(subject_type="group").order_by("pk").values_list("verb", "actor_kind")
    assert list(events) == [("group_created", "api_key")] * 2 + [("group_changed", "api_key")]


@pytest.mark.usefixtures("people")
def test_who_is_taken_off_the_project_is_in_none_of_its_groups(client_live: ScaleClient):
    client_live.create_project_group(ODD, [IDA, JON], NIGHT)

    client_live.remove_studio_assignments([IDA], [ODD])

    assert told(client_live.list_project_groups(ODD)) == [(NIGHT, 1, False, [JON]), *alone(EVA, JON)]


REFUSED: dict[str, tuple[Callable[[ScaleClient], Any], type[ScaleException], str]] = {
    "list: project": (lambda client: client.list_project_groups("Rocks"), ScaleResourceNotFound, "Rocks"),
    "list: theirs": (lambda client: client.list_project_groups("Theirs"), ScaleResourceNotFound, "Theirs"),
    "make: project": (lambda client: client.create_project_group("Rocks", [], "x"), ScaleResourceNotFound, "Rocks"),
    "make: not on it": (
        lambda client: client.create_project_group(ODD, [IDA, "mara@basalt.example"], "x"),
        ScaleInvalidRequest,
        "mara@basalt.example",
    ),
    "make: nobody": (
        lambda client: client.create_project_group(ODD, ["nobody@basalt.example"], "x"),
        ScaleInvalidRequest,
        "nobody@basalt.example",
    ),
    "make: taken": (lambda client: client.create_project_group(ODD, [IDA], "Day"), ScaleDuplicateResource, "already"),
    "make: a person's": (lambda client: client.create_project_group(ODD, [], IDA), ScaleInvalidRequest, "e-mail"),
    "make: empty": (lambda client: client.create_project_group(ODD, [], " "), ScaleInvalidRequest, "characters"),
    "make: a path's": (lambda client: client.create_project_group(ODD, [], "a/groups"), ScaleInvalidRequest, "groups"),
    "make: contractors": (
        lambda client: client.create_project_group("Managed", ["con@example.org"], "x"),
        ScaleInvalidRequest,
        "Managed",
    ),
    "change: project": (
        lambda client: client.update_project_group("Rocks", "Day", [], []),
        ScaleResourceNotFound,
        "Rocks",
    ),
    "change: group": (
        lambda client: client.update_project_group(ODD, "Dusk", [IDA], []),
        ScaleResourceNotFound,
        "Dusk",
    ),
    "change: a person": (lambda client: client.update_project_group(ODD, JON, [IDA], []), ScaleInvalidRequest, "one"),
    "change: not on it": (
        lambda client: client.update_project_group(ODD, "Day", [JON], ["mara@basalt.example"]),
        ScaleInvalidRequest,
        "mara@basalt.example",
    ),
    "change: both": (
        lambda client: client.update_project_group(ODD, "Day", [JON, IDA], [IDA.upper()]),
        ScaleInvalidRequest,
        "both",
    ),
    "give: batch": (lambda client: client.assign_studio_batches("Moon", ["Day"]), ScaleResourceNotFound, "Moon"),
    "give: group": (
        lambda client: client.assign_studio_batches(ODD, ["Day", "Dusk"]),
        ScaleResourceNotFound,
        "Dusk",
    ),
    "give: another's group": (
        lambda client: client.assign_studio_batches(ODD, ["Day", "Elsewhere"]),
        ScaleResourceNotFound,
        "Elsewhere",
    ),
    "give: not on it": (
        lambda client: client.assign_studio_batches(ODD, ["Day", "mara@basalt.example"]),
        ScaleInvalidRequest,
        "mara@basalt.example",
    ),
    "give: contractors": (
        lambda client: client.assign_studio_batches("managed", ["con@example.org"]),
        ScaleInvalidRequest,
        "con@example.org",
    ),
}


@pytest.mark.usefixtures("people", "batch")
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_names_it_and_changes_nothing(
    client_live: ScaleClient, organization: Organization, other_organization: Organization, name: str
):
    managed = make_project(organization=organization, name="Managed")
    creating.create_batch(managed, name="managed", by=None, at=NOON)
    worker(None, "con@example.org", managed)
    make_project(organization=other_organization, name="Theirs", workforce=Workforce.OWN)
    other = make_project(organization=organization, name="Other", workforce=Workforce.OWN)
    Group.objects.create(project=other, name="Elsewhere", created_at=NOON)
    client_live.create_project_group(ODD, [IDA], "Day")
    before = (told(client_live.list_project_groups(ODD)), [one.groups for one in client_live.list_studio_batches()])
    call, refusal, sentence = REFUSED[name]

    with pytest.raises(refusal) as refused:
        call(client_live)

    assert sentence in refused.value.message
    after = (told(client_live.list_project_groups(ODD)), [one.groups for one in client_live.list_studio_batches()])
    assert after == before


def test_contractors_of_the_site_are_in_no_list(client_live: ScaleClient, organization: Organization):
    worker(None, "con@example.org", make_project(organization=organization, name="Managed"))

    assert client_live.list_project_groups("Managed") == []


def test_a_batch_is_given_to_groups_and_people_and_back_to_all(
    client_live: ScaleClient, people: dict[str, Worker], batch: Batch
):
    client_live.create_project_group(ODD, [IDA], NIGHT)
    client_live.create_project_group(ODD, [], "Day")

    given = client_live.assign_studio_batches(ODD, [JON.upper(), NIGHT, "Day", NIGHT])
    assert given.as_dict() == {
        "id": batch.public_id,
        "name": ODD,
        "projectId": batch.project.public_id,
        "projectName": ODD,
        "batchType": "Production",
        "studioPriority": 1,
        "total": 3,
        "completed": 0,
        "groups": ["Day", NIGHT, JON],
    }
    assert [one.groups for one in client_live.list_studio_batches()] == [["Day", NIGHT, JON]]
    assert [may_work(people[email]) for email in (IDA, JON, EVA)] == [True, True, False]

    client_live.update_project_group(ODD, NIGHT, [], [IDA])
    assert [may_work(people[email]) for email in (IDA, JON, EVA)] == [False, True, False]
    # What was read is written back, with what is more.
    (read,) = client_live.list_studio_batches()
    client_live.assign_studio_batches(ODD, [*read.groups, EVA])
    assert [may_work(people[email]) for email in (IDA, JON, EVA)] == [False, True, True]

    assert client_live.assign_studio_batches(ODD, []).groups == []
    assert [may_work(people[email]) for email in (IDA, JON, EVA)] == [True, True, True]


def may_work(who: Worker) -> bool:
    """Whether something is handed to them, which they give back."""
    found = claim(who, at=NOON)
    if isinstance(found, Assignment):
        Assignment.objects.filter(pk=found.pk).delete()
        found.work_item.lane.work_items.update(places_left=1, open=True)
    return found is not Nothing.EMPTY


@pytest.mark.usefixtures("people")
def test_who_left_the_project_stays_among_those_to_whom_a_batch_is_given(client_live: ScaleClient, batch: Batch):
    client_live.assign_studio_batches(ODD, [IDA])
    client_live.remove_studio_assignments([IDA], [ODD])

    (read,) = client_live.list_studio_batches()
    assert read.groups == [IDA]
    assert client_live.assign_studio_batches(ODD, [*read.groups, JON]).groups == [IDA, JON]
    client_live.assign_studio_batches(ODD, [JON])
    with pytest.raises(ScaleInvalidRequest, match=IDA):
        client_live.assign_studio_batches(ODD, [IDA])


def test_a_batch_that_is_over_has_no_place_in_the_order(client_live: ScaleClient, batch: Batch):
    creating.create_batch(batch.project, name="second", by=None, at=NOON)
    assert client_live.assign_studio_batches("second", []).studio_priority == 2
    Batch.objects.filter(pk=batch.pk).update(status=BatchStatus.COMPLETED)

    over = client_live.assign_studio_batches(ODD, [])

    assert (over.studio_priority, "studioPriority" in over.as_dict()) == (None, False)
    assert client_live.assign_studio_batches("second", []).studio_priority == 1


@pytest.mark.parametrize("name", ["a/groups/b", "groups", "x/groups"])
def test_projects_and_groups_with_slashes_are_told_apart(
    client_live: ScaleClient, organization: Organization, name: str
):
    """`x/groups` could not be made by anybody; the path is tried all the same."""
    made = make_project(organization=organization, name="a", workforce=Workforce.OWN)
    Project.objects.filter(pk=made.pk).update(name=name)
    worker(organization, IDA, made)

    client_live.create_project_group(name, [IDA], "c/d")
    assert told(client_live.list_project_groups(name)) == [("c/d", 1, False, [IDA]), *alone(IDA)]
    assert told([client_live.update_project_group(name, "c/d", [], [IDA])]) == [("c/d", 0, False, [])]


@pytest.mark.django_db
def test_the_answers_need_a_constant_number_of_queries():
    """With one group and person, and with five."""
    key = key_of(organization := OrganizationFactory.create())
    counts = [counted(organization, key, count) for count in (1, 5)]

    assert counts[0] == counts[1]
    assert counts[0][0] == 5


def counted(organization: Organization, key: str, count: int) -> list[int]:
    """The queries of listing, changing and giving."""
    own = make_project(organization=organization, name=f"p{count}", workforce=Workforce.OWN)
    creating.create_batch(own, name=f"b{count}", by=None, at=NOON)
    emails = [f"{number}@{count}.example" for number in range(count)]
    names = [f"group {number}" for number in range(count)]
    for email in emails:
        worker(organization, email, own)
    for name in names:
        ask("post", f"/v1/studio/projects/p{count}/groups", key, {"name": name, "emails": emails})
    asked: list[tuple[str, str, Any]] = [
        ("get", f"projects/p{count}/groups", None),
        ("put", f"projects/p{count}/groups/group%200", {"add_emails": [], "remove_emails": emails}),
        ("put", f"batches/b{count}", {"groups": [*names, *emails]}),
    ]
    found = []
    for method, path, body in asked:
        with CaptureQueriesContext(connection) as captured:
            assert ask(method, f"/v1/studio/{path}", key, body).status_code == 200
        found.append(len(captured))
    return found


CALLS: list[Callable[[ScaleClient], Any]] = [
    lambda client: client.list_project_groups(ODD),
    lambda client: client.create_project_group(ODD, [], "x"),
    lambda client: client.update_project_group(ODD, "Day", [], []),
    lambda client: client.assign_studio_batches(ODD, []),
]


@pytest.mark.usefixtures("people", "batch")
def test_groups_are_for_keys_that_administer(connect: Callable[..., ScaleClient], organization: Organization):
    refused_without_key_or_scope(CALLS, connect(organization, scopes=["read", "write"]))
    assert (Group.objects.count(), Enrollment.objects.count()) == (0, 3)


@pytest.mark.usefixtures("people", "batch")
def test_a_key_of_another_customer_or_of_the_other_world_finds_nothing(
    connect: Callable[..., ScaleClient], organization: Organization, other_organization: Organization
):
    for client in (connect(other_organization), connect(organization, mode="test")):
        for call in CALLS:
            with pytest.raises(ScaleResourceNotFound):
                call(client)
