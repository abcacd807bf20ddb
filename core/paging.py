"""Pages by key: 50 rows after or before a row, however far down, without counting what lies between."""

from dataclasses import dataclass
from functools import reduce
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

PAGE_ROWS = 50
COUNTED_UP_TO = 1000
M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class KeysetPage(Generic[M]):
    """Rows of one page; `after` and `before` are the public ids that the neighbours' links carry, or None."""

    rows: list[M]
    after: str | None
    before: str | None
    size: int


def keyset_page(
    rows: QuerySet[M],
    request: HttpRequest,
    *,
    order: tuple[str, ...] = ("-id",),
    key: str = "public_id",
    size: int = PAGE_ROWS,
) -> KeysetPage[M]:
    """The page that `?after=` or `?before=` (a row's `key`) asks for; the last field of `order` is unique.

    `key` may follow a relation (`user__public_id`), for rows without an id of their own. A key that is unknown, or no
    longer among the rows, gives the first page. The fields of `order` are never null.
    """
    after, before = request.GET.get("after"), request.GET.get("before")
    backwards = before is not None
    wanted = turned(order) if backwards else order
    edge = place_in(rows, before if backwards else after, wanted, key)
    if edge is not None:
        rows = rows.filter(edge)
    elif backwards:
        backwards, wanted = False, order
    found = list(rows.order_by(*wanted)[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    return KeysetPage(
        rows=found,
        after=value_of(found[-1], key) if found and (more or backwards) else None,
        before=value_of(found[0], key) if found and edge is not None and (more or not backwards) else None,
        size=size,
    )


def turned(order: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name[1:] if name.startswith("-") else f"-{name}" for name in order)


def place_in(rows: QuerySet[M], value: str | None, order: tuple[str, ...], key: str) -> Q | None:
    """The condition “behind the row of that key in this order”; None where there is no such row."""
    if not value:
        return None
    names = [name.lstrip("-") for name in order]
    values = rows.filter(**{key: value[:64]}).values_list(*names).first()
    if values is None:
        return None
    edge = Q()
    for number, name in enumerate(order):
        same = Q(**dict(zip(names[:number], values[:number], strict=True)))
        step = "lt" if name.startswith("-") else "gt"
        edge |= same & Q(**{f"{names[number]}__{step}": values[number]})
    return edge


def value_of(row: Model, key: str) -> str:
    return str(reduce(getattr, key.split("__"), row))


def count_matches(rows: QuerySet[M]) -> int:
    """Exact below 1,000; 1,000 means “at least”."""
    return rows.order_by()[:COUNTED_UP_TO].count()
