"""Where an opened work item stands in its lane: always at the tail."""

from django.db.models import BigIntegerField, F, Func, Subquery, Value
from django.db.models.expressions import Combinable

from core import cursors
from core.gate import is_postgres
from labeling.models import Position


def next_positions(count: int) -> list[int]:
    """`count` ascending positions that nobody else gets; inside a transaction."""
    if is_postgres():
        positions = "SELECT nextval('labeling_position_seq') FROM generate_series(1, %s::int)"
        return [position for (position,) in cursors.execute(positions, [count]).rows]
    last = advance(count)
    return list(range(last - count + 1, last + 1))


def advance(count: int = 1) -> int:
    """SQLite's sequence, moved on; its last position."""
    if not Position.objects.filter(pk=1).update(last=F("last") + count):
        Position.objects.create(pk=1, last=count)
    return Position.objects.get(pk=1).last


def tail() -> Combinable:
    """A position that nobody else gets, as a part of a statement; on SQLite the one that advance() went to before."""
    if is_postgres():
        return Func(Value("labeling_position_seq"), function="nextval", output_field=BigIntegerField())
    return Subquery(Position.objects.filter(pk=1).values("last"), output_field=BigIntegerField())
