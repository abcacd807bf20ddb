"""Where an opened work item stands in its lane: always at the tail."""

from django.db import connection
from django.db.models import F

from core.gate import is_postgres
from labeling.models import Position


def next_positions(count: int) -> list[int]:
    """`count` ascending positions that nobody else gets; inside a transaction."""
    if is_postgres():
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('labeling_position_seq') FROM generate_series(1, %s)", [count])
            return [row[0] for row in cursor.fetchall()]
    if not Position.objects.filter(pk=1).update(last=F("last") + count):
        Position.objects.create(pk=1, last=count)
    last = Position.objects.get(pk=1).last
    return list(range(last - count + 1, last + 1))
