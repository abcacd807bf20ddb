"""The ceiling's two statements without any web server: PostgreSQL's own pgbench, where it is installed."""

import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.ceiling.statements import CLAIM, SUBMIT
from bench.cells import ROUNDS, Measuring, Round, Timing
from bench.driving import LoadError
from bench.systems import Ceiling

TPS = re.compile(r"^tps = ([\d.]+)", re.MULTILINE)
# Few enough that 10,000 tasks last, and that one person does not take a minute.
MOST_PAIRS = {1: 2_000, 8: 8_000, 32: 8_000}


def script(project: int) -> str:
    claim = " ".join(CLAIM.format(project=project, worker=":worker").split())
    submit = " ".join(SUBMIT.format(answer="""'{"category": "cat"}'""", assignment=":id", worker=":worker").split())
    return f"\\set worker :client_id + 1001\n{claim} \\gset\n{submit};\n"


@dataclass
class Pgbench:
    """It works in the ceiling's tables, as workers of its own."""

    ceiling: Ceiling
    name: str = "pgbench"

    def cell(self, size: str, people: int, places: int) -> Measuring | None:
        program = shutil.which("pgbench")
        if program is None:
            return None
        project = self.ceiling.project(size, places)
        self.ceiling.backends.vacuum()
        return partial(self.measure, program, project, people)

    def measure(self, program: str, project: int, people: int, timing: Timing) -> Round:  # noqa: ARG002 (one signature for all systems)
        """Only pairs per second; a number of pairs, not of seconds, because a client that finds nothing gives up.

        Raises LoadError.
        """
        pairs = MOST_PAIRS[people] // ROUNDS
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "pair.sql"
            path.write_text(script(project), encoding="utf-8")
            options = ["--no-vacuum", "--protocol=prepared", f"--client={people}", f"--jobs={min(people, 2)}"]
            count = f"--transactions={pairs // people}"
            command = [program, *options, count, f"--file={path}", self.ceiling.url]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        found = TPS.search(done.stdout)
        if found is None or done.returncode != 0:
            raise LoadError(done.stderr[-500:])
        return Round(pairs, pairs / float(found[1]))
