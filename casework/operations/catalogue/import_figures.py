"""The figures of a need and the sites of a technology as a file tells them: rows of JSON, or in one cell of a table.

In a cell a row is a line, or ends with a semicolon: parameter | unit | now | target | condition, the target after its sign
(<=, >=, <, > or =). What is not known stays empty, and what ends a row may be left out. A site is site | year | size, a certificate or
standard name | number | body | valid_until | held, of which the last is no where it is known to lack it; a legal restriction
kind | countries | words, the countries with commas between.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator

from casework import reasons
from casework.engine.case_objects.need_figures import COMPARISONS, NeedFigure, rows_of
from casework.engine.case_objects.technology_details import licences_of, restrictions_of, sites_of, standards_of
from casework.errors import InvalidForm
from casework.json_values import JsonObject
from casework.operations.catalogue.import_faults import Wrong
from casework.reasons import Why

_CELLS = ("parameter", "unit", "now", "target", "condition")
_OF_SITE = ("site", "year", "size")
_OF_STANDARD = ("name", "number", "body", "valid_until", "held")
_OF_RESTRICTION = ("kind", "countries", "words")
_SIGNS = {"<=": "at_most", ">=": "at_least", **{sign: code for code, sign in COMPARISONS.items()}}
_TARGET = re.compile(r"(<=|>=|≤|≥|<|>|=)?(.*)")


def _read(value: Any) -> list[NeedFigure]:
    if isinstance(value, str):
        plain = value.translate({ord("；"): ";", ord("｜"): "|"})
        value = [_row(line) for line in re.split("[;\n]", plain) if line.strip()]
    try:
        return rows_of(value)
    except InvalidForm as refused:
        where, why = next(iter(refused.fields.items()))
        raise Wrong(_placed(where, why)) from None


def _reader(cells: Sequence[str], checked: Callable[[Any], Any]) -> BeforeValidator:
    """Reads rows that have these cells, and what is wrong with one as the file's own row and cell."""

    def read(value: Any) -> Any:
        if isinstance(value, str):
            plain = value.translate({ord("；"): ";", ord("｜"): "|"})
            value = [_cells(line, cells) for line in re.split("[;\n]", plain) if line.strip()]
        try:
            return checked(value)
        except InvalidForm as refused:
            where, why = next(iter(refused.fields.items()))
            raise Wrong(_placed(where, why)) from None

    return BeforeValidator(read)


def _cells(line: str, names: Sequence[str]) -> JsonObject:
    cells = [" ".join(cell.split()) for cell in line.split("|")]
    if len(cells) > len(names):
        raise Wrong(reasons.imports.FIGURE_CELLS(most=len(names), names=" | ".join(names)))
    return dict(zip(names, cells, strict=False))


def _read_licences(value: Any) -> list[str]:
    """Kinds of licence, as a list or with a semicolon between."""
    if isinstance(value, str):
        value = [part for part in re.split("[;；,，\n]", value) if part.strip()]
    try:
        return licences_of(value if isinstance(value, list) else [value])
    except InvalidForm as refused:
        raise Wrong(refused.fields["licences"]) from None


def _row(line: str) -> JsonObject:
    row = _cells(line, _CELLS)
    found = _TARGET.fullmatch(row.get("target", ""))
    if found is not None and found[1]:
        row |= {"comparison": _SIGNS[found[1]], "target": found[2].strip()}
    return row


def _placed(where: str, why: Why) -> Why:
    """Why, after what a reader of the file calls "figures.0.target": its row and its cell."""
    _, _, place = where.partition(".")
    number, _, cell = place.partition(".")
    if not number:
        return why
    row = int(number) + 1
    return (
        reasons.imports.FIGURE_CELL(row=row, cell=cell, why=why)
        if cell
        else reasons.imports.FIGURE_ROW(row=row, why=why)
    )


Sites = Annotated[list[dict[str, str]], _reader(_OF_SITE, sites_of)]
Standards = Annotated[list[dict[str, str]], _reader(_OF_STANDARD, standards_of)]
Restrictions = Annotated[list[dict[str, str]], _reader(_OF_RESTRICTION, restrictions_of)]
Licences = Annotated[list[str], BeforeValidator(_read_licences)]
Figures = Annotated[list[dict[str, str]], BeforeValidator(_read)]

__all__ = ["Figures", "Licences", "Restrictions", "Sites", "Standards"]
