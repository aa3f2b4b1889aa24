"""Why cases closed without success: the main reason of each, further ones beside, stops apart; and needs that nothing came of."""

from __future__ import annotations

from datetime import date

from casework.engine.figures.endings import endings
from casework.engine.figures.register_facts import RecordFacts
from tests.engine.figures.pieces import Told, counts, line, world


def test_reasons_are_among_all_that_failed_and_stops_have_a_bar_of_their_own() -> None:
    told = [
        Told("1").close("no_agreement", 9, "money/price", "site/site"),
        Told("2").close("dormant", 9, "money/price"),
        Told("3").close("compliance_stop", 9, "rules/regulation"),
        Told("4").close("agreement_no_site", 9),
        Told("5").close("introduced", 9),
        Told("6").close("duplicate", 9, "other/other"),
        Told("7"),
    ]
    figure = endings(world(*told))
    assert counts(figure, what="stopped") == (1, 3)
    assert line(figure, what="main_reason", reason="money/price").cases == ("1", "2")
    assert counts(figure, what="main_reason", reason="money/price") == (2, 3)
    assert counts(figure, what="further_reason", reason="site/site") == (1, 3)
    assert not [row for row in figure.rows if row.of.get("reason") in ("rules/regulation", "other/other")]
    assert counts(figure, what="outcome", reason="agreement_no_site") == (1, 4)
    assert figure.beside == {"introduced": 1}


def test_the_longest_bar_comes_first() -> None:
    told = [Told(str(n)).close("dormant", 9, reason) for n, reason in enumerate(("a/a", "b/b", "b/b"))]
    assert [row.of["reason"] for row in endings(world(*told)).rows if row.of["what"] == "main_reason"] == ["b/b", "a/a"]


def test_a_need_without_a_way_has_no_live_case_and_none_that_succeeded() -> None:
    needs = tuple(RecordFacts(id, {}, date(2026, 1, 1)) for id in "abcd")
    told = [
        Told("1", need="a").close("dormant"),
        Told("2", need="b").close("agreement_no_site"),
        Told("3", need="c"),
        Told("4", need="c").close("dormant"),
    ]
    assert counts(endings(world(*told, needs=needs)), what="needs_without_a_way") == (2, 4)


def test_a_case_of_a_need_that_was_merged_is_one_of_the_need_in_its_place() -> None:
    needs = (
        RecordFacts("a", {"merged_into": "b"}, date(2026, 1, 1)),
        RecordFacts("b", {"merged_into": None}, date(2026, 1, 1)),
    )
    assert counts(endings(world(Told("1", need="a"), needs=needs)), what="needs_without_a_way") == (0, 1)


def test_where_no_outcome_tells_of_stops_there_are_none_among_the_others() -> None:
    told = [Told("1").close("no_agreement", 9), Told("2").close("agreement_no_site", 9)]
    figure = endings(world(*told))
    stopped, failed = (0, "numerator"), (0, "denominator")
    assert [one for one in figure.sums if stopped in one[1:]] == [
        (failed, stopped, (3, "numerator")),
        ((2, "denominator"), stopped, (2, "numerator"), (3, "numerator")),
    ]
    with_a_stop = endings(world(*told, Told("3").close("compliance_stop", 9)))
    assert not [one for one in with_a_stop.sums if stopped in one[1:]]
