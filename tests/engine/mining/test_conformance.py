"""What the engine has done conforms to the edition by which it did it; whatever is changed in the log is found."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.engine.mining.conformance import (
    CAME_ELSEWHERE,
    MOVED_BY_TWO,
    NO_SUCH_ACTION,
    NO_SUCH_EDITION,
    NOT_FROM_THERE,
    STOOD_ELSEWHERE,
    Conformance,
    conformance,
)
from casework.engine.mining.traces import OTHER, Trace, read_trace
from casework.engine.state.events import MOVED
from tests.engine.execution.test_case_moves import move, start
from tests.engine.mining.readers import walked
from tests.engine.walks import library


def trace_of(seed: int) -> Trace:
    events = walked(seed)
    found = read_trace(events, events[-1].at)
    assert found is not None
    return found


def of(trace: Trace) -> Conformance:
    return conformance(library(), [trace])[0]


@given(st.integers(0, 3))
@settings(max_examples=4, deadline=None)
def test_every_walk_conforms(seed: int) -> None:
    found = of(trace_of(seed))
    assert found.deviations == ()
    assert found.fits == 1
    assert found.actions == sum(event.kind == "fired" for event in walked(seed))


#: What is changed in the first action of a case, and what is found.
CHANGED: dict[str, dict[str, Any]] = {
    NO_SUCH_ACTION: {"name": "dance"},
    NOT_FROM_THERE: {"name": "confirm_interest"},
    STOOD_ELSEWHERE: {"frm": ("closing",)},
    CAME_ELSEWHERE: {"to": ("closing",)},
    NO_SUCH_EDITION: {"edition": "0"},
}


@pytest.mark.parametrize("what", CHANGED)
def test_what_is_not_as_the_edition_says_is_found(what: str) -> None:
    trace = trace_of(0)
    place, first = next((n, step) for n, step in enumerate(trace.steps) if step.kind == "fired")
    steps = [*trace.steps]
    steps[place] = replace(first, **CHANGED[what])
    found = of(replace(trace, steps=steps))
    assert [(one.seq, one.what) for one in found.deviations][:1] == [(first.seq, what)]
    assert found.fits < 1


def test_an_action_that_is_left_out_is_missed_at_the_next_one() -> None:
    trace = trace_of(1)
    fired = [n for n, step in enumerate(trace.steps) if step.kind == "fired" and step.what == "transition"]
    gone = next(n for n in fired if set(trace.steps[n].frm) != set(trace.steps[n].to))
    found = of(replace(trace, steps=[step for n, step in enumerate(trace.steps) if n != gone]))
    assert [one.what for one in found.deviations][:1] == [STOOD_ELSEWHERE]


def test_a_case_without_an_action_fits() -> None:
    trace = trace_of(0)
    assert of(replace(trace, steps=[])).fits == Fraction(1)


def test_a_move_by_two_persons_deviates_once_and_what_follows_it_fits() -> None:
    play = start()
    move(play, "two")
    play.complete("agreement", yes=True)
    play.fire("agree")
    trace = read_trace(play.events, play.now)
    assert trace is not None
    moved = next(step for step in trace.steps if step.name == MOVED)
    assert (moved.what, moved.frm, moved.to) == (OTHER, ("one",), ("two",))
    told = conformance(play.library, [trace])[0]
    assert [(one.seq, one.what) for one in told.deviations] == [(moved.seq, MOVED_BY_TWO)]
    assert (told.actions, told.fits) == (2, Fraction(1, 2))
    assert [(stay.state, stay.until is None) for stay in trace.stays()] == [
        ("one", False),
        ("two", False),
        ("three", True),
    ]
