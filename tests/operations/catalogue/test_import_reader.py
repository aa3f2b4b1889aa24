"""Records of a file, one after the other: whatever it holds, what can be read is read, and what is wrong is said of its row."""

from __future__ import annotations

import csv
import gc
import io
import json
from tempfile import TemporaryFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.operations.catalogue import import_reader
from casework.operations.catalogue.import_reader import FILE, LONGEST_NAME, MOST_COLUMNS, Row, column_name, read_rows

CELLS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)


def read(content: bytes | str, *required: str) -> list[Row]:
    return list(read_rows(io.BytesIO(content.encode() if isinstance(content, str) else content), required))


def fault(content: bytes | str, *required: str) -> tuple[int, str, str]:
    """Of the last row: its number, its field, and why."""
    last = read(content, *required)[-1]
    [(field, why)] = last.faults
    assert last.values == {}
    return last.number, field, str(why)


@given(st.lists(st.tuples(CELLS, CELLS).filter(lambda row: any(cell.strip() for cell in row)), max_size=8))
def test_what_a_spreadsheet_writes_is_what_is_read(rows: list[tuple[str, str]]) -> None:
    written = io.StringIO()
    csv.writer(written).writerows([("One", " Two "), *rows])
    assert [row.values for row in read(written.getvalue())] == [{"one": one, "two": two} for one, two in rows]


@given(st.lists(st.dictionaries(st.sampled_from(["a", "b", "c"]), CELLS | st.integers() | st.none()), max_size=8))
def test_json_is_read_as_an_array_and_line_by_line(rows: list[dict[str, object]]) -> None:
    for content in (json.dumps(rows), json.dumps(rows, indent=2, ensure_ascii=False)):
        assert [(row.number, row.values) for row in read(content)] == list(enumerate(rows, 1))
    lines = "\n\n".join(json.dumps(row) for row in rows)
    assert [row.values for row in read(lines)] == rows or not rows


@given(st.binary(max_size=300), st.sampled_from([b"", b"a,b\n", b"[", b'{"a":', b'[{"a": 1},']))
def test_no_file_brings_it_down(content: bytes, start: bytes) -> None:
    for row in read(start + content, "a"):
        assert row.number >= 1
        assert not (row.faults and row.values)


def test_columns_are_called_as_their_source_calls_them_however_they_are_written() -> None:
    name = " Name \t of\u00a0IT "
    assert column_name(name) == "name of it"
    assert read(f"{name},b\n1,2\n")[0].values == read(json.dumps({name: "1", "B": "2"}))[0].values
    assert fault(json.dumps({"Title": "1", "title ": "2"}))[1:] == ("row", "names a field twice")


WIDE = {str(n): "x" for n in range(MOST_COLUMNS + 1)} | {"external_id": 7}


@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        (WIDE, "row", "may name at most 200 columns"),
        ({"x" * (LONGEST_NAME + 1): "1", "external_id": 7}, "x" * 100, "must name each column"),
        ({str(n): "x" * 100_000 for n in range(11)} | {"external_id": 7}, "row", "has 1,100,001 characters"),
        ({"n": 0.5, "external_id": 7} | {"n": [1] * 100_000}, "n", "has 300,000 characters"),
    ],
)
def test_a_row_that_is_too_much_is_refused_and_tells_which_record_it_is(
    row: dict[str, object], field: str, words: str
) -> None:
    [good, bad, after] = read("\n".join(json.dumps(one) for one in ({"a": "b"}, row, {"c": "d"})))
    assert (good.faults, after.values) == ((), {"c": "d"})
    assert (bad.number, [(name, words in str(why)) for name, why in bad.faults]) == (2, [(field, True)])
    assert bad.values["external_id"] == 7
    assert len(str(bad.values)) < 20_000


def test_a_number_of_a_million_digits_is_refused_as_a_text_would_be() -> None:
    row = read('{"external_id": "1", "n": 0.%s}' % ("1" * 1_000_000))[0]
    assert [name for name, _ in row.faults] == ["n"]


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (",".join(map(str, range(MOST_COLUMNS + 1))), "may name at most 200 columns"),
        ("x" * (LONGEST_NAME + 1) + ",b", "must name each column, in up to 200 characters"),
    ],
)
def test_a_table_of_too_many_columns_is_refused_at_its_header(header: str, words: str) -> None:
    assert fault(f"{header}\n1,2\n") == (1, "header", words)
    assert read("a,b" + "," * 2_000 + "\n1,2" + "," * 2_000 + "\n")[0].faults == ()


