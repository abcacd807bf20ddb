"""Stored parameters as a reader sees them: instants in their time zone, money in its currency, codes in words."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Self

from babel.dates import format_datetime
from django.db import models
from django.db.models.enums import ChoicesType
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from core import formats

INSTANTS = ("_at", "until")
Choices = Mapping[str, type[models.TextChoices] | Callable[[str], str]]


class Missing(int):
    """Stands for a parameter that is not there: “…” as text, many as a number."""

    def __new__(cls) -> Self:
        return super().__new__(cls, 2)

    def __str__(self) -> str:
        return "…"

    __repr__ = __str__


class Readable(dict[str, Any]):
    """Parameters for `%`: every name has a value. (A dict, because Django's lazy plurals look at no other mapping.)"""

    def __init__(self, params: Mapping[str, Any], choices: Choices) -> None:
        super().__init__(
            {
                name: readable(name, value, params, choices)
                for name, value in params.items()
                if value is not None and value != ""
            }
        )

    def __missing__(self, name: str) -> Missing:
        return Missing()


def readable(name: str, value: Any, params: Mapping[str, Any], choices: Choices) -> Any:
    if name in choices:
        return label_of(choices[name], str(value))
    if name.endswith(INSTANTS):
        return instant(value)
    if name.endswith("_micros"):
        return amount(value, params.get("currency"))
    return value


def label_of(choices: type[models.TextChoices] | Callable[[str], str], code: str) -> str:
    if isinstance(choices, ChoicesType):
        return str(dict(choices.choices).get(code, code))
    return choices(code)


def instant(value: Any) -> str:
    """Day, time and zone for the reader; the text itself when it is not an instant."""
    moment = parsed(str(value))
    if moment is None:
        return str(value)
    local = timezone.localtime(moment)
    zone = local.tzname() or ""
    # Some zones have no letters of their own: +03.
    named = zone if zone[:1].isalpha() else f"UTC{zone}"
    return f"{format_datetime(local, 'd MMM y, HH:mm', locale=formats.locale())} {named}"


def parsed(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is None or timezone.is_aware(moment) else None


def amount(micros: Any, currency: Any) -> str:
    """Money with its sign; the number alone when the currency is unknown."""
    if not isinstance(micros, int) or not isinstance(currency, str):
        return str(micros)
    return formats.money(micros, currency)
