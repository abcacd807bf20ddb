import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BusinessError
from projects.naming import FIRST_WORDS, LETTERS, SECOND_WORDS, checked_name, gives_away, new_codename
from tests.factories import OrganizationFactory, make_project


def hidden_in(*names: str) -> set[str]:
    return {part.casefold() for name in names for part in LETTERS.findall(name)}


NAMES = st.text(max_size=60) | st.lists(st.sampled_from([*FIRST_WORDS, *SECOND_WORDS]), max_size=6).map(" ".join)


@given(NAMES, st.sampled_from(FIRST_WORDS), st.sampled_from(SECOND_WORDS))
def test_a_codename_that_gives_nothing_away_shares_no_word_with_the_names(name, first, second):
    hidden = hidden_in(name)
    if any(gives_away(word, hidden) for word in (first, second)):
        return
    codename = f"{first} {second}".casefold()
    assert [part for part in hidden if part in codename] == []
    assert [word for word in codename.split() if any(word in part for part in hidden)] == []


@pytest.mark.parametrize("name", ["Slate", "slate roofs", "SlateWorks", "Roofs/Slate-2", "Sla", "lat"])
def test_a_word_that_shows_a_part_of_the_name_gives_away(name):
    assert gives_away("Slate", hidden_in(name))


def test_a_word_that_shares_nothing_with_the_name_gives_nothing_away():
    assert not gives_away("Slate", hidden_in("Warehouse shelves", "Acme AG"))


@pytest.mark.django_db
def test_new_codename_avoids_all_words_of_the_names():
    names = [" ".join(FIRST_WORDS[1:]), " ".join(SECOND_WORDS[1:])]

    assert new_codename(*names).startswith(f"{FIRST_WORDS[0]} {SECOND_WORDS[0]}")


@pytest.mark.django_db
def test_new_codename_is_new_on_the_site():
    names = (" ".join(FIRST_WORDS[1:]), " ".join(SECOND_WORDS[1:]))
    first = make_project(name=" ".join(FIRST_WORDS[1:25]), organization=OrganizationFactory.create())
    first.codename = f"{FIRST_WORDS[0]} {SECOND_WORDS[0]}"
    first.save()

    codename = new_codename(*names)

    assert codename.startswith(f"{first.codename} ")
    assert codename.split()[-1].isdigit()


@pytest.mark.django_db
def test_new_codename_says_when_every_word_gives_away():
    with pytest.raises(BusinessError) as refused:
        new_codename(" ".join(FIRST_WORDS))

    assert refused.value.code == "no_codename"


@pytest.mark.parametrize("name", ["Shelves", " Shelves ", "x" * 200, "Ünï/code 東京", "a/final"])
def test_checked_name_keeps_a_good_name_without_its_outer_blanks(name):
    assert checked_name(name) == name.strip()


@pytest.mark.parametrize(
    "name",
    [
        "",
        "  ",
        "x" * 201,
        "a\x00b",
        "a\nb",
        "a\ud800",
        "a/finalize",
        "a/status",
        "a/setMetadata",
        "a/exports",
        ".",
        "set_priorities",
        "reset_priorities",
    ],
)
def test_checked_name_refuses_what_the_api_could_not_address(name):
    with pytest.raises(BusinessError) as refused:
        checked_name(name)

    assert (refused.value.code, refused.value.status) == ("bad_name", 400)
