"""Whether a task can be ordered with these params: what is missing or has another form is named, all else is kept."""

from collections.abc import Iterator
from typing import Any

from task_types import registry
from task_types.finding import MOST_FINDINGS, Finding
from task_types.kind import Json
from task_types.order_forms import Form, dotted
from task_types.order_forms import text as text_form
from task_types.orders import ORDERS
from task_types.values import without_nulls
from task_types.wording import gettext_noop
from task_types.wording import sentence as sentence_of

# What is right in Scale's eyes, but cannot be worked on here as yet: such a task waits, it is not refused.
NOT_YET = frozenset(
    {
        "attributes_unsupported",
        "content_unsupported",
        "geometry_unknown",
        "relation_label_unknown",
        "relations_unsupported",
        "taxonomies_unsupported",
        "unknown_type",
    }
)

ATTACHMENTS = frozenset({"attachment", "attachments"})
PREFIX = gettext_noop("Parameter is invalid, reason: %(reason)s")
MESSAGES = {
    "order_missing": gettext_noop('"%(name)s" is required'),
    "order_missing_all": gettext_noop("one of %(names)s is required"),
    "order_not_text": gettext_noop('"%(name)s" must be a string that is not empty'),
    "order_not_number": gettext_noop('"%(name)s" must be a number'),
    "order_not_flag": gettext_noop('"%(name)s" must be true or false'),
    "order_not_object": gettext_noop('"%(name)s" must be an object'),
    "order_not_attachments": gettext_noop('"%(name)s" must be a list of attachments'),
    "order_one_attachment": gettext_noop('"%(name)s" must hold one attachment for this type of task'),
    "order_two_attachments": gettext_noop('"%(name)s" must hold at least two attachments'),
    "order_not_labels": gettext_noop('"%(name)s" must be a list of labels'),
    "order_not_label": gettext_noop('"%(name)s" must be a label'),
    "order_not_geometries": gettext_noop('"%(name)s" must be an object with at least one geometry'),
    "order_geometry_unknown": gettext_noop('"%(name)s" is not a geometry'),
    "order_not_questions": gettext_noop('"%(name)s" must be an object with at least one entry'),
    "order_not_fields": gettext_noop('"%(name)s" must be a list of fields'),
    "order_not_features": gettext_noop('"%(name)s" must be a list of features'),
    "order_wrong": gettext_noop('"%(name)s" is wrong: %(problem)s'),
}


def check_order(name: str, params: Json) -> list[Finding]:
    """What keeps a task of that type from being ordered; none for a good order. Raises KeyError for no type at all.

    `params` are the task's own over the project's. None is as good as absent.
    """
    given = without_nulls(params)
    found = list(_findings(name, given))[:MOST_FINDINGS]
    return found or _of_the_kind(name, given)


def check_given(name: str, params: Json) -> list[Finding]:
    """As `check_order` for what a project gives to its tasks: what is not there as yet may come with each of them."""
    given = without_nulls(params)
    found = list(_findings(name, given))
    wrong = [finding for finding in found if not _is_missing(finding)]
    if wrong or any(finding.params["name"] not in ATTACHMENTS for finding in found):
        return wrong[:MOST_FINDINGS]
    return _of_the_kind(name, given)


def _is_missing(finding: Finding) -> bool:
    return finding.code == "order_missing_all" or (finding.code == "order_missing" and len(finding.path) == 1)


def sentence(finding: Finding) -> str:
    """As the API says it: `Parameter is invalid, reason: "attachment" is required`."""
    return PREFIX % {"reason": sentence_of(finding, MESSAGES)}


def _findings(name: str, given: dict[str, Any]) -> Iterator[Finding]:
    order = ORDERS[name]
    for group in order.needs:
        there = {key: form for key, form in group.items() if key in given}
        if not there:
            yield _missing(list(group))
        yield from _check(there, given)
    rest = {key: form for key, form in order.may.items() if key in given}
    yield from _check({"attachment_type": text_form, **rest} if "attachment_type" in given else rest, given)


def _check(forms: dict[str, Form], given: dict[str, Any]) -> Iterator[Finding]:
    for key, form in forms.items():
        yield from form(given[key], (key,))


def _missing(names: list[str]) -> Finding:
    """The spelling of an attachment's parameter that is documented for the type is the one that is asked for."""
    if len(names) == 1 or set(names) == ATTACHMENTS:
        return Finding("order_missing", {"name": names[0]}, (names[0],))
    quoted = ", ".join(f'"{name}"' for name in names)
    return Finding("order_missing_all", {"name": names[0], "names": quoted}, (names[0],))


def _of_the_kind(name: str, params: Json) -> list[Finding]:
    """What the kind of work itself finds, where the workbench shows it."""
    if not registry.is_shown(name):
        return []
    kind = registry.get(name)
    return [
        Finding(
            "order_wrong",
            {"name": dotted(found.path) or name, "problem": sentence_of(found, kind.messages)},
            found.path,
        )
        for found in kind.check_params(params)
        if found.code not in NOT_YET
    ]
