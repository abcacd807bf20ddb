import asyncio
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from accounts.models import User
from events.live import hub as hub_module
from events.live import reading
from events.live.hub import Full
from events.live.reading import Asking, Reader
from events.live.stream import MOST_WAITING, NOTHING_YET
from events.models import Notice
from tests.events.live.running import heard, opened, run, running_hub, session_of, tell
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def anna() -> User:
    return UserFactory.create()


@pytest.fixture
def ben() -> User:
    return UserFactory.create()


def test_each_page_of_a_person_is_told_and_nobody_else(anna, ben):
    keys = [session_of(anna), session_of(anna), session_of(ben)]

    async def story():
        async with running_hub() as hub:
            first, second, other = [await opened(hub, key) for key in keys]
            await tell(anna)
            await tell(ben, key="pause:2", text="Only for Ben.")
            return [await heard(stream, 2) for stream in (first, second, other)]

    first, second, other = run(story)
    mine, theirs = Notice.objects.order_by("pk")
    stopped = {"code": "live_test", "title": "Stopped", "url": "", "tone": "warn", "unread": 1}
    assert first == second
    assert first == [
        ("hello", NOTHING_YET, {"unread": 0}),
        ("notice", mine.public_id, {**stopped, "id": mine.public_id, "text": "Rule 5 is being corrected."}),
    ]
    assert other[1] == ("notice", theirs.public_id, {**stopped, "id": theirs.public_id, "text": "Only for Ben."})


def test_words_are_in_the_readers_time_zone(anna):
    anna.time_zone = "Asia/Tokyo"
    anna.save()
    Notice.objects.create(
        user=anna,
        dedupe_key="x",
        code="pause_ahead",
        params={"codenames": "Slate", "count": 1, "starts_at": "2026-11-30T20:00:00+00:00", "text": ""},
        created_at=timezone.now(),
    )
    (news,) = Reader().news({anna.pk: anna}, at=timezone.now())

    assert "Slate will be paused from" in news.data["title"]
    assert "05:00" in news.data["title"]


def test_page_that_comes_back_hears_what_it_missed_once(anna, ben):
    key, other = session_of(anna), session_of(ben)

    async def story():
        async with running_hub() as hub:
            stream = await opened(hub, key)
            await tell(anna, ben, key="1")
            last_id = (await heard(stream, 2))[-1][1]
            hub.leave(stream)
            await tell(anna, key="2")
            await tell(ben, key="3")
        async with running_hub() as hub:  # another process
            stream = await opened(hub, key, *last_id.split(","))
            await tell(anna, key="4")
            again = await heard(stream, 3)
            foreign = await opened(hub, other, *last_id.split(","))
            return again, await heard(foreign, 1)

    again, foreign = run(story)
    ids = dict(Notice.objects.filter(user=anna).values_list("dedupe_key", "public_id"))
    assert [(kind, data.get("id")) for kind, _id, data in again] == [
        ("hello", None),
        ("notice", ids["2"]),
        ("notice", ids["4"]),
    ]
    assert again[-1][1] == ",".join([ids["1"], ids["2"], ids["4"]])
    # Somebody else's notices are no place to go on from.
    newest = Notice.objects.filter(user=ben).latest("pk")
    assert foreign == [("hello", newest.public_id, {"unread": 2})]


def test_somebody_who_was_never_told_anything_misses_nothing_either(anna):
    key = session_of(anna)

    async def story():
        async with running_hub() as hub:
            stream = await opened(hub, key)
            (hello,) = await heard(stream, 1)
            hub.leave(stream)
            await tell(anna)
            return await heard(await opened(hub, key, hello[1]), 2)

    assert [kind for kind, _id, _data in run(story)] == ["hello", "notice"]


def test_old_and_read_notices_are_caught_up_without_a_banner(anna):
    at = timezone.now()
    key = session_of(anna)
    for number, (age, read) in enumerate(
        [(timedelta(days=2), False), (timedelta(hours=1), False), (timedelta(0), True)]
    ):
        Notice.objects.create(
            user=anna,
            dedupe_key=str(number),
            code="paused_none",
            params={"codenames": "Slate", "count": 1, "text": ""},
            created_at=at - age,
            read_at=at if read else None,
        )

    (admitted,) = Reader().admit([Asking(key, (NOTHING_YET,))], at=at)

    assert admitted is not None
    assert admitted.unread == 2
    assert [(news.data["title"], news.data["tone"]) for news in admitted.missed] == [("Slate is paused", "")] * 2


def test_notice_committed_after_younger_ones_is_told(anna):
    """Ids are taken before the commit: a long transaction's come after those of a short one."""
    at = timezone.now()
    reader = Reader()
    reader.begin(at=at)
    rows = [Notice(pk=pk, user=anna, dedupe_key=str(pk), code="x", created_at=at) for pk in (1_000_001, 1_000_002)]
    late, early = rows

    early.save(force_insert=True)
    first = reader.news({anna.pk: anna}, at=at)
    late.save(force_insert=True)
    second = reader.news({anna.pk: anna}, at=at + timedelta(seconds=30))
    third = reader.news({anna.pk: anna}, at=at + timedelta(seconds=31))

    assert [[news.pk for news in found] for found in (first, second, third)] == [[early.pk], [late.pk], []]


