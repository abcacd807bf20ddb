import pytest
from django.utils import translation

from core import codes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("KE", "KE"),
        ("ke", "KE"),
        ("kenya", "KE"),
        ("EU", None),
        ("European Union", None),
        ("Atlantis", None),
        ("", None),
    ],
)
def test_country_of(text, expected):
    assert codes.country_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("en", "en"),
        ("pt-BR", "pt-br"),
        ("Brazilian Portuguese", "pt-br"),
        ("swahili", "sw"),
        ("tlh", "tlh"),
        ("zh-Hant", "zh-hant"),
        ("Klingonese", None),
        ("x", None),
        ("", None),
    ],
)
def test_language_of(text, expected):
    assert codes.language_of(text) == expected


def test_names_are_also_understood_in_the_reader_s_language():
    with translation.override("de"):
        assert codes.country_of("Kenia") == codes.country_of("Kenya") == "KE"
        assert codes.language_of("Japanisch") == codes.language_of("Japanese") == "ja"
        assert dict(codes.countries())["DE"] == "Deutschland"
