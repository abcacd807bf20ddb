"""What an import did: counts, and of each task what was not taken, or not as it was."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from leaving.reasons import NOT_TAKEN, sentence

MOST_SHOWN = 200


@dataclass(frozen=True)
class Remark:
    """`task`: its id in the other system. `params` as pairs, so that equal remarks are one."""

    task: str
    code: str
    params: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        return sentence(self.code, dict(self.params))


@dataclass
class Report:
    """Of each task of the other system one count; remarks as they come, the first MOST_SHOWN of each code by name."""

    finished: int = 0
    open: int = 0
    ended: int = 0
    known: int = 0
    refused: int = 0
    files: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    remarks: list[Remark] = field(default_factory=list)

    def add(self, remark: Remark) -> None:
        self.codes[remark.code] += 1
        if self.codes[remark.code] <= MOST_SHOWN:
            self.remarks.append(remark)

    def refuse(self, remark: Remark) -> None:
        self.refused += 1
        self.add(remark)

    def lines(self) -> Iterator[str]:
        """For the person at the terminal."""
        ended = f"; {self.ended} had ended there without an answer" if self.ended else ""
        yield (
            f"{self.finished} finished tasks and {self.open} open ones came in, with {self.files} files{ended}; "
            f"{self.known} were here already; {self.refused} were not taken."
        )
        for remark in self.remarks:
            yield f"task {remark.task}: {remark}"
        for code, count in sorted(self.codes.items()):
            if count > MOST_SHOWN:
                yield f"… and {count - MOST_SHOWN} more like the last “{code}”."
        if self.codes.keys() & NOT_TAKEN:
            yield "Mend what is named and run the command again: what is here already is not taken twice."
