"""Where a line counts something that is no case it is said what, and each line knows which these are."""

from __future__ import annotations

from datetime import date

from casework.engine.case_objects.kept_records import NEED, TECHNOLOGY
from casework.engine.figures.behind import MATCH, VISIT, noun_behind
from casework.engine.figures.every import FIGURES, every_figure
from casework.engine.figures.register_facts import MatchFacts, RecordFacts
from tests.engine.figures.pieces import Told, line, world
from tests.engine.figures.test_activities import told_of, visit

NEEDS = tuple(RecordFacts(id, {}, date(2026, 1, 1)) for id in "abc")
CONFIRMED = {"readiness_low": True, "provenance": {"readiness_low": {"confirmed_at": "2028-05-02T00:00:00.000000Z"}}}
TECHNOLOGIES = (RecordFacts("t", CONFIRMED, date(2026, 1, 1)), RecordFacts("u", {}, date(2026, 1, 1)))
VISITS = told_of("assessment_visits", visit("event", "2026-01-20", "a"), visit("visit", "2026-01-21", "a"))
WORLD = world(
    Told("1", need="a"), needs=NEEDS, technologies=TECHNOLOGIES, matches={"m": MatchFacts("b", "t")}, beside=VISITS
)


def test_of_each_line_that_counts_no_cases_it_is_known_what_it_counts() -> None:
    found = {
        (name, str(row.of.get("what") or row.of.get("step"))): noun
        for name, of in FIGURES.items()
        for row in of(WORLD).rows
        if (noun := noun_behind(name, row)) is not None
    }
    assert found == {
        ("funnel", "need_published"): NEED,
        ("funnel", "match_not_refused"): NEED,
        ("funnel", "matches"): MATCH,
        ("endings", "needs_without_a_way"): NEED,
        **{("data_quality", what): TECHNOLOGY for what in ("readiness", "right", "deployment", "all_three")},
        **{("activities", what): VISIT for what in ("events", "event_participants", "enterprises_visited")},
        ("activities", "needs_collected"): NEED,
    }


def test_a_line_knows_which_records_it_counts() -> None:
    funnel, unmet = FIGURES["funnel"](WORLD), FIGURES["endings"](WORLD)
    assert line(funnel, step="need_published").records == ("a", "b", "c")
    assert line(funnel, step="match_not_refused").records == ("b",)
    # The need of a live case has a way.
    assert line(unmet, what="needs_without_a_way").records == ("b", "c")
    quality = FIGURES["data_quality"](WORLD)
    assert line(quality, what="readiness", of="all").records == ("t",)
    activities = FIGURES["activities"](WORLD)
    assert [len(line(activities, what=what).records) for what in ("events", "enterprises_visited")] == [1, 1]


def test_nothing_of_them_is_told_or_kept_with_the_figures() -> None:
    assert not [row for figure in every_figure(WORLD).values() for row in figure.rows if row.records]
