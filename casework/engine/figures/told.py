"""Figures that were told and kept: read again as they were counted, and without closed needs for whoever reads none."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from casework.engine.figures.counting import Figure, Row
from casework.json_values import JsonMapping, JsonObject

#: Which lines of a figure count needs, and which are among needs, by their places.
LINES, AMONG = "lines", "among"


def of_needs(figures: Mapping[str, Figure]) -> JsonObject:
    """By figure the places of those lines that count needs, or are among needs; of others it has none."""
    found = {
        name: {
            LINES: [n for n, row in enumerate(figure.rows) if row.of_needs],
            AMONG: [n for n, row in enumerate(figure.rows) if row.among_needs],
        }
        for name, figure in figures.items()
    }
    return {name: places for name, places in found.items() if places[LINES] or places[AMONG]}


def read_figures(told: JsonMapping, needs: JsonMapping) -> dict[str, Figure]:
    """Figures as they were counted, from how they were told (`show_counted`) and which lines are of needs (`of_needs`)."""
    return {name: _figure(figure, needs.get(name, {})) for name, figure in told.items()}


def _figure(told: JsonMapping, needs: JsonMapping) -> Figure:
    lines, among = needs.get(LINES, ()), needs.get(AMONG, ())
    rows = tuple(_row(row, of_needs=n in lines, among_needs=n in among) for n, row in enumerate(told["rows"]))
    return Figure(rows=rows, unit=told["unit"], beside=dict(told["beside"]))


def _row(told: JsonMapping, *, of_needs: bool, among_needs: bool) -> Row:
    return Row(
        of=dict(told["of"]),
        numerator=told["numerator"] or 0,
        denominator=told["denominator"],
        share=told["percent"] is not None,
        of_needs=of_needs,
        among_needs=among_needs,
        parts=dict(told["parts"]),
        cases=tuple(told["cases"]),
        median=_decimal(told["median"]),
        p90=_decimal(told["p90"]),
        spread=None if (spread := told.get("spread")) is None else tuple(map(Decimal, spread)),
        money={currency: Decimal(amount) for currency, amount in told["money"].items()},
        amount=_decimal(told["amount"]),
        under=told["under"],
        unripe=told["unripe"],
    )


def _decimal(told: str | None) -> Decimal | None:
    return None if told is None else Decimal(told)
