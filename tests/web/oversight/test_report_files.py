"""A report as files: on paper in both languages as it is told outside, and what was frozen, byte for byte."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import Engine, text

from casework.engine.deadlines.calendars import Calendar
from casework.engine.figures.reports import AGREED, FROZEN, IS_PUBLISHED, PUBLISHED
from casework.operations.auth.views import Scope
from casework.operations.core.views import Named
from casework.operations.letters.pdf import print_pdf
from casework.operations.oversight.views import ListedReport, ReportStep, ShownReport
from casework.records.database import transaction
from casework.web.oversight.report_files import Read, write_paper
from tests.support.papers import words_of
from tests.support.web_client import Browser
from tests.support.world import World
from tests.web.oversight.test_figure_tables import SAYER
from tests.web.oversight.test_report_pages import freeze

Enter = Callable[[str], Browser]
AT = datetime(2026, 10, 12, 7, 30, tzinfo=UTC)


@pytest.fixture
def report(browser_for: Enter, engine: Engine, world: World) -> str:
    with transaction(engine) as db:
        world.open_case(db)
    return freeze(browser_for("supervisor"), world)


def line(numerator: int | str | None, denominator: int | None, percent: str | None, **of: str) -> dict[str, Any]:
    parts = {"went_on": numerator, "ended": None, "open": None}
    return {"of": of, "numerator": numerator, "denominator": denominator, "percent": percent, "parts": parts}


FIGURES = {
    "conversion": [
        line(31, 58, "53.4", step="opened", next="interest_confirmed"),
        line("<3", 31, None, step="interest_confirmed", next="plan_approved"),
        line(7, 9, None, step="opened", next="interest_confirmed", month="2026-07"),
    ],
    "funnel": [line(58, None, None, step="opened"), line(None, 58, None, step="verified")],
}


def published() -> Read:
    steps = [(FROZEN, "Lin Hui"), (AGREED, "Lin Hui"), (AGREED, "Wang Fang"), (PUBLISHED, "Wang Fang")]
    then, now = {"numerator": 4, "denominator": 9}, {"numerator": 7, "denominator": 9}
    shown = ShownReport(
        report=ListedReport(
            id="r",
            number=2,
            state=IS_PUBLISHED,
            as_of=AT,
            digest="0123456789abcdef" * 4,
            steps=tuple(
                ReportStep(kind=kind, at=AT, by=Named(id=who, name=who), acting_for=None) for kind, who in steps
            ),
        ),
        programme="p",
        inside={},
        restated=(),
        outside={
            "as_of": {"at": "2026-09-30T15:59:59.999999Z", "programme": "p"},
            "figures": {name: {"unit": None, "rows": rows} for name, rows in FIGURES.items()},
            "restated": [
                {"figure": "conversion", "of": FIGURES["conversion"][2]["of"], "then": then, "now": now},
                {"figure": "conversion", "of": FIGURES["conversion"][0]["of"], "then": now, "now": now},
            ],
        },
        content=None,
        before=1,
        writes=False,
        next=None,
        why_not=None,
    )
    return Read(
        shown, Scope(id="p", name="Beijing pilot", name_zh="北京试点", code="BJ"), Calendar("test"), SAYER.called
    )


def paper(app: Flask, language: str) -> str:
    with app.test_request_context("/"), force_locale("zh_Hans" if language == "zh" else "en"):
        return words_of(print_pdf(write_paper(published(), language)))


def test_it_says_whose_it_is_who_agreed_and_what_is_told_outside(app: Flask) -> None:
    words = paper(app, "en")
    for said in (
        "Beijing pilot",
        "Stage report 2",
        "published",
        "2026-09-30 23:59",
        "Wang Fang · 2026-10-12 15:30",
        "53.4 %",
        "<3",
    ):
        assert said in words
    # What is broken down by month stands in the data, but for what is known otherwise.
    assert words.count("2026-07") == 1
    assert "4 of 9 7 of 9" in words


def test_it_speaks_chinese(app: Flask) -> None:
    words = paper(app, "zh")
    for said in ("北京试点", "阶段报告 2", "已发布", "指纹"):
        assert said in words


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_reader_takes_it_in_the_language_that_is_asked_for(
    browser_for: Enter, engine: Engine, world: World, report: str, language: str
) -> None:
    """Whatever language the page was in: the words, and what people are called."""
    with transaction(engine) as db:
        named = {"id": world.people["supervisor"], "name": "王芳"}
        db.execute(text("UPDATE people SET name_zh = :name WHERE id = CAST(:id AS uuid)"), named)
    answer = browser_for("manager").get(f"{report}/report.pdf?language={language}")
    assert answer.status_code == 200
    assert f"report-BJ-1-{language}.pdf" in answer.headers["Content-Disposition"]
    words = words_of(answer.get_data())
    assert ("Nothing is told outside" in words, "王芳" in words) == (language == "en", language == "zh")


def test_its_data_have_the_fingerprint_that_stands_on_its_page(browser_for: Enter, report: str) -> None:
    auditor = browser_for("auditor")
    data = auditor.get(f"{report}/content.json").get_data()
    assert hashlib.sha256(data).hexdigest() in auditor.get(report).text
    manager = browser_for("manager")
    assert manager.get(f"{report}/content.json").status_code == 403
    assert "content.json" not in manager.get(report).text


def test_the_table_has_the_figures_inside(browser_for: Enter, report: str) -> None:
    book = zipfile.ZipFile(io.BytesIO(browser_for("auditor").get(f"{report}/figures.xlsx").get_data()))
    assert "How many go on" in book.read("xl/sharedStrings.xml").decode()


def test_each_page_says_of_which_programme_it_is_whatever_that_is_called(app: Flask) -> None:
    called = 'Heat & "Cold" \\'
    read = published()
    named = dataclasses.replace(read, programme=dataclasses.replace(read.programme, name=called))
    with app.test_request_context("/"), force_locale("en"):
        paper = print_pdf(write_paper(named, "en"))
    assert words_of(paper).endswith(f"{called} · Stage report 2 Figures as of 2026-09-30 2/2")


def test_of_a_period_the_paper_is_for_the_office_alone(browser_for: Enter, engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        world.open_case(db)
    supervisor = browser_for("supervisor")
    url = freeze(supervisor, world, opened_from="2020-01-01")
    words = words_of(supervisor.get(f"{url}/report.pdf?language=en").get_data())
    assert "Cases opened from 2020-01-01 on" in words
    assert "For the office alone: small numbers stand as they are." in words
    # The one case, as it is known inside.
    assert "Interest confirmed" in words
    # Who reads no closed needs finds none here.
    manager = words_of(browser_for("manager").get(f"{url}/report.pdf?language=en").get_data())
    assert "Need published" not in manager
    book = zipfile.ZipFile(io.BytesIO(supervisor.get(f"{url}/figures.xlsx").get_data()))
    assert "Opened from: 2020-01-01" in book.read("xl/sharedStrings.xml").decode()
