"""What is kept of a case's run comes back as it was, and counts as its trace does up to any later moment."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.definitions import load_library
from casework.engine.figures.kept_facts import read, write
from casework.engine.mining.process import fold_runs
from casework.engine.mining.runs import JudgedRun, judged, run_of
from casework.engine.mining.traces import Trace, read_trace
from tests.engine.figures.pieces import Told
from tests.engine.mining.readers import walked
from tests.engine.toys import CALENDAR
from tests.engine.walks import library


def traced(events: Any, until: Any) -> Trace:
    found = read_trace(events, until)
    assert found is not None
    return found


def kept(value: JudgedRun) -> JudgedRun:
    return read(JudgedRun, orjson.loads(orjson.dumps(write(value))))


@given(st.integers(0, 3), st.integers(0, 400))
@settings(max_examples=8, deadline=None)
def test_what_is_kept_is_counted_as_what_is_folded_at_any_later_moment(seed: int, days: int) -> None:
    events = walked(seed)
    last = events[-1].at
    until = last + timedelta(days=days)
    run, then = judged(library(), traced(events, last)), judged(library(), traced(events, until))
    assert kept(run) == run == then
    assert fold_runs([kept(run)], CALENDAR, until) == fold_runs([then], CALENDAR, until)


def test_of_an_edition_that_nobody_has_nothing_is_told_for_good() -> None:
    told = Told("1").fire("take", 1, on="main")
    run = judged(load_library(), traced(told.events, told.events[-1].at))
    assert not run.for_good
    assert judged(load_library(), traced(Told("1").events, told.events[-1].at)).for_good


def test_a_run_has_the_actions_of_the_main_track_alone_and_when() -> None:
    told = Told("1").fire("a", 1, on="main").fire("b", 3, on="main")
    run = run_of(traced(told.events, told.events[-1].at))
    assert run.actions == (("a", told.events[1].at), ("b", told.events[2].at))
    assert (run.number, run.opened_at, run.closed_at) == ("1", told.events[0].at, None)