def test_what_is_looked_at_again_stays_small(anna):
    at = timezone.now()
    reader = Reader()
    reader.begin(at=at)
    for number in range(200):
        Notice.objects.create(user=anna, dedupe_key=str(number), code="x", created_at=at)
        reader.news({}, at=at + timedelta(seconds=number))

    assert len(reader.seen) <= 62
    assert len(reader.marks) <= 62


def test_look_costs_one_statement_while_nothing_happens(anna, django_assert_num_queries):
    reader = Reader()
    reader.begin(at=timezone.now())

    with django_assert_num_queries(1):
        assert reader.news({anna.pk: anna}, at=timezone.now()) == []


@pytest.mark.parametrize("pages", [1, 20])
def test_letting_in_takes_a_few_statements_for_any_number(pages, django_assert_num_queries):
    people = [UserFactory.create() for _ in range(pages)]
    asked = [Asking(session_of(person), (NOTHING_YET,)) for person in people]

    with django_assert_num_queries(5):
        admitted = Reader().admit(asked, at=timezone.now())

    assert [one and one.person for one in admitted] == people


def test_nobody_gets_in_without_a_session_that_holds(anna, settings):
    fresh, ended, past, changed, shut_out = [UserFactory.create() for _ in range(5)]
    admin = UserFactory.create(is_site_admin=True)
    keys = {person: session_of(person) for person in (fresh, ended, past, changed, shut_out, admin)}
    Session.objects.filter(session_key=keys[ended]).delete()
    Session.objects.filter(session_key=keys[past]).update(expire_date=timezone.now())
    changed.set_password("another horse battery")
    changed.save()
    User.objects.filter(pk=shut_out.pk).update(is_active=False)
    settings.IS_HTTPS = True  # and the admin has no second step

    admitted = Reader().admit([Asking(key) for key in [*keys.values(), "made0up"]], at=timezone.now())

    assert [one and one.person for one in admitted] == [fresh, None, None, None, None, None, None]


def test_who_signs_out_is_cut_off(anna, ben, monkeypatch):
    monkeypatch.setattr(hub_module, "CHECK_EVERY_S", 0.2)
    keys = [session_of(anna), session_of(ben)]

    async def story():
        async with running_hub() as hub:
            gone, stays = [await opened(hub, key) for key in keys]
            await heard(gone, 1)
            await asyncio.to_thread(lambda: (Session.objects.filter(pk=keys[0]).delete(), connection.close()))
            async with asyncio.timeout(5):
                ended = await gone.next_chunk()
            return ended, stays.is_closed

    assert run(story) == (b"", False)


def test_too_many_streams_are_refused(anna, ben):
    keys = [session_of(anna), session_of(ben)]

    async def story():
        async with running_hub(most=hub_module.MOST_PER_PERSON + 1) as hub:
            streams = [await opened(hub, keys[0]) for _ in range(hub_module.MOST_PER_PERSON)]
            with pytest.raises(Full):
                await hub.admit(Asking(keys[0]))
            await opened(hub, keys[1])
            with pytest.raises(Full):
                await hub.admit(Asking(keys[1]))
            hub.leave(streams[0])
            await opened(hub, keys[0])
            return hub.count

    assert run(story) == hub_module.MOST_PER_PERSON + 1


def test_slow_reader_is_dropped_with_a_bounded_heap(anna):
    key = session_of(anna)

    async def story():
        async with running_hub() as hub:
            stream = await opened(hub, key)
            cut = asyncio.Event()
            stream.cut = cut.set
            for _ in range(3 * MOST_WAITING):
                stream.say(hub_module.KEEP_ALIVE)
            return stream.is_closed, stream.is_slow, len(stream.waiting), cut.is_set()

    assert run(story) == (True, True, MOST_WAITING, True)


def test_keep_alive_goes_to_everybody(anna, monkeypatch):
    monkeypatch.setattr(hub_module, "KEEP_ALIVE_EVERY_S", 1)
    key = session_of(anna)

    async def story():
        async with running_hub() as hub:
            stream = await opened(hub, key)
            await stream.next_chunk()
            async with asyncio.timeout(3):
                return await stream.next_chunk()

    assert run(story) == b": keep-alive\n\n"


def test_database_that_comes_back_is_read_again(anna, monkeypatch):
    key = session_of(anna)
    real, failures = Reader.news, iter([OperationalError("the server closed the connection")] * 2)

    def news(self, readers, *, at):
        if error := next(failures, None):
            raise error
        return real(self, readers, at=at)

    monkeypatch.setattr(Reader, "news", news)

    async def story():
        async with running_hub() as hub:
            stream = await opened(hub, key)
            await tell(anna)
            return await heard(stream, 2, within_s=10)

    assert [kind for kind, _id, _data in run(story)] == ["hello", "notice"]


def test_who_asks_while_the_database_is_away_is_told_so(anna, monkeypatch):
    def admit(*_args, **_more):
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(reading.Reader, "admit", admit)

    async def story():
        async with running_hub() as hub:
            with pytest.raises(OperationalError):
                await hub.admit(Asking("x"))

    run(story)


def test_no_lock_is_held_between_two_looks(anna):
    key = session_of(anna)

    async def story():
        async with running_hub() as hub:
            await opened(hub, key)

            def write() -> None:
                with transaction.atomic():
                    User.objects.filter(pk=anna.pk).update(name="Anna")
                connection.close()

            async with asyncio.timeout(2):
                await asyncio.to_thread(write)

    run(story)
