"""The smallest valid objects; what matters stands in the test."""

from datetime import UTC, datetime, timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from accounts.models import Membership, Organization, Role, User
from projects import adding, creating
from projects.models import Batch, Enrollment, EnrollmentRole, Project, Task, Wall, WallMember, Workforce
from projects.task_rows import NewTask
from workers.models import Worker

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")


class OrganizationFactory(DjangoModelFactory[Organization]):
    class Meta:
        model = Organization

    slug = factory.Sequence(lambda n: f"organization-{n}")
    name = factory.Sequence(lambda n: f"Organization {n}")


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    organization = factory.SubFactory(OrganizationFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.ADMIN


class WorkerFactory(DjangoModelFactory[Worker]):
    class Meta:
        model = Worker

    user = factory.SubFactory(UserFactory)
    pseudonym = factory.Sequence(lambda n: f"W{n:05d}")


class EnrollmentFactory(DjangoModelFactory[Enrollment]):
    class Meta:
        model = Enrollment

    worker = factory.SubFactory(WorkerFactory)
    role = EnrollmentRole.WORKER
    created_at = NOON


CATEGORIES = {"categories": ["cat", "dog"], "attachment_type": "text"}
CAT = {"category": "cat"}
DOG = {"category": "dog"}


def make_project(
    *,
    organization: Organization | None = None,
    places: int = 1,
    reviews: int = 0,
    rate_micros: int = 0,
    name: str = "",
    workforce: str = Workforce.MANAGED,
    **terms: Any,
) -> Project:
    """A project of categories over text, so that no file is needed."""
    organization = organization or OrganizationFactory.create()
    pipeline = [{"kind": "attempt", "places": places}] + [{"kind": "review"}] * reviews
    return creating.create_project(
        organization,
        name=name or f"Project {Project.objects.count()}",
        type="categorization",
        terms=creating.Terms(params=CATEGORIES, pipeline=pipeline, rate_micros=rate_micros, **terms),
        workforce=workforce,
        by=None,
        at=NOON,
    )


def make_tasks(project: Project, count: int = 1, *, batch: Batch | None = None, **more: Any) -> list[Task]:
    """Tasks that are on offer at once."""
    batch = batch or project.batches.get(name=None)
    new = [NewTask(params={"attachment": f"text {number}"}, **more) for number in range(count)]
    return adding.add_tasks(batch, new, by=None, at=NOON)


def make_worker(*projects: Project, role: str = EnrollmentRole.WORKER) -> Worker:
    """A worker who is enrolled on the projects."""
    worker = WorkerFactory.create()
    for project in projects:
        EnrollmentFactory.create(worker=worker, project=project, role=role)
    return worker


def wall_between(*projects: Project, days: int) -> Wall:
    """A wall between the customers of the projects."""
    wall = Wall.objects.create(name="Wall", length=timedelta(days=days), created_at=NOON)
    for project in projects:
        WallMember.objects.create(wall=wall, organization=project.organization)
    return wall
