"""What the hub asks of the database, for all streams together: a few small statements, none for a stream alone.

One thread calls all of this on one connection. Nothing is written, and no transaction stays open.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db.models import Count, IntegerField, OuterRef, Q, Subquery

from accounts.models import User
from accounts.signed_in import people_of
from core.among import Among
from events.live.stream import NOTHING_YET
from events.models import Notice
from events.wording import WORDS, as_read_by, say

# A transaction may commit so long after it took its ids; younger ids are looked at again until then.
OVERLAP = timedelta(minutes=1)
# What is older is no news to a page that comes back: it stands among the messages.
OLDEST_MISSED = timedelta(days=1)
MOST_MISSED = 50
# Older than this, or read, it is counted, but no banner says it again.
BANNER_FOR = timedelta(minutes=15)
PEOPLE_PER_STATEMENT = 100


@dataclass(frozen=True)
class Asking:
    """A page that wants a stream: its session's key, and the notices that it names as known."""

    key: str
    known: tuple[str, ...] = ()


@dataclass(frozen=True)
class News:
    """A notice for one person, as their page gets it."""

    pk: int
    user: int
    notice: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Admitted:
    """`known`: primary key and id of notices that the page has; `missed` follows them."""

    person: User
    known: list[tuple[int, str]]
    unread: int
    missed: list[News]


class Reader:
    """Knows which notices it has returned; a notice is returned once, whenever its transaction commits."""

    def __init__(self) -> None:
        self.low = self.newest = 0
        self.seen: set[int] = set()
        self.marks: deque[tuple[datetime, int]] = deque()
        self.has_begun = False

    def begin(self, *, at: datetime) -> None:
        """What is stored now counts as returned: pages ask for what they missed."""
        old = Notice.objects.filter(created_at__lt=at - OVERLAP).order_by("-pk")
        self.low = old.values_list("pk", flat=True).first() or 0
        self.seen = set(Notice.objects.filter(pk__gt=self.low).values_list("pk", flat=True))
        self.newest = max(self.seen, default=self.low)
        self.has_begun = True

    def admit(self, asked: Sequence[Asking], *, at: datetime) -> list[Admitted | None]:
        """For each who asks, in their order: None for somebody who may not."""
        people = people_of((each.key for each in asked), at=at)
        readers = {person.pk: person for person in people.values()}
        stand = standing(set(readers))
        known = pks_of({notice for each in asked for notice in each.known})
        places = [place_of(people.get(each.key), each.known, known) for each in asked]
        missed = missed_by([place for place in places if place], readers, at=at)
        return [
            admitted(place, *stand[place.person.pk], missed[place.person.pk]) if place else None for place in places
        ]

    def news(self, readers: dict[int, User], *, at: datetime) -> list[News]:
        """What was stored since the last call, for these people (by primary key), oldest first."""
        rows = Notice.objects.filter(pk__gt=self.low).order_by("pk").values_list("pk", "user_id")
        fresh = [(pk, user) for pk, user in rows if pk not in self.seen]
        told = [pk for pk, user in fresh if user in readers]
        found = in_words(Notice.objects.filter(Among("pk", told)), readers, at=at) if told else []
        # Only now: had a statement failed, the next call would find them again.
        self.note(fresh, at=at)
        return found

    def note(self, fresh: list[tuple[int, int]], *, at: datetime) -> None:
        self.seen.update(pk for pk, _user in fresh)
        self.marks.append((at, max([self.newest, *(pk for pk, _user in fresh)])))
        self.newest = self.marks[-1][1]
        before = self.low
        while self.marks[0][0] < at - OVERLAP:
            self.low = self.marks.popleft()[1]
        if self.low != before:
            self.seen = {pk for pk in self.seen if pk > self.low}


@dataclass(frozen=True)
class Place:
    """Where a page goes on: after `base`, with the notices that it has beyond; base is None for a page that is new."""

    person: User
    known: list[tuple[int, str]]
    base: int | None


