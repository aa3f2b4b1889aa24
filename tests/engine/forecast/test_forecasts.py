"""Two intervals or a reason: the same from the same past, and never from what came later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.engine.forecast.forecasts import Forecast, Within, forecast_stay, forecast_track
from casework.engine.forecast.past import NO_OTHER, OUTLASTED, THIN, Past
from casework.engine.forecast.past_stays import Stay, cut
from casework.engine.parts import MAIN, REFERRAL
from tests.engine.forecast.pieces import CALENDAR, START, many, simulate, stay, step

LATER = START + timedelta(days=900)


def now(minutes: int, *, by: Sequence[str] = (), part: str = MAIN) -> Stay:
    return stay("now", minutes, open=True, by=by, part=part)


def past(*stays: Stay, without: str | None = None) -> Past:
    return Past(stays, LATER, without)


@pytest.mark.parametrize(
    ("elapsed", "half", "most"),
    [
        # Of a hundred even steps to 1000: each bound a little wider than the share itself.
        (0, Within(250, 760), Within(100, 910)),
        (500, Within(120, 390), Within(50, 460)),
    ],
)
def test_a_stay_ends_within_what_others_took_that_lasted_as_long(elapsed: int, half: Within, most: Within) -> None:
    told = forecast_stay(past(*many(100)), now(elapsed))
    assert (told.half, told.most) == (half, most)
    assert (told.ended, told.cases, told.why_not) == (100, 100, None)


def test_a_track_of_one_step_ends_with_it() -> None:
    rests_on = past(*many(100))
    told, of_step = forecast_track(rests_on, now(300), "seed"), forecast_stay(rests_on, now(300))
    assert told.most is not None
    assert of_step.most is not None
    assert of_step.most.late is not None
    assert told.most.late is not None
    assert abs(told.most.late - of_step.most.late) <= 30
    assert abs(told.most.early - of_step.most.early) <= 30


@pytest.mark.parametrize(
    ("stays", "why_not"),
    [
        (many(19), THIN),
        # Fewer than five lasted longer than 800 of 1000 minutes.
        (many(20, longest=1000), OUTLASTED),
        # Most of them go on.
        ([*many(20, longest=10_000), *(stay(f"open {n}", 1, open=True) for n in range(3))], None),
        ([*many(20, longest=900), *(stay(f"open {n}", 900, open=True) for n in range(200))], OUTLASTED),
    ],
)
def test_nothing_is_told_from_too_little(stays: list[Stay], why_not: str | None) -> None:
    for told in (forecast_stay(past(*stays), now(800)), forecast_track(past(*stays), now(800), "seed")):
        assert told.why_not == why_not
        assert (told.half is None) is (told.most is None) is (why_not is not None)
        assert told.of == (step("a") if why_not else None)


def test_a_case_is_not_told_through_a_step_of_which_too_little_is_known() -> None:
    rare = [stay(f"rare {n}", 50, then="b") for n in range(1)]
    often = [stay(f"often {n}", 50, then="b") for n in range(15)]
    end = many(30)
    told = forecast_track(past(*often, *end), now(1), "seed")
    assert (told.why_not, told.of) == (THIN, step("b"))
    assert forecast_stay(past(*often, *end), now(1)).why_not is None
    # A way that one in thirty goes is left out.
    assert forecast_track(past(*rare, *end), now(1), "seed").why_not is None


def test_the_same_seed_tells_the_same_and_another_one_nearly() -> None:
    stays, until = simulate(1, 200)
    rests_on = Past(stays, until)
    last = rests_on.going_on(MAIN)[-1]
    told = [forecast_track(rests_on, last, seed) for seed in ("one", "one", "two")]
    assert told[0] == told[1]
    assert told[0] != told[2]


# --- what holds of any past -----------------------------------------------------------------------------------------------

STAYS = st.lists(
    st.tuples(st.integers(1, 900), st.booleans(), st.sampled_from([None, "a", "b"])), min_size=15, max_size=60
)


def any_stays(told: list[tuple[int, bool, str | None]]) -> list[Stay]:
    return [
        stay(f"case {n}", minutes, open=goes_on, then=None if goes_on else then)
        for n, (minutes, goes_on, then) in enumerate(told)
    ]


@given(STAYS, st.integers(0, 900))
@settings(max_examples=40)
def test_half_lies_within_most(told: list[tuple[int, bool, str | None]], elapsed: int) -> None:
    rests_on = past(*any_stays(told), *many(20, longest=300))
    for forecast in (forecast_stay(rests_on, now(elapsed)), forecast_track(rests_on, now(elapsed), "seed", draws=60)):
        if forecast.half is None or forecast.most is None:
            assert forecast.why_not is not None
            continue
        assert 0 <= forecast.most.early <= forecast.half.early
        assert forecast.most.late is None or forecast.half.late is not None
        if forecast.most.late is not None and forecast.half.late is not None:
            assert forecast.half.early <= forecast.half.late <= forecast.most.late


@given(STAYS, st.integers(0, 500), st.integers(0, 500))
@settings(max_examples=40)
def test_the_longer_a_stay_has_lasted_the_later_it_ends(
    told: list[tuple[int, bool, str | None]], one: int, other: int
) -> None:
    """Counted from its begin: neither the earliest nor the latest end comes closer by waiting."""
    rests_on = past(*any_stays(told), *many(20, longest=300))
    less, more = sorted((one, other))
    before, after = (forecast_stay(rests_on, now(minutes)) for minutes in (less, more))
    if before.half is None or after.half is None:
        # What cannot be told early cannot be told later, but for what too few had outlasted.
        assert after.half is None
        return
    assert less + before.half.early - _slack(before) <= more + after.half.early


def _slack(told: Forecast) -> int:
    """Bounds are told wider the fewer are left: by less than the way from one of them to the next."""
    return 900 // max(1, told.ended) * 8


@given(st.integers(0, 30), st.integers(1, 700))
@settings(max_examples=15, deadline=None)
def test_what_came_after_the_instant_changes_nothing(seed: int, days: int) -> None:
    stays, until = simulate(seed, 60, years=2)
    at = START + timedelta(days=days)
    # Another future: nothing began after the instant, and what went on then goes on for ever.
    other = [one if one.end and one.end <= at else _for_ever(one, until) for one in stays if one.begin <= at]
    rests_on, same = Past(cut(stays, at, CALENDAR), at), Past(cut(other, at, CALENDAR), at)
    for one in rests_on.going_on(MAIN)[:5]:
        assert forecast_track(rests_on, one, "seed", draws=40) == forecast_track(same, one, "seed", draws=40)
        assert forecast_stay(rests_on, one) == forecast_stay(same, one)


def _for_ever(one: Stay, until: datetime) -> Stay:
    return replace(one, end=None, then=None, minutes=CALENDAR.working_minutes(one.begin, until))


# --- a provider that stops -----------------------------------------------------------------------------------------------


def with_requests(*others: str) -> list[Stay]:
    stays = [one for name in ("x", *others) for one in many(30, longest=2000, by=[name], part=REFERRAL, name=name)]
    return [*stays, *(one for name in ("x", *others) for one in many(30, longest=3000, by=[name], name=name))]


def test_without_a_provider_what_lies_with_it_begins_anew_with_another_one() -> None:
    case = now(1500, by=["x"])
    request = now(1500, by=["x"], part=REFERRAL)
    stays = [*with_requests("y"), case, request]
    for one in (case, request):
        as_is, stopped = (forecast_track(past(*stays, without=out), one, "seed") for out in (None, "x"))
        assert as_is.half is not None
        assert stopped.half is not None
        assert as_is.half.late is not None
        assert stopped.half.late is not None
        assert as_is.half.late < stopped.half.late
        # Nothing of what has passed counts.
        assert stopped.ended == 30
    other = forecast_track(past(*stays, without="y"), case, "seed")
    assert other.half is not None
    assert other.ended == 30


def test_without_the_only_provider_nothing_is_told() -> None:
    case, request = now(15, by=["x"]), now(15, by=["x"], part=REFERRAL)
    stopped = past(*with_requests(), case, request, without="x")
    assert forecast_track(stopped, case, "seed").why_not == NO_OTHER
    assert forecast_stay(stopped, case).why_not == NO_OTHER
    assert forecast_track(stopped, request, "seed").why_not == NO_OTHER
    assert forecast_track(past(*with_requests(), case, request), case, "seed").why_not is None


def test_a_case_that_may_still_need_the_only_provider_has_no_latest_end() -> None:
    """Three in ten were asked of it: those never end, and the wide interval has no end."""
    stays = [*many(70), *many(30, by=["x"], name="x")]
    told = forecast_stay(past(*stays, without="x"), now(10))
    assert told.half is not None
    assert told.most is not None
    assert told.most.late is None
    assert told.why_not is None


def test_no_later_bound_is_told_where_most_go_on() -> None:
    """Of the many that have not come so far nobody knows how long they last."""
    ended, mine = many(30, longest=9 * 480), now(1)
    one_by_one = forecast_stay(Past([*ended, mine], LATER), mine)
    assert one_by_one.most is not None
    assert one_by_one.most.late is not None
    going_on = [stay(f"open {n}", 7 * 480, open=True) for n in range(60)]
    told = forecast_stay(Past([*ended, *going_on, mine], LATER), mine)
    assert told.most is not None
    assert told.most.late is None
