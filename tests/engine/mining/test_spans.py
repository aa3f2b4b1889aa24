"""Each minute of a task is waited, in hand or at rest, without a gap, and what goes on comes as far as the moment that is asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework.engine.mining.spans import WAITING, open_spans, spans_of
from tests.engine.figures.pieces import START
from tests.engine.mining.test_waits import told_of, traced

#: What becomes of a task on each day after its beginning, and what it did in between.
TABLE = [
    ("Completed", "waiting"),
    ("Reserved Completed", "waiting in_hand"),
    ("InProgress Completed", "waiting in_hand"),
    ("Reserved InProgress Completed", "waiting in_hand in_hand"),
    ("Reserved Ready Reserved Completed", "waiting in_hand waiting in_hand"),
    ("Suspended Ready Completed", "waiting resting waiting"),
    ("Reserved Suspended Reserved Completed", "waiting in_hand resting in_hand"),
    ("InProgress Reserved InProgress Completed", "waiting in_hand resting in_hand"),
    ("Obsolete", "waiting"),
]


@pytest.mark.parametrize(("states", "does"), TABLE)
def test_a_task_waits_is_in_hand_or_rests(states: str, does: str) -> None:
    told = told_of(states.split())
    until = told.events[-1].at + timedelta(days=30)
    spans = spans_of(traced(told, until), until)["t"]
    assert " ".join(what for what, _, _ in spans) == does
    assert [end - since for _, since, end in spans] == [
        one.at - other.at for one, other in zip(told.events[2:], told.events[1:], strict=False)
    ]


def test_what_is_open_waits_up_to_the_moment() -> None:
    told = told_of([])
    until = START + timedelta(days=9)
    assert [what for what, _, _ in spans_of(traced(told, until), until)["t"]] == [WAITING]
    assert spans_of(traced(told, told.events[-1].at), told.events[-1].at) == {"t": []}


def test_what_is_open_has_no_end_until_a_moment_is_asked_for() -> None:
    told = told_of(["Reserved"])
    last = told.events[-1].at
    (waited, held) = open_spans(traced(told, last))["t"]
    assert waited[2] == held[1] == last
    assert held[2] is None
    later = last + timedelta(days=3)
    assert spans_of(traced(told, last), later)["t"][-1] == (*held[:2], later)
