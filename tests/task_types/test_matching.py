from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from task_types import matching
from task_types.matching import match

tables = st.integers(1, 5).flatmap(
    lambda columns: st.lists(
        st.lists(st.sampled_from([0, 0, 0.25, 0.5, 0.75, 1]), min_size=columns, max_size=columns),
        min_size=1,
        max_size=5,
    )
)


def candidates(table):
    return {(i, j): value for i, row in enumerate(table) for j, value in enumerate(row) if value > 0}


def best_by_trying_all(table):
    rows, columns = len(table), len(table[0])
    if rows > columns:
        return best_by_trying_all([list(column) for column in zip(*table, strict=True)])
    return max(sum(table[i][j] for i, j in enumerate(order)) for order in permutations(range(columns), rows))


@given(tables)
def test_match_has_the_greatest_sum_and_uses_everything_once(table):
    likeness = candidates(table)

    found = match(likeness)

    assert len({i for i, _ in found}) == len({j for _, j in found}) == len(found)
    assert all(pair in likeness for pair in found)
    assert sum(likeness[pair] for pair in found) == pytest.approx(best_by_trying_all(table))


@given(tables)
def test_large_groups_are_matched_greedily_and_still_one_to_one(table):
    likeness = candidates(table)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matching, "OPTIMAL_AT_MOST", 0)
        found = match(likeness)

    assert len({i for i, _ in found}) == len({j for _, j in found}) == len(found)
    assert sum(likeness[pair] for pair in found) >= best_by_trying_all(table) / 2


def test_nothing_matches_nothing():
    assert match({}) == []
