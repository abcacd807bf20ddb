import json
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import BusinessError
from leaving import elements
from leaving.elements import READ_AT_ONCE

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
keys = st.text('abc"\\{[,]}', max_size=4)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)
rows_of_lines = st.lists(st.dictionaries(keys, texts, max_size=3), min_size=1, max_size=4)


class Drops:
    """A stream that gives so many bytes at a time, whatever it is asked for."""

    def __init__(self, data: bytes, size: int) -> None:
        self.inner, self.size = BytesIO(data), size

    def read(self, _size: int) -> bytes:
        return self.inner.read(self.size)


def read(data: bytes, size: int = READ_AT_ONCE, **more):
    return list(elements.elements(Drops(data, size), **more))


# Nested values are slow to think up on a busy machine.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(values, max_size=5), st.integers(1, 40), st.sampled_from([None, 1]), st.booleans())
def test_an_array_in_pieces_of_any_size_gives_its_elements(rows, size, indent, is_ascii):
    data = json.dumps(rows, indent=indent, ensure_ascii=is_ascii).encode()

    assert read(b"\xef\xbb\xbf \n" + data, size=max(size, 3)) == rows


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows_of_lines, st.integers(1, 40))
def test_lines_in_pieces_of_any_size_give_theirs(rows, size):
    data = "\r\n\n".join(json.dumps(row) for row in rows).encode()

    assert read(data, size=size) == rows


def test_what_is_too_large_or_broken_is_passed_over():
    long = json.dumps({"text": "x" * 500 + '\\" ] }'})

    for size in (1, 7, READ_AT_ONCE):
        array = read(f'[{{"a": 1}}, {long}, {{"b": NaN}}, {{"c": 3}}]'.encode(), size=size, most_bytes=100)
        lines = read(f'{{"a": 1}}\n{long}\n{{"b": NaN}}\n{{"c": 3}}'.encode(), size=size, most_bytes=100)

        for found in (array, lines):
            assert [found[0], found[3]] == [{"a": 1}, {"c": 3}]
            assert [one.code for one in found[1:3]] == ["too_large", "not_a_number"]


def test_a_large_file_is_never_held_as_a_whole():
    class Endless:
        """Ten megabytes of tasks, made as they are read."""

        left = 40

        def read(self, size: int) -> bytes:
            self.left -= 1
            return (b"[" if self.left == 39 else b"") + b'{"id": 1},' * (READ_AT_ONCE // 10) if self.left >= 0 else b""

    reader = elements.ArrayReader(Endless(), b"", 100)
    reader.next_mark()
    reader.cut()
    while reader.next_mark() is not None:
        if reader.depth == 0:
            reader.cut()
        assert len(reader.buffer) <= 2 * READ_AT_ONCE


@pytest.mark.parametrize("data", [b"", b"  ", b"7", b'"text"', b"id,text\n1,a", b"<xml/>"])
def test_what_is_neither_an_array_nor_lines_is_refused(data):
    with pytest.raises(BusinessError) as refused:
        read(data)

    assert refused.value.code == "not_a_list"


@pytest.mark.parametrize("data", [b"[", b'[{"a": 1}', b'[{"a": 1},', b'[{"a": "', b'[{"a": "\\'])
def test_a_file_that_ends_in_the_middle_says_so_after_what_was_whole(data):
    found = []
    with pytest.raises(BusinessError) as refused:
        found.extend(elements.elements(BytesIO(data)))

    assert refused.value.code == "cut_off"
