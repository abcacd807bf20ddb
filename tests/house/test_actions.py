"""Every change of the business happens inside an action.

What this sees: a function whose calls look like statements that write. It has to carry @action, or be mentioned only
by functions that are inside one, or receive a signal (those are sent inside). What it cannot see: a call through a
variable or an object, which of several methods of one name is meant, and what a library writes by itself.
"""

from tests.house.reading import Function, functions, imported

# Demo data: made people and places before anybody works there; what happens to work goes by the actions.
WITHOUT = {
    "config/demo/people.py:join",
    "config/demo/people.py:organization",
    "config/demo/people.py:user",
    "config/demo/people.py:worker",
    "config/demo/site.py:enroll",
}
INSIDE = {"action", "receiver"}


def test_every_write_is_inside_an_action():
    outside = {one.place for one in functions() if one.writes} - inside()

    assert outside == WITHOUT


def inside() -> set[str]:
    """The places of functions that only run inside an action: found by taking away those that something else calls."""
    callers = callers_by_place()
    kept = {one.place for one in functions()}
    held = {one.place for one in functions() if one.decorators & INSIDE}
    while loose := {place for place in kept - held if not callers[place] or not callers[place] <= kept}:
        kept -= loose
    return kept


def callers_by_place() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {one.place: set() for one in functions()}
    for caller in functions():
        for one in functions():
            if one is not caller and mentions(caller, one):
                found[one.place].add(caller.place)
    return found


def mentions(caller: Function, one: Function) -> bool:
    elsewhere = f"{one.path.stem}.{one.name}"
    if one.name in caller.mentions:
        return caller.path == one.path or elsewhere in imported()[caller.path]
    return elsewhere in caller.mentions
