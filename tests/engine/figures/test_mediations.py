"""Mediations are told as of quarters alone, and no number or difference of numbers under five can be found out, at any time."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from casework.engine.figures.counting import Figure, Row
from casework.engine.figures.mediation_facts import MediationFacts, Procedure
from casework.engine.figures.mediations import LEAST, mediations, published
from casework.engine.figures.suppression import suppressed
from tests.engine.figures.pieces import NAMES, START, Told, line, world

BEGIN = START.date()


def mediation(opened: int, appointed: int | None = None, ended: int | None = None, outcome: str = "") -> MediationFacts:
    """Days count from the first Monday of 2026."""
    day = [None if n is None else BEGIN + timedelta(days=n) for n in (opened, appointed, ended)]
    assert day[0] is not None
    return MediationFacts(day[0], day[1], (Procedure(day[0], day[2], outcome if day[2] else None),))


def told(*found: MediationFacts, day: float) -> Figure:
    return mediations(world(mediations=found, day=day))


def said(row: Row) -> tuple[int | None, int | None]:
    return None if row.under else row.numerator, row.denominator


MANY = (
    *[mediation(1, 10, 40, "settled_full")] * 4,
    *[mediation(2, 10, 50, "settled_partial")] * 3,
    *[mediation(3, 10)] * 6,
    *[mediation(4, None, 20, "resolved_directly")] * 1,
    *[mediation(5, None)] * 6,
)


def test_numbers_are_of_the_last_quarter_that_ended() -> None:
    figure = told(*MANY, day=90)
    # The first of April is the 86th day: 20 were referred, 7 settled, 13 had a mediator; 8 had ended, which lies too close to 7.
    assert said(line(figure, what="referred", until="2026-03-31")) == (20, None)
    assert said(line(figure, what="settled", among="referred", until="2026-03-31")) == (7, 20)
    assert said(line(figure, what="settled", among="appointed", until="2026-03-31")) == (7, 13)
    assert said(line(figure, what="settled", among="ripe", until="2026-03-31")) == (7, None)
    assert said(line(figure, what="resolved_by_talks", among="referred", until="2026-03-31")) == (None, 20)
    assert line(figure, what="settled", among="appointed", until="2026-03-31").percent is not None
    assert all(row.cases == () for row in figure.rows)


def test_within_a_quarter_nothing_is_told_of_it() -> None:
    figure = told(*MANY, day=85)
    assert {said(row) for row in figure.rows} == {(None, None)}
    assert {row.under for row in figure.rows} == {LEAST}
    assert {row.percent for row in figure.rows} == {None}
    assert figure == told(day=85)


def test_what_has_grown_by_few_is_told_as_before() -> None:
    before = told(*MANY, day=90)
    # Four more in the second quarter: the number of the first still stands.
    assert told(*MANY, *[mediation(100)] * 4, day=200) == before
    after = told(*MANY, *[mediation(100)] * 5, day=200)
    assert said(line(after, what="referred", until="2026-06-30")) == (25, None)


def test_under_five_there_are_as_many_as_none() -> None:
    assert told(*MANY[:4], day=400) == told(day=400)


def test_cases_tell_nothing_of_mediations() -> None:
    assert mediations(world(Told("1"), Told("2").close("dormant"), day=400)) == told(day=400)


def test_outside_the_office_a_line_reads_the_same() -> None:
    shown = suppressed({"mediations": told(*MANY, day=90)})["mediations"]
    assert shown[0].numerator == 20
    assert shown[-1].numerator == "<5"


MEDIATIONS = st.lists(
    st.builds(
        lambda opened, took, outcome: mediation(opened, opened, opened + took, outcome),
        st.integers(0, 700),
        st.integers(0, 300),
        st.sampled_from(["settled_full", "resolved_directly", "dropped"]),
    ),
    max_size=60,
)


@given(MEDIATIONS)
def test_whatever_is_subtracted_from_what_at_any_time_is_five_at_least(found: list[MediationFacts]) -> None:
    """All numbers that were ever told, as somebody has them who asked every day."""
    known: set[tuple[str, date | None, int]] = set()
    for n in range(0, 1200, 30):
        numbers, until = published(found, NAMES, BEGIN + timedelta(days=n))
        known |= {(what, until, number) for what, number in numbers.items()}
    assert all(number >= LEAST for _, _, number in known)
    assert all(abs(one[2] - other[2]) >= LEAST for one, other in combinations(sorted(known, key=str), 2))


@given(MEDIATIONS, st.integers(0, 1200))
def test_what_comes_later_changes_nothing_that_was_told(found: list[MediationFacts], day: int) -> None:
    today = BEGIN + timedelta(days=day)
    quarter = date(today.year, today.month - (today.month - 1) % 3, 1)
    by_then = [one for one in found if one.opened_on < quarter]
    assert published(found, NAMES, today) == published(by_then, NAMES, today)
