"""The mutants as a table in Markdown."""

from collections.abc import Sequence

from tests.proof.mutants.declared import Declared
from tests.proof.mutants.deriving import Mutant
from tests.proof.mutants.equivalents import EQUIVALENT
from tests.proof.mutants.running import Verdict

Judged = tuple[Mutant | Declared, Verdict]
HEAD = """# Mutants of the queue

Each line takes one thing away — a predicate term, a lock, a constraint, a partial index — and names the test that sees
it missing, or says why nothing changes. `make mutants` derives the mutants from the source, runs the tests against each
in a copy of the tree, and writes this page.
"""


def reason_of(one: Mutant | Declared) -> str:
    return EQUIVALENT.get(one.key, "")


def outcome(one: Mutant | Declared, verdict: Verdict) -> str:
    if verdict.killed_by:
        return f"`{cell(verdict.killed_by)}`"
    reason = reason_of(one)
    return f"equivalent: {cell(reason)}" if reason else "**survived**"


def cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def page(judged: Sequence[Judged]) -> str:
    killed = sum(bool(verdict.killed_by) for _one, verdict in judged)
    equal = sum(not verdict.killed_by and bool(reason_of(one)) for one, verdict in judged)
    counts = f"{len(judged)} mutants: {killed} killed, {equal} equivalent, {len(judged) - killed - equal} survived."
    return "\n".join([HEAD, counts, "", *of_sources(judged), "", *of_database(judged), ""])


def of_sources(judged: Sequence[Judged]) -> list[str]:
    rows = [row_of(one, verdict) for one, verdict in judged if isinstance(one, Mutant)]
    return ["## Terms and locks", "", "| Where | Function | Removed | Seen by |", "|---|---|---|---|", *rows]


def row_of(one: Mutant, verdict: Verdict) -> str:
    function = one.function.rsplit(".", 1)[-1]
    return f"| {one.path}:{one.line} | {function} | {one.kind} `{cell(one.what)}` | {outcome(one, verdict)} |"


def of_database(judged: Sequence[Judged]) -> list[str]:
    rows = [
        f"| {one.model} | {one.kind} `{one.name}` | {outcome(one, verdict)} |"
        for one, verdict in judged
        if isinstance(one, Declared)
    ]
    return ["## Constraints and partial indexes", "", "| Model | Dropped | Seen by |", "|---|---|---|", *rows]
