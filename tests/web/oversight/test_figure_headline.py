"""The numbers above the figures are those of their lines, each with what it is among and the way to what is behind it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask

from casework.engine.figures.counting import Figure, without_needs
from casework.engine.figures.every import every_figure
from casework.operations.oversight.figure_scope import figures_among
from casework.web.oversight.figure_headline import Headline, Ways, headline
from tests.engine.figures.pieces import NAMES, Told, world

WAYS = Ways(
    line=lambda name, row: f"/{name}?{row.line}" if row.behind else "",
    all_of=lambda name, what: f"/{name}?{' '.join(what)}",
    matches="/matches",
)


def told_of(app: Flask, figures: Mapping[str, Figure]) -> dict[str, Headline]:
    with app.test_request_context("/figures"):
        return {one.words: one for one in headline(figures, WAYS)}


def some() -> list[Told]:
    """Twelve cases, of which two have a site and one is closed."""
    told = [Told(f"B-{n:02}").fire("confirm_interest", 1) for n in range(12)]
    for one in told[:2]:
        one.track("a", "agreement").fire("sign_local", 2, on="a", data={"kind": "patent_licence"})
        one.track("d", NAMES.deployment).fire(NAMES.tested, 3, on="d").fire(NAMES.accepts_site[0], 4, on="d")
    told[2].close("no_agreement", 9, "reason/a")
    return told


def test_each_number_is_that_of_its_line_and_leads_to_what_is_behind_it(app: Flask) -> None:
    shown = told_of(app, every_figure(world(*some())))
    live, signed, sites = (shown[words] for words in ("live cases", "agreements signed", "sites accepted"))
    assert (live.number, live.second, live.url) == ("11", "of 12 opened", "/time_in_step?open")
    assert (signed.number, signed.second) == ("2", "in 2 cases · 2 technology contracts")
    assert signed.url == "/agreements?what:signed"
    assert (sites.number, sites.second, sites.url) == ("2", "of 2 tested", "/deployments?what:accepted")
    assert (shown["with a verified effect"].number, shown["with a verified effect"].url) == ("0", "")


def test_as_many_cases_live_as_stay_in_a_step(app: Flask) -> None:
    """The number of the one is counted, and the cases of the other are listed."""
    figures = every_figure(world(*some()))
    there = {case for row in figures["time_in_step"].rows if row.of["what"] == "open" for case in row.cases}
    assert told_of(app, figures)["live cases"].number == str(len(there))


def test_of_an_empty_programme_nothing_leads_anywhere(app: Flask) -> None:
    shown = told_of(app, every_figure(world()))
    assert {one.number for one in shown.values()} == {"0"}
    assert [one.words for one in shown.values() if one.url or one.late] == []


def test_who_reads_no_closed_needs_is_told_of_no_match(app: Flask) -> None:
    figures = every_figure(world(*some()))
    assert "matches not refused" in told_of(app, figures)
    trimmed = told_of(app, {name: without_needs(figure) for name, figure in figures.items()})
    assert "matches not refused" not in trimmed
    assert "live cases" in trimmed


def test_of_some_cases_alone_they_are_counted_of_these(app: Flask) -> None:
    told = [Told(f"B-{n}", phase="one" if n % 2 else "two") for n in range(9)]
    shown = told_of(app, figures_among(world(*told), {"phase": "one"}))
    assert (shown["live cases"].number, shown["live cases"].second) == ("4", "of 4 opened")
    assert "matches not refused" not in shown
