"""A status changes only by a statement that names the statuses it comes from, along the table beside the statuses.

What this sees: `.update(status=Kind.VALUE)` in a function, and `status=Kind.VALUE` or `status__in=…` of the same kind
in a filter of that function. What it cannot see: a status in a variable, a dictionary that is unpacked, a row that was
locked and looked at before; those stand in SEEN_OTHERWISE, each with what guards it.
"""

import ast
from collections.abc import Iterator
from typing import Any

from django.apps import apps

from delivery.models import NEXT_DELIVERY_STATES
from events.models.job import NEXT_JOB_STATES
from events.models.outbox import NEXT_OUTBOX_STATES
from files.models import NEXT_FETCH_STATES, NEXT_FILE_STATES
from labeling.models.answers import NEXT_DECISIONS
from labeling.models.assignment import NEXT_STATUSES
from labeling.models.time import NEXT_CORRECTION_STATUSES
from projects.models.order import NEXT_BATCH_STATUSES, NEXT_TASK_STATUSES
from tests.house.reading import APPS, functions, last_name, sources

TABLES = {
    "DeliveryState": NEXT_DELIVERY_STATES,
    "JobState": NEXT_JOB_STATES,
    "OutboxState": NEXT_OUTBOX_STATES,
    "FetchState": NEXT_FETCH_STATES,
    "FileState": NEXT_FILE_STATES,
    "ReportDecision": NEXT_DECISIONS,
    "AssignmentStatus": NEXT_STATUSES,
    "CorrectionStatus": NEXT_CORRECTION_STATUSES,
    "BatchStatus": NEXT_BATCH_STATUSES,
    "TaskStatus": NEXT_TASK_STATUSES,
}
COLUMNS = {"status", "state", "decision"}
WITHOUT_TABLE = {
    "Attachment.state": "follows the file's or the fetch's, which have tables",
    "Enrollment.state": "two states, and both steps are allowed",
}
SEEN_OTHERWISE = {
    "events/sending.py:record_success SENT": "in_hand() names the origin and the attempt",
    "events/sending.py:take_first SENDING": "due() names the origins, and the rows are locked",
    "events/sending.py:take SENDING": "due() names the origins, and the attempts are compared",
    "files/ingesting.py:end state": "both callers give a state that uploaded may become; the origin is in the filter",
    "labeling/claiming.py:activate status": "active or released; the origin reserved is in the filter",
    "labeling/correcting.py:decide status": "accepted or refused; the origin pending is in the filter",
    "labeling/expiring.py:end_all status": "expired or recalled, of assignments that were locked while leased",
    "labeling/reporting.py:close RECALLED": "of assignments that were locked while leased",
    "labeling/reporting.py:decide decision": "both decisions are allowed; the origin open is in the filter",
    "labeling/resolving.py:COMPLETE COMPLETED": "one that is completed already is completed again: a later answer",
    "labeling/returning.py:end status": "a variable names the origins in the filter",
    "labeling/reviewing.py:give SUBMITTED": "under the item's lock; fill() refuses what is neither active nor late",
    "labeling/submitting.py:HAND_IN SUBMITTED": "a constant names the origin in the filter",
    "labeling/submitting.py:hand_in_late SUBMITTED": "under the item's lock, after the assignment was read again",
}


def test_every_status_has_a_table_of_its_steps():
    found = {}
    for model in apps.get_models():
        for column in model._meta.fields:
            if column.name in COLUMNS and column.choices and model.__module__.split(".")[0] in APPS:
                found[f"{model.__name__}.{column.name}"] = type(column.default).__name__

    assert {name for name, kind in found.items() if kind not in TABLES} == set(WITHOUT_TABLE)


def test_every_step_stands_in_its_table():
    found = {step for one in functions() for step in wrong_steps(one.place, one.node)}

    assert found | set(wrong_prepared_steps()) == set(SEEN_OTHERWISE)


def wrong_prepared_steps() -> Iterator[str]:
    """The same of `NAME = PreparedUpdate(lambda …: (rows, {"status": Kind.VALUE}), …)`."""
    for path, tree in sources():
        for node in tree.body:
            call = node.value if isinstance(node, ast.Assign) else None
            if isinstance(node, ast.Assign) and isinstance(call, ast.Call) and last_name(call.func) == "PreparedUpdate":
                yield from wrong_prepared(f"{path}:{ast.unparse(node.targets[0])}", call)


def wrong_prepared(place: str, call: ast.Call) -> Iterator[str]:
    rows = [one for one in ast.walk(call) if isinstance(one, ast.Call) and last_name(one.func) == "filter"]
    origins = [value for one in rows for value in values(one)]
    for changes in (node for node in ast.walk(call) if isinstance(node, ast.Dict)):
        for key, changed in zip(changes.keys, changes.values, strict=True):
            if isinstance(key, ast.Constant) and key.value in COLUMNS and isinstance(changed, ast.Attribute):
                kind, value = last_name(changed.value), changed.attr
                said = {origin for of, origin in origins if of == kind}
                if not said or any(value not in {to.name for to in step(TABLES[kind], origin)} for origin in said):
                    yield f"{place} {value}"


def wrong_steps(place: str, node: ast.FunctionDef) -> set[str]:
    """`file:function kind.VALUE` for each step whose origin is not said, or not allowed."""
    calls = [call for call in ast.walk(node) if isinstance(call, ast.Call)]
    origins = [value for call in calls if last_name(call.func) in {"filter", "get", "Q"} for value in values(call)]
    wrong = set()
    for call in calls:
        if last_name(call.func) == "update":
            for kind, value in values(call):
                table = TABLES.get(kind)
                if table is None:
                    continue
                said = {origin for of, origin in origins if of == kind}
                if not said or any(value not in {to.name for to in step(table, origin)} for origin in said):
                    wrong.add(f"{place} {value}")
            wrong |= {f"{place} {word.arg}" for word in call.keywords if word.arg in COLUMNS and not values(call)}
    return wrong


def step(table: Any, origin: str) -> set[Any]:
    return next((after for before, after in table.items() if before.name == origin), set())


def values(call: ast.Call) -> list[tuple[str, str]]:
    """Kind and value of each `status=Kind.VALUE`, also inside a list."""
    words = [word.value for word in call.keywords if word.arg and word.arg.split("__")[0] in COLUMNS]
    named = [node for word in words for node in ast.walk(word) if isinstance(node, ast.Attribute)]
    return [(node.value.id, node.attr) for node in named if isinstance(node.value, ast.Name)]


def test_no_status_is_assigned_and_saved():
    """An attribute may be set after the UPDATE that decided; `save()` of a status is not how a step is made."""
    saved = {
        one.place
        for one in functions()
        for call in ast.walk(one.node)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "save"
        for word in call.keywords
        if word.arg == "update_fields" and any(f'"{c}"' in ast.unparse(word.value).replace("'", '"') for c in COLUMNS)
    }
    assert saved == set()
