"""How columns are read, as a file: read by line, and written as it is read."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from casework.errors import InvalidForm
from casework.operations.catalogue.import_reader import MOST_COLUMNS
from casework.operations.catalogue.import_schemas import Kind
from casework.operations.catalogue.mapping_files import MAPPING, MOST_BYTES, read_mapping, write_mapping
from casework.operations.catalogue.sources import OURS


def test_a_few_lines_say_how_columns_are_read() -> None:
    told = '\ufeff{\r\n  "Aktenzeichen ": "external_id",\r\n  "TITEL": "title",\r\n  "Bemerkung": null,\r\n  "sector": "sector"\r\n}\r\n'
    assert read_mapping("needs", told.encode()) == {"aktenzeichen": "external_id", "titel": "title", "bemerkung": None}
    assert read_mapping("technologies", b"{}") == {}


@pytest.mark.parametrize("kind", get_args(Kind))
def test_what_is_written_is_read_as_it_was(kind: Kind) -> None:
    fields: dict[str, str | None] = {f"{name} 列": name for name in OURS[kind]} | {'note, "so"': None}
    written = write_mapping(fields)
    assert read_mapping(kind, written) == fields
    assert written.count(b"\n") == len(fields) + 2
    assert json.loads(written) == fields
    assert read_mapping(kind, write_mapping({})) == {}


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (b"", "line 1: is no JSON object of names"),
        (b"\n[]", "line 2: is no JSON object of names"),
        (b"{", "line 1: is no JSON object of names: here belongs a pair"),
        (b'{\n"Titel": "title"\n"Note": null}', "line 3: is no JSON object of names: a comma or } is missing"),
        (b'{\n"Titel": "title",\n"Note"}', "line 3: is no JSON object of names: here belongs a pair"),
        (b'{\n"Titel": "title",\n"Note": 7}', "line 3: is no JSON object of names: here belongs a pair"),
        (b'{\n"Titel": "title",\n7: null}', "line 3: is no JSON object of names: here belongs a pair"),
        (b'{\n"Titel": {"title": ' + b"[" * 5_000, "line 2: is no JSON object of names: here belongs a pair"),
        (b'{"Titel": "title",\n\n"Farbe": "colour"}', "line 3: colour is no field"),
        (b'{"Titel": "title",\n"TITEL ": null}', "line 2: names a column twice: titel"),
        (b'{"Titel": "title",\n" ": null}', "line 2: must name each column"),
        (b'{"Titel": "title",\n"\\ud800": null}', "line 2: is no JSON object of names: here belongs a pair"),
        (b'{"a": "\\udfff"}', "line 1: is no JSON object of names: here belongs a pair"),
        (b'{"a": null,\n"b\\u0000": null}', "line 2: must name each column"),
        (b'{"Titel": "title"}\n\nTitel', "line 3: has more after its end"),
        (b'{"Titel":\n "title", "\xfcber": null}', "line 2: is not UTF-8 here (byte 0xFC)"),
        (b" " * (MOST_BYTES + 1), "has more than 500,000 bytes"),
        (json.dumps({str(n): None for n in range(MOST_COLUMNS + 1)}).encode(), "line 1: may name at most 200 columns"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(told: bytes, why: str) -> None:
    with pytest.raises(InvalidForm) as refused:
        read_mapping("needs", told)
    assert str(refused.value.fields[MAPPING]).startswith(why)


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("needs", "colour is no field of a need or a technology"),
        ("matches", "colour is no field of a match"),
        ("past_projects", "colour is no field of a past project"),
    ],
)
def test_what_is_no_field_is_told_by_what_the_rows_are(kind: Kind, why: str) -> None:
    with pytest.raises(InvalidForm) as refused:
        read_mapping(kind, b'{"Farbe": "colour"}')
    assert str(refused.value.fields[MAPPING]) == f"line 1: {why}"
