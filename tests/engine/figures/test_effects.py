"""What is saved is told by indicator and level, and a day of a measure counts once, at the highest level that is known of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from casework.engine.figures.effects import effects
from casework.engine.state.events import Event
from casework.engine.state.impacts import record_id
from tests.engine.figures.pieces import Told, counts, line, world


def recorded(told: Told, day: int, value: str, level: str, *, baseline: str | None = None, **more: Any) -> str:
    given = {
        "measure": "energy/MWh",
        "indicator": "energy",
        "unit": "MWh",
        "level": level,
        "value": value,
        "from": "2026-01-01",
        "to": "2026-01-10",
        "baseline": baseline,
        **more,
    }
    told.add("completed", "main", day, impacts=[given])
    last: Event = told.events[-1]
    return record_id(last, "impact")


def at_work(number: str) -> Told:
    return Told(number).track("d", "deployment").fire("pass", on="d")


def test_levels_are_never_added_and_a_day_counts_once() -> None:
    told = at_work("1")
    base = recorded(told, 1, "100", "baseline")
    recorded(told, 2, "60", "claimed", baseline=base)
    recorded(told, 3, "70", "measured", baseline=base)
    recorded(told, 4, "20", "claimed", baseline=base, **{"from": "2026-01-11", "to": "2026-01-15"})
    figure = effects(world(told, at_work("2")))
    assert counts(figure, what="with_records") == (1, 2)
    of = {"indicator": "energy/MWh", "unit": "MWh"}
    assert line(figure, **of, level="measured").amount == Decimal(30)
    assert line(figure, **of, level="claimed").amount == Decimal(30)
    assert not [row for row in figure.rows if row.of.get("level") == "verified"]


def test_what_was_corrected_counts_as_it_is_right_and_what_costs_more_counts_too() -> None:
    told = at_work("1")
    base = recorded(told, 1, "100", "baseline")
    wrong = recorded(told, 2, "6", "measured", baseline=base)
    recorded(told, 3, "130", "measured", baseline=base, replaces=[wrong])
    assert line(effects(world(told)), indicator="energy/MWh", unit="MWh", level="measured").amount == Decimal(-30)


def test_use_without_a_site_counts_and_a_case_that_is_not_used_does_not() -> None:
    used = Told("1").task("t", "use_report", 9, result={"in_use": True})
    idle = Told("2").task("t", "use_report", 9, result={"in_use": False})
    assert counts(effects(world(used, idle, Told("3"))), what="with_records") == (0, 1)
