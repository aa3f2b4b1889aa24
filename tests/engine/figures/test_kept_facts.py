"""What is kept comes back as it was, and goes on as the log does that it was folded from."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.case_objects.kept_records import NEED, TECHNOLOGY
from casework.engine.deadlines.calendars import Calendar
from casework.engine.figures import kept_facts
from casework.engine.figures.case_facts import CaseFacts, read_case
from casework.engine.figures.counting import Figure, Row
from casework.engine.figures.every import every_figure
from casework.engine.figures.kept_facts import KEPT, facts_by, read, read_facts, rules_of, write
from casework.engine.figures.register_facts import RecordFacts, RightFacts
from tests.engine.figures.pieces import CALENDAR, NAMES, Told, world
from tests.engine.figures.test_stays import approve, deliver, send

ACTS = ("move", "send", "deliver", "approve", "ask", "close", "wait")


def kept(value: Any) -> Any:
    """What a column of text would hold, read again."""
    return orjson.loads(orjson.dumps(write(value)))


def log_of(acts: list[tuple[str, int]]) -> Told:
    """A case in which this happened, each so many days after the one before, as far as it can."""
    told = Told("1", phase="one", as_opened={"need": 1, "sector": "Energy", "district": None, "source": "BJ"})
    day, sent, delivered, closed = 0, list[str](), list[str](), False
    for n, (act, later) in enumerate(acts):
        day += later
        if closed and act != "wait":
            told.fire("reopen", day, to=(f"step_{n % 3}",), outcome=None, reasons=[], closed=False, reopened=True)
            closed = False
        elif act == "move":
            told.fire("sign" if n % 2 else "move", day, to=(f"step_{n % 3}",), data={"n": n, "said": ["a", None]})
        elif act == "send":
            sent.append(f"r{n}")
            send(told, sent[-1], day)
        elif act == "deliver" and sent:
            delivered.append(sent.pop())
            deliver(told, delivered[-1], day)
        elif act == "approve" and delivered:
            approve(told, delivered.pop(), day)
        elif act == "ask":
            told.task(f"t{n}", NAMES.follow_up if n % 2 else "another", day, result={"answer": n} if n % 3 else None)
        elif act == "close":
            told.close("dormant", day, "no_money")
            closed = True
    return told


@given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 9)), max_size=14), st.integers(0, 2000))
def test_what_was_kept_of_a_case_is_what_is_folded_anew_at_any_later_instant(
    acts: list[tuple[str, int]], hours: int
) -> None:
    told = log_of(acts)
    last = told.events[-1].at
    until = last + timedelta(hours=hours)
    there = read_facts("case", kept(read_case(told.events, last, CALENDAR, NAMES)))
    assert isinstance(there, CaseFacts)
    assert there.up_to(until, CALENDAR) == read_case(told.events, until, CALENDAR, NAMES)


def test_the_main_track_of_a_case_is_its_first_one_still() -> None:
    there = read_facts("case", kept(Told("1").track("a", "agreement").facts()))
    assert isinstance(there, CaseFacts)
    assert [*there.case.tracks] == ["main", "a"]
    assert there.case.main.id == "main"


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (NEED, RecordFacts("n", {"merged_into": None, "provenance": {}}, None)),
        (TECHNOLOGY, RecordFacts("t", {"merged_into": "u", "ip_text": True}, date(2026, 1, 5))),
        ("right", RightFacts(frozenset({"u", "t"}), date(2026, 1, 5), True)),
        ("right", RightFacts(frozenset(), None, False)),
        ("case", None),
    ],
)
def test_what_was_kept_of_another_log_comes_back(kind: str, facts: Any) -> None:
    assert read_facts(kind, kept(facts)) == facts


def test_figures_come_back_with_exact_numbers() -> None:
    row = Row(
        of={"what": "x", "month": None},
        numerator=3,
        parts={"b": 1, "a": 2},
        money={"CNY": Decimal("1.10")},
        amount=Decimal("0.3"),
        median=Decimal("2.5"),
        cases=("1", "2"),
        unripe=False,
    )
    figure = Figure(rows=(row,), unit="days", beside={"cases": 4}, sums=(((0, "numerator"), (1, "denominator")),))
    assert read(Figure, kept(figure)) == figure
    assert [*read(Figure, kept(figure)).rows[0].parts] == ["b", "a"]


def test_every_figure_that_there_is_comes_back() -> None:
    figures = every_figure(world(Told("1").fire("sign", 3), Told("2").close("dormant", 4)))
    for name, figure in figures.items():
        assert read(Figure, kept(figure)) == figure, name
        assert len({row.line for row in figure.rows}) == len(figure.rows), name


def test_of_mediations_nothing_is_kept() -> None:
    assert "mediation" not in KEPT


def test_by_other_rules_or_another_calendar_facts_are_other_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = rules_of(NAMES)
    other = Calendar("test", zone="Asia/Shanghai")
    assert len({facts_by(rules, CALENDAR), facts_by(rules, other), facts_by("x", CALENDAR)}) == 3
    assert rules_of(replace(NAMES, clause="another")) != rules
    monkeypatch.setattr(kept_facts, "DEFINITIONS", 0)
    assert rules_of(NAMES) != rules


def test_what_cannot_be_told_apart_is_not_kept() -> None:
    with pytest.raises(TypeError, match="not told from another"):
        kept_facts._ways(int | str | None)


def test_a_moment_keeps_its_zone() -> None:
    at = datetime(2026, 1, 5, 9, 0, 0, 1, tzinfo=UTC)
    (write_it, read_it) = kept_facts._ways(datetime)
    assert read_it(write_it(at)) == at
