import pytest
from django.test import Client

from accounts.models import Organization
from projects import creating
from projects.models import Project
from tests.factories import NOON, MembershipFactory, OrganizationFactory, make_project
from tests.projects.test_views import BOXES


@pytest.fixture
def organization(db: None) -> Organization:
    return OrganizationFactory.create(slug="basalt", name="Basalt")


@pytest.fixture
def member(client: Client, organization: Organization) -> Client:
    client.force_login(MembershipFactory.create(organization=organization).user)
    return client


@pytest.fixture
def pictures(organization: Organization) -> Project:
    terms = creating.Terms(params=BOXES)
    return creating.create_project(organization, name="Pictures", type="imageannotation", terms=terms, by=None, at=NOON)


@pytest.fixture
def texts(organization: Organization) -> Project:
    return make_project(organization=organization, name="Texts")
