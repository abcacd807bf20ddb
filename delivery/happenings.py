"""What an organization can be told of: a closed list of names, and the events behind them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events.verbs import Verb

TASK_COMPLETED = "task.completed"
TASK_ERRORED = "task.errored"
BATCH_COMPLETED = "batch.completed"
# Of nothing that happened: sent when somebody asks for it.
TEST = "webhook.test"

KIND_OF: dict[str, str] = {
    Verb.TASK_COMPLETED: TASK_COMPLETED,
    Verb.TASK_ERRORED: TASK_ERRORED,
    Verb.TASK_CANCELED: "task.canceled",
    Verb.TASK_REOPENED: "task.reopened",
    Verb.BATCH_COMPLETED: BATCH_COMPLETED,
    Verb.BATCH_REOPENED: "batch.reopened",
    Verb.VERSION_PUBLISHED: "project.version_published",
    Verb.PAUSE_STARTED: "project.paused",
    Verb.PAUSE_ENDED: "project.resumed",
    Verb.EXPORT_READY: "export.ready",
}
NAMES: dict[str, Promise] = {
    TASK_COMPLETED: _("Task completed, or its answer changed"),
    TASK_ERRORED: _("Task ended with an error"),
    "task.canceled": _("Task cancelled"),
    "task.reopened": _("Task sent back to be done again"),
    BATCH_COMPLETED: _("Batch completed"),
    "batch.reopened": _("Batch opened again"),
    "project.version_published": _("New version of a project in force"),
    "project.paused": _("Work paused"),
    "project.resumed": _("Work resumed"),
    "export.ready": _("Export ready"),
}
# What a delivery can be of: the kinds that can be chosen, and the test of a webhook.
TOLD: dict[str, Promise] = {**NAMES, TEST: _("Test of a webhook")}


def name_of(kind: str) -> str:
    """In words; the kind itself where there are none."""
    return str(TOLD.get(kind, kind))
