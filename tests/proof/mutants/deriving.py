"""What can be taken away from the queue's source: one mutant for each predicate term, lock and stop of a claim.

A mutant is a source file with one node of its syntax tree changed; nothing here is a list of single mutants by hand.
"""

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from tests.machine import ROOT

# Everything that hands out, takes in, ends or stops work, with the querysets that they share.
SOURCES = [
    "core/gate.py",
    *(
        f"labeling/{name}.py"
        for name in (
            "announcing", "assigning", "batches", "beginning", "choosing", "claiming", "drafting", "eligibility",
            "expiring", "lanes", "models/assignment", "moving", "offering", "pausing", "picking", "places",
            "positions", "previewing", "quieting", "recalling", "renewing", "reopening", "resolving", "returning",
            "reviewing", "scopes", "spending", "stopping", "submitting", "timing",
        )
    ),
    "projects/models/standing.py",
    "projects/models/stops.py",
    "workers/models/skill.py",
]  # fmt: skip
NARROWING = {"filter", "exclude"}
# Locks in plain SQL, and the same statement without them.
SQL_LOCKS = {
    " FOR NO KEY UPDATE": "",
    "pg_advisory_xact_lock_shared(%s::int, %s::int)": "%s::int + %s::int",
    "pg_advisory_xact_lock(%s, %s)": "%s::int + %s::int",
}
# Who may read what has tests of its own (tests/access); what a model's Meta declares is dropped from the database.
ELSEWHERE = (".visible_to", ".Meta", "has_its_subject")
# Calls for the sake of the lock alone.
LOCKING_CALLS = {"gate.drain", "lock_for", "lock_worker", "submitting.lock_worker", "places.locked_of_task"}
Change = Callable[[ast.AST], ast.AST | None]


@dataclass(frozen=True)
class Mutant:
    """`what` was removed from `function` of the file; the `number` tells equal removals of one function apart."""

    path: str
    line: int
    function: str
    kind: str
    what: str
    source: str
    number: int = 1

    @property
    def key(self) -> str:
        """Survives that lines move."""
        more = f" ({self.number})" if self.number > 1 else ""
        return f"{self.path}:{self.function}: {self.kind} {self.what}{more}"


def mutants() -> list[Mutant]:
    """Of all sources, in their order."""
    return [one for path in SOURCES for one in numbered(of_source(path, (ROOT / path).read_text(encoding="utf-8")))]


def numbered(found: Iterator[Mutant]) -> Iterator[Mutant]:
    seen: Counter[str] = Counter()
    for one in found:
        seen[one.key] += 1
        yield replace(one, number=seen[one.key])


def of_source(path: str, text: str) -> Iterator[Mutant]:
    tree = ast.parse(text)
    functions, annotations = places_of(tree)
    for index, node in enumerate(ast.walk(tree)):
        if node in annotations or functions[node].endswith(ELSEWHERE):
            continue
        for kind, what, change in changes(node):
            yield Mutant(path, node.lineno, functions[node], kind, what, changed(text, index, change))  # type: ignore[attr-defined]  # expressions and statements


def places_of(tree: ast.Module) -> tuple[dict[ast.AST, str], set[ast.AST]]:
    """Each node's function, by its dotted name, and all nodes inside of annotations."""
    functions: dict[ast.AST, str] = {}
    annotations: set[ast.AST] = set()

    def look(node: ast.AST, name: str) -> None:
        functions[node] = name
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            name = f"{name}.{node.name}" if name != "module" else node.name
        for field in ("annotation", "returns"):
            if inner := getattr(node, field, None):
                annotations.update(ast.walk(inner))
        for child in ast.iter_child_nodes(node):
            look(child, name)

    look(tree, "module")
    return functions, annotations


