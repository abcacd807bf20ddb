"""The own workforce on projects, and the order of batches, through Scale's client."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from scaleapi import ScaleClient
from scaleapi.exceptions import ScaleException, ScaleInvalidRequest, ScaleResourceNotFound

from accounts.models import Mode, Organization
from events.models import Event
from projects import adding, creating, order_keys
from projects.models import BatchKind, BatchStatus, Enrollment, EnrollmentRole, Project, Workforce
from projects.task_rows import NewTask
from tests.api.asking import BOXES, key_of, refused_without_key_or_scope
from tests.api.test_access import ask
from tests.factories import (
    NOON,
    EnrollmentFactory,
    MembershipFactory,
    OrganizationFactory,
    UserFactory,
    WorkerFactory,
    make_tasks,
)
from workers.models import Worker

ODD = "Cows / 牛 %2F?"
IDA, JON = "ida@basalt.example", "jon@basalt.example"


def make(organization: Organization, name: str, **more: Any) -> Project:
    terms = creating.Terms(params={"categories": ["cat", "dog"], "attachment_type": "text"})
    given: dict[str, Any] = {"type": "categorization", "terms": terms, "workforce": Workforce.OWN} | more
    return creating.create_project(organization, name=name, **given, by=None, at=NOON)


def worker(organization: Organization | None, email: str) -> Worker:
    return WorkerFactory.create(organization=organization, user=UserFactory.create(email=email))


@pytest.fixture
def projects(organization: Organization) -> list[Project]:
    return [make(organization, ODD), make(organization, "Rocks")]


@pytest.fixture
def people(organization: Organization, other_organization: Organization) -> None:
    """Two of the own workforce, a member who has never labeled, and two who are not theirs."""
    worker(organization, IDA)
    worker(organization, JON)
    MembershipFactory.create(organization=organization, user=UserFactory.create(email="mara@basalt.example"))
    worker(other_organization, "gerd@gneiss.example")
    worker(None, "contractor@example.org")


def assignments(client: ScaleClient) -> dict[str, list[str]]:
    return {email: one.assigned_projects for email, one in client.list_studio_assignments().items()}


@pytest.mark.usefixtures("people", "projects")
def test_people_are_put_on_projects_and_taken_off(client_live: ScaleClient, organization: Organization):
    assert assignments(client_live) == {IDA: [], JON: []}

    added = client_live.add_studio_assignments([IDA.upper(), "mara@basalt.example", IDA], ["Rocks", ODD, ODD])
    assert added[IDA].assigned_projects == [ODD, "Rocks"]
    assert assignments(client_live) == {IDA: [ODD, "Rocks"], JON: [], "mara@basalt.example": [ODD, "Rocks"]}
    client_live.add_studio_assignments([JON, IDA], [ODD])

    left = client_live.remove_studio_assignments([IDA, JON], [ODD])
    assert {email: one.assigned_projects for email, one in left.items()} == {
        IDA: ["Rocks"],
        JON: [],
        "mara@basalt.example": [ODD, "Rocks"],
    }
    client_live.remove_studio_assignments([IDA, JON], [ODD])

    written = Event.objects.filter(verb="enrollment_changed", organization=organization)
    assert set(written.values_list("actor_kind", flat=True)) == {"api_key"}
    # Five began, two ended: what is so already is not written again.
    assert written.count() == 7


@pytest.mark.usefixtures("people")
def test_who_is_on_a_project_keeps_their_role(client_live: ScaleClient, projects: list[Project]):
    ida = Worker.objects.get(user__email=IDA)
    EnrollmentFactory.create(worker=ida, project=projects[0], role=EnrollmentRole.BOTH)

    client_live.add_studio_assignments([IDA], [ODD])

    assert Enrollment.objects.get(worker=ida).role == EnrollmentRole.BOTH


@pytest.mark.usefixtures("people", "projects")
def test_taking_a_member_off_makes_no_worker_of_them(client_live: ScaleClient):
    client_live.remove_studio_assignments(["mara@basalt.example"], [ODD])

    assert assignments(client_live) == {IDA: [], JON: []}


@pytest.mark.usefixtures("people", "projects")
@pytest.mark.parametrize(
    ("emails", "names", "refusal", "sentence"),
    [
        ([IDA, "gerd@gneiss.example"], [ODD], ScaleInvalidRequest, "gerd@gneiss.example"),
        ([IDA, "contractor@example.org"], [ODD], ScaleInvalidRequest, "contractor@example.org"),
        ([IDA, "nobody@example.org"], [ODD], ScaleInvalidRequest, "nobody@example.org"),
        ([IDA], ["Rocks", "Sand"], ScaleResourceNotFound, "Sand"),
        ([IDA], ["Rocks", "Trees"], ScaleInvalidRequest, "Trees"),
        ([IDA], ["Rocks", "Tests"], ScaleResourceNotFound, "Tests"),
        ([], [ODD], ScaleInvalidRequest, "emails"),
        ([IDA], [], ScaleInvalidRequest, "projects"),
        ([IDA] * 501, [ODD, "Rocks"], ScaleInvalidRequest, "1000"),
    ],
)
def test_nothing_is_written_when_one_is_refused(
    client_live: ScaleClient,
    organization: Organization,
    emails: list[str],
    names: list[str],
    refusal: type[ScaleException],
    sentence: str,
):
    make(organization, "Trees", workforce=Workforce.MANAGED)
    make(organization, "Tests", mode=Mode.TEST)
    client_live.add_studio_assignments([JON], [ODD])

    for call in (client_live.add_studio_assignments, client_live.remove_studio_assignments):
        with pytest.raises(refusal, match=sentence):
            call([JON, *emails] if emails else [], names)
    assert assignments(client_live) == {IDA: [], JON: [ODD]}
    assert Event.objects.filter(verb="enrollment_changed").count() == 1


def test_batches_come_in_their_order_with_counts(
    client_live: ScaleClient, organization: Organization, projects: list[Project]
):
    first = creating.create_batch(projects[0], name=ODD, by=None, at=NOON)
    creating.create_batch(projects[1], name="second", kind=BatchKind.CALIBRATION, by=None, at=NOON)
    make_tasks(projects[0], 3, batch=first)
    over = creating.create_batch(projects[0], name="over", by=None, at=NOON)
    type(over).objects.filter(pk=over.pk).update(status=BatchStatus.COMPLETED)
    archived = make(organization, "Archived")
    creating.create_batch(archived, name="archived", by=None, at=NOON)
    Project.objects.filter(pk=archived.pk).update(archived_at=NOON)

    one, two = client_live.list_studio_batches()

    assert one.as_dict() == {
        "id": first.public_id,
        "name": ODD,
        "projectId": projects[0].public_id,
        "projectName": ODD,
        "batchType": "Production",
        "studioPriority": 1,
        "total": 3,
        "completed": 0,
        "groups": [],
    }
    assert (two.name, two.batch_type, two.studio_priority, two.total) == ("second", "Calibration", 2, 0)


def test_completed_tasks_are_counted(client_test: ScaleClient, organization: Organization):
    project = make(organization, "Boxes", mode=Mode.TEST, type="imageannotation", terms=creating.Terms(params=BOXES))
    batch = creating.create_batch(project, name="b", by=None, at=NOON)
    adding.add_tasks(batch, [NewTask(params=BOXES)] * 2, by=None, at=NOON)
    type(batch).objects.filter(pk=batch.pk).update(status=BatchStatus.IN_PROGRESS)

    (found,) = client_test.list_studio_batches()

    assert (found.total, found.completed) == (2, 2)


@pytest.fixture
def batches(projects: list[Project]) -> list[str]:
    names = ["a", ODD, "c"]
    for number, name in enumerate(names):
        creating.create_batch(projects[number % 2], name=name, by=None, at=NOON + timedelta(hours=number))
    creating.create_batch(projects[0], name="over", by=None, at=NOON)
    projects[0].batches.filter(name="over").update(status=BatchStatus.COMPLETED)
    return names


def whole_order(organization: Organization) -> list[tuple[str, str | None]]:
    rows = order_keys.all_of(organization.pk, Mode.LIVE)
    return [(str(project), name) for project, name in rows.values_list("project__name", "name")]


@pytest.mark.usefixtures("batches")
def test_batches_are_put_in_order_and_back(client_live: ScaleClient, organization: Organization):
    before = whole_order(organization)

    given = client_live.set_studio_batches_priorities(["c", "a", ODD])
    assert [(batch.name, batch.studio_priority) for batch in given] == [("c", 1), ("a", 2), (ODD, 3)]
    assert [batch.name for batch in client_live.list_studio_batches()] == ["c", "a", ODD]
    after = whole_order(organization)
    assert [name for _project, name in after if name not in {None, "over"}] == ["c", "a", ODD]
    # Those that were not named stand where they stood.
    others = {None, "over"}
    assert [one if one[1] in others else None for one in after] == [one if one[1] in others else None for one in before]

    client_live.set_studio_batches_priorities(["c", "a", ODD])
    assert Event.objects.filter(verb="batch_reordered").count() == 1
    back = client_live.reset_studio_batches_priorities()
    assert [batch.name for batch in back] == ["a", ODD, "c"]
    events = Event.objects.filter(verb="batch_reordered", organization=organization).order_by("pk")
    assert [(one.actor_kind, one.data) for one in events] == [
        ("api_key", {"order": "given"}),
        ("api_key", {"order": "recommended"}),
    ]


def test_calibration_comes_first_again(client_live: ScaleClient, projects: list[Project], batches: list[str]):
    creating.create_batch(projects[0], name="try", kind=BatchKind.CALIBRATION, by=None, at=NOON + timedelta(days=9))

    assert [one.name for one in client_live.list_studio_batches()] == [*batches, "try"]
    assert [one.name for one in client_live.reset_studio_batches_priorities()] == ["try", *batches]


@pytest.mark.usefixtures("batches")
@pytest.mark.parametrize(
    ("names", "refusal", "sentence"),
    [
        (["c", "a"], ScaleInvalidRequest, "Missing, 1 of them: “Cows"),
        ([], ScaleInvalidRequest, "Missing, 3 of them: “a”, “Cows"),
        (["c", "a", ODD, "c"], ScaleInvalidRequest, "“c” is there twice"),
        (["c", "a", ODD, "over"], ScaleResourceNotFound, "over"),
        (["c", "a", ODD, "theirs"], ScaleResourceNotFound, "theirs"),
        (["c", "a", ODD, "tests"], ScaleResourceNotFound, "tests"),
    ],
)
def test_an_order_names_every_pending_batch_once(
    client_live: ScaleClient,
    organization: Organization,
    other_organization: Organization,
    names: list[str],
    refusal: type[ScaleException],
    sentence: str,
):
    creating.create_batch(make(other_organization, "Other"), name="theirs", by=None, at=NOON)
    creating.create_batch(make(organization, "Test", mode=Mode.TEST), name="tests", by=None, at=NOON)

    with pytest.raises(refusal, match=sentence):
        client_live.set_studio_batches_priorities(names)
    assert [batch.name for batch in client_live.list_studio_batches()] == ["a", ODD, "c"]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 9])
def test_lists_need_a_constant_number_of_queries(count: int, django_assert_num_queries: Any):
    organization = OrganizationFactory.create()
    key = key_of(organization)
    ask("get", "/v1/studio/batches", key)
    for number in range(count):
        project = make(organization, f"project {number}")
        make_tasks(project, batch=creating.create_batch(project, name=f"batch {number}", by=None, at=NOON))
        EnrollmentFactory.create(worker=worker(organization, f"{number}@basalt.example"), project=project)
    with django_assert_num_queries(3):
        assert len(ask("get", "/v1/studio/assignments", key).json()) == count
    with django_assert_num_queries(4):
        assert len(ask("get", "/v1/studio/batches", key).json()) == count


CALLS: list[Callable[[ScaleClient], Any]] = [
    lambda client: client.list_studio_assignments(),
    lambda client: client.add_studio_assignments([IDA], [ODD]),
    lambda client: client.remove_studio_assignments([IDA], [ODD]),
    lambda client: client.set_studio_batches_priorities(["a"]),
    lambda client: client.reset_studio_batches_priorities(),
]


@pytest.mark.usefixtures("people", "projects")
def test_people_and_their_order_are_for_keys_that_administer(
    connect: Callable[..., ScaleClient], organization: Organization
):
    reader = connect(organization, scopes=["read", "write"])
    assert reader.list_studio_batches() == []
    refused_without_key_or_scope(CALLS, reader)
    assert Enrollment.objects.count() == 0


def test_a_stranger_has_neither_people_nor_batches(
    connect: Callable[..., ScaleClient],
    other_organization: Organization,
    organization: Organization,
    batches: list[str],
):
    worker(organization, IDA)
    stranger = connect(other_organization)

    assert stranger.list_studio_assignments() == {}
    assert stranger.list_studio_batches() == []
    with pytest.raises(ScaleResourceNotFound):
        stranger.set_studio_batches_priorities(["a"])
