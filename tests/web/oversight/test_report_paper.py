"""A report on paper is put together from what is told outside: nothing that is hidden can be read off a share, a bar or a mark."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel

from casework.web.oversight.report_paper import Block, Chapter, Cover, Line, chapters_of, cover_of, notes, tiles_of
from tests.web.oversight.test_figure_tables import SAYER

Number = int | str | None
#: Nothing of ours: words alone.
APP = Flask(__name__)
Babel(APP)


def row(numerator: Number, denominator: Number = None, percent: str | None = None, **of: Any) -> dict[str, Any]:
    beside = {name: of.pop(name, None) for name in ("median", "p90", "amount", "parts")}
    return {"of": of, "numerator": numerator, "denominator": denominator, "percent": percent, **beside}


def figures(unit: str | None = None, **rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {name: {"unit": unit, "rows": mine} for name, mine in rows.items()}


def trunk(opened: Number, interest: Number, signed: Number, site: Number) -> dict[str, Any]:
    return figures(
        conversion=[
            row(
                interest,
                opened,
                step="opened",
                next="interest_confirmed",
                parts={"went_on": interest, "ended": None, "open": 9},
            )
        ],
        funnel=[
            row(interest, opened, "50.0", step="interest_confirmed"),
            row(signed, None, step="agreement_signed"),
            row(site, None, step="site_accepted"),
        ],
    )


def block(told: dict[str, Any]) -> Block:
    (chapter,) = chapters(told)
    return chapter.blocks[0]


def chapters(told: dict[str, Any]) -> tuple[Chapter, ...]:
    with APP.test_request_context():
        return chapters_of(told, SAYER)


def cover(told: dict[str, Any]) -> Cover:
    with APP.test_request_context():
        return cover_of(told)


def lines(told: dict[str, Any], table: int = 0) -> list[tuple[str, ...]]:
    return [(line.what, *line.cells) for line in block(told).tables[table].lines]


def test_the_title_says_what_came_of_it_and_each_case_has_a_mark() -> None:
    told = cover(trunk(120, 58, 10, 6))
    assert told.title == "From 120 cases to 6 with an accepted site"
    assert [(of.kind, of.count) for of in told.marks] == [("site", 6), ("signed", 4), ("interest", 48), ("other", 62)]


@pytest.mark.parametrize("number", ["<3", None])
def test_what_is_hidden_is_not_in_the_title_and_is_no_mark(number: Number) -> None:
    assert cover(trunk(120, 58, 10, number)) == Cover(title="What came of the programme")
    assert cover(trunk(number, 58, 10, 6)) == Cover(title="What came of the programme")
    assert cover(trunk(120, 58, number, 6)).marks == ()
    assert cover({}) == Cover(title="What came of the programme")


@pytest.mark.parametrize(("opened", "signed"), [(1_000, 10), (120, 4)])
def test_too_many_cases_and_those_that_came_another_way_have_no_marks(opened: int, signed: int) -> None:
    told = cover(trunk(opened, 58, signed, 6))
    assert (told.title.startswith(f"From {opened} cases"), told.marks) == (True, ())


def test_a_step_is_told_of_the_one_before_and_of_all() -> None:
    told = trunk(120, 60, 12, 6)
    assert lines(told) == [
        ("Case opened", "120", "", "100.0 %"),
        ("Interest confirmed", "60", "50.0 %", "50.0 %"),
        ("Agreement signed", "12", "", "10.0 %"),
        ("Site accepted", "6", "", "5.0 %"),
    ]
    bars = [line.bar for line in block(told).tables[0].lines]
    assert bars[1] == (("ours", 50), ("lost", 50))
    assert bars[2] == (("ours", 10), ("lost", 40))


@pytest.mark.parametrize("number", ["<3", None])
def test_beside_a_hidden_number_stands_no_share_and_no_bar(number: Number) -> None:
    hidden = block(trunk(120, 60, number, 6)).tables[0].lines
    assert (hidden[2].cells[1:], hidden[2].bar) == (("", ""), ())
    # Nor does the bar of the next step tell it.
    assert hidden[3].bar == (("ours", 5),)
    assert all(not line.bar and not line.cells[2] for line in block(trunk(number, 60, 12, 6)).tables[0].lines)


def test_of_a_step_three_parts_are_told_and_drawn_where_each_is_told() -> None:
    parts = {"went_on": 31, "ended": 20, "open": 7}
    told = figures(conversion=[row(31, 58, "53.4", step="opened", next="interest_confirmed", parts=parts)])
    assert lines(told) == [("Case opened → Interest confirmed", "31", "20", "7", "58", "53.4 %")]
    assert block(told).tables[0].lines[0].bar == (("ours", 53), ("plain", 34), ("lost", 12))
    told["conversion"]["rows"][0]["parts"] = parts | {"ended": "<3"}
    assert block(told).tables[0].lines[0].bar == ()


def test_the_first_numbers_are_told_as_they_are_hidden() -> None:
    with APP.test_request_context():
        assert [tile.number for tile in tiles_of(trunk(120, "<3", None, 6), SAYER)] == ["120", "<3", "–", "6", "–"]


def test_a_step_has_one_line_with_whose_its_time_was() -> None:
    told = figures(
        unit="working_days",
        time_in_step=[
            row(8, None, step="triage", what="ended", median="5.0", p90="12"),
            row(8, 8, step="triage", what="side", side="office", unit="working_minutes", amount="600"),
            row(3, 8, step="triage", what="side", side="provider", unit="working_minutes", amount="1800"),
            row("<3", None, step="triage", what="open"),
        ],
    )
    assert lines(told) == [("Triage", "8", "5", "12", "<3")]
    (line,) = block(told).tables[0].lines
    assert line.bar == (("ours", 25), ("theirs", 75))
    assert "10.0 working hours" in line.second
    # Of a side that is hidden nobody sees how much of the bar it is.
    told["time_in_step"]["rows"][2] |= {"numerator": None, "amount": None}
    assert block(told).tables[0].lines[0].bar == ()


def test_reasons_come_by_how_many_gave_them_and_hidden_ones_last() -> None:
    counts: list[tuple[str, Number]] = [("other", None), ("strategy_change", "<3"), ("price", 4), ("terms", 8)]
    told = figures(endings=[row(count, what="main_reason", reason=reason) for reason, count in counts])
    found: tuple[Line, ...] = block(told).tables[0].lines
    assert [line.cells[0] for line in found] == ["8", "4", "<3", "–"]
    assert [line.bar for line in found] == [(("plain", 100),), (("plain", 50),), (), ()]


def test_what_is_told_of_one_thing_stands_in_one_line_and_breakdowns_in_the_data_alone() -> None:
    told = figures(
        follow_up=[
            row(6, 12, "50.0", days="180", of="all", what="answered_in_time"),
            row("<3", 12, days="180", of="all", what="answered"),
            row(4, 9, month="2026-07", what="answered"),
        ]
    )
    assert lines(told) == [("6 months · all", "6 of 12 · 50.0 %", "<3 of 12")]
    assert chapters(figures(follow_up=[row(4, 9, month="2026-07", what="answered")])) == ()


def test_a_figure_that_no_chapter_names_comes_last() -> None:
    told = figures(deployments=[row(3, what="tested")], new=[row(3, what="tested")])
    assert [[one.name for one in chapter.blocks] for chapter in chapters(told)] == [["deployments"], ["new"]]
    assert [chapter.narrow for chapter in chapters(told)] == [True, True]


def test_notes_begin_with_what_they_are_about() -> None:
    with APP.test_request_context():
        assert all(first.endswith(".") and words.endswith(".") for first, words in notes())
