from typing import Any

import pytest
from django.urls import reverse

from tests.factories import make_project, make_tasks, make_worker
from tests.labeling.steps import taken

pytestmark = pytest.mark.django_db


def links(client: Any) -> list[str]:
    """Where the page lets one begin: from everything, or from one project."""
    page = client.get(reverse("my:work")).content.decode()
    return [part.split('"')[0] for part in page.split(f'href="{reverse("my:bench")}')[1:]]


def test_a_contractor_takes_from_everything_open_or_from_one_project(client):
    projects = [make_project(), make_project()]
    for project in projects:
        make_tasks(project, 2)
    worker = make_worker(*projects)
    client.force_login(worker.user)

    found = links(client)
    assert found[0] == ""
    assert len(found) == 3
    assert all(one.startswith("?project=") for one in found[1:])

    held = taken(worker)
    assert links(client) == [f"?assignment={held.public_id}"]


def test_with_one_project_there_is_one_way_to_begin(client):
    project = make_project()
    make_tasks(project)
    client.force_login(make_worker(project).user)

    assert [one[:9] for one in links(client)] == ["?project="]
