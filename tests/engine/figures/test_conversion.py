"""Of those that reached a step some went on, some ended, and some are open; and a young cohort says so."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from casework.engine.figures.conversion import conversion
from tests.engine.figures.pieces import START, Told, line, world

FIRST = {"step": "opened", "next": "interest_confirmed"}


def test_the_three_parts_add_up_by_all_that_tells_cases_apart() -> None:
    energy = {"need": 1, "sector": "Energy", "district": None, "source": "BJ", "technology_field": "30"}
    told = [
        Told("1", as_opened=energy).fire("confirm_interest", 9),
        Told("2", as_opened=energy).close("dormant", 9),
        Told("3", as_opened=energy | {"sector": None, "technology_field": None}),
        Told("4").fire("confirm_interest", 9).close("dormant", 20),
    ]
    figure = conversion(world(*told))
    row = line(figure, **FIRST)
    assert row.parts == {"went_on": 2, "ended": 1, "open": 1}
    assert (row.numerator, row.denominator, row.cases) == (2, 4, ("1", "4"))
    assert line(figure, **FIRST, sector="Energy").parts == {"went_on": 1, "ended": 1, "open": 0}
    assert line(figure, **FIRST, sector=None).parts == {"went_on": 1, "ended": 0, "open": 1}
    assert line(figure, **FIRST, technology_field="30").parts == {"went_on": 1, "ended": 1, "open": 0}
    assert line(figure, **FIRST, technology_field=None).parts == {"went_on": 1, "ended": 0, "open": 1}
    assert line(figure, step="interest_confirmed", next="plan_approved").parts == {"went_on": 0, "ended": 1, "open": 1}


@given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from(["none", "confirm_interest", "close"])), max_size=12))
def test_every_cohort_and_all_parts_add_up(cases: list[tuple[int, str]]) -> None:
    told = []
    for n, (day, what) in enumerate(cases):
        one = Told(str(n), opened=START + timedelta(days=day))
        told.append(one.close("dormant", 5) if what == "close" else one if what == "none" else one.fire(what, 5))
    figure = conversion(world(*told))
    months = [row for row in figure.rows if row.of.get("step") == "opened" and "month" in row.of]
    whole = line(figure, **FIRST)
    for row in figure.rows:
        assert sum(row.parts.values()) == row.denominator
        assert row.numerator == row.parts["went_on"] == len(row.cases)
    assert whole.numerator == sum(row.numerator for row in months)
    assert whole.denominator == len(cases) == sum(row.denominator or 0 for row in months)


def test_a_cohort_is_unripe_while_it_is_younger_than_nine_of_ten_take() -> None:
    # Five of January, of which the slowest took 40 days; those of February have had fewer.
    told = [Told(str(n)).fire("confirm_interest", day) for n, day in enumerate((3, 5, 8, 20, 40))]
    told.append(Told("9", opened=START + timedelta(days=30)))
    # The 12th of March: January is 40 days old, February 12.
    figure = conversion(world(*told, day=66))
    assert line(figure, **FIRST, month="2026-01").unripe is False
    assert line(figure, **FIRST, month="2026-02").unripe is True
    assert line(conversion(world(*told, day=65)), **FIRST, month="2026-01").unripe is True
    # Of fewer than five nobody can say how long it takes.
    assert line(conversion(world(*told[1:])), **FIRST, month="2026-01").unripe is None
