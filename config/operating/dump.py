"""The database in one file of gzip'd JSON lines, and back.

First the applied migrations; then for each table a line that names it and its columns, and a line per row; last what
the sequences would give next. It is read in one snapshot.
"""

import gzip
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.graph import MigrationGraph
from django.db.models import Model

from config.operating import rows
from core.actions import action
from events import sealing

ROWS_AT_ONCE = 1000
Counts = dict[str, int]


class DumpError(Exception):
    """The text says what is wrong with a dump, or with where it should go."""


def write(path: Path) -> Counts:
    """The whole database as it is at this moment; returns the number of rows by table."""
    counts: Counts = {}
    with gzip.open(path, "wb", compresslevel=6) as file, rows.snapshot():
        nodes = rows.applied()
        models = rows.tables(nodes)
        file.write(rows.as_text({"migrations": nodes}))
        for table, model in sorted(models.items()):
            fields = rows.columns(model)
            file.write(rows.as_text({"table": table, "columns": [field.column for field in fields]}))
            counts[table] = 0
            for row in model._base_manager.order_by("pk").iterator(chunk_size=ROWS_AT_ONCE):  # noqa: SLF001
                file.write(rows.as_text(rows.to_line(row, fields)))
                counts[table] += 1
        file.write(rows.as_text({"next": rows.next_numbers(models.values())}))
    return counts


def load(path: Path, *, expected: Counts) -> None:
    """Bring an empty database to the dump's migrations, take its rows in, and go on to those of the code.

    Raises DumpError when it does not fit, or when afterwards a row is missing or a chain of events is broken.
    """
    with gzip.open(path, "rb") as file:
        nodes = [(app, name) for app, name in rows.from_text(file.readline())["migrations"]]
    models = migrate_to(nodes)
    take_in(path, models)
    compare(models, expected)
    call_command("migrate", interactive=False, verbosity=0)
    check_chains()


def migrate_to(nodes: list[rows.Node]) -> dict[str, type[Model]]:
    executor = MigrationExecutor(connection)
    unknown = [node for node in nodes if node not in executor.loader.graph.nodes]
    if unknown:
        raise DumpError(f"It was made by a newer Plumbline: there is no migration {'.'.join(unknown[0])} here.")
    if ahead := set(executor.loader.applied_migrations) - set(nodes):
        raise DumpError(f"This database is newer than the backup ({len(ahead)} migrations). Give it an empty one.")
    executor.migrate(last_of(nodes, executor.loader.graph))
    return rows.tables(nodes)


def last_of(nodes: list[rows.Node], graph: MigrationGraph) -> list[rows.Node]:
    """Of each app the migrations that no other one of them follows: what Django takes as the place to go to."""
    followed = {parent.key for node in nodes for parent in graph.node_map[node].parents if parent.key[0] == node[0]}
    return [node for node in nodes if node not in followed]


@action
def take_in(path: Path, models: dict[str, type[Model]]) -> None:
    """All or nothing. It opens the file itself, because an action may begin anew."""
    for model in models.values():
        rows.empty(model)  # what migrations put there is in the dump
    with gzip.open(path, "rb") as file:
        for heading, found in pieces(rows.from_text(line) for line in file):
            if "next" in heading:
                rows.set_next_numbers(models.values(), heading["next"])
            elif "table" in heading:
                rows.insert(model_of(heading, models), found)


def pieces(lines: Iterator[Any]) -> Iterator[tuple[dict[str, Any], list[rows.Line]]]:
    """Each heading with the rows below it, so many at once."""
    heading: dict[str, Any] = {}
    waiting: list[rows.Line] = []
    for line in lines:
        if isinstance(line, dict):
            yield heading, waiting
            heading, waiting = line, []
        else:
            waiting.append(line)
            if len(waiting) == ROWS_AT_ONCE:
                yield heading, waiting
                waiting = []
    yield heading, waiting


def model_of(line: dict[str, Any], models: dict[str, type[Model]]) -> type[Model]:
    model = models.get(line["table"])
    if model is None or [field.column for field in rows.columns(model)] != line["columns"]:
        raise DumpError(f"The table {line['table']} has other columns here.")
    return model


def count(models: dict[str, type[Model]]) -> Counts:
    return {table: model._base_manager.count() for table, model in models.items()}  # noqa: SLF001


def compare(models: dict[str, type[Model]], expected: Counts) -> None:
    """The row that stands for a sequence is made on one database and not on the other."""
    found = Counter(count(models)) - Counter({"labeling_position": 1})
    wanted = Counter(expected) - Counter({"labeling_position": 1})
    if wrong := sorted(table for table in found | wanted if found[table] != wanted[table]):
        table = wrong[0]
        raise DumpError(f"{table} has {found[table]} rows after loading, the backup says {wanted[table]}.")


def check_chains() -> None:
    for organization in sealing.organizations():
        if broken := sealing.verify(organization):
            raise DumpError(f"The chain of events of {organization or 'the site'} is broken at {broken[:5]}.")