def place_of(person: User | None, names: tuple[str, ...], known: dict[str, tuple[int, int]]) -> Place | None:
    """None without a person. What belongs to somebody else is not known to this one."""
    if person is None:
        return None
    own = [(known[name][0], name) for name in names if name in known and known[name][1] == person.pk]
    if own:
        return Place(person, own, base=min(own)[0])
    return Place(person, [], base=0 if NOTHING_YET in names else None)


def admitted(place: Place, newest: list[tuple[int, str]], unread: int, missed: list[News]) -> Admitted:
    base = place.base
    if base is None:
        return Admitted(place.person, newest, unread, [])
    news = [each for each in missed if each.pk > base and (each.pk, each.notice) not in place.known]
    return Admitted(place.person, place.known, unread, news[-MOST_MISSED:])


def standing(users: set[int]) -> dict[int, tuple[list[tuple[int, str]], int]]:
    """For each person the newest notice (a list of one, or none) and how many are unread."""
    own = Notice.objects.filter(user=OuterRef("pk")).order_by("-pk")
    unread = own.unread().order_by().values("user").annotate(count=Count("pk")).values("count")
    rows = User.objects.filter(Among("pk", sorted(users))).values_list(
        "pk",
        Subquery(own.values("pk")[:1]),
        Subquery(own.values("public_id")[:1]),
        Subquery(unread, output_field=IntegerField()),
    )
    return {user: ([(pk, notice)] if pk else [], count or 0) for user, pk, notice, count in rows}


def pks_of(notices: set[str]) -> dict[str, tuple[int, int]]:
    """Primary key and person of each id."""
    rows = Notice.objects.filter(public_id__in=notices - {NOTHING_YET})
    return {notice: (pk, user) for notice, pk, user in rows.values_list("public_id", "pk", "user_id")}


def missed_by(places: list[Place], readers: dict[int, User], *, at: datetime) -> dict[int, list[News]]:
    """What each of the people was told after the base of their places, oldest first."""
    bases: dict[int, int] = {}
    for place in places:
        if place.base is not None:
            bases[place.person.pk] = min(place.base, bases.get(place.person.pk, place.base))
    found: dict[int, list[News]] = defaultdict(list)
    people = sorted(bases)
    for start in range(0, len(people), PEOPLE_PER_STATEMENT):
        after = Q()
        for user in people[start : start + PEOPLE_PER_STATEMENT]:
            after |= Q(user=user, pk__gt=bases[user])
        for news in in_words(Notice.objects.filter(after, created_at__gt=at - OLDEST_MISSED), readers, at=at):
            found[news.user].append(news)
    return found


def in_words(notices: Iterable[Notice], readers: dict[int, User], *, at: datetime) -> list[News]:
    """In each reader's language and time zone, oldest first; the same words are put together once."""
    rows = sorted(notices, key=lambda notice: notice.pk)
    unread = unread_of({notice.user_id for notice in rows})
    made: dict[tuple[str, bytes, str, str], dict[str, Any]] = {}
    found = []
    for notice in rows:
        reader = readers[notice.user_id]
        key = (notice.code, orjson.dumps(notice.params), reader.language, reader.time_zone)
        if key not in made:
            made[key] = words_for(notice, reader)
        is_news = notice.read_at is None and notice.created_at > at - BANNER_FOR
        data = made[key] | {"id": notice.public_id, "unread": unread.get(notice.user_id, 0)}
        if not is_news:
            data["tone"] = ""
        found.append(News(notice.pk, notice.user_id, notice.public_id, data))
    return found


def unread_of(users: set[int]) -> dict[int, int]:
    rows = Notice.objects.unread().filter(Among("user_id", sorted(users))).order_by().values("user_id")
    return dict(rows.annotate(count=Count("pk")).values_list("user_id", "count"))


def words_for(notice: Notice, reader: User) -> dict[str, Any]:
    with as_read_by(reader):
        said = say(notice.code, notice.params)
    wording = WORDS.get(notice.code)
    return {
        "code": notice.code,
        "title": said.subject,
        "text": said.body,
        "url": said.path,
        "tone": wording.banner if wording else "",
    }
