from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from core import formats

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount_micros", "currency", "text"),
    [
        (340_000, "USD", "$0.34"),
        (0, "USD", "$0.00"),
        (-680_000, "USD", "−\N{NO-BREAK SPACE}$0.68"),
        (5_000, "USD", "$0.005"),
        (1_234_567_890_000, "USD", "$1,234,567.89"),
        (12_000_000, "JPY", "¥12"),
        (12_500_000, "JPY", "¥12.5"),
        (1_500_000, "KWD", "KWD\N{NO-BREAK SPACE}1.500"),
    ],
)
def test_money_has_the_currencys_digits_and_is_never_rounded(amount_micros, currency, text):
    assert formats.money(amount_micros, currency) == text


def test_money_follows_the_language():
    with translation.override("de"):
        assert formats.money(1_234_500_000, "EUR") == "1.234,50\N{NO-BREAK SPACE}€"


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (NOON - timedelta(seconds=20), "20 seconds ago"),
        (NOON - timedelta(hours=3), "3 hours ago"),
        (NOON + timedelta(minutes=5), "in 5 minutes"),
        (NOON - timedelta(days=3), "19 Nov"),
        (NOON - timedelta(days=400), "18 Oct 2025"),
    ],
)
def test_ago_is_relative_up_to_a_day(at, text):
    assert formats.ago(at, now=NOON) == text


def test_times_are_told_in_the_persons_zone():
    with timezone.override("Africa/Nairobi"):
        assert formats.instant(NOON) == "22 Nov 2026, 15:00:00 EAT"
        assert formats.moment(NOON, now=NOON) == "15:00"
        assert formats.moment(NOON + timedelta(days=2), now=NOON) == "24 Nov, 15:00"


def test_what_is_left_of_a_deadline():
    assert formats.left(NOON + timedelta(minutes=22), now=NOON) == "22 minutes left"
    assert formats.left(NOON, now=NOON) == ""


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(seconds=5), "5 s"),
        (timedelta(seconds=130), "2 min 10 s"),
        (timedelta(hours=3, minutes=12), "3 h 12 min"),
        (timedelta(days=4), "4 days"),
    ],
)
def test_duration(span, text):
    assert formats.duration(span) == text


def test_numbers_shares_and_sizes():
    assert formats.number(38412) == "38,412"
    assert formats.percent(0.968) == "96.8\N{NO-BREAK SPACE}%"
    assert formats.percent(0.5, 0) == "50\N{NO-BREAK SPACE}%"
    assert formats.size(1_240_000) == "1.2\N{NO-BREAK SPACE}MB"
    assert formats.size(80) == "80\N{NO-BREAK SPACE}B"
