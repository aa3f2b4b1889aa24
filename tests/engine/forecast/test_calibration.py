"""Four times in five it comes as was told: held against the ends of cases that the forecast knew nothing of."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework.engine.forecast.calibration import Held, Tried, calibrate, held, if_steady, instants, told_of, tried
from casework.engine.forecast.forecasts import Forecast, Within, forecast_stay, forecast_track
from casework.engine.forecast.past import THIN, UNSTEADY, Past
from casework.engine.forecast.past_stays import cut
from casework.engine.parts import MAIN, REFERRAL
from tests.engine.forecast.pieces import CALENDAR, DAY, START, many, simulate, stay


@pytest.mark.parametrize("what", ["step", "case"])
def test_the_wide_interval_covers_four_in_five_of_a_held_out_half(what: str) -> None:
    """Told for one half of a programme's cases from the other half, as of six instants."""
    stays, _ = simulate(7, 1600)
    known = [one for one in stays if int(one.case) % 2]
    held_out = [one for one in stays if not int(one.case) % 2]
    ends = {one.track: one.end for one in held_out if one.then is None}
    own = {(one.track, one.begin): one.end for one in held_out}
    told_of, within, half = 0, 0, 0
    for days in range(400, 850, 75):
        at = START + timedelta(days=days)
        past = Past(cut(known, at, CALENDAR), at)
        for one in Past(cut(held_out, at, CALENDAR), at).going_on(MAIN):
            told = forecast_stay(past, one) if what == "step" else forecast_track(past, one, one.case, draws=100)
            if told.half is None or told.most is None or told.most.late is None:
                continue
            end = own[one.track, one.begin] if what == "step" else ends[one.track]
            came = 10**9 if end is None else CALENDAR.working_minutes(at, end)
            told_of += 1
            within += told.most.early <= came <= told.most.late
            half += told.half.early <= came <= (told.half.late or 0)
    assert told_of > 250
    assert 0.75 <= within / told_of <= 0.85
    assert 0.43 <= half / told_of <= 0.57


@pytest.mark.parametrize("part", [None, MAIN])
def test_a_programmes_own_past_says_how_often_it_held(part: str | None) -> None:
    stays, until = simulate(2, 500)
    held = calibrate(stays, until, CALENDAR, part)
    assert held.forecasts > 100
    assert held.percent is not None
    assert 72 <= held.percent <= 88
    assert held == calibrate(stays, until, CALENDAR, part)
    assert calibrate(stays, until, CALENDAR, REFERRAL) == Held()


@pytest.mark.parametrize("part", [None, MAIN])
def test_a_half_is_told_from_the_other_half_alone(part: str | None) -> None:
    stays, until = simulate(7, 1600)
    halves = [[one for one in stays if int(one.case) % 2 == n] for n in range(2)]
    held = calibrate(halves[0], until, CALENDAR, part, others=halves[1], tracks=100)
    assert held.forecasts > 250
    assert held.percent is not None
    assert 75 <= held.percent <= 85
    assert calibrate(halves[0], until, CALENDAR, part, others=[]).forecasts == 0


def of_both_halves(part: str | None, grows: float) -> tuple[list[Tried], list[Tried]]:
    """Forecasts of each half of a programme, told from its other half; and those of them that were told."""
    stays, until = simulate(1, 800, grows=grows, part=part or MAIN)
    halves = [[one for one in stays if int(one.case) % 2 == n] for n in range(2)]
    both = [
        list(tried(mine, until, CALENDAR, part, others=others, tracks=100)) for mine, others in (halves, halves[::-1])
    ]
    return [one for half in both for one in half], [one for half in both for one in told_of(half, CALENDAR)]


@pytest.mark.parametrize("part", [None, MAIN, REFERRAL])
def test_all_is_told_where_it_comes_true(part: str | None) -> None:
    every, told = of_both_halves(part, grows=0)
    assert told == every
    share = held(told).percent
    assert share is not None
    assert 75 <= share <= 85


@pytest.mark.parametrize("part", [MAIN, REFERRAL])
def test_less_and_less_is_told_where_everything_takes_longer_by_the_year(part: str) -> None:
    every, told = of_both_halves(part, grows=2)
    assert not held(every).is_steady
    assert len(told) * 3 < len(every) * 2
    newest = max(one.at for one in every)
    assert all(one.at < newest for one in told)


def test_what_came_true_too_seldom_is_not_told_again() -> None:
    told = Forecast(half=Within(2, 3), most=Within(1, 4), ended=20, cases=10)
    assert if_steady(told, Held(20, 5, 14)) == if_steady(told, Held(9)) == told
    unsteady = if_steady(told, Held(20, 5, 13))
    assert (unsteady.half, unsteady.most, unsteady.why_not, unsteady.ended) == (None, None, UNSTEADY, 20)
    thin = Forecast(ended=1, cases=1, why_not=THIN)
    assert if_steady(thin, Held(20, 5, 13)) == thin


def test_only_what_had_its_time_says_whether_the_next_is_told() -> None:
    """Ten that failed say so once their days have passed, and not before."""
    failed = [Tried(START, DAY, half=False, most=False)] * 10
    soon, later = (Tried(START + timedelta(days=days), 1, half=True, most=True) for days in (1, 2))
    assert told_of([*failed, soon, later], CALENDAR) == [*failed, soon]


def test_a_past_that_changes_is_told_to_have_failed() -> None:
    """From one day on all take longer than any did before."""
    early = [stay(f"early {n}", DAY * (n % 10 + 1), begin=START + timedelta(days=n)) for n in range(60)]
    late = [stay(f"late {n}", DAY * 15, begin=START + timedelta(days=72)) for n in range(60)]
    held = calibrate([*early, *late], START + timedelta(days=250), CALENDAR)
    assert held.forecasts >= 10
    assert held.percent is not None
    assert held.percent < 70


def test_a_percentage_is_told_of_ten_forecasts() -> None:
    assert Held(9, 5, 8).percent is None
    assert Held(10, 5, 8).percent == 80
    assert Held().percent is None


def test_what_has_not_had_its_time_is_not_counted() -> None:
    """All is told as of instants at which the wide interval has not passed."""
    until = START + timedelta(days=3)
    stays = [*many(60, longest=480 * 20), *(stay(f"open {n}", 1, open=True) for n in range(20))]
    assert calibrate(stays, until, CALENDAR).forecasts == 0
    assert calibrate([], until, CALENDAR) == Held()


def test_instants_are_spread_over_what_was_seen() -> None:
    stays = [stay("first", 10), stay("second", 10, begin=START + timedelta(days=2))]
    until = START + timedelta(days=13)
    assert instants(stays, until) == [START + timedelta(days=n) for n in range(1, 13)]
