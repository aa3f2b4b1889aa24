from __future__ import annotations

from decimal import Decimal

import pytest

from casework.engine.decision_tables.values import as_json, feel, read
from casework.errors import FieldFault


@pytest.mark.parametrize(
    ("type", "said", "written", "in_feel"),
    [
        ("text", 'a "b" \\', 'a "b" \\', '"a \\"b\\" \\\\"'),
        ("number", 12, "12", "12"),
        ("number", "-0.50", "-0.5", "-0.5"),
        ("number", "-0", "0", "0"),
        ("number", Decimal("1E+2"), "100", "100"),
        ("whole", "7.0", "7", "7"),
        ("day", "2026-05-01", "2026-05-01", 'date("2026-05-01")'),
        ("boolean", True, True, "true"),
        ("text", None, None, "null"),
    ],
)
def test_a_value_is_read_and_written(type: str, said: object, written: object, in_feel: str) -> None:
    value = read(type, said)
    assert (as_json(value), feel(value)) == (written, in_feel)
    assert read(type, as_json(value)) == value


@pytest.mark.parametrize(
    ("type", "said", "code"),
    [
        ("text", 7, "fields.text"),
        ("text", "a\x00", "fields.unstorable"),
        ("text", "a" * 201, "fields.longest"),
        ("number", True, "fields.number_form"),
        ("number", 1.5, "fields.number_form"),
        ("number", "1e3", "fields.not_a_number"),
        ("number", 10**15, "fields.not_a_number"),
        ("whole", "1.5", "fields.whole_number"),
        ("day", "1899-12-31", "fields.years"),
        ("day", "2026-02-29", "fields.no_day"),
        ("boolean", "true", "fields.yes_or_no"),
    ],
)
def test_what_is_no_value_is_refused(type: str, said: object, code: str) -> None:
    with pytest.raises(FieldFault) as refused:
        read(type, said)
    assert refused.value.reason.code == code
