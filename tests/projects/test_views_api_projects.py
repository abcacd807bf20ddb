"""Every page of a project that the API has made, of every kind of work, with params that say nothing or a part."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from projects import creating, publishing
from projects.creating import Terms
from projects.models import Project
from task_types import registry
from tests.factories import NOON, MembershipFactory, OrganizationFactory

pytestmark = pytest.mark.django_db
TABS = ("", "data", "tasks", "batches", "taxonomy", "instructions", "audit", "quality", "exports", "settings")
ODD: list[tuple[str, dict[str, Any]]] = [
    ("imageannotation", {"padding": 3, "annotation_attributes": None, "geometries": None}),
    ("imageannotation", {"annotation_attributes": {"size": {"type": "number", "conditions": ["x"], "min": "a lot"}}}),
    (
        "imageannotation",
        {"geometries": {"box": {"objects_to_annotate": [{"choice": "a", "subchoices": ["b"]}], "min_width": "30"}}},
    ),
    ("imageannotation", {"annotation_attributes": {"size": {"type": ["number"], "choices": None, "description": 7}}}),
    ("categorization", {"taxonomies": {"colour": {"type": "category", "choices": ["red"]}}}),
    ("categorization", {"categories": None, "allow_multiple": "true", "attachment_type": None}),
    ("textcollection", {"fields": [{"field_id": "a", "type": "date", "choices": "red", "min": {}}]}),
    ("textcollection", {"fields": None, "attachments": "none"}),
]


def pages_of(project: Project, client: Client) -> dict[str, int]:
    home = f"/o/{project.organization.slug}/projects/{project.public_id}/"
    found = {tab: client.get(f"{home}{tab}/" if tab else home).status_code for tab in TABS}
    return {tab: status for tab, status in found.items() if status != 200}


def make(type_name: str, params: dict[str, Any]) -> Project:
    organization = OrganizationFactory.create()
    return creating.create_project(organization, name="A", type=type_name, terms=Terms(params=params), by=None, at=NOON)


def client_of(project: Project) -> Client:
    client = Client()
    client.force_login(MembershipFactory.create(organization=project.organization).user)
    return client


@pytest.mark.parametrize("type_name", registry.ALL_NAMES)
def test_pages_of_a_project_that_says_nothing(type_name: str):
    project = make(type_name, {})
    publishing.set_params(project, {"a": None}, None, patch=True, by=None, at=timezone.now())

    client = client_of(project)
    assert pages_of(project, client) == {}
    assert (
        client.get(f"/o/{project.organization.slug}/projects/{project.public_id}/taxonomy/?diff=1").status_code == 200
    )


@pytest.mark.parametrize(("type_name", "params"), ODD)
def test_pages_of_a_project_that_says_a_part_or_odd_things(type_name: str, params: dict[str, Any]):
    """Those that the API refuses need no page."""
    project = make(type_name, {})
    version = project.versions.get()
    type(version).objects.filter(pk=version.pk).update(params=params)

    assert pages_of(project, client_of(project)) == {}