def test_rows_are_counted_as_a_spreadsheet_counts_them() -> None:
    rows = read("\ufeffA,B\n1,2\n\n3,4\n5\n6,7\n")
    assert [(row.number, row.values) for row in rows] == [
        (2, {"a": "1", "b": "2"}),
        (4, {"a": "3", "b": "4"}),
        (5, {}),
        (6, {"a": "6", "b": "7"}),
    ]
    assert rows[2].faults[0][0] == "row"


@pytest.mark.parametrize(
    ("content", "number", "field", "why"),
    [
        (b"", 1, FILE, "is empty"),
        (b" \n ", 1, FILE, "is empty"),
        ("a,b\n1,2\n".encode("utf-16"), 1, FILE, "UTF-16"),
        ("a,b\n1,2\n".encode("utf-16-le"), 1, FILE, "Save it as UTF-8, in a spreadsheet as “CSV UTF-8”"),
        ("a,b\n1,2\n".encode("utf-16-be"), 1, FILE, "UTF-16"),
        (b"PK\x03\x04...", 1, FILE, "is a workbook"),
        (b"a,b\n1,2\n\xff,3\n", 3, FILE, "byte 0xFF"),
        (b"a,a\n1,2\n", 1, "header", "names a column twice: a"),
        (b"b,c\n1,2\n", 1, "header", "has no column a"),
        (b"a;c\n1;2\n", 1, "header", "has no column b"),
        (b"a\0,b\n", 1, "header", "NUL characters"),
        (b'a,b\n"1,2\n', 2, FILE, "ends inside a quoted cell"),
        (b'a,b\n"1"x,2\n', 2, FILE, "after the closing quotation mark"),
        (b"a,b\n1,2,3\n", 2, "row", "has 3 cells, the header has 2"),
        (b'[{"a": 1}, 2]', 2, "row", "is no JSON object"),
        (b'[{"a": 1} {"a": 2}]', 2, FILE, "a comma or ] is missing"),
        (b'[{"a": 1}, {"a": ', 2, FILE, "is no valid JSON here"),
        (b'[{"a": 1, "a": 2}]', 1, "row", "names a field twice"),
        (b'{"a": NaN}', 1, "row", "has NaN, which is no number"),
        (b'{"a": 1}\n{"a": \n', 2, "row", "is not one JSON object on one line"),
        (b'{"a": ' + b"[" * 200_000, 1, "row", "is nested too deeply"),
    ],
)
def test_what_is_wrong_is_said_of_the_row_where_it_shows(content: bytes, number: int, field: str, why: str) -> None:
    told = fault(content, "a", "b")
    assert told[:2] == (number, field)
    assert why in told[2]


def test_of_several_names_of_a_column_one_will_do() -> None:
    assert read("title_en\nSteam\n", "title|title_en")[0].values == {"title_en": "Steam"}
    assert fault("name,sector\nSteam,heat\n", "title|title_en")[2].startswith("has no column title;")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'a\n"' + b"x\n" * 300 + b'"\n', "a cell of more than 200 characters"),
        (b"a\n" + b"x," * 300 + b"\n", "a line of more than 200 characters"),
        (b'{"a": "' + b"x" * 300 + b'"}\n', "a line of more than 200 characters"),
        (b'[{"a": "' + b"x" * 300, "no whole JSON object within 200 characters"),
    ],
)
def test_nothing_is_held_that_has_no_end(monkeypatch: pytest.MonkeyPatch, content: bytes, why: str) -> None:
    monkeypatch.setattr(import_reader, "LONGEST_CELL", 100)
    monkeypatch.setattr(import_reader, "LONGEST_RECORD", 200)
    assert why in fault(content)[2]


def test_a_header_of_many_columns_is_read_as_soon_as_any_other() -> None:
    header = ",".join(f"c{n}" for n in range(300_000))
    number, field, why = fault(f"{header},c1\n")
    assert (number, field, "names a column twice: c1" in why) == (1, "header", True)


