"""`make mutants`: derive the mutants, run the tests against each, write docs/mutants.md and the sums in docs/queue.md.

`--again` keeps what an earlier run has killed; words choose the mutants whose key contains one of them.
"""

import json
import os
import queue
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from tests import databases
from tests.machine import ROOT
from tests.proof.mutants import deriving, table
from tests.proof.mutants.declared import Declared, declared
from tests.proof.mutants.deriving import Mutant
from tests.proof.mutants.running import Judge, Nursery, Record, Verdict

KEPT = ROOT / ".cache" / "mutants.json"
RECORD = ROOT / ".cache" / "mutants-record.json"
PAGE = ROOT / "docs" / "mutants.md"
SUMS = ROOT / "docs" / "queue.md"
AT_ONCE = int(os.environ.get("PLUMBLINE_MUTANTS_AT_ONCE", "2"))


def main(words: list[str]) -> int:
    again = "--again" in words
    words = [word for word in words if word != "--again"]
    everything = all_mutants()
    known = read_known() if (again or words) else {}
    chosen = [one for one in everything if is_chosen(one, words) and not (again and known_dead(known, one))]
    chosen.sort(key=lambda one: one.key in known)  # those that no run has come to before those that survived one
    print(f"{len(chosen)} of {len(everything)} mutants", flush=True)
    if not chosen or run(chosen, known):
        judged = [(one, known[one.key]) for one in everything if one.key in known]
        PAGE.write_text(table.page(judged), encoding="utf-8")
        SUMS.write_text(table.with_sums(SUMS.read_text(encoding="utf-8"), judged), encoding="utf-8")
        left = [one.key for one, verdict in judged if not verdict.killed_by and not table.reason_of(one)]
        print("\n".join([*left, f"{len(left)} survived; {PAGE.relative_to(ROOT)} says more"]))
        return 1 if left else 0
    return 1


def all_mutants() -> list[Mutant | Declared]:
    os.environ.setdefault("PLUMBLINE_TEST_RUN", "mutants")
    from tests import environment  # noqa: F401 (it sets the environment that Django needs)

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    return [*deriving.mutants(), *declared()]


def is_chosen(one: Mutant | Declared, words: Sequence[str]) -> bool:
    return not words or any(word in one.key for word in words)


def known_dead(known: dict[str, Verdict], one: Mutant | Declared) -> bool:
    return one.key in known and bool(known[one.key].killed_by)


def read_known() -> dict[str, Verdict]:
    if not KEPT.exists():
        return {}
    rows: dict[str, list[object]] = json.loads(KEPT.read_text(encoding="utf-8"))
    return {key: Verdict(str(row[0]), float(str(row[1]))) for key, row in rows.items()}


def run(chosen: Sequence[Mutant | Declared], known: dict[str, Verdict]) -> bool:
    """Judge them, a few at once; False when the tests fail on what is not changed."""
    waiting: queue.Queue[Mutant | Declared] = queue.Queue()
    for one in chosen:
        waiting.put(one)
    with databases.postgresql() as url, tempfile.TemporaryDirectory(prefix="plumbline-mutants-") as name:
        judges = [Judge(Path(name), number, url) for number in range(AT_ONCE)]
        record, of_database = recorded(judges[0], fresh=not known)
        if broken := record.get("broken") or of_database.get("broken"):
            print(f"without any change {broken[0][1]} fails: nothing can be said of mutants")
            return False
        for judge in judges:
            judge.record = record
            judge.of_database = sorted(names_of(of_database))
        threads = [threading.Thread(target=work, args=(judge, waiting, known)) for judge in judges]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return True


def recorded(judge: Judge, *, fresh: bool) -> tuple[Record, Record]:
    """Which tests call which function, and the tests of what the database alone does.

    Kept for the runs after this, which ask only about tests that have come since.
    """
    kept: list[Record] = [{}, {}]
    if RECORD.exists() and not fresh:
        kept = json.loads(RECORD.read_text(encoding="utf-8"))
    record, of_database = (
        with_new(old, judge.nursery(name)) for old, name in zip(kept, ("sqlite", "postgresql"), strict=True)
    )
    if not record.get("broken") and not of_database.get("broken"):
        RECORD.parent.mkdir(parents=True, exist_ok=True)
        RECORD.write_text(json.dumps([record, of_database]), encoding="utf-8")
    return record, of_database


def with_new(old: Record, nursery: Nursery) -> Record:
    new = nursery.ask(record=True, known=sorted(names_of(old)))
    assert isinstance(new, dict), new
    return {key: [*old.get(key, []), *new.get(key, [])] for key in {*old, *new}}


def names_of(record: Record) -> set[str]:
    return {name for tests in record.values() for _seconds, name in tests}


def work(judge: Judge, waiting: "queue.Queue[Mutant | Declared]", known: dict[str, Verdict]) -> None:
    try:
        while True:
            one = waiting.get_nowait()
            verdict = known[one.key] = judge.judge(one)
            keep(known)
            print(f"{verdict.seconds:6.1f} s  {one.key}  ->  {verdict.killed_by or 'SURVIVED'}", flush=True)
    except queue.Empty:
        judge.close()


writing = threading.Lock()


def keep(known: dict[str, Verdict]) -> None:
    with writing:
        KEPT.parent.mkdir(parents=True, exist_ok=True)
        KEPT.write_text(json.dumps({key: [one.killed_by, one.seconds] for key, one in list(known.items())}))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
