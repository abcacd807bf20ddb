"""Times as Scale's client sends them."""

from datetime import UTC, datetime, time

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from core.errors import BusinessError


def moment(text: str, name: str) -> datetime:
    """`YYYY-MM-DD`, or with a time behind a space or a T, with or without a zone; without one it is UTC.

    Raises BusinessError `bad_time` (400) that names the parameter.
    """
    try:
        found = parse_datetime(text.strip())
        day = None if found else parse_date(text.strip())
    except ValueError:
        found = day = None
    if found is None and day is not None:
        found = datetime.combine(day, time())
    if found is None:
        sentence = _("“%(name)s” is no time: write 2026-11-30 or 2026-11-30T12:00:00Z.")
        raise BusinessError(sentence % {"name": name}, code="bad_time", status=400)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def bounds(wanted: object, *columns: str) -> dict[str, datetime]:
    """Conditions from what a filter says as `<column>_after`, that moment included, and `<column>_before`."""
    found = {}
    for column in columns:
        for end, lookup in (("after", "gte"), ("before", "lt")):
            if text := getattr(wanted, f"{column}_{end}"):
                found[f"{column}_at__{lookup}"] = moment(text, f"{column}_{end}")
    return found
