"""Codes of countries (`KE`) and languages (`pt-br`): which there are, and what people write for them."""

from functools import cache

from babel import Locale, UnknownLocaleError

from core import formats

# Groups of countries, and codes for testing: nobody lives there.
NO_COUNTRIES = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}


def countries() -> list[tuple[str, str]]:
    """Code and name in the reader's language, by name."""
    found = [(code, formats.country(code)) for code in country_codes()]
    return sorted(found, key=lambda one: one[1].casefold())


@cache
def country_codes() -> frozenset[str]:
    known = {str(code) for code in Locale("en").territories}
    return frozenset(code for code in known if len(code) == 2 and code.isalpha()) - NO_COUNTRIES


def country_of(text: str) -> str | None:
    """`KE`, “Kenya” or its name in the reader's language → KE; None where nobody knows it."""
    if text.upper() in country_codes():
        return text.upper()
    for names in (formats.locale().territories, Locale("en").territories):
        for code, name in names.items():
            if code in country_codes() and name.casefold() == text.casefold():
                return str(code)
    return None


def language_of(text: str) -> str | None:
    """`pt-BR`, “Brazilian Portuguese” or its name in the reader's language → pt-br; None where nobody knows it."""
    for names in (formats.locale().languages, Locale("en").languages):
        for code, name in names.items():
            if name.casefold() == text.casefold():
                return str(code).replace("_", "-").lower()
    try:
        Locale.parse(text, sep="-")
    except (UnknownLocaleError, ValueError):
        return text.lower() if text.lower() in Locale("en").languages else None
    return text.lower()
