"""What the library says of a value becomes a reason of ours, each kind of fault its own."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError

from casework.engine.definition.field_faults import reason_of
from casework.engine.definition.value_types import Day
from casework.errors import FieldFault
from casework.reasons import Reason, fields


class Colour(Enum):
    RED = "red"


def refused(kind: Any, value: Any) -> Reason:
    """Why a value of a type was refused, the first reason of several."""
    with pytest.raises(ValidationError) as faults:
        TypeAdapter(kind).validate_python(value)
    return reason_of(faults.value.errors()[0])


@pytest.mark.parametrize(
    ("kind", "value", "wanted"),
    [
        (Literal["a"], "b", fields.NOT_A_CHOICE),
        (Colour, "blue", fields.NOT_A_CHOICE),
        (str, 1, fields.TEXT),
        (list[str], "a", fields.LIST),
        (dict[str, str], "a", fields.OBJECT),
        (bool, "perhaps", fields.YES_OR_NO),
        (bool, [], fields.YES_OR_NO),
        (int, "one", fields.WHOLE_NUMBER),
        (int, 1.5, fields.WHOLE_NUMBER),
        (int, [], fields.WHOLE_NUMBER),
        (UUID, "1", fields.NOT_AN_ID),
        (date, "1 March", fields.DAY_FORM),
        (date, "2026-03-01T10:00", fields.DAY_FORM),
        (datetime, "noon", fields.TIME_FORM),
        (AwareDatetime, "2026-03-01T10:00", fields.TIME_FORM),
        (float, "x", fields.WRONG),
        (Annotated[int, Field(ge=3)], 2, fields.AT_LEAST(value="3")),
        (Annotated[int, Field(le=3)], 4, fields.AT_MOST(value="3")),
        (Annotated[str, Field(min_length=1)], "", fields.REQUIRED),
        (Annotated[str, Field(min_length=2)], "", fields.SHORTEST(least=2)),
        (Annotated[str, Field(max_length=2)], "abc", fields.LONGEST(most=2)),
        (Annotated[str, Field(pattern="^[a-z]$")], "A", fields.PATTERN(pattern="^[a-z]$")),
        (Annotated[list[int], Field(max_length=1)], [1, 2], fields.MOST_ENTRIES(most=1)),
        (Annotated[list[int], Field(min_length=1)], [], fields.LEAST_ENTRIES(least=1)),
    ],
)
def test_each_kind_of_fault_has_its_reason(kind: Any, value: Any, wanted: Reason) -> None:
    assert refused(kind, value) == wanted


def test_a_fault_of_our_own_keeps_its_reason() -> None:
    with pytest.raises(FieldFault) as own:
        raise FieldFault(fields.YEARS)
    assert refused(Day, "0001-01-01") == own.value.reason


@pytest.mark.parametrize(("kind", "wanted"), [("missing", fields.REQUIRED), ("extra_forbidden", fields.NOT_OF_FORM)])
def test_what_is_missing_or_too_much_is_told_apart(kind: str, wanted: Reason) -> None:
    assert reason_of({"type": kind, "loc": (), "msg": "", "input": None}) == wanted
