"""The mutants as tables in Markdown: each one, and how many of each module."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from tests.proof.mutants.declared import Declared
from tests.proof.mutants.deriving import Mutant
from tests.proof.mutants.equivalents import EQUIVALENT
from tests.proof.mutants.running import Verdict

Judged = tuple[Mutant | Declared, Verdict]
BEGIN, END = "<!-- make mutants -->", "<!-- end -->"
HEAD = """# Mutants of the queue

Each line takes one thing away — a predicate term, a lock, a constraint, a partial index — and names the test that sees
it missing, or says why nothing changes. `make mutants` derives the mutants from the source, runs the tests against each
and writes this page; queue.md has the sums.
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
    sums = Counter(fate(*one) for one in judged)
    counts = (
        f"{len(judged)} mutants: {sums['killed']} killed, {sums['equivalent']} equivalent, {sums['survived']} survived."
    )
    return "\n".join([HEAD, counts, "", *of_sources(judged), "", *of_database(judged), ""])


def fate(one: Mutant | Declared, verdict: Verdict) -> str:
    if verdict.killed_by:
        return "killed"
    return "equivalent" if reason_of(one) else "survived"


def with_sums(text: str, judged: Sequence[Judged]) -> str:
    """The text with the table of sums between its two marks."""
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    return "\n".join([before + BEGIN, *sums_of(judged), END + after])


def sums_of(judged: Sequence[Judged]) -> list[str]:
    """A line per module and per app's database, and one for all."""
    fates: dict[str, Counter[str]] = defaultdict(Counter)
    for one, verdict in judged:
        for place in (place_of(one), "all"):
            fates[place][fate(one, verdict)] += 1
    order = sorted(fates, key=lambda place: (place == "all", " " in place, place))
    rows = [f"| {place} | {' | '.join(map(str, numbers(fates[place])))} |" for place in order]
    return ["| Where | Mutants | Killed | Equivalent | Survived |", "|---|--:|--:|--:|--:|", *rows]


def place_of(one: Mutant | Declared) -> str:
    if isinstance(one, Mutant):
        return f"`{one.path}`"
    return f"{one.model.split('.')[0]}: constraints and partial indexes"


def numbers(fates: Counter[str]) -> tuple[int, int, int, int]:
    return fates.total(), fates["killed"], fates["equivalent"], fates["survived"]


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
