"""What a check says when something is not as it should be."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Finding:
    """`sentence` says what is wrong and what that means; `command` is what to do or look at next."""

    code: str
    sentence: str
    command: str


Check = Callable[[datetime], Iterator[Finding]]
