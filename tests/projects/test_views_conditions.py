from datetime import timedelta

import pytest

from projects.models import Wall
from projects.requiring import Requirements, change_requirements
from projects.walling import end_wall, start_wall
from tests.budgets import check_budget
from tests.factories import NOON, MembershipFactory, OrganizationFactory, UserFactory, make_project
from workers import actions
from workers.models import Skill

pytestmark = pytest.mark.django_db

WALLS = "/operations/customers/walls/"


@pytest.fixture
def admin(client):
    user = UserFactory.create(is_site_admin=True)
    client.force_login(user)
    return user


@pytest.fixture
def project(db):
    return make_project()


@pytest.fixture
def skill(admin):
    return actions.create_skill("Latin", by=admin, at=NOON)


def text(response):
    return response.content.decode()


def address(project):
    return f"/operations/projects/{project.public_id}/requirements/"


def test_requirements_are_saved_and_shown_to_admin_and_customer(client, admin, project, skill):
    given = {"skills": [skill.public_id], "languages": "Japanese", "countries": "Kenya\nIN"}
    page = text(client.post(address(project), given, follow=True))

    assert Requirements.of(project) == Requirements((skill,), ("ja",), ("IN", "KE"))
    assert "It counts for whatever is handed out from now on." in page
    client.force_login(MembershipFactory.create(organization=project.organization).user)
    settings = text(client.get(f"/o/{project.organization.slug}/projects/{project.public_id}/settings/"))
    for shown in (page, settings):
        assert [word in shown for word in ("Latin", "Japanese", "Kenya", "India")] == [True] * 4
    form = client.get(address(project))
    assert form.status_code == 404


def test_wrong_requirements_say_what_is_wrong_and_lose_nothing(client, admin, project, skill):
    actions.create_skill("Theirs", organization=OrganizationFactory.create(), by=admin, at=NOON)
    given = {"skills": [skill.public_id], "languages": "Japanese\nKlingonese", "countries": "Atlantis"}
    response = client.post(address(project), given)

    assert response.status_code == 422
    assert "Nobody knows “Klingonese”" in text(response)
    assert "Nobody knows “Atlantis”" in text(response)
    assert "Japanese\nKlingonese</textarea>" in text(response).replace("\r\n", "\n")
    assert "Theirs" not in text(response)
    assert Requirements.of(project) == Requirements()


def test_a_retired_skill_is_offered_only_where_it_is_asked_for(client, admin, project, skill):
    change_requirements(project, Requirements((skill,)), by=admin, at=NOON)
    actions.retire_skill(skill, by=admin, at=NOON)

    assert "Latin" in text(client.get(address(project)))
    assert "Latin" not in text(client.get(address(make_project())))


def test_a_wall_is_put_up_listed_and_ended(client, admin):
    members = OrganizationFactory.create_batch(2)
    given = {"name": "Maps", "members": [one.public_id for one in members], "days": "90"}
    page = text(client.post(f"{WALLS}new/", given, follow=True))
    wall = Wall.objects.get()

    assert (wall.length, wall.created_by, wall.members.count()) == (timedelta(days=90), admin, 2)
    assert [one.name in page for one in members] == [True, True]
    assert "The wall “Maps” has ended." in text(client.post(f"{WALLS}{wall.public_id}/end/", follow=True))
    assert client.post(f"{WALLS}{wall.public_id}/end/").status_code == 409


@pytest.mark.parametrize(("count", "days"), [(1, "90"), (2, "0"), (0, "90")])
def test_a_wrong_wall_is_none(client, admin, count, days):
    members = [one.public_id for one in OrganizationFactory.create_batch(count)]
    response = client.post(f"{WALLS}new/", {"name": "Maps", "members": members, "days": days})

    assert (response.status_code, Wall.objects.count()) == (422, 0)
    assert 'value="Maps"' in text(response)


def grow(admin, project):
    """One more of everything on the pages."""
    number = Wall.objects.count()
    actions.create_skill(f"Skill {number}", by=admin, at=NOON)
    skills = tuple(Skill.objects.all())
    asked = Requirements(skills, ("en", "ja", "sw")[: number + 1], ("IN", "KE", "UG")[: number + 1])
    change_requirements(project, asked, by=admin, at=NOON)
    for over in (True, False):
        wall = start_wall("Maps", OrganizationFactory.create_batch(3), length=timedelta(days=1), by=admin, at=NOON)
        if over:
            end_wall(wall, by=admin, at=NOON)


def test_the_pages_need_as_many_queries_for_many_rows_as_for_few(client, admin, project):
    grow(admin, project)
    for page, path in (("walls", WALLS), ("new-wall", f"{WALLS}new/"), ("requirements", address(project))):
        check_budget(client, page, path, lambda: [grow(admin, project) for _n in "12"])
