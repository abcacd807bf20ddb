"""Which of these belongs to which of those: one-to-one, with the greatest sum of likeness."""

import math
from collections import defaultdict
from collections.abc import Mapping

Pair = tuple[int, int]
OPTIMAL_AT_MOST = 40


def match(likeness: Mapping[Pair, float]) -> list[Pair]:
    """Pairs (row, column) out of the given candidates, sorted; each row and column at most once.

    Candidates fall apart into groups that share nothing. A group of up to OPTIMAL_AT_MOST rows and columns is solved
    optimally; a larger one (hundreds of objects on one another) greedily, the best pair first.
    """
    found: list[Pair] = []
    for group in _groups(likeness):
        rows = sorted({row for row, _ in group})
        columns = sorted({column for _, column in group})
        if max(len(rows), len(columns)) <= OPTIMAL_AT_MOST:
            found += _optimal(rows, columns, likeness)
        else:
            found += _greedy(group, likeness)
    return sorted(found)


def _groups(likeness: Mapping[Pair, float]) -> list[list[Pair]]:
    of_row: dict[int, list[Pair]] = defaultdict(list)
    of_column: dict[int, list[Pair]] = defaultdict(list)
    for pair in sorted(likeness):
        of_row[pair[0]].append(pair)
        of_column[pair[1]].append(pair)
    seen: set[Pair] = set()
    groups = []
    for start in sorted(likeness):
        if start in seen:
            continue
        group, pending = [], [start]
        seen.add(start)
        while pending:
            pair = pending.pop()
            group.append(pair)
            for line in (of_row.pop(pair[0], []), of_column.pop(pair[1], [])):
                pending += [other for other in line if other not in seen]
                seen.update(line)
        groups.append(group)
    return groups


def _greedy(group: list[Pair], likeness: Mapping[Pair, float]) -> list[Pair]:
    rows: set[int] = set()
    columns: set[int] = set()
    found = []
    for pair in sorted(group, key=lambda pair: (-likeness[pair], pair)):
        if pair[0] not in rows and pair[1] not in columns:
            rows.add(pair[0])
            columns.add(pair[1])
            found.append(pair)
    return found


def _optimal(rows: list[int], columns: list[int], likeness: Mapping[Pair, float]) -> list[Pair]:
    if len(rows) > len(columns):
        turned = {(column, row): value for (row, column), value in likeness.items() if row in rows}
        return [(row, column) for column, row in _optimal(columns, rows, turned)]
    costs = [[-likeness.get((row, column), 0.0) for column in columns] for row in rows]
    pairs = [(rows[i], columns[j]) for i, j in enumerate(_assign(costs))]
    return [pair for pair in pairs if likeness.get(pair, 0.0) > 0]


def _assign(costs: list[list[float]]) -> list[int]:
    """The column of each row, at the least total cost; rows ≤ columns.

    Source: the Hungarian method with potentials and shortest augmenting paths (Kuhn 1955; Jonker & Volgenant 1987).
    """
    n_rows, n_columns = len(costs), len(costs[0])
    row_price = [0.0] * (n_rows + 1)
    column_price = [0.0] * (n_columns + 1)
    row_of = [0] * (n_columns + 1)  # counted from 1; column 0 stands for the row that is being placed
    for row in range(1, n_rows + 1):
        row_of[0] = row
        column, before = _cheapest_path(costs, row_of, row_price, column_price)
        while column:
            row_of[column] = row_of[before[column]]
            column = before[column]
    found = [0] * n_rows
    for column in range(1, n_columns + 1):
        if row_of[column]:
            found[row_of[column] - 1] = column - 1
    return found


def _cheapest_path(
    costs: list[list[float]], row_of: list[int], row_price: list[float], column_price: list[float]
) -> tuple[int, list[int]]:
    """A free column, and for each column the one before it on the cheapest path; changes the prices."""
    width = len(column_price)
    least = [math.inf] * width
    before = [0] * width
    visited = [False] * width
    column = 0
    while row_of[column]:
        visited[column] = True
        row = row_of[column]
        for j in range(1, width):
            cost = costs[row - 1][j - 1] - row_price[row] - column_price[j]
            if not visited[j] and cost < least[j]:
                least[j], before[j] = cost, column
        nearest = min((j for j in range(1, width) if not visited[j]), key=least.__getitem__)
        step = least[nearest]
        for j in range(width):
            if visited[j]:
                row_price[row_of[j]] += step
                column_price[j] -= step
            else:
                least[j] -= step
        column = nearest
    return column, before
