"""Projects with pictures that are ready to be worked on, made without a browser."""

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import User
from config.demo.scenes import Scene, street
from files import ingesting
from files.models import File, FileState
from labeling.models import Assignment
from payments.models import LedgerLine
from projects import creating, receiving
from projects.models import Project, Task
from tests.browser.pages.people import make_customer
from tests.browser.pages.waiting import until
from workers.models import Worker

BOX_PARAMS = {"geometries": {"box": {"objects_to_annotate": ["Car", "Person"]}}}
CENT = 10_000


def make_boxes_project(
    pictures: Sequence[tuple[str, bytes]],
    *,
    customer: User | None = None,
    params: dict[str, Any] = BOX_PARAMS,
    reviews: int = 1,
    places: int = 1,
    name: str = "Street boxes",
    **terms: Any,
) -> Project:
    """Boxes on these pictures, which are read before this returns; 0.34 for an answer, 0.12 for a review."""
    by = customer or make_customer()
    pipeline = [{"kind": "attempt", "places": places}] + [{"kind": "review", "rate_micros": 12 * CENT}] * reviews
    project = creating.create_project(
        by.all_memberships[0].organization,
        name=name,
        type="imageannotation",
        terms=creating.Terms(params=params, pipeline=pipeline, **{"rate_micros": 34 * CENT, **terms}),
        by=by,
        at=timezone.now(),
    )
    for file, content in pictures:
        add_picture(project, file, content, by=by)
    return project


def add_picture(project: Project, name: str, content: bytes, *, by: User) -> None:
    batch = project.batches.get(name=None)
    answer = receiving.receive(SimpleUploadedFile(name, content), batch, by=by, at=timezone.now())
    assert not answer.reason
    for file in File.objects.filter(state=FileState.UPLOADED):
        ingesting.ingest(file.pk, at=timezone.now())  # unless a worker does
    until(lambda: not File.objects.exclude(state=FileState.READY).exists(), what="the picture is read")


def street_pictures(count: int) -> list[tuple[str, bytes]]:
    return [(f"street-{number}.png", scene.png) for number, scene in enumerate(streets(count))]


def streets(count: int) -> list[Scene]:
    return [street(number) for number in range(count)]


def task_of(assignment_id: str) -> Task:
    return Assignment.objects.get(public_id=assignment_id).work_item.task


def name_of_picture(assignment_id: str) -> str:
    """The customer's name of the file, which nothing in the contractor's browser tells."""
    attachment = task_of(assignment_id).attachments.select_related("file").get()
    assert attachment.file
    return attachment.file.name


def balance(worker: Worker, kind: str) -> int:
    """What the ledger says that the worker has: `provisional` or `final`, in micros."""
    lines = LedgerLine.objects.filter(account__worker=worker, account__kind=kind)
    return sum(line.amount_micros for line in lines)
