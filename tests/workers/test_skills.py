import pytest

from tests.budgets import check_budget
from tests.factories import NOON, OrganizationFactory, UserFactory, make_worker
from workers import actions
from workers.models import Skill

pytestmark = pytest.mark.django_db

SKILLS = "/operations/people/skills/"


@pytest.fixture
def admin(client):
    user = UserFactory.create(is_site_admin=True)
    client.force_login(user)
    return user


def text(response):
    return response.content.decode()


def test_skills_lists_all_and_counts_who_has_them(client, admin):
    skill = actions.create_skill("Medical terms", by=admin, at=NOON)
    theirs = OrganizationFactory.create(name="Basalt")
    actions.create_skill("Streets", organization=theirs, by=admin, at=NOON)
    first, second = make_worker(), make_worker()
    for worker in (first, second):
        grant = actions.grant_skill(worker, skill, by=admin, at=NOON)
    actions.revoke_skill(grant, by=admin, at=NOON)

    response = client.get(SKILLS)

    assert [(one.name, one.holders) for one in response.context["page"].rows] == [("Streets", 0), ("Medical terms", 1)]
    assert "Basalt" in text(response)
    page = text(client.get(f"{SKILLS}{skill.public_id}/"))
    assert (first.pseudonym in page, second.pseudonym in page) == (True, False)


def test_a_skill_is_created_renamed_retired_and_used_again(client, admin):
    client.post(SKILLS, {"name": " Latin "})
    skill = Skill.objects.get()
    address = f"{SKILLS}{skill.public_id}/"

    assert "Latin" in text(client.post(address, {"name": "Old Latin"}, follow=True))
    assert "Old Latin” is retired" in text(client.post(f"{address}retire/", follow=True))
    assert "Retired" in text(client.get(SKILLS))
    assert "Old Latin” is in use again" in text(client.post(f"{address}retire/", {"to": "restore"}, follow=True))


@pytest.mark.parametrize(
    ("name", "said"),
    [("", "This field is required"), ("latin", "There is a skill “latin” already"), ("x" * 101, "100")],
)
def test_a_wrong_name_is_said_and_kept(client, admin, name, said):
    actions.create_skill("Latin", by=admin, at=NOON)
    other = actions.create_skill("Greek", by=admin, at=NOON)

    for address in (SKILLS, f"{SKILLS}{other.public_id}/"):
        response = client.post(address, {"name": name})
        assert response.status_code == 422
        assert said in text(response)
        assert f'value="{name}"' in text(response) or not name
    assert set(Skill.objects.values_list("name", flat=True)) == {"Latin", "Greek"}


def test_the_pages_need_as_many_queries_for_many_rows_as_for_few(client, admin):
    def grow():
        actions.create_skill(f"Skill {Skill.objects.count()}", by=admin, at=NOON)
        for skill in Skill.objects.all():
            actions.grant_skill(make_worker(), skill, by=admin, at=NOON)

    grow()
    for page, path in (("skills", SKILLS), ("skill", f"{SKILLS}{Skill.objects.get(name='Skill 0').public_id}/")):
        check_budget(client, page, path, lambda: [grow() for _n in "12"])
