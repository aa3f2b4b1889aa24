"""Where time goes: each minute of a task is waited, in hand or at rest, and each minute of a case lies in a state."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from casework.engine.mining.spans import IN_HAND, RESTING, WAITING, spans_of
from casework.engine.mining.traces import Trace, read_trace
from casework.engine.mining.waits import waits_of
from casework.ledger.canonical_json import instant
from tests.engine.figures.pieces import START, Told
from tests.engine.mining.readers import walked
from tests.engine.mining.test_traces import LOOK
from tests.engine.toys import CALENDAR


def traced(told: Told, until: datetime) -> Trace:
    found = read_trace(told.events, until)
    assert found is not None
    return found


def told_of(states: list[str], **task: Any) -> Told:
    told = Told("1").add("added", "main", 0, tasks=[{**LOOK, **task}])
    for day, state in enumerate(states, 1):
        told.add("modified", "main", day, task_states=[{"id": "t", "state": state}])
    return told


@given(st.integers(0, 3))
@settings(max_examples=4, deadline=None)
def test_the_minutes_of_a_task_add_up_to_its_life(seed: int) -> None:
    events = walked(seed)
    until = events[-1].at + timedelta(days=5)
    trace = read_trace(events, until)
    assert trace is not None
    for id, spans in spans_of(trace, until).items():
        assert all(one[2] == other[1] for one, other in zip(spans, spans[1:], strict=False))
        if spans:
            assert spans[-1][2] == trace.ended.get(id, until)
    whole = sum(
        CALENDAR.working_minutes(spans[0][1], spans[-1][2]) for spans in spans_of(trace, until).values() if spans
    )
    assert sum(sum(work.minutes.values()) for work in waits_of([trace], CALENDAR, until).works()) == whole


@given(st.integers(0, 3))
@settings(max_examples=4, deadline=None)
def test_the_states_of_the_main_track_follow_one_another_without_a_gap(seed: int) -> None:
    events = walked(seed)
    until = events[-1].at
    trace = read_trace(events, until)
    assert trace is not None
    stays = sorted((stay for stay in trace.stays() if stay.track == trace.main["id"]), key=lambda stay: stay.since)
    assert stays[0].since == trace.opened_at
    found = waits_of([trace], CALENDAR, until).places()
    assert sum(place.count for place in found) == len(list(trace.stays()))
    assert sum(place.now for place in found) == sum(stay.until is None for stay in trace.stays())
    assert list(found) == sorted(found, key=lambda place: -place.total)


def test_a_step_is_overdue_where_its_task_ends_after_its_day() -> None:
    day = instant(START + timedelta(days=2))
    late, early = (told_of(["Completed"], type="step", of="begin", due=day) for _ in range(2))
    late.events[-1:] = []
    late.add("modified", "main", 3, task_states=[{"id": "t", "state": "Completed"}])
    until = START + timedelta(days=9)
    (place,) = waits_of([traced(late, until), traced(early, until)], CALENDAR, until).places()
    assert (place.state, place.count, place.now, place.dated, place.overdue) == ("begin", 2, 2, 2, 1)
    # Up to its day nothing was late.
    day_before = START + timedelta(days=1)
    (then,) = waits_of([traced(late, day_before)], CALENDAR, day_before).places()
    assert (then.dated, then.overdue) == (1, 0)
    # A day that was put off counts as it was then.
    late.add("modified", "main", 4, task_states=[{"id": "t", "due": instant(START + timedelta(days=8))}])
    (moved,) = waits_of([traced(late, until)], CALENDAR, until).places()
    assert moved.overdue == 0


def test_what_was_left_has_a_middle_and_what_has_ended_stands_nowhere() -> None:
    told = Told("1").fire("go", 7, to=("later",)).fire("end", 14, to=("over",), ended="over")
    until = START + timedelta(days=30)
    found = {place.state: place for place in waits_of([traced(told, until)], CALENDAR, until).places()}
    assert found.keys() == {"begin", "later"}
    week = CALENDAR.working_minutes(START, START + timedelta(days=7))
    assert [found[state].median for state in ("begin", "later")] == [week, week]
    assert [found[state].total for state in ("begin", "later")] == [week, week]


def test_a_kind_of_task_has_all_its_minutes_together() -> None:
    told = told_of(["Reserved", "Completed"])
    until = START + timedelta(days=30)
    (work,) = waits_of([traced(told, until), traced(told, until)], CALENDAR, until).works()
    day = CALENDAR.working_minutes(told.events[1].at, told.events[2].at)
    assert (work.workflow, work.name, work.count) == ("case", "look", 2)
    assert work.minutes[WAITING] == 2 * day
    assert work.minutes[IN_HAND] == 2 * CALENDAR.working_minutes(told.events[2].at, told.events[3].at)
    assert work.minutes[RESTING] == 0


def test_a_state_has_the_minutes_of_its_own_steps_and_of_no_other_task() -> None:
    told = told_of(["Reserved", "Completed"], type="step", of="begin")
    told.add("added", "main", 0, tasks=[{**LOOK, "id": "other"}])
    until = START + timedelta(days=30)
    found = waits_of([traced(told, until)], CALENDAR, until)
    (place,) = found.places()
    opened, taken, done = (event.at for event in told.events[1:4])
    assert place.minutes == {
        WAITING: CALENDAR.working_minutes(opened, taken),
        IN_HAND: CALENDAR.working_minutes(taken, done),
        RESTING: 0,
    }
    assert sum(work.minutes[WAITING] for work in found.works()) > place.minutes[WAITING]
