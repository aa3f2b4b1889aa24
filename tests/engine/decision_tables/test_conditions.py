from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.decision_tables.conditions import ANY, LONGEST, literal, parse
from casework.engine.decision_tables.values import feel, read
from casework.errors import FieldFault
from tests.engine.decision_tables.random_tables import cells

TYPES = ["boolean", "day", "number", "text", "whole"]


@pytest.mark.parametrize(
    ("said", "type", "holds", "fails"),
    [
        ("-", "number", ["1", None], []),
        ("", "text", ["a", None], []),
        ('"a", "b"', "text", ["a", "b"], ["c", None]),
        ('not("a", "b")', "text", ["c", None], ["a", "b"]),
        ("not(null)", "text", ["a"], [None]),
        ("null", "number", [None], ["0"]),
        ("< 5", "number", ["4.999", "-7"], ["5", None]),
        ("not(< 5)", "number", ["5"], ["4", None]),
        ("<=5", "whole", ["5"], ["6"]),
        ("[1..10)", "number", ["1", "9.99"], ["10", "0.99", None]),
        ("]1..10[", "number", ["1.01"], ["1", "10"]),
        ("(1..10]", "whole", ["2", "10"], ["1", "11"]),
        ("-5, -.5", "number", ["-5", "-0.5"], ["5"]),
        ('>= date("2026-05-01")', "day", ["2026-05-01", "2027-01-01"], ["2026-04-30"]),
        ('[@"2026-05-01"..@"2026-05-31"]', "day", ["2026-05-31"], ["2026-06-01"]),
        ("true", "boolean", [True], [False, None]),
    ],
)
def test_a_cell_holds_for_what_it_says(said: str, type: str, holds: list[object], fails: list[object]) -> None:
    condition = parse(said, type)
    assert [condition.holds(read(type, value)) for value in holds] == [True] * len(holds)
    assert [condition.holds(read(type, value)) for value in fails] == [False] * len(fails)


@pytest.mark.parametrize(
    ("said", "type", "code"),
    [
        ("a", "text", "decision_tables.unexpected"),
        ('"a" "b"', "text", "decision_tables.unexpected"),
        ('"a",', "text", "decision_tables.broken_off"),
        ('"a', "text", "decision_tables.unreadable"),
        ('"a\\n"', "text", "decision_tables.unexpected"),
        ("'a'", "text", "decision_tables.unreadable"),
        ('< "a"', "text", "decision_tables.no_order"),
        ("[true..false]", "boolean", "decision_tables.no_order"),
        ("1", "text", "decision_tables.needs_text"),
        ('"1"', "number", "decision_tables.needs_number"),
        ('"2026-05-01"', "day", "decision_tables.needs_day"),
        ("1", "boolean", "decision_tables.needs_boolean"),
        ("1.5", "whole", "fields.whole_number"),
        ("1.0000001", "number", "fields.too_many_digits"),
        ("1234567890123456", "number", "fields.not_a_number"),
        ('date("2026-02-30")', "day", "fields.no_day"),
        ('date("2026-2-3")', "day", "fields.day_form"),
        ("[5..1]", "number", "decision_tables.empty_range"),
        ("(5..5]", "number", "decision_tables.empty_range"),
        ("[1..5", "number", "decision_tables.broken_off"),
        ("1..5", "number", "decision_tables.unexpected"),
        ("> null", "number", "decision_tables.no_order"),
        ("not(1", "number", "decision_tables.broken_off"),
        ("not(not(1))", "number", "decision_tables.unexpected"),
        ("not(-)", "number", "decision_tables.unexpected"),
        ("!= 1", "number", "decision_tables.unexpected"),
        ("? > 1", "number", "decision_tables.unreadable"),
        ("sum(1, 2)", "number", "decision_tables.unexpected"),
        ("1 + 1", "number", "decision_tables.unreadable"),
        (", ".join(["1"] * 61), "number", "fields.most_entries"),
        ("1" * (LONGEST + 1), "number", "fields.longest"),
    ],
)
def test_a_cell_that_is_no_s_feel_is_refused(said: str, type: str, code: str) -> None:
    with pytest.raises(FieldFault) as refused:
        parse(said, type)
    assert refused.value.reason.code == code


@given(st.sampled_from(TYPES).flatmap(lambda type: st.tuples(st.just(type), cells(type, optional=True))))
def test_a_cell_is_written_as_it_is_read(drawn: tuple[str, str]) -> None:
    type, said = drawn
    condition = parse(said, type)
    assert parse(str(condition), type) == condition


@given(st.text(), st.sampled_from(TYPES))
def test_no_text_breaks_the_reader(said: str, type: str) -> None:
    try:
        condition = parse(said, type)
    except FieldFault:
        return
    assert parse(str(condition), type) == condition


@given(st.decimals(-(10**9), 10**9, places=6))
def test_a_number_is_read_as_it_is_written(number: Decimal) -> None:
    assert literal(feel(number), "number") == number == read("number", number)


def test_a_dash_and_nothing_ask_nothing() -> None:
    assert parse(" - ", "day") is ANY is parse("", "day")
    assert str(ANY) == "-"
