"""Each working minute of a stay in a step is given to one side; coming back is a stay of its own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from casework.engine.figures.stays import Stay, going_on
from tests.engine.figures.pieces import CALENDAR, START, Told

#: Working time of the test's calendar from nine on one day to nine on the next.
DAY = 8 * 60


def stays(told: Told, day: float = 1000) -> tuple[Stay, ...]:
    return told.facts(day).stays


def minutes(told: Told, step: str, day: float = 1000) -> dict[str, int]:
    (stay,) = [one for one in stays(told, day) if one.step == step]
    return dict(stay.minutes)


def step_task(told: Told, id: str, day: float, *, track: str, of: str, queue: str, **more: Any) -> Told:
    return told.task(id, of, day, type="step", track=track, of=of, queue=queue, **more)


def change(told: Told, id: str, day: float, **values: Any) -> Told:
    return told.add("modified", "main", day, task_states=[{"id": id, **values}])


def send(told: Told, id: str, day: float) -> Told:
    """A request whose step lies with its provider from then on."""
    told.track(id, "referral", day, part="request", kind="pledge", provider="p")
    told.fire("send", day, on=id, to=("sent",), part="sends")
    return step_task(told, f"{id}-asked", day, track=id, of="sent", queue="provider")


def deliver(told: Told, id: str, day: float) -> Told:
    """From then on it lies with the office."""
    told.fire("deliver", day, on=id, to=("delivered",))
    return change(told, f"{id}-asked", day, state="Completed")


def approve(told: Told, id: str, day: float) -> Told:
    return told.fire("approve", day, on=id, to=("completed",), ended="completed")


def test_a_stay_ends_where_the_step_is_left_and_coming_back_is_another() -> None:
    told = Told("1").fire("a", 1, to=("triage",)).fire("b", 2, to=("scoping",)).fire("c", 3, to=("triage",))
    found = [(one.step, (one.begin - START).days, one.end and (one.end - START).days) for one in stays(told)]
    assert found == [("begin", 0, 1), ("triage", 1, 2), ("scoping", 2, 3), ("triage", 3, None)]
    assert [one.minutes for one in stays(told, day=4)] == [{"office": DAY}] * 4


def test_a_closed_case_stays_nowhere_until_it_is_reopened() -> None:
    told = Told("1").close("dormant", 1).fire("reopen", 3, to=("triage",), closed=False, reopened=True)
    assert [(one.step, one.end is None) for one in stays(told)] == [("begin", False), ("triage", True)]


def test_a_hold_comes_first_whoever_else_has_the_next_word() -> None:
    told = send(Told("1"), "r", 0)
    told.fire("hold", 1, to=("on_hold",), hold={"reason": "x", "waits_for": "need_owner"})
    told.fire("resume", 3, hold=None)
    assert minutes(told, "on_hold") == {"need_owner": 2 * DAY}
    nobody = Told("1").fire("hold", 1, to=("on_hold",), hold={"reason": "x"}).fire("resume", 2, hold=None)
    assert minutes(nobody, "on_hold") == {"other": DAY}


@pytest.mark.parametrize(
    ("values", "given"),
    [
        ({}, {"office": 4 * DAY}),
        (
            {"state": "Suspended", "wait": {"for": "authority", "until": "2026-02-01"}},
            {"office": DAY, "authority": 3 * DAY},
        ),
        # A stop lets tasks stand still that wait for nobody.
        ({"state": "Suspended"}, {"office": 4 * DAY}),
    ],
)
def test_what_the_task_of_the_step_waits_for_is_not_the_offices_time(
    values: dict[str, Any], given: dict[str, int]
) -> None:
    told = step_task(Told("1"), "t", 0, track="main", of="begin", queue="officer")
    # Another task may wait as long as it likes.
    told.task("other", "x", 0)
    change(told, "other", 0, state="Suspended", wait={"for": "provider", "until": "2026-02-01"})
    if values:
        change(told, "t", 1, **values)
    assert minutes(told.fire("on", 4), "begin") == given


def test_what_is_gone_on_with_waits_no_longer_and_a_body_outside_is_named() -> None:
    told = step_task(Told("1"), "t", 0, track="main", of="begin", queue="officer", awaits="party", about="need_owner")
    change(told, "t", 1, state="Suspended", wait={"for": "other", "until": "2026-02-01"})
    change(told, "t", 2, state="InProgress")
    assert minutes(told.fire("on", 3), "begin") == {"need_owner": 2 * DAY, "other": DAY}


def test_a_providers_turn_is_its_own_time_and_what_lies_with_the_office_is_not() -> None:
    told = approve(deliver(send(Told("1"), "r", 1), "r", 3), "r", 4).fire("on", 4.5)
    assert minutes(told, "begin") == {"office": 3 * DAY, "provider": 2 * DAY}


def test_what_runs_beyond_a_stay_did_not_hold_it_up() -> None:
    told = send(Told("1"), "r", 0).fire("on", 2)
    assert minutes(told, "begin") == {"office": 2 * DAY}
    # It holds up the step that it runs in now.
    assert minutes(told, "later", day=4) == {"provider": 2 * DAY}


def test_of_two_requests_the_one_that_ended_last_is_critical() -> None:
    told = send(send(Told("1"), "quick", 0), "slow", 0)
    approve(deliver(told, "quick", 1), "quick", 2)
    approve(deliver(told, "slow", 3), "slow", 4).fire("on", 4)
    # The quick one lay with the office on the second day; nobody waited for that.
    assert minutes(told, "begin") == {"provider": 3 * DAY, "office": DAY}


@pytest.mark.parametrize(("begun", "side"), [(False, "provider"), (True, "office")])
def test_while_the_service_below_lies_with_the_office_it_is_its_turn_once_it_was_begun(begun: bool, side: str) -> None:
    told = send(Told("1"), "r", 0)
    told.track("below", "pledge", 0, parent="r")
    step_task(told, "inner", 0, track="below", of="application", queue="officer")
    if begun:
        told.fire("start", 0, on="r", to=("in_progress",))
    assert minutes(told, "begin", day=1) == {side: DAY}


def test_while_a_stop_is_in_force_no_time_is_the_providers() -> None:
    told = send(Told("1"), "r", 0).add("proposed", "main", 1, frozen=True)
    told.add("refused", "main", 2, transition="x", frozen=False)
    assert minutes(told, "begin", day=3) == {"provider": 2 * DAY, "office": DAY}


def test_all_minutes_of_a_stay_are_given_once() -> None:
    told = send(approve(deliver(send(Told("1"), "r", 0.1), "r", 2.2), "r", 3.3), "s", 4.4)
    (stay,) = stays(told, day=9.3)
    assert sum(stay.minutes.values()) == CALENDAR.working_minutes(START, START + timedelta(days=9.3))


def test_a_stay_that_goes_on_follows_at_any_later_day_from_what_held_since_it_began() -> None:
    told = send(Told("1").fire("a", 1, to=("triage",)).fire("b", 2, to=("scoping",)), "r", 3)
    deliver(told, "r", 5)
    rest = told.facts(6).moments
    assert min(moment.at for moment in rest) == [one.begin for one in stays(told) if one.end is None][0]
    for day in (6, 7, 50):
        until = START + timedelta(days=day)
        assert tuple(going_on(rest, until, CALENDAR)) == tuple(one for one in stays(told, day) if one.end is None)
    assert told.close("dormant", 60).facts().moments == ()
