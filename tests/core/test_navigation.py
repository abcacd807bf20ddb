import pytest

from core import navigation
from core.navigation import Place, Side
from tests.factories import MembershipFactory, UserFactory, WorkerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(rf):
    def ask(path, user, **attributes):
        request = rf.get(path)
        request.user = user
        for name, value in attributes.items():
            setattr(request, name, value)
        return request

    return ask


def test_a_person_has_a_place_on_each_side(asked):
    worker = WorkerFactory(user__is_site_admin=True)
    membership = MembershipFactory(user=worker.user)

    places = navigation.places(asked("/", worker.user))

    assert [(place.side, place.kwargs) for place in places] == [
        (Side.ADMIN, {}),
        (Side.WORK, {}),
        (Side.CUSTOMER, {"slug": membership.organization.slug}),
    ]


def test_the_address_says_the_side(asked):
    worker = WorkerFactory()
    first, second = MembershipFactory(user=worker.user), MembershipFactory(user=worker.user)

    def title(path):
        place = navigation.place_of(asked(path, worker.user))
        return place and str(place.title)

    assert title(f"/o/{second.organization.slug}/members/") == second.organization.name
    assert title(f"/o/{first.organization.slug}/") == first.organization.name
    assert title("/my/") == f"Worker {worker.pseudonym}"
    assert title("/operations/people/") is None
    assert title("/account/") == f"Worker {worker.pseudonym}"


def test_a_visiting_site_admin_sees_the_customers_rail(asked):
    admin, organization = UserFactory(is_site_admin=True), MembershipFactory().organization

    place = navigation.place_of(asked(f"/o/{organization.slug}/", admin, organization=organization))

    assert place is not None
    assert (place.side, place.title) == (Side.CUSTOMER, organization.name)


def test_entries_without_a_page_are_left_out(monkeypatch):
    entries = [navigation.Entry("nowhere:page", "Nowhere", "work", "n"), navigation.ENTRIES[Side.ADMIN][3]]
    monkeypatch.setitem(navigation.ENTRIES, Side.ADMIN, entries)

    place = Place(Side.ADMIN, "This site", "Ada", "", "id")

    assert [url for _entry, url in navigation.pages(place)] == ["/operations/people/"]


def test_the_entry_above_the_open_page_is_marked(asked):
    admin = UserFactory(is_site_admin=True)
    request = asked("/operations/people/invite/", admin)

    links = navigation.links(request, navigation.places(request)[0])

    assert [str(link.entry.label) for link in links if link.here] == ["People"]


def test_beyond_five_entries_a_phone_has_four_and_more(asked):
    request = asked("/operations/people/", UserFactory(is_site_admin=True))
    links = navigation.links(request, navigation.places(request)[0])

    if len(links) > 5:
        assert [link.beyond for link in links] == [False] * 4 + [True] * (len(links) - 4)
    else:
        assert not any(link.beyond for link in links)


def test_every_key_leads_to_one_page():
    for entries in navigation.ENTRIES.values():
        keys = [entry.key for entry in entries]
        assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("person", "letters"), [("Worker K7Q2", "WK"), ("Runa Lindqvist", "RL"), ("ada@example.org", "AD"), ("", "?")]
)
def test_the_letters_of_an_avatar(person, letters):
    assert Place(Side.CUSTOMER, "x", person, "", "id").letters == letters


def test_a_contractors_letters_are_the_pseudonyms():
    assert Place(Side.WORK, "x", "Worker K7Q2", "", "id").letters == "K7"
