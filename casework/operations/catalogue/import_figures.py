"""The figures of a need and the sites of a technology as a file tells them: rows of JSON, or in one cell of a table.

In a cell a row is a line, or ends with a semicolon: parameter | unit | now | target | condition, the target after its sign
(<=, >=, <, > or =). What is not known stays empty, and what ends a row may be left out. A site is site | year | size.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator

from casework import reasons
from casework.engine.case_objects.need_figures import COMPARISONS, NeedFigure, rows_of
from casework.engine.case_objects.technology_details import ReferenceSite, sites_of
from casework.errors import InvalidForm
from casework.json_values import JsonObject
from casework.operations.catalogue.import_faults import Wrong
from casework.reasons import Why

_CELLS = ("parameter", "unit", "now", "target", "condition")
_OF_SITE = ("site", "year", "size")
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


def _read_sites(value: Any) -> list[ReferenceSite]:
    if isinstance(value, str):
        plain = value.translate({ord("；"): ";", ord("｜"): "|"})
        value = [_site(line) for line in re.split("[;\n]", plain) if line.strip()]
    try:
        return sites_of(value)
    except InvalidForm as refused:
        where, why = next(iter(refused.fields.items()))
        raise Wrong(_placed(where, why)) from None


def _site(line: str) -> JsonObject:
    cells = [" ".join(cell.split()) for cell in line.split("|")]
    if len(cells) > len(_OF_SITE):
        raise Wrong(reasons.imports.FIGURE_CELLS(most=len(_OF_SITE), names=" | ".join(_OF_SITE)))
    return dict(zip(_OF_SITE, cells, strict=False))


def _row(line: str) -> JsonObject:
    cells = [" ".join(cell.split()) for cell in line.split("|")]
    if len(cells) > len(_CELLS):
        raise Wrong(reasons.imports.FIGURE_CELLS(most=len(_CELLS), names=" | ".join(_CELLS)))
    row: JsonObject = dict(zip(_CELLS, cells, strict=False))
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


Sites = Annotated[list[dict[str, str]], BeforeValidator(_read_sites)]
Figures = Annotated[list[dict[str, str]], BeforeValidator(_read)]

__all__ = ["Figures", "Sites"]
