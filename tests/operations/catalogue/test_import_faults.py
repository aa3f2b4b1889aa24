"""What is wrong with a row is told by column, as reasons that both languages have words for."""

from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator

from casework import reasons
from casework.operations.catalogue.import_faults import Wrong, told_faults


def _never(value: object) -> object:
    raise Wrong(reasons.imports.NO_DAY(day=str(value)))


class Inner(BaseModel):
    @model_validator(mode="after")
    def _fits(self) -> Inner:
        raise Wrong(reasons.fields.NOT_NEGATIVE, "amount")


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    day: Annotated[str, BeforeValidator(_never)] = ""
    inner: list[Inner] = []
    needed: str


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, [("needed", reasons.imports.MISSING)]),
        ({"needed": "x", "more": 1}, [("more", reasons.fields.NOT_KNOWN_HERE)]),
        ({"needed": "x", "day": "May"}, [("day", reasons.imports.NO_DAY(day="May"))]),
        ({"needed": "x", "inner": 3}, [("inner", reasons.fields.LIST)]),
        ({"needed": "x", "inner": [{}]}, [("inner.0.amount", reasons.fields.NOT_NEGATIVE)]),
        ({"needed": "x", "inner": [3]}, [("inner.0", reasons.imports.MUST_BE_OBJECT)]),
    ],
)
def test_each_column_is_told_once_with_its_reason(said: dict[str, object], told: list[tuple[str, object]]) -> None:
    with pytest.raises(ValidationError) as bad:
        Outer.model_validate(said)
    assert told_faults(bad.value) == told


def test_what_nobody_has_words_for_is_told_as_it_came() -> None:
    with pytest.raises(ValidationError) as bad:
        Outer.model_validate({"needed": 3})
    [(name, why)] = told_faults(bad.value)
    assert (name, "string" in str(why)) == ("needed", True)