def changed(text: str, index: int, change: Change) -> str:
    """The source with its node of that number (in the order of ast.walk) changed."""
    tree = ast.parse(text)
    target = list(ast.walk(tree))[index]

    class Changing(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST | None:
            return change(node) if node is target else self.generic_visit(node)

    Changing().visit(tree)
    return ast.unparse(ast.fix_missing_locations(tree))


def changes(node: ast.AST) -> Iterator[tuple[str, str, Change]]:
    """What can be done to this node: kind, what is removed, and how."""
    match node:
        case ast.Call(func=ast.Attribute(attr="select_for_update", value=rows)):
            yield "lock", f"of {short(rows)}", lambda node: node.func.value  # type: ignore[attr-defined]  # this node
            yield from keywords_of(node, "lock", only={"skip_locked"})
        case ast.Call(func=ast.Attribute(attr=name)) if name in NARROWING:
            yield from arguments_of(node)
        case ast.Call(func=ast.Name(id="Q")):
            yield from arguments_of(node)
        case ast.BinOp(op=ast.BitAnd() | ast.BitOr()) if is_predicate(node):
            yield from operands_of(node)
        case ast.Dict(keys=[ast.Attribute(value=ast.Name(id="Barrier")), *_more]):
            yield from entries_of(node)
        case ast.Constant(value=str(sql)):
            yield from sql_locks_of(sql)
        case ast.Expr(value=ast.Call(func=called)) if ast.unparse(called) in LOCKING_CALLS:
            yield "lock", short(node), lambda _node: ast.Pass()


def short(node: ast.AST, most: int = 70) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= most else f"{text[: most - 1]}…"


def arguments_of(call: ast.Call) -> Iterator[tuple[str, str, Change]]:
    for number, argument in enumerate(call.args):
        # A single Q(…) is taken apart by itself.
        if not isinstance(argument, ast.Starred) and not is_q(argument):
            yield "term", short(argument), partial(without_argument, number=number)
    yield from keywords_of(call, "term")


def keywords_of(call: ast.Call, kind: str, *, only: set[str] | None = None) -> Iterator[tuple[str, str, Change]]:
    for number, keyword in enumerate(call.keywords):
        if keyword.arg and (only is None or keyword.arg in only):
            yield kind, short(keyword), partial(without_keyword, number=number)


def without_argument(node: ast.AST, *, number: int) -> ast.AST:
    assert isinstance(node, ast.Call)
    del node.args[number]
    return node


def without_keyword(node: ast.AST, *, number: int) -> ast.AST:
    assert isinstance(node, ast.Call)
    del node.keywords[number]
    return node


def is_q(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Q"


def is_predicate(node: ast.BinOp) -> bool:
    """No union of sets or of dictionaries."""
    return not any(isinstance(inner, ast.Set | ast.Dict | ast.SetComp) for inner in (node.left, node.right))


def operands_of(node: ast.BinOp) -> Iterator[tuple[str, str, Change]]:
    """What is a Q(…) itself is emptied by the removal of its arguments."""
    if not is_q(node.left):
        yield "term", short(node.left), lambda node: node.right  # type: ignore[attr-defined]  # this node
    if not is_q(node.right):
        yield "term", short(node.right), lambda node: node.left  # type: ignore[attr-defined]  # this node


def entries_of(node: ast.Dict) -> Iterator[tuple[str, str, Change]]:
    for number, key in enumerate(node.keys):
        assert key is not None
        yield "condition", ast.unparse(key), partial(without_entry, number=number)


def without_entry(node: ast.AST, *, number: int) -> ast.AST:
    assert isinstance(node, ast.Dict)
    del node.keys[number], node.values[number]
    return node


def sql_locks_of(sql: str) -> Iterator[tuple[str, str, Change]]:
    for lock, instead in SQL_LOCKS.items():
        if lock in sql:
            text = sql.replace(lock, instead)
            yield "lock", lock.strip(), partial(constant, text=text)


def constant(_node: ast.AST, *, text: str) -> ast.AST:
    return ast.Constant(text)
