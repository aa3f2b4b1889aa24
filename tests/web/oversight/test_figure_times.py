"""How far stays lie apart is drawn as boxes on one scale, by whose turn it was, with the numbers in a table."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask

from casework.engine.figures.counting import Figure, Row
from casework.web.oversight.figure_drafts import Draft, FigureTable, StepLimit
from casework.web.oversight.figure_tables import section
from casework.web.oversight.figure_times import scale_of, step_limits
from tests.engine.figures.pieces import CALENDAR
from tests.web.oversight.test_figure_tables import SAYER

HOURS = tuple(Decimal(60 * hours) for hours in (1, 2, 4, 8, 16))
SIDE = {"step": "triage", "what": "side", "unit": "working_minutes"}


def tables_of(app: Flask, *rows: Row) -> list[FigureTable]:
    figure = Figure(rows=rows, unit="working_days")
    with app.test_request_context("/figures"):
        return list(section(Draft("time_in_step", figure, SAYER, lambda name, row: f"/{row.of['what']}")).tables)


def test_a_step_has_a_box_for_all_and_one_for_each_side_and_its_numbers_a_table(app: Flask) -> None:
    told, behind = tables_of(
        app,
        Row(of={"step": "triage", "what": "ended"}, numerator=6, spread=HOURS),
        Row(of={**SIDE, "side": "office"}, numerator=6, denominator=6, amount=Decimal(600), spread=HOURS),
        Row(of={**SIDE, "side": "provider"}, numerator=2, denominator=6, amount=Decimal(60)),
    )
    (line,) = told.rows
    drawn = line["bar"].bar
    assert 'aria-hidden="true"' in drawn
    assert (drawn.count("all together"), drawn.count("the office"), drawn.count("a provider")) == (1, 1, 0)
    # Of 20 hours, from 2 to 8.
    assert drawn.count('x="10%" y="16" width="30%"') == 1
    assert "from 0 to 20.0 working hours" in told.marks[-1][1]
    assert behind.folded
    assert [row["what"].words for row in behind.rows] == ["Triage", "Triage · the office"]
    assert [behind.rows[0][key].words for key in ("stays", "5", "50", "95")] == [
        "6",
        "1.0 working hours",
        "4.0 working hours",
        "16.0 working hours",
    ]


def test_the_limit_of_a_step_is_marked_on_the_box_of_all(app: Flask) -> None:
    rows = (
        Row(of={"step": "triage", "what": "ended"}, numerator=6, spread=HOURS),
        Row(of={**SIDE, "side": "office"}, numerator=6, denominator=6, amount=Decimal(600), spread=HOURS),
    )
    limits = {"triage": StepLimit(minutes=Decimal(60 * 24), words="3 working days")}
    with app.test_request_context("/figures"):
        draft = Draft(
            "time_in_step", Figure(rows=rows, unit="working_days"), SAYER, lambda name, row: "", limits=limits
        )
        told = section(draft).tables[0]
    (line,) = told.rows
    # Of 40 hours.
    assert line["bar"].bar.count('class="g-limit"') == 1
    assert 'class="g-now" x1="60%"' in line["bar"].bar
    assert line["bar"].second.endswith("limit 3 working days")


def test_a_limit_that_is_far_off_does_not_make_the_boxes_small() -> None:
    row = Row(of={"step": "triage", "what": "ended"}, numerator=6, spread=HOURS)
    far, near = (StepLimit(minutes=Decimal(60 * hours), words="") for hours in (400, 24))
    scales = [scale_of([row], {"triage": limit}) for limit in (far, near)]
    assert scales == [60 * 20, 60 * 40]


def test_the_limits_are_those_of_the_newest_edition_and_of_the_programme() -> None:
    own = replace(CALENDAR, limits={"case.states.triage": 4})
    at = datetime(2026, 6, 30, 8, tzinfo=UTC)
    limits = step_limits(own, at)
    assert limits["triage"].minutes == 4 * own.usual_minutes
    assert limits["assessment"].minutes == own.working_minutes(at - timedelta(days=120), at)
    assert "closed" not in limits


def test_where_nothing_lies_apart_there_is_neither_box_nor_table(app: Flask) -> None:
    (told,) = tables_of(app, Row(of={"step": "triage", "what": "ended"}, numerator=4))
    assert told.rows[0]["bar"].bar == ""
    assert len(told.marks) == 3


@pytest.mark.parametrize(
    ("hours", "end"),
    [
        ("0", 0),
        ("0.5", 1),
        ("1", 1),
        ("3", 4),
        ("9", 10),
        ("10", 10),
        ("11", 20),
        ("41", 50),
        ("99", 100),
        ("730", 800),
    ],
)
def test_the_scale_ends_at_round_hours_beyond_all_boxes(hours: str, end: int) -> None:
    row = Row(of={}, numerator=5, spread=(*HOURS[:1] * 4, Decimal(hours) * 60))
    assert scale_of([row]) == end * 60
    assert scale_of([]) == 0
