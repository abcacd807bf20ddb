from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse

from labeling.offers import offers
from projects.creating import create_batch
from projects.models import BatchGroup, BatchStatus
from tests.factories import NOON, make_project, make_tasks, make_worker
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


def test_only_what_is_open_to_the_contractor_counts_as_open():
    project = make_project(reviews=1)
    worker, other = make_worker(project), make_worker(project)
    named = [create_batch(project, name=name, status=status, by=None, at=NOON) for name, status in (
        ("given", BatchStatus.IN_PROGRESS), ("free", BatchStatus.IN_PROGRESS), ("staging", BatchStatus.STAGING)
    )]  # fmt: skip
    for count, batch in zip((2, 3, 4), named, strict=True):
        make_tasks(project, count, batch=batch)
    BatchGroup.objects.create(batch=named[0], worker=other)

    def seen() -> list[tuple[int, str]]:
        cache.clear()
        return [(one.open_places, one.barrier) for who in (worker, other) for one in offers(who, at=NOON)]

    assert seen() == [(3, ""), (5, "")]
    BatchGroup.objects.create(batch=named[1], worker=other)
    # Nothing is open: all of it is shown beside the reason.
    assert seen() == [(9, "group"), (5, "")]
