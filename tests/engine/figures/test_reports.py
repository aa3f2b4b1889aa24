"""A report goes from draft to published by two persons, and tells of the months of the one before; what differs is said line by line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from casework import reasons
from casework.engine.figures.reports import (
    AGREED,
    FROZEN,
    IS_AGREED,
    IS_DRAFT,
    IS_PUBLISHED,
    PUBLISHED,
    against,
    against_freezing,
    differences,
    fold,
    last_published,
    persons_of,
    restated,
    without_hidden,
)
from casework.engine.state.events import RegisterEvent

MARCH, JUNE = "2026-03-31T15:59:59.999999Z", "2026-06-30T15:59:59.999999Z"


def told(*moves: tuple[str, int, str], before: int | None = None, at: str = MARCH) -> list[RegisterEvent]:
    """Events: what was done with which report, and by whom; a deputy is named with whom it is for, as "a for b"."""
    events = []
    for n, (kind, number, who) in enumerate(moves, 1):
        actor, _, acting_for = who.partition(" for ")
        move: Any = {"number": number, "digest": f"{number:064}"}
        if kind == FROZEN:
            move |= {"as_of": at, "before": before}
        when = datetime(2026, 7, 1, tzinfo=UTC) + timedelta(hours=n)
        events.append(RegisterEvent("p", n, when, kind, actor, acting_for=acting_for or None, effects={"report": move}))
    return events


FROZEN_ONCE = (FROZEN, 1, "lin")
AGREED_TWICE = (FROZEN_ONCE, (AGREED, 1, "lin"), (AGREED, 1, "wang"))


@pytest.mark.parametrize(
    ("moves", "state"),
    [
        ((FROZEN_ONCE,), IS_DRAFT),
        ((FROZEN_ONCE, (AGREED, 1, "lin")), IS_DRAFT),
        ((FROZEN_ONCE, (AGREED, 1, "lin"), (AGREED, 1, "lin")), IS_DRAFT),
        ((FROZEN_ONCE, (AGREED, 1, "lin"), (AGREED, 1, "hu for lin")), IS_DRAFT),
        (AGREED_TWICE, IS_AGREED),
        ((*AGREED_TWICE, (PUBLISHED, 1, "wang")), IS_PUBLISHED),
    ],
)
def test_two_persons_agree_before_a_report_is_published(moves: Any, state: str) -> None:
    assert fold(told(*moves))[1].state == state


def test_what_was_never_frozen_goes_nowhere() -> None:
    assert fold(told((AGREED, 1, "lin"), (PUBLISHED, 1, "lin"))) == {}


def test_other_events_of_a_programme_say_nothing_of_reports() -> None:
    other = RegisterEvent("p", 1, datetime(2026, 7, 1, tzinfo=UTC), "list_set", "lin")
    assert fold([other]) == {}


@pytest.mark.parametrize("who", ["lin", "hu for lin"])
def test_nobody_agrees_twice_nor_by_a_deputy(who: str) -> None:
    reports = fold(told(FROZEN_ONCE, (AGREED, 1, "lin")))
    actor, _, acting_for = who.partition(" for ")
    assert against(reports, AGREED, 1, persons_of(actor, acting_for or None)) == reasons.reports.AGREED_ALREADY(
        number=1
    )
    assert against(reports, AGREED, 1, persons_of("wang", None)) is None


def test_what_one_person_agreed_to_is_not_published() -> None:
    reports = fold(told(FROZEN_ONCE, (AGREED, 1, "lin")))
    assert against(reports, PUBLISHED, 1, {"wang"}) == reasons.reports.NOT_AGREED(number=1)
    assert against(fold(told(*AGREED_TWICE)), PUBLISHED, 1, {"wang"}) is None


@pytest.mark.parametrize("kind", [AGREED, PUBLISHED])
def test_what_is_published_is_not_touched_again(kind: str) -> None:
    reports = fold(told(*AGREED_TWICE, (PUBLISHED, 1, "wang")))
    assert against(reports, kind, 1, {"zhao"}) == reasons.reports.NEVER_CHANGED(number=1)


def test_a_report_that_was_overtaken_is_not_published() -> None:
    """It was frozen before the other one was published, so it tells nothing of that one's months."""
    first = told(FROZEN_ONCE, (FROZEN, 2, "lin"), *AGREED_TWICE[1:], (PUBLISHED, 1, "wang"))
    reports = fold([*first, *told((AGREED, 2, "lin"), (AGREED, 2, "wang"))])
    assert against(reports, PUBLISHED, 2, {"wang"}) == reasons.reports.OVERTAKEN(number=2, last=1)


