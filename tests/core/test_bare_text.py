import pytest

from tests import pseudo_locale
from tests.browser.cases import CASES, Case
from tests.browser.world import make_world


def test_what_is_translated_is_not_bare():
    assert pseudo_locale.bare_texts("<p>⟦Saved ⟦now⟧⟧</p><bdi>Ada</bdi><time>23 Nov</time>") == []


def test_what_is_not_translated_is_bare():
    html = '<p>Saved</p><img alt="A cat"><b>⟦Saved⟧ by Ada</b>'

    assert pseudo_locale.bare_texts(html) == ["Saved", "A cat", "by Ada"]


@pytest.mark.django_db
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_page_says_nothing_that_cannot_be_translated(client, monkeypatch, case: Case):
    world = make_world()
    if person := world.person(case.who):
        client.force_login(person, backend="accounts.backends.EmailBackend")
    pseudo_locale.activate(monkeypatch)

    page = client.get(case.address(world))

    assert page.status_code == case.status
    assert pseudo_locale.bare_texts(page.content.decode()) == []
