"""What a rule does over a history: with plain values, and for any history there may be."""

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from automation.deciding import COOLING, PAUSED, STOPS, Found, Segment, Standing, State, Terms, decide
from tests.factories import NOON

MINUTE = timedelta(minutes=1)
TERMS = Terms(threshold=5000, least_count=2, length=30 * MINUTE, cool_down=15 * MINUTE)
BAD, GOOD = (3, 4), (1, 4)


def line(*pieces: tuple[int, tuple[int, int]]) -> list[Segment]:
    """Segments on end from noon: minutes, and (part, whole)."""
    found, at = [], NOON
    for minutes, (part, whole) in pieces:
        found.append(Segment(at, at + minutes * MINUTE, part, whole))
        at = found[-1].ends_at
    return found


def said(found: list[Found]) -> list[tuple[int, str]]:
    return [((one.at - NOON) // MINUTE, one.outcome) for one in found]


def test_the_threshold_itself_stops_and_less_does_not():
    assert said(decide(line((5, (49, 100)), (5, (50, 100))), TERMS)) == [(5, STOPS)]


def test_a_share_of_too_few_stops_nothing():
    assert decide(line((5, (1, 1)), (5, (0, 0))), TERMS) == []


def test_what_stays_bad_stops_again_after_pause_and_cool_down_and_is_said_once_between():
    assert said(decide(line((100, BAD)), TERMS)) == [(0, STOPS), (30, COOLING), (45, STOPS), (75, COOLING), (90, STOPS)]


def test_nothing_is_said_of_a_cool_down_in_which_all_is_well():
    assert said(decide(line((1, BAD), (43, GOOD), (10, BAD)), TERMS)) == [(0, STOPS), (44, COOLING), (45, STOPS)]


def test_under_another_pause_it_says_once_that_it_would_have():
    standing = [Standing("a", NOON - MINUTE, NOON + 20 * MINUTE), Standing("b", NOON, None)]

    found = decide(line((40, BAD)), TERMS, standing=standing)

    assert said(found) == [(0, PAUSED), (20, PAUSED)]
    assert [one.by for one in found] == ["a", "b"]


def test_several_times_the_usual_are_asked_for_where_the_usual_is_known():
    terms = Terms(1000, 10, 30 * MINUTE, 15 * MINUTE, times_usual=20)

    def one(**usual):
        return [Segment(NOON, NOON + MINUTE, 20, 100, **usual)]

    assert decide(one(usual_part=11, usual_whole=100), terms) == []
    assert len(decide(one(usual_part=10, usual_whole=100), terms)) == 1
    assert len(decide(one(usual_part=9, usual_whole=9), terms)) == 1


def test_it_goes_on_from_the_state_that_it_is_given():
    state = State(NOON + 10 * MINUTE, NOON + 25 * MINUTE, frozenset({COOLING}))

    assert said(decide(line((40, BAD)), TERMS, state=state)) == [(25, STOPS)]


NUMBERS = st.tuples(st.integers(0, 20), st.integers(0, 20)).map(lambda pair: (min(pair), max(pair)))
HISTORIES = st.lists(st.tuples(st.integers(1, 90), NUMBERS), max_size=12).map(lambda pieces: line(*pieces))
SPANS = st.integers(1, 60).map(lambda minutes: minutes * MINUTE)
ANY_TERMS = st.builds(Terms, st.integers(1, 10_000), st.integers(0, 10), SPANS, SPANS)
PAUSES = st.lists(
    st.tuples(st.integers(-30, 200), st.none() | st.integers(1, 90)).map(
        lambda pair: (NOON + pair[0] * MINUTE, None if pair[1] is None else NOON + (pair[0] + pair[1]) * MINUTE)
    ),
    max_size=3,
).map(lambda spans: [Standing(str(number), *span) for number, span in enumerate(spans)])


@given(HISTORIES, ANY_TERMS, PAUSES)
def test_any_history(history: list[Segment], terms: Terms, standing: list[Standing]):
    found = decide(history, terms, standing=standing)

    stops = [one for one in found if one.outcome == STOPS]
    assert all(terms.exceeded_by(one.segment) for one in found)
    assert all(one.segment.begins_at <= one.at < one.segment.ends_at for one in found)
    assert all(one.until == one.at + terms.length for one in stops)
    assert all(later.at - sooner.at >= terms.length + terms.cool_down for sooner, later in pairwise(stops))
    assert not any(pause.holds(one.at) for one in stops for pause in standing)
    assert [one.at for one in stops] == slowly(history, terms, standing)


def slowly(history: list[Segment], terms: Terms, standing: list[Standing]) -> list[datetime]:
    """The same by the rule's own words, minute after minute."""
    found, free_at = [], NOON
    for segment in history:
        at = segment.begins_at
        while at < segment.ends_at:
            free = at >= free_at and not any(pause.holds(at) for pause in standing)
            if free and terms.exceeded_by(segment):
                found.append(at)
                free_at = at + terms.length + terms.cool_down
            at += MINUTE
    return found


@given(HISTORIES, ANY_TERMS, PAUSES)
def test_minute_by_minute_it_does_what_it_does_at_once(history, terms, standing):
    """As beat calls it: each minute by itself, from the state that the minutes before have left."""
    found, state = [], State()
    for segment in history:
        at = segment.begins_at
        while at < segment.ends_at:
            minute = Segment(at, at + MINUTE, segment.part, segment.whole)
            for one in decide([minute], terms, standing=standing, state=state):
                found.append((one.at, one.outcome, one.by))
                state = after(state, one, terms)
            at += MINUTE

    assert found == [(one.at, one.outcome, one.by) for one in decide(history, terms, standing=standing)]


def after(state: State, one: Found, terms: Terms) -> State:
    if one.until is not None:
        return State(one.until, one.until + terms.cool_down, state.noted - {COOLING})
    return State(state.stopped_until, state.cooling_until, state.noted | {one.by or COOLING})
