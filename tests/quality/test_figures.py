"""Who worked on projects and how that did, as their customer may know it."""

import pytest

from accounts.models import Organization
from projects.enrolling import end_enrollment
from projects.models import Enrollment, Project, Workforce
from quality import auditing, figures
from quality.figures import Figures
from quality.results import Result
from tests.factories import (
    DOG,
    NOON,
    EnrollmentFactory,
    MembershipFactory,
    OrganizationFactory,
    UserFactory,
    WorkerFactory,
    make_project,
    make_tasks,
    make_worker,
)
from tests.labeling.steps import ACCEPTED, REJECTED, judged, make_reviewer, submitted, taken
from workers.models import Worker

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return OrganizationFactory.create(name="Basalt")


def own_project(organization: Organization, **terms) -> Project:
    project = make_project(organization=organization, **terms)
    Project.objects.filter(pk=project.pk).update(workforce=Workforce.OWN)
    project.refresh_from_db()
    return project


def own_worker(organization: Organization, *projects: Project) -> Worker:
    worker = WorkerFactory.create(user=UserFactory.create(), organization=organization)
    for project in projects:
        EnrollmentFactory.create(worker=worker, project=project)
    return worker


def met(*projects: Project) -> list[Worker]:
    rows = figures.standings_in(Project.objects.filter(pk__in=[project.pk for project in projects]))
    return [standing.worker for standing in rows.order_by("pk")]


def of(worker: Worker, project: Project) -> Figures:
    (standing,) = Enrollment.objects.filter(worker=worker, project=project)
    return figures.figures_of([standing])[worker.pk, project.pk]


def test_the_sites_contractors_are_met_with_their_first_task(organization):
    project, other = make_project(organization=organization), make_project(organization=organization)
    make_tasks(project, 2)
    first, second = make_worker(project, other), make_worker(project)
    assert met(project, other) == []

    taken(first)
    assert met(project, other) == [first]
    taken(second)
    assert (met(project), met(other)) == ([first, second], [])


def test_own_people_are_there_from_the_beginning_and_after_the_end(organization):
    project = own_project(organization)
    worker = own_worker(organization, project)
    end_enrollment(Enrollment.objects.get(), by=None, at=NOON)

    assert met(project) == [worker]


def test_addresses_are_those_of_own_people_on_own_projects(organization):
    own, managed = own_project(organization), make_project(organization=organization)
    mine = own_worker(organization, own, managed)
    hired = make_worker(own)

    found = {(standing.worker, standing.project): figures.address_of(standing) for standing in Enrollment.objects.all()}

    assert found == {(mine, own): mine.user.email, (mine, managed): None, (hired, own): None}


def test_what_was_submitted_and_what_reviewers_said_of_it(organization):
    project = make_project(organization=organization, reviews=1)
    worker, reviewer = make_worker(project), make_reviewer(project)
    for judgement in (ACCEPTED, REJECTED, ACCEPTED):
        make_tasks(project)
        submitted(worker, project=project)
        judged(reviewer, judgement)
    submitted(worker, project=project)  # the redo

    assert of(worker, project) == Figures(answers=4, reviewed=Result(size=3, accepted=2, rejected=1))
    assert of(reviewer, project) == Figures(reviews=3)


def test_what_audits_said_of_it(organization):
    project = make_project(organization=organization)
    worker = make_worker(project)
    tasks = make_tasks(project, 2)
    for _task in tasks:
        submitted(worker)
    auditing.audit_by_key(tasks[0], accepted=True, comment="", at=NOON)
    auditing.audit_by_key(tasks[1], accepted=False, comment="", response=DOG, at=NOON)

    assert of(worker, project) == Figures(answers=2, audited=Result(size=2, accepted=1, fixed=1))


def test_each_project_by_itself(organization):
    first, second = make_project(organization=organization), make_project(organization=organization)
    worker = make_worker(first, second)
    make_tasks(first)
    submitted(worker)

    assert (of(worker, first).answers, of(worker, second).answers) == (1, 0)


@pytest.mark.parametrize("count", [1, 3])
def test_as_many_queries_for_one_as_for_many(organization, count, django_assert_num_queries):
    project = make_project(organization=organization)
    for _number in range(count):
        make_tasks(project)
        submitted(make_worker(project))
    standings = list(Enrollment.objects.all())

    with django_assert_num_queries(3):
        assert len(figures.figures_of(standings)) == count


def test_the_page_names_own_people_and_pseudonyms(organization, client):
    client.force_login(MembershipFactory.create(organization=organization).user)
    own, managed = own_project(organization), make_project(organization=organization, reviews=1)
    mine, hired, unmet = own_worker(organization, own), make_worker(managed), make_worker(managed)
    make_tasks(managed)
    submitted(hired, project=managed)
    judged(make_reviewer(managed), ACCEPTED)

    def page(project: Project) -> str:
        return str(client.get(f"/o/{organization.slug}/projects/{project.public_id}/figures/").content.decode())

    assert mine.user.email in page(own)
    shown = page(managed)
    assert hired.pseudonym in shown
    assert "1 of 1" in shown
    for secret in (hired.user.email, hired.user.name, hired.public_id, unmet.pseudonym):
        assert secret not in shown


def test_who_is_no_manager_has_no_tab_that_leads_nowhere(organization, client):
    project = own_project(organization)
    member = MembershipFactory.create(organization=organization, role="member").user
    manager = MembershipFactory.create(organization=organization, role="manager").user
    home = f"/o/{organization.slug}/projects/{project.public_id}/"

    def tabs(user) -> list[bool]:
        client.force_login(user)
        page = client.get(home).content.decode()
        return [f"{home}{name}/" in page for name in ("people", "figures", "tasks")]

    assert (tabs(member), tabs(manager)) == ([False, False, True], [True, True, True])
    client.force_login(member)
    assert client.get(f"{home}figures/").status_code == 403
