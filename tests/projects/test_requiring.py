import pytest

from core.errors import BusinessError
from events.models import Event
from projects.models import Requirement
from projects.requiring import Requirements, change_requirements
from tests.factories import NOON, OrganizationFactory, UserFactory, make_project
from workers import actions
from workers.models import Skill

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return UserFactory.create(is_site_admin=True)


@pytest.fixture
def skill():
    return Skill.objects.create(name="Medical terms", created_at=NOON)


def changes():
    return list(Event.objects.filter(verb="requirements_changed").order_by("pk").values_list("data", flat=True))


def test_change_requirements_writes_the_difference(admin, skill):
    project, other = make_project(), make_project()
    first = Requirements((skill,), ("en", "sw"), ("KE",))
    second = Requirements((), ("ja", "sw"), ("KE",))
    change_requirements(other, first, by=admin, at=NOON)

    assert change_requirements(project, first, by=admin, at=NOON) is True
    kept = set(Requirement.objects.filter(project=project, code__in=["KE", "sw"]).values_list("pk", flat=True))
    assert change_requirements(project, second, by=admin, at=NOON) is True
    assert change_requirements(project, second, by=admin, at=NOON) is False

    assert (Requirements.of(project), Requirements.of(other)) == (second, first)
    assert kept <= set(Requirement.objects.values_list("pk", flat=True))
    assert changes()[1:] == [
        {
            "skills": {"before": [], "after": [skill.public_id]},
            "languages": {"before": [], "after": ["en", "sw"]},
            "countries": {"before": [], "after": ["KE"]},
        },
        {
            "skills": {"before": [skill.public_id], "after": []},
            "languages": {"before": ["en", "sw"], "after": ["ja", "sw"]},
        },
    ]


def test_a_retired_skill_is_not_asked_for_anew_and_stays_where_it_is(admin, skill):
    project, other = make_project(), make_project()
    change_requirements(project, Requirements((skill,)), by=admin, at=NOON)
    actions.retire_skill(skill, by=admin, at=NOON)

    change_requirements(project, Requirements((skill,), ("en",)), by=admin, at=NOON)
    with pytest.raises(BusinessError):
        change_requirements(other, Requirements((skill,)), by=admin, at=NOON)

    assert Requirements.of(project) == Requirements((skill,), ("en",))


def test_another_customer_s_skill_is_refused(admin):
    foreign = Skill.objects.create(name="Theirs", organization=OrganizationFactory.create(), created_at=NOON)

    with pytest.raises(BusinessError):
        change_requirements(make_project(), Requirements((foreign,)), by=admin, at=NOON)
