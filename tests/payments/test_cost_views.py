"""The customer's page of cost."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Mode, Organization, Role
from projects.models import Project
from tests.factories import MembershipFactory, OrganizationFactory, make_project
from tests.payments.test_costs import hand_in, paid

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return OrganizationFactory.create(slug="basalt", time_zone="Africa/Nairobi")


@pytest.fixture
def member(organization) -> Client:
    client = Client()
    client.force_login(MembershipFactory.create(organization=organization, role=Role.MEMBER).user)
    return client


def worked(organization: Organization, *, days_ago: int = 0, **terms) -> Project:
    project = paid(organization, **terms)
    hand_in(project, at=timezone.now() - timedelta(days=days_ago))
    return project


def look(client: Client, **query):
    return client.get("/o/basalt/cost/", query)


def test_projects_with_what_they_cost_this_month(organization, member):
    worked(organization, name="Street")
    worked(organization, days_ago=70, name="Old")
    worked(OrganizationFactory.create(), name="Theirs")

    page = look(member)

    assert [(row.project.name, row.cost.cost_micros) for row in page.context["rows"]] == [
        ("Old", 0),
        ("Street", 900_000),
    ]
    assert [tile["value"] for tile in page.context["totals"][0]] == ["$0.90", "$0.34", "$0.00", "$0.34"]
    assert "$0.90" in page.content.decode()
    assert "Theirs" not in page.content.decode()


def test_a_period_is_chosen_by_days(organization, member):
    worked(organization, days_ago=70)
    day = timezone.localdate(timezone.now() - timedelta(days=70), timezone=timezone.get_fixed_timezone(180))

    inside = look(member, since=day, until=day)
    before = look(member, since="", until=day - timedelta(days=1))

    assert [page.context["rows"][0].cost.completed for page in (inside, before)] == [1, 0]


def test_one_project_day_by_day(organization, member):
    project = worked(organization, days_ago=3)
    hand_in(project, at=timezone.now())
    assert f"project={project.public_id}" in look(member).content.decode()

    page = look(member, project=project.public_id)

    days = [row.day for row in page.context["rows"]]
    assert (len(days), days) == (2, sorted(days, reverse=True))
    assert [tile["value"] for tile in page.context["totals"][0]][:2] == ["$1.80", "$0.68"]


def test_a_foreign_project_and_one_of_the_test_world_are_not_found(organization, member):
    theirs = make_project()
    test = make_project(organization=organization)
    Project.objects.filter(pk=test.pk).update(mode=Mode.TEST)

    for project in (theirs, test):
        assert look(member, project=project.public_id).status_code == 404
    assert look(member).context["rows"] == []


@pytest.mark.parametrize("query", [{"since": "2026-02-02", "until": "2026-02-01"}, {"since": "soon"}])
def test_an_impossible_period_is_said(organization, member, query):
    page = look(member, **query)

    assert page.status_code == 422
    assert "rows" not in page.context


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_for_one_and_for_many(organization, member, count, django_assert_num_queries):
    for _number in range(count):
        worked(organization)
    look(member)

    with django_assert_num_queries(11):
        look(member)
