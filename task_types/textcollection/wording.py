"""English sentences for the findings of textcollection."""

from task_types.wording import SHARED, gettext_noop

MESSAGES = SHARED | {
    "field_mismatch": gettext_noop("The answer to “%(name)s” belongs to another field."),
}
