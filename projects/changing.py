"""What may be changed after it was ordered: a task's tags, its metadata, its unique_id; a batch's metadata."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from core import jsonio, limits
from core.actions import action
from core.errors import BusinessError
from events import recording
from events.verbs import Verb
from projects.models import Batch, Task, TaskContent, TaskTag
from projects.task_events import event_of

UNIQUE_ID_CHARACTERS = 255


def checked_tags(tags: Sequence[Any]) -> list[str]:
    """Each once, in their order. Raises BusinessError `bad_tags` (400)."""
    found = list(dict.fromkeys(tags)) if all(isinstance(tag, str) for tag in tags) else [""]
    if len(found) > limits.TAGS_COUNT or any(not 1 <= len(tag) <= limits.TAG_CHARACTERS for tag in found):
        sentence = _("Tags are texts of 1 to %(characters)s characters, at most %(count)s of them.")
        counts = {"characters": limits.TAG_CHARACTERS, "count": limits.TAGS_COUNT}
        raise BusinessError(sentence % counts, code="bad_tags", status=400)
    return found


def checked_metadata(metadata: Any) -> dict[str, Any]:
    """Raises BusinessError `bad_metadata` (400) for what is no object, or too large."""
    if not isinstance(metadata, dict) or len(jsonio.written(metadata)) > limits.METADATA:
        sentence = _("Metadata is a JSON object of at most %(limit)s bytes.")
        raise BusinessError(sentence % {"limit": limits.METADATA}, code="bad_metadata", status=400)
    return metadata


def checked_unique_id(unique_id: Any) -> str:
    """Raises BusinessError `bad_unique_id` (400)."""
    if not isinstance(unique_id, str) or not 1 <= len(unique_id) <= UNIQUE_ID_CHARACTERS:
        sentence = _("A unique_id is a text of 1 to %(limit)s characters.")
        raise BusinessError(sentence % {"limit": UNIQUE_ID_CHARACTERS}, code="bad_unique_id", status=400)
    return unique_id


def unique_id_taken() -> BusinessError:
    return BusinessError(_("There is a task with this unique_id already."), code="unique_id_taken")


@action
def set_tags(task: Task, tags: Sequence[str], *, at: datetime) -> None:
    """These and no others, in their order."""
    lock(task)
    TaskTag.objects.filter(task=task).delete()
    write_tags(task, checked_tags(tags), at=at)


@action
def add_tags(task: Task, tags: Sequence[str], *, at: datetime) -> None:
    """Those that it has not; behind the others."""
    lock(task)
    there = set(TaskTag.objects.filter(task=task).values_list("tag", flat=True))
    new = [tag for tag in checked_tags(tags) if tag not in there]
    checked_tags([*there, *new])
    write_tags(task, new, at=at)


@action
def remove_tags(task: Task, tags: Sequence[str], *, at: datetime) -> None:
    """Those of them that it has."""
    lock(task)
    TaskTag.objects.filter(task=task, tag__in=checked_tags(tags)).delete()
    changed(task, "tags", at=at)


def write_tags(task: Task, tags: Sequence[str], *, at: datetime) -> None:
    TaskTag.objects.bulk_create(TaskTag(task=task, tag=tag) for tag in tags)
    changed(task, "tags", at=at)


@action
def set_metadata(task: Task, metadata: Any, *, merge: bool = False, at: datetime) -> None:
    """Replaces it; with `merge`, objects in it are merged key by key."""
    lock(task)
    if merge:
        before = TaskContent.objects.values_list("metadata", flat=True).get(task=task)
        metadata = merged(before, checked_metadata(metadata))
    TaskContent.objects.filter(task=task).update(metadata=checked_metadata(metadata))
    changed(task, "metadata", at=at)


@action
def set_batch_metadata(batch: Batch, metadata: Any, *, merge: bool = False, at: datetime) -> None:
    """As `set_metadata`, of a batch."""
    before = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk).metadata
    batch.metadata = checked_metadata(merged(before, checked_metadata(metadata)) if merge else metadata)
    Batch.objects.filter(pk=batch.pk).update(metadata=batch.metadata)
    recording.write(
        recording.event(
            Verb.BATCH_CHANGED,
            at=at,
            actor=recording.by_user_or_site(None),
            subject_type="batch",
            subject_id=batch.public_id,
            organization_id=batch.organization_id,
            data={"what": "metadata"},
        )
    )


def merged(before: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Deep: objects are merged, everything else is replaced."""
    found = dict(before)
    for key, value in more.items():
        both = isinstance(value, dict) and isinstance(found.get(key), dict)
        found[key] = merged(found[key], value) if both else value
    return found


def set_unique_id(task: Task, unique_id: str | None, *, at: datetime) -> None:
    """None frees it. Raises BusinessError `unique_id_taken`."""
    try:
        write_unique_id(task, checked_unique_id(unique_id) if unique_id is not None else None, at=at)
    except IntegrityError:
        raise unique_id_taken() from None


@action
def write_unique_id(task: Task, unique_id: str | None, *, at: datetime) -> None:
    lock(task)
    Task.objects.filter(pk=task.pk).update(unique_id=unique_id)
    changed(task, "unique_id", at=at)


def lock(task: Task) -> None:
    # Two who change the tags of one task would each delete what the other is about to write.
    Task.objects.select_for_update(no_key=True).get(pk=task.pk)


def changed(task: Task, what: str, *, at: datetime) -> None:
    Task.objects.filter(pk=task.pk).update(updated_at=at)
    recording.write(event_of(Verb.TASK_CHANGED, task, by=None, at=at, what=what))
