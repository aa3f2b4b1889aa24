"""The figures of a need as rows: of each parameter its unit, what it is now, what it shall be, and under which condition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, TypedDict, cast

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from casework import reasons
from casework.engine.definition.field_faults import reason_of
from casework.engine.definition.value_types import clean, decimal_text, no_control
from casework.errors import InvalidForm
from casework.reasons import Why

#: How a value is to stand to its target, each with its sign.
COMPARISONS: Mapping[str, str] = {"at_most": "≤", "at_least": "≥", "below": "<", "above": ">", "equal": "="}
Comparison = Literal["at_most", "at_least", "below", "above", "equal"]
#: So many rows a need has at most.
MOST = 30


class _Named(TypedDict):
    parameter: str


class NeedFigure(_Named, total=False):
    """A row: it says what is now, or what is wanted, or both. Numbers are decimals."""

    unit: str
    now: str
    comparison: Comparison
    target: str
    condition: str


def words_of_figures(rows: Iterable[NeedFigure]) -> str:
    """What the rows say in words: of what they are, in which unit, and when. Their numbers find nothing."""
    return " ".join(row[name] for row in rows for name in ("parameter", "unit", "condition") if row.get(name))


def _line(words: Any) -> Any:
    said = clean(words)
    return " ".join(said.split()) if isinstance(said, str) else said


_Parameter = Annotated[str, BeforeValidator(_line), AfterValidator(no_control), Field(min_length=1, max_length=200)]
_Unit = Annotated[str, BeforeValidator(_line), AfterValidator(no_control), Field(max_length=60)]
_Condition = Annotated[str, BeforeValidator(_line), AfterValidator(no_control), Field(max_length=300)]
_Number = Annotated[str, BeforeValidator(decimal_text)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid")

    parameter: _Parameter
    unit: _Unit | None = None
    now: _Number | None = None
    comparison: Comparison | None = None
    target: _Number | None = None
    condition: _Condition | None = None


def _said(row: Any) -> Any:
    """A row without what was left empty."""
    return {name: value for name, value in row.items() if value not in (None, "")} if isinstance(row, Mapping) else row


class _Rows(BaseModel):
    figures: Annotated[list[Annotated[_Row, BeforeValidator(_said)]], Field(max_length=MOST)]


def rows_of(given: Any) -> list[NeedFigure]:
    """The rows as they are kept: clean, each whole in itself, none twice. Raises InvalidForm with a reason for each cell."""
    try:
        rows = _Rows.model_validate({"figures": given}).model_dump(exclude_none=True)["figures"]
    except ValidationError as bad:
        faults: dict[str, Why] = {}
        for error in bad.errors():
            faults.setdefault(".".join(str(part) for part in error["loc"]), reason_of(error))
        raise InvalidForm(fields=faults) from None
    if wrong := _contradictions(rows):
        raise InvalidForm(fields=wrong)
    return cast(list[NeedFigure], rows)


def _contradictions(rows: list[dict[str, str]]) -> dict[str, Why]:
    faults: dict[str, Why] = {}
    there: set[tuple[str, ...]] = set()
    for n, row in enumerate(rows):
        if "target" in row and "comparison" not in row:
            faults[f"figures.{n}.comparison"] = reasons.catalogue.COMPARISON_MISSING
        elif "comparison" in row and "target" not in row:
            faults[f"figures.{n}.target"] = reasons.catalogue.TARGET_MISSING
        elif "now" not in row and "target" not in row:
            faults[f"figures.{n}.now"] = reasons.catalogue.FIGURE_MISSING
        # A range has two rows of one parameter, each with a comparison of its own.
        key = tuple(row.get(name, "").casefold() for name in ("parameter", "condition", "comparison"))
        if key in there:
            faults.setdefault(f"figures.{n}.parameter", reasons.catalogue.FIGURE_TWICE)
        there.add(key)
    return faults
