"""The ceiling is small, and right: a fast queue that hands out twice would be no measure."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import psycopg

from bench import database
from bench.ceiling.statements import CLAIM, SUBMIT, TABLES
from bench.systems import FILL
from tests import databases
from tests.machine import ROOT

LONGEST_LINES = 120
ITEMS, PLACES, WORKERS = 40, 3, 8


def test_the_ceiling_is_a_minimal_site():
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "bench" / "ceiling").rglob("*.py")]

    assert 0 < sum(len(text.splitlines()) for text in texts) <= LONGEST_LINES


def work(url: str, worker: int) -> int:
    """Take and hand in until there is nothing; how many."""
    claim = CLAIM.format(project="%(project)s", worker="%(worker)s")
    submit = SUBMIT.format(answer="%(answer)s", assignment="%(assignment)s", worker="%(worker)s")
    done = 0
    with psycopg.connect(url, autocommit=True) as connection:
        while found := connection.execute(claim, {"project": 1, "worker": worker}).fetchone():
            answer = {"answer": '{"category": "cat"}', "assignment": found[0], "worker": worker}
            assert connection.execute(submit, answer).fetchone() is not None
            done += 1
    return done


def test_the_ceiling_hands_nothing_out_twice():
    with (
        databases.postgresql() as server,
        database.fresh(server, "test") as url,
        psycopg.connect(url, autocommit=True) as connection,
    ):
        connection.execute(TABLES)
        connection.execute(FILL, {"project": 1, "places": PLACES, "count": ITEMS})
        with ThreadPoolExecutor(WORKERS) as pool:
            done = sum(pool.map(work, [url] * WORKERS, range(1, WORKERS + 1)))
        had = Counter(row[0] for row in connection.execute("SELECT item FROM assignment WHERE status = 'submitted'"))
        left = dict(connection.execute("SELECT id, places_left FROM item").fetchall())

    assert sum(had.values()) == done
    assert done > ITEMS
    assert {item: PLACES - had[item] for item in left} == left
