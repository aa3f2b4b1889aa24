"""What was sent of a record is kept in one form, or refused at its field."""

from __future__ import annotations

import pytest

from casework.engine.case_objects.record_values import cleaned
from casework.errors import InvalidForm


def test_rows_and_codes_are_kept_in_one_form_and_all_else_is_left() -> None:
    given = {"title": "Heat", "ipc": ["f24d 3/08"], "licences": ["Plain"], "standards": []}
    assert cleaned(given) == {"ipc": ["F24D3/08"], "licences": ["plain"]}


def test_what_is_no_code_is_refused_at_its_field() -> None:
    with pytest.raises(InvalidForm) as refused:
        cleaned({"sdgs": ["nothing"]})
    assert list(refused.value.fields) == ["sdgs"]
