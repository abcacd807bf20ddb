import pytest

from accounts.models import Mode
from core.errors import BusinessError
from events.models import Event
from projects.creating import Terms, create_batch, create_project, finalize_batch
from projects.models import Batch, BatchStatus, Project, ProjectVersion
from projects.order_keys import ROOM
from tests.factories import CATEGORIES, NOON, OrganizationFactory, UserFactory, make_project

pytestmark = pytest.mark.django_db


def create(organization=None, *, name="Shelves", kind="categorization", mode=Mode.LIVE, **terms) -> Project:
    return create_project(
        organization or OrganizationFactory.create(),
        name=name,
        type=kind,
        terms=Terms(**{"params": CATEGORIES, **terms}),
        mode=mode,
        by=None,
        at=NOON,
    )


def verbs() -> list[str]:
    return list(
        Event.objects.filter(subject_type__in=["project", "batch"]).order_by("pk").values_list("verb", flat=True)
    )


def test_create_project_makes_its_version_and_its_standing_batch():
    organization = OrganizationFactory.create(currency="KES")

    project = create(organization, name="  Shelves ", rate_micros=7, price_micros=9)

    version = ProjectVersion.objects.get()
    assert (project.name, project.current_version, project.created_at) == ("Shelves", version, NOON)
    assert (version.number, version.rate_micros, version.price_micros, version.currency) == (0, 7, 9, "KES")
    assert version.pipeline == [{"kind": "attempt", "places": 1}, {"kind": "review"}]
    batch = Batch.objects.get()
    assert (batch.project, batch.name, batch.status) == (project, None, BatchStatus.IN_PROGRESS)
    assert verbs() == ["project_created", "version_published"]


def test_create_project_hides_both_names_behind_its_codename():
    project = create(OrganizationFactory.create(name="Quiet Harbour"), name="Amber Ridge")

    assert {"quiet", "harbour", "amber", "ridge"} & set(project.codename.casefold().split()) == set()


def test_create_project_refuses_a_name_twice_in_one_world():
    organization = OrganizationFactory.create()
    create(organization)

    with pytest.raises(BusinessError) as refused:
        create(organization)
    assert refused.value.code == "name_taken"
    create(organization, mode=Mode.TEST)
    create()
    assert Project.objects.count() == 3


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"name": ""}, "bad_name"),
        ({"kind": "telepathy"}, "unknown_type"),
        ({"params": {"categories": "cat"}}, "bad_params"),
        ({"pipeline": []}, "bad_pipeline"),
        ({"pipeline": [{"kind": "review"}]}, "bad_pipeline"),
        ({"pipeline": [{"kind": "attempt"}, {"kind": "attempt"}]}, "bad_pipeline"),
        ({"pipeline": [{"kind": "attempt"}, *[{"kind": "review"}] * 5]}, "bad_pipeline"),
        ({"pipeline": [{"kind": "attempt", "places": 0}]}, "bad_pipeline"),
        ({"pipeline": [{"kind": "attempt", "places": "3"}]}, "bad_pipeline"),
        ({"pipeline": [{"kind": "attempt"}, {"kind": "review", "places": 2}]}, "bad_pipeline"),
        ({"pipeline": [{"kind": "attempt", "rate_micros": -1}]}, "bad_pipeline"),
        ({"rate_micros": -1}, "bad_money"),
        ({"total_cap_micros": -1}, "bad_money"),
    ],
)
def test_create_project_refuses_what_could_not_work(wrong, code):
    with pytest.raises(BusinessError) as refused:
        create(**wrong)

    assert (refused.value.code, refused.value.status, Project.objects.count()) == (code, 400, 0)


def test_create_batch_is_last_in_the_order():
    project, by = make_project(), UserFactory.create()

    first = create_batch(project, name="first", by=by, at=NOON)
    second = create_batch(project, name="second", status=BatchStatus.STAGING, by=by, at=NOON)

    assert [first.order_key, second.order_key] == [2 * ROOM, 3 * ROOM]
    assert (second.status, second.created_by) == (BatchStatus.STAGING, by)


def test_create_batch_refuses_a_name_twice_in_the_organization():
    organization = OrganizationFactory.create()
    first, second = make_project(organization=organization), make_project(organization=organization)
    create_batch(first, name="first", by=None, at=NOON)

    with pytest.raises(BusinessError) as refused:
        create_batch(second, name="first", by=None, at=NOON)

    assert refused.value.code == "name_taken"


def test_finalize_batch_launches_it_once():
    batch = create_batch(make_project(), name="first", status=BatchStatus.STAGING, by=None, at=NOON)

    assert finalize_batch(batch, by=None, at=NOON).status == BatchStatus.IN_PROGRESS
    with pytest.raises(BusinessError) as refused:
        finalize_batch(batch, by=None, at=NOON)

    assert refused.value.code == "not_staging"
    assert verbs()[-2:] == ["batch_created", "batch_finalized"]
