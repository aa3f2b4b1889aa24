"""The figures beside the stories as everybody reads them: a number with what it is among, an amount with its unit."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Flask

from casework.engine.case_objects.programme_lists import overlay
from casework.operations.results.views import ShownFigures
from casework.web.results.shown_figures import say_figures


def row(numerator: int | str, denominator: int | None, amount: str | None, **of: str) -> dict[str, Any]:
    return {"of": of, "numerator": numerator, "denominator": denominator, "amount": amount}


def test_an_amount_has_its_unit(app: Flask) -> None:
    rows = [
        row(4, 9, None, what="with_records"),
        row("<3", None, None, indicator="water", unit="m3", level="verified"),
        row(4, 9, "1234", indicator="energy", unit="MWh", level="verified"),
    ]
    told = {"definitions": 10, "figures": {"effects": {"unit": None, "rows": rows}}}
    with app.test_request_context("/results"):
        (effect,) = say_figures(
            ShownFigures(programme="p", as_of=datetime(2026, 9, 30, tzinfo=UTC), told=told), overlay([])
        )
    assert [(one.count, one.amount) for one in effect.rows] == [("4 of 9", ""), ("<3", ""), ("4 of 9", "1,234 MWh")]
