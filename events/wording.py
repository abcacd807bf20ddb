"""Codes put into words: what is stored is a code with parameters, the sentence is made in the reader's language."""

import zoneinfo
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User
from events.parameters import Choices, Readable

log = structlog.get_logger(__name__)
Words = str | Promise


@dataclass(frozen=True)
class Wording:
    """One code's sentences, with parameters as %(name)s; ngettext_lazy(…, …, "count") where a number decides.

    Parameters ending in `_at` or `until` are instants in ISO 8601, shown in the reader's time zone; those ending in
    `_micros` are money in the currency of the parameter `currency`. `choices` puts a parameter's code into words: a
    TextChoices or a function. `link` is the URL name of the page that this is about, `link_params` the parameters
    that it takes. `banner`: the tone in which open pages say it at once (warn, good, danger or plain), empty for what
    only counts as a message.
    """

    subject: Words
    body: Words = ""
    choices: Choices = field(default_factory=dict)
    link: str = ""
    link_params: tuple[str, ...] = ()
    banner: str = ""


@dataclass(frozen=True)
class Said:
    """A wording with its parameters in it, in the language that was active."""

    subject: str
    body: str
    path: str = ""

    @property
    def url(self) -> str:
        """For a mail: with the site's address. Empty when there is no page."""
        return f"{settings.PUBLIC_URL}{self.path}" if self.path else ""


WORDS: dict[str, Wording] = {}


@contextmanager
def as_read_by(reader: User) -> Iterator[str]:
    """Within it words and times are in the reader's language, which it yields, and time zone."""
    language = reader.language if reader.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with translation.override(language), timezone.override(zoneinfo.ZoneInfo(reader.time_zone)):
        yield language


def register(code: str, wording: Wording) -> None:
    """Teach this app a code. Higher apps do it once, from AppConfig.ready."""
    assert len(code) <= 40, f"{code} is too long for the column"
    assert WORDS.get(code) in (None, wording), f"{code} has a wording already"
    WORDS[code] = wording


def say(code: str, params: Mapping[str, Any]) -> Said:
    """The sentences in the active language and time zone; never raises, whatever an old row holds."""
    wording = WORDS.get(code)
    if wording is None:
        return without_words(code, params)
    readable = Readable(params, wording.choices)
    return Said(
        subject=fill(wording.subject, readable, code=code),
        body=fill(wording.body, readable, code=code),
        path=path_of(wording, params),
    )


def without_words(code: str, params: Mapping[str, Any]) -> Said:
    """A refusal that ended a job brings its own sentence; for anything else somebody forgot to register the words."""
    if sentence := params.get("sentence"):
        return Said(subject=str(sentence), body="")
    log.warning("wording.unknown", code=code)
    return Said(subject=_("Something happened that has no words yet."), body="")


def fill(words: Words, params: Mapping[str, Any], *, code: str) -> str:
    """The template with its parameters; the code where they do not fit."""
    try:
        return str(words % params)  # a lazy plural chooses its form here
    except (TypeError, ValueError, KeyError):
        log.warning("wording.params_do_not_fit", code=code)
        return code


def path_of(wording: Wording, params: Mapping[str, Any]) -> str:
    kwargs = {name: params[name] for name in wording.link_params if params.get(name)}
    if not wording.link or len(kwargs) < len(wording.link_params):
        return ""
    try:
        return reverse(wording.link, kwargs=kwargs)
    except NoReverseMatch:
        return ""