@pytest.mark.parametrize("start", ["a,", '{"a": 1, "b": "'])
def test_a_cell_that_is_too_long_refuses_its_row_alone(start: str) -> None:
    table = start == "a,"
    long = "x" * 10_000_000
    content = f"a,b\n1,{long}\n2,y\n" if table else f'{{"a": 1, "b": "{long}"}}\n{{"a": 2, "b": "y"}}\n'
    refused, good = read(content, "a")
    ((field, why),) = refused.faults
    assert (field, str(why)) == ("b", "has 10,000,000 characters; at most 200,000 are kept")
    # The rest of it tells which record it is.
    assert refused.values == {"a": "1" if table else 1}
    assert good.values["b"] == "y"


@pytest.mark.parametrize(("mark", "semicolons"), [(",", False), (";", True), ("\t", False)])
def test_the_cells_of_a_table_stand_between_one_kind_of_mark(mark: str, semicolons: bool) -> None:
    written = io.StringIO()
    csv.writer(written, delimiter=mark).writerows([("One", "Two"), ("a;b", "c,d\te")])
    (row,) = read("\ufeff" + written.getvalue(), "one", "two")
    assert (row.values, row.semicolons) == ({"one": "a;b", "two": "c,d\te"}, semicolons)
    (second,) = read("sep=;\r\none;two\r\n1;2\r\n", "one")
    assert (second.number, second.values) == (3, {"one": "1", "two": "2"})


def test_a_mark_of_byte_order_is_no_part_of_a_name() -> None:
    assert read("\ufeff\ufeffa,b\n1,2\n", "a")[0].values == {"a": "1", "b": "2"}


@pytest.mark.parametrize(("encoding", "words"), [("gb18030", "工业园区的热泵系统"), ("cp1252", "größere Wärmepumpe")])
def test_a_file_that_can_only_be_in_another_encoding_is_read_so(encoding: str, words: str) -> None:
    assert read(f"a,b\n1,{words}\n".encode(encoding), "a")[0].values["b"] == words


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("[" * 20 + "1" + "]" * 20, None),
        ("[" * 21 + "]" * 21, "nested too deeply"),
        ('{"a": ' * 21 + "1" + "}" * 21, "nested too deeply"),
        (f'["{"x" * 100_000}", "{"x" * 99_000}"]', None),
        (f'["{"x" * 100_000}", "{"x" * 100_000}"]', "at most 200,000"),
    ],
)
def test_what_lies_within_others_is_no_longer_than_a_cell(cell: str, why: str | None) -> None:
    (row,) = read(f'[{{"external_id": "T1", "more": {cell}}}]')
    assert row.values["external_id"] == "T1"
    assert [name for name, _ in row.faults] == (["more"] if why else [])
    assert ("more" in row.values) == (why is None)
    assert all(why in str(told) for _, told in row.faults if why)


def test_a_refused_row_that_is_given_back_is_read_as_it_was() -> None:
    told = b"casework_row,casework_why,external_id,title,description\n7,title: is missing,P1,'=1+1,'quoted'\n"
    (row,) = read_rows(io.BytesIO(told), ())
    assert row.values == row.raw == {"external_id": "P1", "title": "=1+1", "description": "'quoted'"}
    (row,) = read_rows(
        io.BytesIO(b'{"casework_row": 7, "casework_why": "x", "external_id": "P1", "title": "\'=1"}'), ()
    )
    assert row.values == row.raw == {"external_id": "P1", "title": "'=1"}


def test_of_a_row_that_is_too_short_the_cells_are_told() -> None:
    (short, long) = read_rows(io.BytesIO(b"external_id,title,size\nP1,Pump\nP2,Pump,1,2\n"), ())
    assert (short.values, short.raw, long.raw) == ({}, {"external_id": "P1", "title": "Pump"}, {})


@pytest.mark.parametrize(
    "content",
    [b"external_id,title\n1,Zr\xf3d\xb3a \xbfywy\n", "external_id,title\n1,热泵\n".encode("utf-16"), b"%PDF-1.7\n"],
)
def test_a_file_of_which_nothing_is_read_stays_open(content: bytes) -> None:
    """Whoever opened it closes it, and may ask how far it was read until then."""
    with TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        (refused,) = read_rows(file, ("external_id", "title"))
        gc.collect()
        assert refused.faults
        assert not file.closed
        file.tell()
