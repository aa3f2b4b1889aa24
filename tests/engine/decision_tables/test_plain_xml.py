from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.decision_tables.plain_xml import DEEPEST, MOST_BYTES, MOST_ELEMENTS, parse_xml
from casework.engine.decision_tables.tables import TableFault


def test_an_element_has_its_line_its_names_and_its_text() -> None:
    root = parse_xml(b'<a xmlns="urn:x" xmlns:o="urn:o"\n b="1" o:c="2">\n<d>t<!-- no -->&lt;e</d></a>')
    assert (root.space, root.name, root.line, dict(root.attributes)) == ("urn:x", "a", 1, {"b": "1", "urn:o c": "2"})
    assert [(child.name, child.line, child.text) for child in root.all("d")] == [("d", 3, "t<e")]
    assert root.all("e") == []


def test_parts_of_another_namespace_are_none_of_an_element() -> None:
    root = parse_xml(b'<a xmlns="urn:x"><d xmlns="urn:y">theirs</d><d>ours</d></a>')
    assert [child.text for child in root.all("d")] == ["ours"]


@pytest.mark.parametrize(
    "data",
    [
        b"<a>" * (DEEPEST + 1),
        b"<a>" + b"<b/>" * MOST_ELEMENTS + b"</a>",
        b"<a>" + b" " * MOST_BYTES + b"</a>",
    ],
    ids=["deep", "many", "long"],
)
def test_what_is_too_large_is_refused(data: bytes) -> None:
    with pytest.raises(TableFault, match="too large"):
        parse_xml(data)


@pytest.mark.parametrize(
    "data", [b"", b"<a>", b"<a>&b;</a>", b"\xff\xfe", b'<?xml version="1.0" encoding="none"?><a/>', b"<a>\x00</a>"]
)
def test_what_is_no_xml_is_refused(data: bytes) -> None:
    with pytest.raises(TableFault, match="not well-formed"):
        parse_xml(data)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    with pytest.raises(TableFault):
        parse_xml(b"<a>" + data)
