"""Every figure has words and a place on the page, and every line of it stands in a table."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask

from casework.engine.figures import conversion, every, funnel, referrals
from casework.engine.figures.counting import Figure, Row
from casework.operations.oversight.figure_names import CalledInFigures
from casework.web.oversight import figure_words
from casework.web.oversight.figure_drafts import Draft, FigureTable, Section
from casework.web.oversight.figure_shapes import SHAPES
from casework.web.oversight.figure_tables import AT_ONCE, ORDER, in_order, section
from casework.web.oversight.figure_words import Sayer, say_length
from tests.engine.figures.pieces import START, Told, world

SAYER = Sayer(CalledInFigures(ids={}, phases={}, lists={}))


def _section(app: Flask, name: str, figure: Figure) -> Section:
    with app.test_request_context("/figures"):
        return section(Draft(name, figure, SAYER, lambda name, row: f"/{name}" if row.cases else ""))


def test_every_figure_has_words_and_a_place() -> None:
    assert figure_words.FIGURES.keys() == every.FIGURES.keys()
    assert {*ORDER} <= every.FIGURES.keys()
    assert in_order(["workload", "new", "funnel"]) == ["funnel", "workload", "new"]


def test_a_step_stands_beside_the_one_before_and_beside_all(app: Flask) -> None:
    told = [Told(f"B-{n:02}").fire("confirm_interest", 1) for n in range(12)]
    told[0].fire("approve_plan", 2)
    steps, branches = _section(app, "funnel", funnel.funnel(world(*told, Told("B-99")))).tables
    lines = {row["what"].words: row for row in steps.rows}
    plan = lines["Plan approved"]
    assert (plan["number"].words, plan["number"].url) == ("1", "/funnel")
    assert (plan["before"].words, plan["before"].second) == ("8.3 %", "1 of 12")
    assert (plan["all"].words, plan["all"].second) == ("7.7 %", "1 of 13")
    assert branches.headed


def test_conversion_has_a_line_for_each_month_and_a_column_for_each_step(app: Flask) -> None:
    later = START + timedelta(days=40)
    told = [Told("B-1").fire("confirm_interest", 1), Told("B-2", opened=later), Told("B-3", opened=later)]
    first, *others = _section(app, "conversion", conversion.conversion(world(*told, day=60))).tables
    assert [row["went_on"].words for row in first.rows][:2] == ["1", "0"]
    (months, *_) = [table for table in others if table.caption == "By month"]
    assert months.folded
    assert [row["what"].words for row in months.rows] == ["2026-01", "2026-02"]
    assert [row["0"].words for row in months.rows] == ["1 of 1", "0 of 2"]


def test_a_line_tells_its_median_in_its_own_unit_and_its_cases_are_a_list(app: Flask) -> None:
    """By provider as in all: answers in hours of its clock, the whole of a referral in days; those that are late are opened."""
    told = [
        Told(f"B-{n}")
        .track("r", "referral", part="request", kind="assessment", provider="caepi")
        .fire("send", 0, on="r", part="sends")
        .fire("accept", 1, on="r", part="accepts")
        .fire("approve", 4, on="r", part="takes_result")
        for n in range(5)
    ]
    told[0].task("t", "work", 1, track="r", due="2026-01-07T17:00:00.000000Z")
    first, *others = _section(app, "referrals", referrals.referrals(world(*told))).tables
    lines = {row["what"].words: row for row in first.rows}
    assert lines["Sent"]["median"].words == "8.0 working hours"
    assert lines["From sending to the result"]["median"].words == "4 working days"
    assert lines["Late now, with the office"]["number"].url == "/referrals"
    (providers,) = [table for table in others if table.caption == "By provider"]
    column = next(key for key, words, _ in providers.columns if words == "From sending to the result")
    assert providers.rows[0][column].second == "median 4 working days"


def _years(count: int) -> Figure:
    """Lines of so many months, from the step of opening to the next."""
    months = (f"{2000 + n // 12}-{n % 12 + 1:02}" for n in range(count))
    of = {"step": "opened", "next": "interest_confirmed"}
    return Figure(rows=tuple(Row(of=of | {"month": month}, numerator=1, denominator=1) for month in months))


def test_a_long_folded_table_is_fetched_once_it_is_opened(app: Flask) -> None:
    def drawn(figure: Figure, opened: str) -> FigureTable:
        def open_table(name: str, down: str) -> str:
            return "" if f"{name}.{down}" == opened else f"/open/{name}.{down}"

        with app.test_request_context("/figures"):
            (table,) = section(Draft("conversion", figure, SAYER, lambda name, row: "", open_table)).tables
        return table

    short, long = _years(AT_ONCE), _years(AT_ONCE + 1)
    assert (len(drawn(short, "").rows), drawn(short, "").url) == (AT_ONCE, "")
    closed, opened = drawn(long, ""), drawn(long, "conversion.month")
    assert (closed.rows, closed.url, closed.caption) == ((), "/open/conversion.month", "By month")
    assert (len(opened.rows), opened.url, opened.opened) == (AT_ONCE + 1, "", True)


def test_no_two_folded_tables_of_a_figure_are_opened_by_the_same_address() -> None:
    for name, shapes in SHAPES.items():
        keys = [shape.key for shape in shapes if shape.folded]
        assert len({*keys}) == len(keys), name


def test_months_and_steps_are_in_their_order_and_officers_in_that_of_their_names(app: Flask) -> None:
    stays = [("closing", "2026-02"), ("closing", "2026-05"), ("triage", "2026-01")]
    rows = [Row(of={"step": step, "what": "ended", "month": month}, numerator=1) for step, month in stays]
    (table,) = _section(app, "time_in_step", Figure(rows=tuple(rows))).tables
    assert [row["what"].words for row in table.rows] == ["2026-01", "2026-02", "2026-05"]
    assert [words for _, words, _ in table.columns] == ["Month", "Triage", "Closing"]
    officers = [Row(of={"officer": id, "what": "not_due"}, numerator=1) for id in ("p1", "p2")]
    officers.append(Row(of={"officer": "p1", "what": "over_20"}, numerator=1))
    sayer = Sayer(CalledInFigures(ids={"p1": "Wu", "p2": "Li"}, phases={}, lists={}))
    with app.test_request_context("/figures"):
        found = section(Draft("workload", Figure(rows=tuple(officers)), sayer, lambda name, row: "")).tables[0]
    assert [(row["what"].words, "p-late" in row["what"].bar) for row in found.rows] == [("Li", False), ("Wu", True)]


def test_a_number_that_is_not_told_is_not_drawn(app: Flask) -> None:
    row = Row(of={"what": "referred", "until": "2026-03-31"}, numerator=0, under=5)
    told = _section(app, "mediations", Figure(rows=(row,)))
    (cells,) = told.tables[0].rows
    assert (cells["number"].words, cells["what"].bar) == ("under 5", "")
    assert told.beside == ["As of 2026-03-31"]


def test_a_line_of_something_new_stands_in_a_table_all_the_same(app: Flask) -> None:
    figure = Figure(rows=(Row(of={"colour": "deep_green"}, numerator=2, denominator=2),))
    (table,) = _section(app, "funnel", figure).tables
    assert table.rows[0]["number"].words == "2"
    assert _section(app, "new_one", figure).title == "new one"


def test_where_nothing_counts_there_is_no_table(app: Flask) -> None:
    assert _section(app, "funnel", Figure(rows=(Row(of={"step": "x"}, numerator=0, denominator=0),))).tables == []


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (Decimal("516"), "working_minutes", "8.6 working hours"),
        (Decimal("177312"), "working_minutes", "2,955 working hours"),
        (Decimal("3.50"), "working_days", "3.5 working days"),
        (Decimal("1.0"), "working_days", "1 working day"),
        (Decimal(20), "days", "20 days"),
        (Decimal(1), "days", "1 day"),
        (None, "days", ""),
    ],
)
def test_a_length_is_said_in_its_unit(app: Flask, value: Decimal | None, unit: str, words: str) -> None:
    with app.test_request_context("/figures"):
        assert say_length(value, unit) == words


def test_a_capacity_is_told_with_its_unit_as_it_is_written(app: Flask) -> None:
    figure = Figure(rows=(Row(of={"capacity": "kw_heat"}, numerator=2, denominator=3, amount=Decimal(1500)),))
    (table,) = _section(app, "deployments", figure).tables
    (line,) = table.rows
    assert (table.as_written, line["what"].words, line["value"].words) == (True, "kW of heat", "1,500")


def test_one_night_is_one(app: Flask) -> None:
    row = Row(of={"what": "last_night"}, numerator=3, denominator=4)
    assert _section(app, "discipline", Figure(rows=(row,), beside={"nights": 1})).beside == ["1 night"]
