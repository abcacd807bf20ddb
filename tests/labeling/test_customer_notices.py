"""Customers are told of a pause in their own words: who may pause, once, and nobody whose work goes on."""

from datetime import timedelta

import pytest

from accounts.models import Role
from events.models import Notice, Outbox
from events.wording import say
from labeling.pausing import Order, pause
from labeling.resuming import resume, resume_group
from labeling.scopes import Scope
from projects.models import PauseScope
from tests.factories import NOON, MembershipFactory, OrganizationFactory, make_project
from tests.labeling.stops import stop

pytestmark = pytest.mark.django_db

ORDER = Order("finish", "data", text_for_workers="Wait.", text_for_customer="We found two readings.")


def people(organization):
    return [MembershipFactory.create(organization=organization, role=role).user for role in Role.values]


def told() -> list[tuple[str, str]]:
    return [(one.user.email, one.code) for one in Notice.objects.order_by("pk")]


def test_who_may_pause_is_told_once_for_all_projects_and_mailed():
    organization = OrganizationFactory.create()
    first, second = (make_project(organization=organization, name=name) for name in ("Street", "Air"))
    people(OrganizationFactory.create())
    people(organization)
    managers = organization.memberships.filter(role__in=[Role.ADMIN, Role.MANAGER])

    pause([Scope.of(first), Scope.of(second)], ORDER, by=None, at=NOON)

    notices = Notice.objects.all()
    assert {one.user_id for one in notices} == set(managers.values_list("user", flat=True))
    assert {(one.code, one.params["projects"], one.params["text"]) for one in notices} == {
        ("work_paused", "Air, Street", "We found two readings.")
    }
    assert Outbox.objects.count() == notices.count() == 2


@pytest.mark.parametrize("scope", [PauseScope.SITE, PauseScope.TYPE])
def test_a_wide_pause_reaches_each_customer_with_their_own_projects_alone(scope):
    projects = [make_project(name=f"Project {number}") for number in range(2)]
    for project in projects:
        MembershipFactory.create(organization=project.organization, role=Role.ADMIN)
    MembershipFactory.create(role=Role.ADMIN)  # of a customer without a project

    pause([Scope(scope, projects[0].type if scope == PauseScope.TYPE else None)], ORDER, by=None, at=NOON)

    assert sorted(one.params["projects"] for one in Notice.objects.all()) == ["Project 0", "Project 1"]


def test_people_of_a_paused_country_are_no_customer_s_concern():
    MembershipFactory.create(organization=make_project().organization, role=Role.ADMIN)

    pause([Scope(PauseScope.COUNTRY, "KE")], ORDER, by=None, at=NOON)

    assert told() == []


def test_whoever_ordered_it_is_not_told_of_it_and_the_others_are():
    project = make_project()
    mine, other = (MembershipFactory.create(organization=project.organization, role=Role.ADMIN).user for _n in "12")

    (one,) = pause([Scope.of(project)], ORDER, by=mine, at=NOON)
    resume(one, by=other, at=NOON + timedelta(minutes=1))

    assert told() == [(other.email, "work_paused"), (mine.email, "work_resumed")]


def test_the_expected_end_is_said_where_there_is_one():
    project = make_project()
    MembershipFactory.create(organization=project.organization, role=Role.ADMIN)

    stop(project, ends_at=NOON + timedelta(hours=1))

    assert Notice.objects.get().code == "work_paused_until"


def test_what_begins_later_is_told_when_it_begins():
    project = make_project()
    MembershipFactory.create(organization=project.organization, role=Role.ADMIN)

    stop(project, starts_at=NOON + timedelta(hours=1))

    assert told() == []


def test_the_end_of_several_pauses_of_one_act_is_said_once_with_when_everybody_is_back():
    organization = OrganizationFactory.create()
    MembershipFactory.create(organization=organization, role=Role.ADMIN)
    first, _second = pause(
        [Scope.of(make_project(organization=organization, name=name)) for name in ("Street", "Air")],
        ORDER,
        by=None,
        at=NOON,
    )

    resume_group(first, ramp=timedelta(minutes=15), by=None, at=NOON)

    notice = Notice.objects.get(code="work_resumed_step_by_step")
    assert notice.params["projects"] == "Air, Street"
    assert notice.params["all_in_at"] == (NOON + timedelta(minutes=15)).isoformat()
    assert "all of them may work again by" in say(notice.code, notice.params).body
