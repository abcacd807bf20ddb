"""English sentences for the findings of categorization."""

from task_types.wording import SHARED, gettext_noop

MESSAGES = SHARED | {
    "taxonomies_unsupported": gettext_noop("Taxonomies cannot be worked on yet; use categories."),
    "category_missing": gettext_noop("Choose a category."),
    "unknown_choice": gettext_noop("“%(value)s” is not one of the categories."),
    "choice_twice": gettext_noop("The category “%(value)s” is chosen twice."),
    "value_not_choice": gettext_noop("Choose exactly one category."),
    "value_not_choices": gettext_noop("The categories have to be a list."),
}
