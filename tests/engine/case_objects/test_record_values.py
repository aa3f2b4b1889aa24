"""What was sent of a record is kept in one form, or refused at its field."""

from __future__ import annotations

import pytest

from casework.engine.case_objects.record_values import cleaned
from casework.errors import InvalidForm


def test_rows_and_codes_are_kept_in_one_form_and_all_else_is_left() -> None:
    given = {"title": "Heat", "ipc": ["f24d 3/08"], "licences": ["Plain"], "standards": []}
    assert cleaned(given) == {"ipc": ["F24D3/08"], "licences": ["plain"]}


def test_what_a_need_requires_is_named_once_and_its_country_by_its_code() -> None:
    given = {"country": "de", "required_standards": ["ISO  9001", "iso 9001", "", "CE"]}
    assert cleaned(given) == {"country": "DE", "required_standards": ["ISO 9001", "CE"]}


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("country", "Germany"),
        ("required_standards", "ISO 9001"),
        ("required_standards", ["x" * 201]),
        ("required_standards", [str(n) for n in range(21)]),
    ],
)
def test_what_no_need_requires_is_refused_at_its_field(field: str, wrong: object) -> None:
    with pytest.raises(InvalidForm) as refused:
        cleaned({field: wrong})
    assert list(refused.value.fields) == [field]


def test_what_is_no_code_is_refused_at_its_field() -> None:
    with pytest.raises(InvalidForm) as refused:
        cleaned({"sdgs": ["nothing"]})
    assert list(refused.value.fields) == ["sdgs"]
