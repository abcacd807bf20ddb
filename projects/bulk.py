"""Many tasks that a program orders in one request: an import whose lines come through the API."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError

from core.actions import action
from projects import importing
from projects.arrivals import Arrival
from projects.chunks import Chunk
from projects.models import Batch, Import, ImportKind, Task

TRIES = 3


def key_of(organization_id: int, mode: str, upload_id: str) -> str:
    """What an upload is known by: the caller's own name for it, within their organization and world."""
    return hashlib.sha256(f"{organization_id}:{mode}:{upload_id}".encode()).hexdigest()[:24]


def find(organization_id: int, mode: str, upload_id: str) -> Import | None:
    return Import.objects.filter(upload_id=key_of(organization_id, mode, upload_id)).first()


def begin(batch: Batch, upload_id: str, *, at: datetime) -> Import:
    """The import; the same one for the same name."""
    key = key_of(batch.organization_id, batch.mode, upload_id)
    found = Import.objects.filter(upload_id=key).first() or write_once(batch, key, upload_id, at=at)
    if found.batch_id == batch.pk:  # read already
        found.batch, found.project = batch, batch.project
    return found


def write_once(batch: Batch, key: str, upload_id: str, *, at: datetime) -> Import:
    try:
        return write(batch, key, upload_id, at=at)
    except IntegrityError:  # another request was first
        return Import.objects.get(upload_id=key)


@action
def write(batch: Batch, key: str, upload_id: str, *, at: datetime) -> Import:
    return Import.objects.create(
        organization_id=batch.organization_id,
        project_id=batch.project_id,
        batch=batch,
        kind=ImportKind.ORDERS,
        name=upload_id,
        upload_id=key,
        created_at=at,
    )


def take_in(found: Import, chunk: Chunk, *, at: datetime) -> None:
    """Write the chunk's tasks. One whose unique_id is there already is refused, also if it came a moment ago."""
    for attempt in range(1, TRIES + 1):
        told = Chunk(without_taken(found.batch, chunk.arrivals), chunk.is_last)
        try:
            importing.take_in(found, told, at=at)
        except IntegrityError:
            if attempt == TRIES:
                raise
        else:
            found.refresh_from_db(fields=["position", "made", "refused", "ended_at"])
            return


def without_taken(batch: Batch, arrivals: Sequence[Arrival]) -> list[Arrival]:
    wanted = [one.task.unique_id for one in arrivals if one.task and one.task.unique_id]
    same = Task.objects.filter(organization=batch.organization_id, mode=batch.mode)
    taken = set(same.filter(unique_id__in=wanted).values_list("unique_id", flat=True)) if wanted else set()
    found = []
    for one in arrivals:
        unique_id = one.task.unique_id if one.task else None
        found.append(
            one if unique_id is None or unique_id not in taken else Arrival(one.number, code="unique_id_taken")
        )
        taken.add(unique_id)
    return found
