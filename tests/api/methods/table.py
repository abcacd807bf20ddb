"""What a row of the table says of a method: how it is called well, what it gives, and how it is refused."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from scaleapi import ScaleClient

STATUSES = (200, 400, 401, 404, 409, 429)
# The client first, then whoever names things: a Customer, or NOBODY, by whose names nothing is there.
Call = Callable[[ScaleClient, Any], Any]
Given = Callable[[Any], Any]

NOTHING_UNIQUE = "nothing of it has to be unique"
NAMES_NOTHING = "names nothing that could be missing"
NO_PARAMETERS = "takes no parameters"
ANY_NAME = "a name of any shape that is not there is 404"
ANY_ID = "an id of any shape that is not there is 404"


def nothing(_customer: Any) -> None:
    return None


@dataclass(frozen=True)
class Ask:
    """A call that is refused: what the refusal says, and what has to be so before."""

    says: str
    call: Call
    given: Given = nothing


@dataclass(frozen=True, kw_only=True)
class Method:
    """A method of the client's. `gives` and `shows` are asked after the call, when the rows are there."""

    name: str
    endpoint: str
    call: Call
    # What the call gives, as plain JSON; and what has to be there before that it does not name.
    gives: Given = nothing
    given: Given = nothing
    # The same thing read by another method, and what that gives where it is not what `gives` says.
    reads: Call | None = None
    shows: Given | None = None
    # A call that gets 400, one that gets 409, or why there is none.
    wrong: Ask | str
    twice: Ask | str = NOTHING_UNIQUE
    # Why there is no 404; and whether everybody may see what it names.
    unknown: str = ""
    is_everybodys: bool = False
    # People are of the live and the test world alike.
    is_of_both_worlds: bool = False
    mode: str = "live"

    @property
    def is_second_api(self) -> bool:
        return self.name.startswith("v2")

    @property
    def writes(self) -> bool:
        return not self.endpoint.startswith("GET")

    def why_never(self, status: int) -> str:
        """Why the status cannot occur; empty where it can."""
        reasons = {400: self.wrong, 404: self.unknown, 409: self.twice}
        reason = reasons.get(status, "")
        return reason if isinstance(reason, str) else ""


def cells(methods: list[Method]) -> Iterator[tuple[Method, int]]:
    """Those that can occur."""
    for method in methods:
        for status in STATUSES:
            if not method.why_never(status):
                yield method, status


def id_of(method: Method, status: int) -> str:
    return f"{method.name}-{status}"
