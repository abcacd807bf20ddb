"""Pure: no database."""

import pytest

from labeling.pipeline import (
    OpenReviews,
    Resolve,
    Wait,
    after_attempt,
    after_verdict,
    first_step,
    next_stage,
    places_of,
)

ATTEMPT = [first_step(3)]
ONE_REVIEW = [first_step(2), {"kind": "review"}]
TWO_REVIEWS = [first_step(), {"kind": "review"}, {"kind": "review", "rate_micros": 7}]


@pytest.mark.parametrize(("stage", "places"), [(0, 2), (1, 1)])
def test_places_of_a_stage_are_one_unless_it_says_more(stage, places):
    assert places_of(ONE_REVIEW, stage) == places


@pytest.mark.parametrize(("stage", "following"), [(0, 1), (1, 2), (2, None)])
def test_next_stage_ends_with_the_last(stage, following):
    assert next_stage(TWO_REVIEWS, stage) == following


def test_attempts_without_review_are_the_answer_when_all_are_there():
    assert after_attempt(ATTEMPT, counted=[4, 5, 6], passed=[4, 5, 6], needed=3) == Resolve((4, 5, 6))


def test_attempts_without_review_wait_for_the_rest():
    assert after_attempt(ATTEMPT, counted=[4], passed=[4], needed=3) == Wait()


def test_attempts_are_reviewed_one_by_one():
    assert after_attempt(ONE_REVIEW, counted=[4, 5], passed=[], needed=2) == OpenReviews(1, (4, 5))


def test_a_verdict_opens_the_next_review_of_what_passed():
    assert after_verdict(TWO_REVIEWS, 1, passing=8, passed=[], needed=1) == OpenReviews(2, (8,))


def test_the_last_verdict_decides_when_every_answer_has_passed():
    assert after_verdict(TWO_REVIEWS, 2, passing=8, passed=[8], needed=1) == Resolve((8,))
    assert after_verdict(ONE_REVIEW, 1, passing=8, passed=[8], needed=2) == Wait()
