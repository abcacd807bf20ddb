"""Work in progress: saved while it is done, kept when the lease ends, offered again when the worker comes back."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from core.actions import action, savepoint
from core.errors import BusinessError
from core.prepared import PreparedDelete
from labeling import timing
from labeling.models import Assignment, AssignmentStatus, Draft


class DraftConflict(BusinessError):
    """Another tab or computer saved a newer revision; the caller shows both."""

    def __init__(self, draft: Draft | None) -> None:
        super().__init__(_("This task was changed in another window."), code="draft_conflict")
        self.draft = draft


@action
def save_draft(assignment: Assignment, *, revision: int, document: Any, at: datetime) -> Draft:
    """Store the document as revision + 1, whatever the lease or a pause says.

    Raises DraftConflict when the stored revision is another one, BusinessError when the work was handed in or skipped.
    """
    # Locked against a submission at the same moment, after which a draft would be left over.
    locked = Assignment.objects.select_related("worker__user").select_for_update(no_key=True, of=("self",))
    now = locked.get(pk=assignment.pk)
    if now.status == AssignmentStatus.ACTIVE:
        timing.note_sign(now, at=at, rarely=True)
    if now.status in {AssignmentStatus.SUBMITTED, AssignmentStatus.SKIPPED}:
        raise BusinessError(_("This task was handed in; a draft would change nothing."), code="already_submitted")
    mine = Draft.objects.filter(work_item_id=assignment.work_item_id, worker_id=assignment.worker_id)
    if mine.filter(revision=revision).update(revision=revision + 1, document=document, saved_at=at):
        return mine.get()
    stored = mine.first()
    if stored is not None or revision != 0:
        raise DraftConflict(stored)
    try:
        # Two tabs may both begin: the unique constraint decides, and the savepoint keeps the transaction alive.
        with savepoint():
            return Draft.objects.create(
                work_item_id=assignment.work_item_id,
                worker_id=assignment.worker_id,
                revision=1,
                document=document,
                saved_at=at,
            )
    except IntegrityError:
        raise DraftConflict(mine.first()) from None


@action
def keep_as_draft(assignment: Assignment, *, document: Any, at: datetime) -> Draft:
    """What could not be handed in becomes the draft, over whatever was there: it is the worker's latest word."""
    draft, made = Draft.objects.get_or_create(
        work_item_id=assignment.work_item_id,
        worker_id=assignment.worker_id,
        defaults={"revision": 1, "document": document, "saved_at": at},
    )
    if not made and draft.document != document:
        Draft.objects.filter(pk=draft.pk).update(revision=draft.revision + 1, document=document, saved_at=at)
        draft.refresh_from_db()
    return draft


DROP = PreparedDelete(
    lambda work_item, worker: Draft.objects.filter(work_item=work_item, worker=worker), work_item=int, worker=int
)


def drop_draft(assignment: Assignment) -> None:
    """The work is in: its draft is no more."""
    DROP.at_end(work_item=assignment.work_item_id, worker=assignment.worker_id)
