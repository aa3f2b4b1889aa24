"""The lines of figures in a file: as of which day each is told, and as many cases as a cell holds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask_babel import force_locale

from casework.engine.figures.counting import Figure, Row
from casework.operations.oversight.figures import AsOf, Counted
from casework.web.oversight.figure_files import head, lines
from tests.web.oversight.test_figure_tables import SAYER


def told(app: Flask, name: str, row: Row, longest: int | None = None) -> dict[str, str]:
    at = datetime(2026, 5, 6, 7, tzinfo=UTC)
    as_of = AsOf(at=at, programme="BJ", logs=None, editions={}, calendar="", names="")
    counted = Counted(as_of=as_of, figures={name: Figure(rows=(row,))}, offered={})
    with app.test_request_context("/figures"):
        (line,) = lines(counted, SAYER, longest)
        return dict(zip(head(), line, strict=True))


def test_what_is_told_as_of_an_earlier_day_says_so(app: Flask) -> None:
    row = Row(of={"what": "referred", "until": "2026-03-31"}, numerator=0, under=5)
    assert told(app, "mediations", row)["As of"] == "2026-03-31"
    row = Row(of={"what": "referred", "until": None}, numerator=0, under=5)
    assert told(app, "mediations", row)["As of"].startswith("2026-05-06T07:00")


@pytest.mark.parametrize("longest", [None, 32_767, 1_000])
def test_cases_that_no_cell_holds_are_counted_and_none_is_cut(app: Flask, longest: int | None) -> None:
    cases = tuple(f"BJ-2026-{n:04}" for n in range(3_000))
    words = told(app, "funnel", Row(of={"what": "referred"}, numerator=3_000, cases=cases), longest)["Cases"]
    if longest is None:
        assert words == " ".join(cases)
        return
    shown, _, more = words.partition(" and ")
    assert len(words) <= longest
    assert {*shown.split(" ")} <= {*cases}
    assert len(shown.split(" ")) + int(more.removesuffix(" more")) == 3_000
    assert len(words) > longest - 100


def test_of_which_cases_it_is_stands_there_in_the_language_of_the_file(app: Flask) -> None:
    among = {"phase": "p", "source": "match run", "opened_from": "2026-01-01"}
    at = datetime(2026, 5, 6, 7, tzinfo=UTC)
    as_of = AsOf(at=at, programme="BJ", logs=None, editions={}, calendar="", names="", among=among)
    counted = Counted(
        as_of=as_of, figures={"funnel": Figure(rows=(Row(of={"step": "verified"}, numerator=1),))}, offered={}
    )
    with app.test_request_context("/figures"), force_locale("zh_Hans"):
        (line,) = lines(counted, SAYER)
        told = dict(zip(head(), line, strict=True))["仅限案件"]
    assert not [word for word in ("Phase", "Source", "match run", "Opened") if word in told]