def test_the_next_report_is_up_to_a_later_moment() -> None:
    reports = fold(told(*AGREED_TWICE, (PUBLISHED, 1, "wang")))
    last = last_published(reports, {})
    assert last is not None
    assert last.number == 1
    assert against_freezing(reports, MARCH, {}) == reasons.reports.EARLIER(number=1, at=MARCH)
    assert against_freezing(reports, JUNE, {}) is None
    # A draft binds nobody.
    assert against_freezing(fold(told(*AGREED_TWICE)), MARCH, {}) is None


def figures(*rows: Any) -> dict[str, Any]:
    return {"conversion": {"unit": None, "beside": {}, "rows": list(rows)}}


def row(numerator: int | None, **of: str | None) -> dict[str, Any]:
    return {"of": of, "numerator": numerator, "denominator": 9, "parts": {}, "cases": ["BJ-1"]}


def test_each_month_that_was_told_is_told_again_as_it_was_and_as_it_is_known() -> None:
    then = figures(
        row(3, step="opened"), row(2, step="opened", month="2026-01"), row(1, step="opened", month="2026-02")
    )
    now = figures(row(7, step="opened"), row(4, step="opened", month="2026-01"), row(5, step="opened", month="2026-04"))
    found = restated(then, now)
    assert [(one["of"]["month"], one["then"]["numerator"]) for one in found] == [("2026-01", 2), ("2026-02", 1)]
    assert [one["now"] and one["now"]["numerator"] for one in found] == [4, None]
    # Which cases stand behind it each report says itself.
    assert all("cases" not in one["then"] for one in found)


def test_what_became_known_later_of_a_month_that_was_told_is_told_anew() -> None:
    then, now = (
        figures(row(1, month="2026-02")),
        figures(row(1, month="2026-02"), row(2, month="2026-01"), row(3, month="2026-03")),
    )
    found = {one["of"]["month"]: one for one in restated(then, now)}
    # March had not been told.
    assert found.keys() == {"2026-01", "2026-02"}
    assert (found["2026-01"]["then"], found["2026-01"]["now"]["numerator"]) == (None, 2)


def test_what_is_hidden_now_is_not_told_as_it_was() -> None:
    told_then = {
        "numerator": 5,
        "denominator": 9,
        "percent": None,
        "parts": {"open": 2},
        "median": "4",
        "p90": "5",
        "amount": "7",
    }
    line = {"figure": "agreements", "of": {"month": "2026-04"}, "then": told_then, "now": told_then}
    assert without_hidden(line) == line
    hidden = without_hidden({**line, "now": {**told_then, "numerator": None}})["then"]
    assert (hidden["numerator"], hidden["denominator"], hidden["amount"], hidden["median"]) == (None, 9, None, None)
    hidden = without_hidden({**line, "now": {**told_then, "parts": {"open": None}}})["then"]
    assert (hidden["parts"], hidden["numerator"]) == ({"open": None}, 5)


def test_of_a_figure_that_is_told_no_more_the_months_stay() -> None:
    assert restated(figures(row(2, month="2026-01")), {})[0]["now"] is None


def test_equal_figures_do_not_differ_in_whatever_order_their_lines_stand() -> None:
    one, other = row(2, step="opened", district=None), row(3, step="opened")
    assert list(differences(figures(one, other), figures(other, one))) == []


def test_what_differs_is_said_of_its_line() -> None:
    said = figures(row(2, step="opened"), row(1, step="signed"))
    found = figures(row(3, step="opened"), row(1, step="verified"))
    assert list(differences(said, found)) == [
        "conversion, step opened: of numerator the report says 2, the logs 3.",
        "conversion, step signed: the logs do not tell it.",
        "conversion, step verified: the report does not tell it.",
    ]


def test_what_is_left_out_is_not_compared_and_a_figure_that_is_missing_is_said() -> None:
    assert list(differences(figures(row(2)), {}, left=("conversion",))) == []
    assert list(differences(figures(row(2)), {})) == ["conversion: the logs do not tell it."]
    assert list(differences({}, figures(row(2)))) == ["conversion: the report does not tell it."]


def test_what_is_told_beside_a_figure_is_compared_too() -> None:
    said, found = figures(), figures()
    found["conversion"]["beside"] = {"duplicates": 1}
    assert list(differences(said, found)) == ["conversion: of beside the report says {}, the logs {'duplicates': 1}."]
