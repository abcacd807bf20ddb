from core import ids


def test_many_ids_at_once_are_as_those_made_one_by_one():
    found = ids.new_public_ids(100)

    assert len(set(found)) == 100
    assert all(len(one) == ids.ID_CHARACTERS and int(one, 16) >= 0 for one in found)
    assert {one[:7] for one in found} == {ids.new_public_id()[:7]}  # of the same sixteen seconds


def test_no_ids_are_none():
    assert ids.new_public_ids(0) == []
