import codecs
import io

import pytest

from core import limits
from core.errors import BusinessError
from files.reasons import ROW_REASONS, row_reason
from files.texts import Row, RowError, read_csv, read_json_lines
from tests import machine


def table(content: bytes | str):
    read = read_csv(io.BytesIO(content.encode() if isinstance(content, str) else content))
    return read.columns, read.delimiter, list(read.rows)


def codes(rows) -> list[tuple[int, str]]:
    return [(row.line, row.code if isinstance(row, RowError) else "") for row in rows]


def refused(content: bytes | str) -> str:
    with pytest.raises(BusinessError) as error:
        table(content)
    assert error.value.status == 400
    return error.value.code


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_finds_the_delimiter_and_says_it(delimiter):
    content = f'id{delimiter}text\n1{delimiter}"a{delimiter}b"\n'
    assert table(content) == (["id", "text"], delimiter, [Row(2, {"id": "1", "text": f"a{delimiter}b"})])


@pytest.mark.parametrize(
    "content",
    [
        "id,text\n1,grün\n".encode(),
        codecs.BOM_UTF8 + "id,text\r\n1,grün".encode(),
        "id,text\n1,grün\n".encode("utf-16"),
        codecs.BOM_UTF16_BE + "id,text\n1,grün".encode("utf-16-be"),
        # 0A as the half of a character: Ċ is 010A, ਅ is 0A05.
        codecs.BOM_UTF16_LE + "id,text\n1,grün".encode("utf-16-le"),
    ],
)
def test_csv_in_every_encoding_that_is_taken(content):
    assert table(content)[2] == [Row(2, {"id": "1", "text": "grün"})]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_line_ends_are_not_seen_inside_characters(encoding):
    mark = codecs.BOM_UTF16_LE if encoding.endswith("le") else codecs.BOM_UTF16_BE
    content = mark + "id,text\n1,Ċਅ\u0a0a\n2,b".encode(encoding)
    assert table(content)[2] == [Row(2, {"id": "1", "text": "Ċਅ\u0a0a"}), Row(3, {"id": "2", "text": "b"})]


def test_csv_rows_know_the_line_in_which_they_begin():
    rows = table('a,b\n1,"two\nlines"\n\n3,4\n')[2]
    assert rows == [Row(2, {"a": "1", "b": "two\nlines"}), Row(5, {"a": "3", "b": "4"})]


def test_csv_broken_rows_are_said_and_the_others_stand():
    content = b'a,b\n1\n2,\xff\n3,"x"y\n4,\0\n5,6,7\n8,9\n10,"open\n'
    rows = table(content)[2]
    assert codes(rows) == [
        (2, "row_columns"),
        (3, "row_encoding"),
        (4, "row_csv"),
        (5, "row_nul"),
        (6, "row_columns"),
        (7, ""),
        (8, "row_csv"),
    ]
    assert all(row_reason(row.line, row.code, row.params) for row in rows if isinstance(row, RowError))


def test_csv_a_cell_may_be_larger_than_pythons_limit():
    assert len(table("a\n" + "x" * 300_000)[2][0].values["a"]) == 300_000


