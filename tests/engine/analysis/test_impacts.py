"""What is saved is computed: of a baseline and a record, over periods of whatever length, and never counted twice."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.analysis import impacts
from casework.engine.analysis.impacts import counted, newest_baseline, saving, saving_of, standing
from casework.engine.state.impact_values import LEVELS
from casework.engine.state.impacts import Impact
from tests.engine.pieces import DAY, NOW

START = date(2026, 1, 1)


def record(level: str = "measured", value: str = "100", *, first: int = 0, days: int = 90, **more: Any) -> Impact:
    said: dict[str, Any] = {
        "id": level,
        "seq": 1,
        "recorded_at": NOW,
        "track": None,
        "measure": "energy/MWh",
        "indicator": "energy",
        "unit": "MWh",
        "level": level,
        "value": value,
        "from_on": (START + timedelta(first)).isoformat(),
        "to_on": (START + timedelta(first + days - 1)).isoformat(),
    }
    return Impact(**{**said, **more})


@pytest.mark.parametrize(
    ("before", "after", "saved"),
    [
        (("1280", 90), ("930", 90), "350"),
        (("1280", 90), ("1280", 90), "0"),
        # It costs more than before.
        (("1280", 90), ("1300.5", 90), "-20.5"),
        # A year against a quarter, and a day against a year.
        (("1000", 100), ("3000", 365), "650"),
        (("365", 365), ("0.25", 1), "0.75"),
        # Thirds are cut at the sixth digit, halves to the even one.
        (("1", 3), ("0", 1), "0.333333"),
        (("0.000001", 2), ("0", 1), "0"),
        (("0.000003", 2), ("0", 1), "0.000002"),
    ],
)
def test_the_baseline_is_taken_for_as_many_days(before: tuple[str, int], after: tuple[str, int], saved: str) -> None:
    baseline = record("baseline", before[0], days=before[1])
    assert str(saving(baseline, record(value=after[0], days=after[1]))) == saved


def test_of_output_more_is_better() -> None:
    grown: dict[str, Any] = {"indicator": "yield", "measure": "yield/t"}
    assert saving(record("baseline", "100", **grown), record(value="130", **grown)) == 30
    assert saving(record("baseline", "100", **grown), record(value="90", **grown)) == -10


NUMBERS = st.decimals(min_value=-(10**12), max_value=10**12, places=6)
DAYS = st.integers(1, 4000)


@given(NUMBERS, DAYS, NUMBERS, DAYS)
def test_a_saving_is_exact_to_its_last_digit(before: Decimal, days: int, after: Decimal, length: int) -> None:
    saved = saving(record("baseline", str(before), days=days), record(value=str(after), days=length))
    exact = Fraction(before) * length / days - Fraction(after)
    assert abs(Fraction(saved) - exact) <= Fraction(1, 2 * 10**impacts.DIGITS)
    exponent = saved.as_tuple().exponent
    assert isinstance(exponent, int)
    assert exponent >= -impacts.DIGITS


@given(NUMBERS, DAYS)
def test_who_goes_on_as_before_saves_nothing(value: Decimal, days: int) -> None:
    assert saving(record("baseline", str(value), days=days), record(value=str(value), days=days)) == 0


@given(NUMBERS, NUMBERS, NUMBERS, DAYS)
def test_using_less_saves_as_much_more(before: Decimal, after: Decimal, less: Decimal, days: int) -> None:
    baseline = record("baseline", str(before), days=days)
    one, other = (saving(baseline, record(value=str(value), days=days)) for value in (after, after - less))
    assert other - one == less


@given(NUMBERS, NUMBERS, DAYS)
def test_output_counts_the_other_way_round(before: Decimal, after: Decimal, days: int) -> None:
    used, made = (
        saving(
            record("baseline", str(before), days=days, indicator=indicator),
            record(value=str(after), days=days, indicator=indicator),
        )
        for indicator in ("energy", "yield")
    )
    assert used == -made


def test_a_record_is_compared_with_its_baseline_as_that_stands_now() -> None:
    old, new = record("baseline", "100", id="old", replaced_by="new"), record("baseline", "120", id="new")
    reading = record(value="80", baseline="old")
    known = {one.id: one for one in (old, new, reading)}
    assert saving_of(known, reading) == 40
    assert saving_of(known, new) is None


def test_what_was_replaced_does_not_stand() -> None:
    known = [record("measured", replaced_by="x"), record("claimed"), record("baseline")]
    assert [one.level for one in standing(known, *LEVELS)] == ["claimed"]


def test_the_newest_baseline_of_a_measure_counts() -> None:
    first, second = record("baseline", id="1"), record("baseline", id="2", recorded_at=NOW + DAY)
    assert newest_baseline([second, first, record("baseline", measure="water/m3", id="3")], "energy/MWh") == second
    assert newest_baseline([first], "cost_cny") is None


RECORDS = st.lists(
    st.builds(
        record,
        st.sampled_from(("baseline", *LEVELS)),
        first=st.integers(0, 400),
        days=st.integers(1, 200),
        id=st.uuids().map(str),
        measure=st.sampled_from(("energy/MWh", "water/m3")),
        recorded_at=st.integers(0, 5).map(lambda days: NOW + days * DAY),
        replaced_by=st.sampled_from((None, None, None, "x")),
    ),
    max_size=12,
    unique_by=lambda one: one.id,
)


def days_of(one: Impact) -> set[int]:
    first, last = (date.fromisoformat(day) for day in (one.from_on, one.to_on))
    return set(range(first.toordinal(), last.toordinal() + 1))


@given(RECORDS)
def test_each_day_of_a_measure_counts_once_and_at_its_highest_level(known: list[Impact]) -> None:
    kept = counted(known)
    for measure in ("energy/MWh", "water/m3"):
        mine = [one for one in kept if one.measure == measure]
        assert sum(len(days_of(one)) for one in mine) == len(set().union(*map(days_of, mine)))
        for one in standing(known, *LEVELS):
            if one.measure == measure and one not in kept:
                over = [other for other in mine if days_of(other) & days_of(one)]
                assert over
                assert max(LEVELS.index(other.level) for other in over) >= LEVELS.index(one.level)


@given(RECORDS, st.randoms())
def test_in_whatever_order_the_same_counts(known: list[Impact], dice: Any) -> None:
    mixed = known[:]
    dice.shuffle(mixed)
    assert counted(mixed) == counted(known)


@given(RECORDS)
def test_nothing_counts_that_was_replaced_or_is_a_baseline(known: list[Impact]) -> None:
    assert all(one.stands and one.level in LEVELS for one in counted(known))
