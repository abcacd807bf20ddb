"""Why a file, an entry or a row made no task, or a task ended with an error, in words.

files/reasons.py has what concerns the bytes alone.
"""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from files import reasons
from projects.models import Attachment, AttachmentState, Task

REASONS: dict[str, Promise] = {
    "api_only": _("Tasks of this kind of work come through the API, not from files."),
    "not_a_picture": _("This project labels pictures; this is a text."),
    "not_a_text": _("This project labels texts; this is a picture."),
    "column_missing": _("There is no “%(column)s” in this row."),
    "column_not_text": _("“%(column)s” is not a text."),
    "empty_text": _("The text is empty."),
    "empty_address": _("The address is empty."),
    "metadata_too_large": _("The other columns of this row are larger than 64 kB."),
    "nul": _("The text contains the character NUL."),
    "order_refused": _("%(sentence)s"),
    "line_too_long": _("This line is longer than an order may be."),
    "unique_id_taken": _("There is a task with this unique_id already."),
}

FAULTS: dict[str, Promise] = {
    "attachment_broken": _("A file of this task cannot be fetched or read."),
    "ended_elsewhere": _("It had ended with an error on the server that it was brought from."),
    "reported": _("A worker reported that it cannot be done, and the report was confirmed."),
}


def fault(task: Task) -> str:
    """Why the task ended with an error, the broken file's own reason where there is one; empty for other tasks."""
    if not task.error_code:
        return ""
    broken = [row for row in task.attachments.all() if row.state == AttachmentState.BROKEN and row.error_code]
    return file_fault(broken[0]) if broken else str(FAULTS.get(task.error_code, task.error_code))


def file_fault(attachment: Attachment) -> str:
    where = attachment.file or attachment.fetch
    return import_reason(attachment.error_code, where.error_params if where else None)


def import_reason(code: str, params: dict[str, Any] | None = None) -> str:
    """The sentence in the reader's language, without the number of the line."""
    if code in REASONS:
        return reasons.put_into_words(REASONS[code], params)
    if code in reasons.ROW_REASONS and code not in reasons.FILE_REASONS:
        return reasons.put_into_words(reasons.ROW_REASONS[code], params)
    return reasons.reason(code, params)
