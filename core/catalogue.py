"""The sentences of our TypeScript, from the catalogue that Babel compiles out of t() and tn()."""

import gettext
from functools import lru_cache

from django.conf import settings
from django.utils import translation

DOMAIN = "djangojs"
Messages = dict[str, str | list[str]]


@lru_cache
def script_catalogue(language: str) -> Messages | None:
    """Each English sentence with its translation, or the list of its plural forms; None where there is no catalogue."""
    for folder in settings.LOCALE_PATHS:
        found = gettext.translation(DOMAIN, folder, [translation.to_locale(language)], fallback=True)
        if isinstance(found, gettext.GNUTranslations):
            return messages(found)
    return None


def messages(found: gettext.GNUTranslations) -> Messages:
    """gettext keeps a plural as one entry per form, under (sentence, number of the form)."""
    result: Messages = {}
    forms: dict[str, dict[int, str]] = {}
    for key, text in found._catalog.items():  # type: ignore[attr-defined]  # noqa: SLF001 (Django reads it so too)
        if isinstance(key, tuple):
            forms.setdefault(key[0], {})[key[1]] = text
        elif key:
            result[key] = text
    return result | {key: [form for _number, form in sorted(by_number.items())] for key, by_number in forms.items()}
