"""Arithmetic with stretches, against counting minute by minute."""

import random
from datetime import timedelta
from itertools import pairwise

from labeling import stretches
from labeling.stretches import Stretch
from tests.factories import NOON

MINUTE = timedelta(minutes=1)


def stretch(begin: int, length: int) -> Stretch:
    return Stretch(NOON + begin * MINUTE, NOON + (begin + length) * MINUTE)


def some(chance: random.Random) -> list[Stretch]:
    return [stretch(chance.randint(0, 40), chance.randint(1, 10)) for _one in range(chance.randint(0, 6))]


def minutes(several: list[Stretch]) -> set[int]:
    return {
        number for one in several for number in range((one.begins_at - NOON) // MINUTE, (one.ends_at - NOON) // MINUTE)
    }


def test_stretches_are_sets_of_instants():
    chance = random.Random(1)
    for _try in range(200):
        several, others = some(chance), some(chance)
        assert minutes(stretches.joined(several)) == minutes(several)
        assert minutes(stretches.without(several, others)) == minutes(several) - minutes(others)
        assert stretches.total(several) == len(minutes(several)) * MINUTE


def test_joined_stretches_are_in_order_and_apart():
    chance = random.Random(2)
    for _try in range(200):
        assert all(one.ends_at < after.begins_at for one, after in pairwise(stretches.joined(some(chance))))


def test_what_is_near_becomes_one():
    assert stretches.joined([stretch(0, 5), stretch(6, 5), stretch(13, 1)], gap=MINUTE) == [
        stretch(0, 11),
        stretch(13, 1),
    ]


def test_clipped_to_a_window():
    assert stretches.clipped([stretch(0, 10), stretch(20, 10)], stretch(5, 16)) == [stretch(5, 5), stretch(20, 1)]
