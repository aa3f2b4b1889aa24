"""What may stand in an assessment, and in a visit of it."""

from __future__ import annotations

from typing import Any

import pytest

from casework import reasons
from casework.engine.case_objects.programme_lists import overlay
from casework.errors import InvalidForm
from casework.operations.catalogue.assessment_values import MOST_PARTICIPANTS, cleaned

LISTS = overlay(())


def faults(fields: dict[str, Any], **stands: Any) -> dict[str, Any]:
    with pytest.raises(InvalidForm) as refused:
        cleaned(LISTS, fields, stands)
    return dict(refused.value.fields)


def test_values_are_stored_plain_and_what_says_nothing_is_emptied() -> None:
    given = {
        "title": "  Heat  ",
        "needs_target": "6",
        "sectors": ["Energy", "Energy"],
        "districts": [],
        "title_zh": " ",
    }
    assert cleaned(LISTS, given, {}) == {
        "title": "Heat",
        "needs_target": 6,
        "sectors": ["Energy"],
        "districts": [],
        "title_zh": None,
    }


def test_words_of_several_lines_keep_them() -> None:
    assert cleaned(LISTS, {"conclusion": "One.\nTwo."}, {})["conclusion"].split() == ["One.", "Two."]


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"starts_on": "soon"}, "starts_on"),
        ({"needs_target": "many"}, "needs_target"),
        ({"needs_target": 0}, "needs_target"),
        ({"status": "over"}, "status"),
        ({"status": "concluded"}, "conclusion"),
        ({"kind": "dinner"}, "kind"),
        ({"notes": "\x07"}, "notes"),
        ({"sectors": ["Alchemy"]}, "sectors"),
        ({"participants": [{"name": "A"}] * (MOST_PARTICIPANTS + 1)}, "participants"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(fields: dict[str, Any], name: str) -> None:
    assert list(faults(fields)) == [name]


def test_the_period_ends_after_it_begins_whichever_is_changed() -> None:
    stands = {"starts_on": "2026-03-01", "ends_on": "2026-06-30"}
    assert faults({"ends_on": "2026-02-28"}, **stands) == {"ends_on": reasons.fields.NOT_BEFORE_FIRST_DAY}
    assert faults({"starts_on": "2026-07-01"}, **stands) == {"ends_on": reasons.fields.NOT_BEFORE_FIRST_DAY}


def test_what_left_the_list_since_may_stay_where_it_stands() -> None:
    assert cleaned(LISTS, {"sectors": ["Alchemy"]}, {"sectors": ["Alchemy"]}) == {"sectors": ["Alchemy"]}


def test_somebody_unknown_is_no_participant_and_no_staff() -> None:
    rows = [{"organisation": "o"}, {"name": "Zhou Min"}]
    assert set(faults({"participants": rows, "staff": ["p"]})) == {"participants", "staff"}
    known = {"participants": ["o"], "staff": ["p"]}
    values = cleaned(LISTS, {"participants": rows, "staff": ["p"]}, {}, known)
    assert values["participants"] == [
        {"organisation": "o", "name": None, "role": None},
        {"organisation": None, "name": "Zhou Min", "role": None},
    ]