@pytest.mark.parametrize("long", ["x" * (limits.CSV_ROW + 100), '"' + "line\n" * (limits.CSV_ROW // 4) + '"'])
def test_csv_a_row_is_limited(long):
    rows = table(f"a\n{long}\n1\n")[2]
    assert rows[0].code == "row_too_long"
    assert rows[-1].line > 2


def test_csv_a_line_that_is_too_long_is_skipped_as_a_whole():
    assert codes(table("a\n" + "x" * (3 * limits.CSV_ROW) + "\n1\n")[2]) == [(2, "row_too_long"), (3, "")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "empty"),
        ("\n\n", "empty"),
        ("a,a\n1,2", "header_duplicate"),
        ("a, a\n1,2", "header_duplicate"),
        ("a,\n1,2", "header_empty"),
        (",".join(f"c{n}" for n in range(limits.CSV_COLUMNS + 1)), "header_too_many"),
        (b"a\xff,b\n", "row_encoding"),
        ('"a\n', "row_csv"),
        ("x" * (limits.CSV_ROW + 10), "row_too_long"),
        ("a\0,b\n1,2", "row_nul"),
    ],
)
def test_csv_without_usable_columns_is_refused(content, code):
    assert refused(content) == code


def test_csv_with_no_rows_says_so():
    assert codes(table("a,b\n")[2]) == [(1, "row_none")]


def test_csv_keeps_formulas_as_they_are():
    assert table("a\n=1+1\n")[2] == [Row(2, {"a": "=1+1"})]


def lines(content: bytes) -> list[Row | RowError]:
    return list(read_json_lines(io.BytesIO(content)))


def test_json_lines_gives_objects_and_errors_by_line():
    content = b'{"a": 1}\n\nnot json\n[1]\n{"a": NaN}\n{"a": 1, "a": 2}\n{"a": "\\u0000"}\n{"a": "\\ud800"}\n\xff\n'
    content += b'{"a": 99999999999999999999}\n' + b'{"a":' * 100 + b"\n" + b'{"__proto__": 1}'
    assert codes(lines(content)) == [
        (1, ""),
        (3, "not_json"),
        (4, "row_not_an_object"),
        (5, "not_a_number"),
        (6, "duplicate_key"),
        (7, "nul"),
        (8, "surrogate"),
        (9, "row_encoding"),
        (10, "too_big"),
        (11, "too_deep"),
        (12, ""),
    ]


def test_json_lines_limits_a_row():
    content = b'{"a": "' + b"x" * limits.CSV_ROW + b'"}\n{"a": 1}\n'
    assert codes(lines(content)) == [(1, "row_too_long"), (2, "")]


@pytest.mark.parametrize("content", [b"", b"\n \n", codecs.BOM_UTF8])
def test_json_lines_without_rows_says_so(content):
    assert [code for _, code in codes(lines(content))] == ["row_none"]


HOSTILE = {
    "duplicate_header.csv": {"header_duplicate", "header_empty"},
    "empty.csv": {"empty"},
    "header_only.csv": {"row_none"},
    "latin1.csv": {"row_encoding"},
    "many_columns.csv": {"header_too_many"},
    "nul.csv": {"row_nul"},
    "ragged.csv": {"row_columns", "row_csv"},
    "empty.jsonl": {"row_none"},
    "invalid_utf8.jsonl": {"row_encoding"},
    "lone_surrogate.jsonl": {"surrogate"},
    "nan.jsonl": {"not_a_number"},
    "nul_escape.jsonl": {"nul"},
    "not_json.jsonl": {"not_json", "row_not_an_object"},
    "big_ints.jsonl": {"too_big"},
}


@pytest.mark.parametrize(
    "path",
    [*machine.real_files("hostile/files/*.csv"), *machine.real_files("hostile/files/*.jsonl")],
    ids=lambda path: path.name,
)
def test_a_hostile_table_does_no_harm(path):
    with path.open("rb") as stream:
        try:
            rows = list(read_csv(stream).rows if path.suffix == ".csv" else read_json_lines(stream))
        except BusinessError as error:
            found = {error.code}
        else:
            found = {row.code for row in rows if isinstance(row, RowError)}
    assert found <= {*ROW_REASONS, "empty"}
    if path.name in HOSTILE:
        assert found
        assert found <= HOSTILE[path.name]


@pytest.mark.parametrize("path", machine.real_files("text/*.jsonl"), ids=lambda path: path.name)
def test_real_rows_are_read(path):
    with path.open("rb") as stream:
        rows = list(read_json_lines(stream))
    assert rows
    assert all(isinstance(row, Row) for row in rows)


def test_rows_say_how_many_bytes_they_take():
    csv_rows = read_csv(io.BytesIO('text\nä\n"b\nc"\n'.encode())).rows
    json_rows = read_json_lines(io.BytesIO('{"text": "ä"}\n'.encode()))

    assert [row.size for row in csv_rows if isinstance(row, Row)] == [3, 6]
    assert [row.size for row in json_rows if isinstance(row, Row)] == [15]
