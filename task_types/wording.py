"""English sentences for the codes that all kinds of work share. Pure: the web side translates them."""

from collections.abc import Callable, Mapping
from typing import Any

from task_types.finding import Finding


def gettext_noop(sentence: str) -> str:
    """Marks a sentence for the catalogue."""
    return sentence


SHARED: dict[str, str] = {
    "missing": gettext_noop("“%(name)s” is missing."),
    "not_finite": gettext_noop("“%(name)s” has to be an ordinary number."),
    "unknown_type": gettext_noop("This kind of object or field is not known."),
    "too_many": gettext_noop("“%(name)s” has more than %(max)s entries."),
    "malformed": gettext_noop("“%(name)s” does not have the form that is expected."),
    "unreadable": gettext_noop("This does not have the form that is expected."),
    "content_unsupported": gettext_noop("This kind of content cannot be shown yet; pictures and texts can."),
    "name_twice": gettext_noop("“%(name)s” is there twice."),
    "choices_missing": gettext_noop("“%(name)s” needs at least one choice."),
    "range_empty": gettext_noop("“%(name)s” has a minimum above its maximum."),
    "value_required": gettext_noop("“%(name)s” is needed."),
    "value_unexpected": gettext_noop("“%(name)s” is not asked for."),
    "value_not_text": gettext_noop("“%(name)s” has to be text."),
    "value_not_number": gettext_noop("“%(name)s” has to be a number."),
    "value_not_boolean": gettext_noop("“%(name)s” has to be yes or no."),
    "value_not_choice": gettext_noop("“%(name)s” has to be one of the choices."),
    "value_not_choices": gettext_noop("“%(name)s” has to be a list of choices."),
    "unknown_choice": gettext_noop("“%(value)s” is not a choice of “%(name)s”."),
    "choice_twice": gettext_noop("“%(value)s” is chosen twice for “%(name)s”."),
    "too_few_choices": gettext_noop("“%(name)s” needs at least %(min)s choices."),
    "too_many_choices": gettext_noop("“%(name)s” takes at most %(max)s choices."),
    "number_too_small": gettext_noop("“%(name)s” has to be at least %(min)s."),
    "number_too_large": gettext_noop("“%(name)s” has to be at most %(max)s."),
    "text_too_long": gettext_noop("“%(name)s” is longer than %(max)s characters."),
}


OF_OBJECTS: dict[str, str] = {
    "attribute_required": gettext_noop("Object %(number)s needs “%(name)s”."),
    "attribute_unexpected": gettext_noop("Object %(number)s has “%(name)s”, which its label does not ask for."),
    "attribute_not_text": gettext_noop("“%(name)s” of object %(number)s has to be text."),
    "attribute_not_number": gettext_noop("“%(name)s” of object %(number)s has to be a number."),
    "attribute_not_finite": gettext_noop("“%(name)s” of object %(number)s has to be an ordinary number."),
    "attribute_not_boolean": gettext_noop("“%(name)s” of object %(number)s has to be yes or no."),
    "attribute_not_choice": gettext_noop("“%(name)s” of object %(number)s has to be one of the choices."),
    "attribute_not_choices": gettext_noop("“%(name)s” of object %(number)s has to be a list of choices."),
    "attribute_unknown_choice": gettext_noop("“%(value)s” is not a choice of “%(name)s”, which object %(number)s has."),
    "attribute_choice_twice": gettext_noop("“%(value)s” is chosen twice for “%(name)s” of object %(number)s."),
    "attribute_number_too_small": gettext_noop("“%(name)s” of object %(number)s has to be at least %(min)s."),
    "attribute_number_too_large": gettext_noop("“%(name)s” of object %(number)s has to be at most %(max)s."),
    "attribute_text_too_long": gettext_noop("“%(name)s” of object %(number)s is longer than %(max)s characters."),
}
"""About the attributes of objects, which are counted from 1, as the workbench shows them."""


def sentence(finding: Finding, messages: Mapping[str, str], translate: Callable[[str], str] = gettext_noop) -> str:
    """The finding in words; `messages` are those of its kind of work."""
    return translate(messages[finding.code]) % {name: _plain(value) for name, value in finding.params.items()}


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value
