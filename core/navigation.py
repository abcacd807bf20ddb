"""The three sides of the site, their pages in the rail, and where a person belongs.

An entry whose page does not exist yet has no URL of that name and is left out.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise
TABS_ON_A_PHONE = 5


class Side(StrEnum):
    WORK = "work"
    CUSTOMER = "customer"
    ADMIN = "admin"


@dataclass(frozen=True)
class Entry:
    """A page in the rail; `key` is the letter after `g` that goes there.

    `elsewhere` names a page outside the side, for where the side has none of its own.
    """

    url_name: str
    label: Text
    icon: str
    key: str
    elsewhere: str = ""


@dataclass(frozen=True)
class Place:
    """One side on which a person has something to do: where it begins and how they are called there."""

    side: Side
    title: Text
    person: Text
    note: Text
    subject: str
    kwargs: dict[str, Any] = field(default_factory=dict)
    # Names of pages that this person may not open: they are left out.
    closed: frozenset[str] = frozenset()

    @property
    def url(self) -> str | None:
        """Its first page; None while there is none."""
        return next((url for _entry, url in pages(self)), None)

    @property
    def side_label(self) -> Text:
        return SIDE_LABELS[self.side]

    @property
    def letters(self) -> str:
        """Two letters for the avatar: the pseudonym's, or initials."""
        words = str(self.person).split()
        if not words:
            return "?"
        if self.side == Side.WORK or len(words) == 1:
            return words[-1][:2].upper()
        return (words[0][0] + words[-1][0]).upper()


@dataclass(frozen=True)
class Link:
    """An entry as the rail shows it."""

    entry: Entry
    url: str
    here: bool
    count: int
    beyond: bool


ENTRIES = {
    Side.WORK: [
        Entry("my:work", _("Work"), "work", "w"),
        Entry("my:wallet", _("Wallet"), "wallet", "v"),
        Entry("my:record", _("Record"), "record", "r"),
        Entry("my:time", _("My time"), "clock", "t"),
        Entry("my:messages", _("Messages"), "messages", "m", "events:messages"),
        Entry("my:rules", _("Rules"), "rules", "u"),
    ],
    Side.CUSTOMER: [
        Entry("customer:projects", _("Projects"), "layers", "p"),
        Entry("customer:order", _("Order of work"), "order", "o"),
        Entry("customer:data", _("Data"), "data", "d"),
        Entry("customer:quality", _("Quality"), "quality", "q"),
        Entry("customer:deliveries", _("Deliveries"), "deliveries", "e"),
        Entry("customer:callbacks", _("Callbacks"), "bell", "b"),
        Entry("customer:cost", _("Cost"), "wallet", "c"),
        Entry("customer:members", _("Members"), "people", "m"),
        Entry("customer:messages", _("Messages"), "messages", "n", "events:messages"),
        Entry("customer:api", _("API"), "key", "a"),
        Entry("customer:log", _("Audit log"), "clock", "l"),
    ],
    Side.ADMIN: [
        Entry("operations:overview", _("Overview"), "overview", "o"),
        Entry("operations:projects", _("Projects"), "layers", "p"),
        Entry("operations:pauses", _("Pauses"), "pause", "h"),
        Entry("operations:people", _("People"), "people", "l"),
        Entry("operations:assignments", _("In hand"), "work", "i"),
        Entry("operations:disputes", _("Disputes"), "disputes", "d"),
        Entry("operations:payouts", _("Payouts"), "wallet", "y"),
        Entry("operations:customers", _("Customers"), "customers", "c"),
        Entry("operations:messages", _("Messages"), "messages", "m", "events:messages"),
        Entry("operations:events", _("Events"), "clock", "e", "events:events"),
        Entry("operations:system", _("System"), "system", "s"),
    ],
}
SIDE_LABELS: dict[Side, Text] = {
    Side.WORK: _("Contractor"),
    Side.CUSTOMER: _("Customer"),
    Side.ADMIN: _("Operations"),
}
PREFIXES = {"my": Side.WORK, "o": Side.CUSTOMER, "operations": Side.ADMIN}

Provider = Callable[[HttpRequest], Iterable[Place]]
Count = Callable[[HttpRequest], int]
_providers: list[Provider] = []
_counts: dict[str, Count] = {}


def register_places(provider: Provider) -> None:
    """An app says in ready() which sides a person has because of it."""
    if provider not in _providers:
        _providers.append(provider)


def register_count(url_name: str, count: Count) -> None:
    """An app says in ready() how many things on that page wait for the person."""
    _counts[url_name] = count


def places(request: HttpRequest) -> list[Place]:
    """Every side of the person who asks, the most powerful first; asked of the database once per request."""
    found: list[Place] | None = getattr(request, "places_of_person", None)
    if found is None:
        order = [Side.ADMIN, Side.WORK, Side.CUSTOMER]
        found = sorted(
            (place for provider in _providers for place in provider(request)), key=lambda place: order.index(place.side)
        )
        request.places_of_person = found  # type: ignore[attr-defined]
    return found


def place_of(request: HttpRequest) -> Place | None:
    """The place that the URL names; elsewhere (the account) the person's first one; None for somebody without."""
    found = places(request)
    prefix, _slash, rest = request.path.lstrip("/").partition("/")
    if side := PREFIXES.get(prefix):
        slug = rest.partition("/")[0]
        return next((place for place in found if place.side == side and place.kwargs.get("slug", slug) == slug), None)
    return next(iter(found), None)


def pages(place: Place) -> list[tuple[Entry, str]]:
    """The entries of a place whose pages exist, with their URLs."""
    found = [
        (entry, url_of(entry.url_name, place.kwargs) or url_of(entry.elsewhere, {})) for entry in ENTRIES[place.side]
    ]
    return [(entry, url) for entry, url in found if url and entry.url_name not in place.closed]


def url_of(name: str, kwargs: dict[str, Any]) -> str | None:
    """None while no page has that name."""
    if not name:
        return None
    try:
        return reverse(name, kwargs=kwargs)
    except NoReverseMatch:
        return None


def links(request: HttpRequest, place: Place) -> list[Link]:
    """What the rail shows; `here` is the entry with the longest URL above the page that is open."""
    known = pages(place)
    above = [url for _entry, url in known if request.path.startswith(url)]
    here = max(above, key=len, default="")
    beyond = TABS_ON_A_PHONE - 1 if len(known) > TABS_ON_A_PHONE else TABS_ON_A_PHONE
    return [
        Link(entry, url, here=url == here, count=count_for(entry.url_name, request), beyond=number >= beyond)
        for number, (entry, url) in enumerate(known)
    ]


def count_for(url_name: str, request: HttpRequest) -> int:
    count = _counts.get(url_name)
    return count(request) if count else 0
