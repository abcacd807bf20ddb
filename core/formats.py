"""Money, numbers and times as people read them, in their language and time zone."""

import re
from copy import copy
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext

from core.money import MICROS, exponent

A_DAY = timedelta(days=1)
MOST_DIGITS = 6
NBSP = "\N{NO-BREAK SPACE}"
# Babel writes KWD1.500; Unicode’s own rule for patterns wants a space there.
LETTER_BEFORE_DIGIT = re.compile(r"(?<=[A-Za-z])(?=\d)")


def locale() -> Locale:
    """Babel's locale of the active language; English where Babel knows none."""
    try:
        return Locale.parse(translation.to_locale(translation.get_language() or "en"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def money(amount_micros: int, currency: str) -> str:
    """With at least the currency's digits, never rounded, the sign before everything: − $0.68."""
    value = abs(Decimal(amount_micros) / MICROS)
    pattern = copy(locale().currency_formats["standard"])
    pattern.frac_prec = (exponent(currency), digits(value, currency))
    text = pattern.apply(value, locale(), currency=currency, currency_digits=False)
    text = LETTER_BEFORE_DIGIT.sub(NBSP, text)
    return f"−{NBSP}{text}" if amount_micros < 0 else text


def digits(value: Decimal, currency: str) -> int:
    """How many digits after the point it takes to show the whole value."""
    shown = -int(value.normalize().as_tuple().exponent)
    return min(max(shown, exponent(currency)), MOST_DIGITS)


def number(value: float) -> str:
    return format_decimal(value, locale=locale())


def language(code: str) -> str:
    """`pt-br` → Portuguese (Brazil), in the reader's language; the code itself where nobody knows it."""
    found: str | None = locale().languages.get(code.replace("-", "_").lower())
    try:
        return found or Locale.parse(code, sep="-").get_display_name(locale()) or code
    except (UnknownLocaleError, ValueError):
        return code


def country(code: str) -> str:
    """`KE` → Kenya, in the reader's language; the code itself where nobody knows it."""
    return str(locale().territories.get(code.upper(), code))


def percent(share: float, decimals: int = 1) -> str:
    """0.968 → 96.8 %, with a space that does not break."""
    pattern = "#,##0." + "0" * decimals if decimals else "#,##0"
    return f"{format_decimal(round(share * 100, decimals), format=pattern, locale=locale())}{NBSP}%"


def size(count: int) -> str:
    """Bytes in decimal units: 1.2 MB."""
    value, unit = float(count), "B"
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if value < 1000 or unit == "TB":
            break
        value /= 1000
    return f"{format_decimal(round(value, 1), locale=locale())}{NBSP}{unit}"


def instant(at: datetime) -> str:
    """The exact moment with its zone, for a title and for print."""
    local = timezone.localtime(at)
    return f"{format_datetime(local, 'd MMM y, HH:mm:ss', locale=locale())} {local.tzname()}"


def ago(at: datetime, *, now: datetime) -> str:
    """“20 seconds ago” or “in 3 hours” up to a day, then the date."""
    if abs(now - at) < A_DAY:
        return format_timedelta(at - now, add_direction=True, locale=locale(), threshold=1)
    return day(at, now=now)


def day(at: datetime, *, now: datetime) -> str:
    """The date; with its year where that is not this one."""
    local = timezone.localtime(at)
    pattern = "d MMM" if local.year == timezone.localtime(now).year else "d MMM y"
    return format_datetime(local, pattern, locale=locale())


def moment(at: datetime, *, now: datetime) -> str:
    """The date with hour and minute; today only these."""
    local = timezone.localtime(at)
    clock = format_datetime(local, "HH:mm", locale=locale())
    if local.date() == timezone.localtime(now).date():
        return clock
    return gettext("%(day)s, %(time)s") % {"day": day(at, now=now), "time": clock}


def clock(at: datetime, zone: tzinfo | None = None, *, named: bool = False) -> str:
    """Hour and minute in the zone, else in the reader's; `named` with the zone: 02:30 CEST."""
    local = timezone.localtime(at, zone)
    said = format_datetime(local, "HH:mm", locale=locale())
    return f"{said} {local.tzname()}" if named else said


def date_in_full(value: date) -> str:
    """Monday, 23 November 2026, in the order of the reader's language."""
    return format_date(value, "full", locale=locale())


def left(until: datetime, *, now: datetime) -> str:
    """What remains until a deadline; empty when it is over."""
    rest = until - now
    if rest <= timedelta():
        return ""
    return gettext("%(duration)s left") % {"duration": format_timedelta(rest, locale=locale(), threshold=1)}


def duration(span: timedelta) -> str:
    """2 min 10 s; 3 h 12 min; 4 days."""
    seconds = max(0, round(span.total_seconds()))
    if seconds >= 2 * 86400:
        return ngettext("%(count)d day", "%(count)d days", seconds // 86400) % {"count": seconds // 86400}
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    if hours:
        return gettext("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    if minutes:
        return gettext("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": rest}
    return gettext("%(seconds)d s") % {"seconds": rest}
