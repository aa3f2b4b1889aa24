"""How long stays last is drawn from those that ended; those that go on count as far as they have come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.forecast.lasting import Lasting
from casework.engine.forecast.past_stays import Stay
from tests.engine.forecast.pieces import many, stay


def lengths(lasting: Lasting, elapsed: int = 0, parts: int = 12) -> list[int | None]:
    drawn = [lasting.draw((n + 0.5) / parts, elapsed) for n in range(parts)]
    return [None if one is None else one.minutes for one in drawn]


def of(*told: int) -> list[Stay]:
    """Stays of so many minutes; one below nothing goes on."""
    return [stay(f"case {n}", abs(minutes), open=minutes < 0) for n, minutes in enumerate(told)]


@pytest.mark.parametrize(
    ("told", "elapsed", "wanted"),
    [
        ((10, 20, 30), 0, [10] * 4 + [20] * 4 + [30] * 4),
        ((10, 20, 30), 10, [20] * 6 + [30] * 6),
        ((10, 20, 30), 29, [30] * 12),
        # What is past all that ended is past all that is known.
        ((10, 20, 30), 30, [None] * 12),
        # One of four goes on at 15: its share falls to those that lasted longer.
        ((10, -15, 20, 30), 0, [10] * 3 + [20] * 5 + [30] * 4),
        # The longest goes on: one in four lasts longer than any that ended.
        ((10, 20, 30, -40), 0, [10] * 3 + [20] * 3 + [30] * 3 + [None] * 3),
        ((-10, -20), 0, [None] * 12),
        ((), 0, [None] * 12),
        # What ends at the same minute as another one goes on ends first.
        ((10, -10), 0, [10] * 6 + [None] * 6),
    ],
)
def test_what_goes_on_counts_as_far_as_it_has_come(
    told: tuple[int, ...], elapsed: int, wanted: list[int | None]
) -> None:
    assert lengths(Lasting(of(*told)), elapsed) == wanted


@pytest.mark.parametrize(
    ("told", "elapsed", "wanted"),
    [
        ((10, 20, 30, 40), 0, 4.0),
        ((10, 20, 30, 40), 10, 3.0),
        # The last one is the only one that is left of three eighths.
        ((10, -15, 20, 30), 0, 8 / 3),
        ((-10, -20), 0, 0.0),
    ],
)
def test_those_that_are_still_there_stand_for_as_many_as_there_were(
    told: tuple[int, ...], elapsed: int, wanted: float
) -> None:
    assert Lasting(of(*told)).standing(0.9, elapsed) == pytest.approx(wanted, abs=1e-3)


def test_where_too_few_are_left_beside_those_that_go_on_nothing_more_is_drawn() -> None:
    told = of(*range(10, 30), *[-15] * 40, 400)
    assert lengths(Lasting(told))[-1] == 400
    assert lengths(Lasting(told, least=20))[-1] is None
    assert lengths(Lasting(of(*range(10, 30)), least=20))[-1] == 29


TOLD = st.lists(st.integers(-500, 500).filter(bool), max_size=40)


@given(TOLD, st.integers(0, 400), st.integers(0, 400), st.floats(0, 1, exclude_max=True))
def test_what_has_lasted_longer_ends_no_earlier(told: list[int], one: int, other: int, chance: float) -> None:
    less, more = sorted((one, other))
    lasting = Lasting(of(*told))
    before, after = lasting.draw(chance, less), lasting.draw(chance, more)
    assert after is None or before is not None and before.minutes <= after.minutes
    assert after is None or after.minutes > more or more == 0


@given(TOLD, st.integers(0, 400), st.floats(0, 1), st.floats(0, 1))
def test_a_higher_chance_is_no_shorter_stay(told: list[int], elapsed: int, one: float, other: float) -> None:
    lasting = Lasting(of(*told))
    low, high = (lasting.draw(chance, elapsed) for chance in sorted((one, other)))
    assert high is None or low is not None and low.minutes <= high.minutes


@given(st.lists(st.integers(1, 500), min_size=1, max_size=40), st.integers(0, 600))
def test_where_all_have_ended_one_of_them_is_drawn(told: list[int], elapsed: int) -> None:
    """Without any that goes on it is the plain share of those that lasted longer."""
    longer = sorted(minutes for minutes in told if minutes > elapsed)
    lasting = Lasting(of(*told))
    assert lasting.beyond(elapsed) == len(longer)
    drawn = lengths(lasting, elapsed, len(longer)) if longer else []
    assert drawn == longer
    last = lasting.draw(1.0, elapsed)
    assert (last.minutes if last else None) == (longer[-1] if longer else None)


def test_the_others_stand_in_for_a_provider_that_stops() -> None:
    stays = [
        *many(10, longest=100, name="alone"),
        *many(10, longest=1000, by=["x"], name="x"),
        *many(5, longest=5000, by=["y"], name="y"),
    ]
    lasting = Lasting(stays, without="x")
    assert (lasting.ended, lasting.no_other) == (15, False)
    assert not any("x" in one.providers for n in range(100) if (one := lasting.draw(n / 100)))
    # As many as ever were asked of a provider: fifteen of twenty-five.
    theirs = sum(bool(one.turns) for n in range(100) if (one := lasting.draw((n + 0.5) / 100)))
    assert theirs == 60


def test_where_nobody_else_is_there_such_a_stay_never_ends() -> None:
    stays = [*many(15, name="alone"), *many(5, by=["x"], name="x")]
    lasting = Lasting(stays, without="x")
    assert lasting.no_other
    assert sum(lasting.draw((n + 0.5) / 20) is None for n in range(20)) == 5
    assert not Lasting(stays, without="z").no_other
    assert Lasting(stays, without="x", asked=True).ended == 0


def test_a_step_is_the_offices_unless_it_lies_with_providers_most_of_its_time() -> None:
    assert Lasting(many(5)).by_office
    assert not Lasting(many(5, by=["x"])).by_office
    assert Lasting([stay("one", 100), stay("other", 100, by=["x"])]).by_office
    assert not Lasting([stay("one", 100), stay("other", 101, by=["x"])]).by_office
