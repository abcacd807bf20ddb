"""What a customer does with files: by the form, by pieces, and then looking at what became of them."""

import json
from html import escape
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import Organization
from events import running
from files.ingesting import ingest
from files.models import File, FileState
from files.reasons import reason
from projects.models import Batch, Import, Project, Task
from projects.reasons import import_reason
from tests.factories import NOON


def address(name: str, project: Project, *more: str) -> str:
    return reverse(f"customer:{name}", args=[project.organization.slug, project.public_id, *more])


def by_pieces(client: Client, organization: Organization, batch: Batch, name: str, content: bytes) -> dict[str, Any]:
    """The last answer of the way that a script on the page goes."""
    asked = json.dumps({"name": name, "bytes": len(content), "target": "batch", "target_id": batch.public_id})
    begun = client.post(f"/o/{organization.slug}/uploads", asked, content_type="application/json")
    if begun.status_code != 201:
        return refused(begun)
    path = reverse("customer:upload", args=[organization.slug, begun.json()["id"]])
    sent = client.put(f"{path}?offset=0", content, content_type="application/octet-stream")
    assert sent.json()["received"] == len(content)
    ended = client.post(f"{path}/finish")
    return dict(ended.json()) if ended.status_code == 200 else refused(ended)


def refused(answer: Any) -> dict[str, Any]:
    assert 400 <= answer.status_code < 500
    said = answer.json()["error"]
    assert said["message"]
    return {"refused": said["code"]}


def read_all() -> None:
    """What the worker does: decode each file that waits, in its child."""
    for file in File.objects.filter(state=FileState.UPLOADED):
        assert ingest(file.pk, at=NOON) in {FileState.READY, FileState.BROKEN}


def run_imports(project: Project) -> list[Import]:
    found = list(Import.objects.filter(project=project, ended_at=None, job__isnull=False))
    for one in found:
        assert one.job_id is not None  # chosen by it
        running.run(one.job_id)
    return list(Import.objects.filter(pk__in=[one.pk for one in found]))


def refusals(client: Client, found: Import) -> list[tuple[int, str, str]]:
    """Number, name and code of each refused row; its sentence stands on the page and in the list to download."""
    rows = list(found.refusals.order_by("number"))
    page = client.get(address("import", found.project, found.public_id)).content.decode()
    table = client.get(address("import_refusals", found.project, found.public_id)).getvalue().decode()
    for row in rows[:100]:
        sentence = import_reason(row.code, row.params)
        assert escape(sentence) in page
        assert sentence.replace('"', '""') in table
    return [(row.number, row.name, row.code) for row in rows]


def shown_reason(client: Client, task: Task) -> str:
    """The code of a broken file, whose sentence the task's page shows."""
    file = task.attachments.get().file
    assert file is not None
    if file.state == FileState.READY:
        return "ready"
    page = client.get(address("task", task.project, task.public_id)).content.decode()
    assert escape(reason(file.error_code, file.error_params)) in page, f"{file.error_code} is not on the page"
    return file.error_code
