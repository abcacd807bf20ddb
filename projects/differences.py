"""What changed between two versions, line by line."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from projects.models import ProjectVersion

AROUND = 3


@dataclass(frozen=True)
class Line:
    """`kind`: same, added, removed, or gap for lines that are left out because they are the same."""

    kind: str
    text: str = ""


def instruction_diff(before: ProjectVersion, after: ProjectVersion) -> list[Line]:
    return list(diff(before.instruction.splitlines(), after.instruction.splitlines()))


def taxonomy_diff(before: ProjectVersion, after: ProjectVersion) -> list[Line]:
    return list(diff(spelled(before.params), spelled(after.params)))


def spelled(value: object) -> list[str]:
    """Sorted, because databases keep the keys of JSON in an order of their own."""
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False).splitlines()


def diff(before: list[str], after: list[str]) -> Iterator[Line]:
    """All lines that changed, each change with AROUND lines of what stays."""
    groups = list(SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(AROUND))
    for number, group in enumerate(groups):
        if number or group[0][1] > 0:
            yield Line("gap")
        for code, first, last, new_first, new_last in group:
            if code == "equal":
                yield from (Line("same", text) for text in before[first:last])
                continue
            yield from (Line("removed", text) for text in before[first:last])
            yield from (Line("added", text) for text in after[new_first:new_last])
    if groups and groups[-1][-1][2] < len(before):
        yield Line("gap")
