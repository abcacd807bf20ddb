"""The parts of a drawing that the page stretches: where they lie is in per cent, as SVG writes numbers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bar:
    """Where it begins and how wide it is, in per cent of the width."""

    x: str
    width: str


@dataclass(frozen=True)
class Tick:
    """What stands below a place of the width; a `fine` one has no room for its name on a phone."""

    x: str
    name: str
    anchor: str
    fine: bool = False
