"""A log as steps: each event once at least, each task by the standard's life cycle, and nobody by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.engine.mining import traces
from casework.engine.mining.traces import Trace, life_cycle, person_code, read_trace
from casework.engine.state.case import COMPLETED, CREATED, IN_PROGRESS, OPEN, READY, RESERVED, SUSPENDED, TASK_STATES
from casework.engine.state.effects_schema import OpenedTask
from casework.engine.state.events import CLAIMED, FORWARDED, OPENED, PARTY_ACTOR, SKIPPED, SYSTEM_ACTOR, Event
from tests.engine.figures.pieces import Told
from tests.engine.mining.readers import walked

LATE = datetime(2200, 1, 1, tzinfo=UTC)
LOOK: OpenedTask = {
    "id": "t", "track": "main", "name": "look", "edition": "e", "rule": "look", "type": "side", "queue": "officer",
    "organisation": None, "state": READY, "due": None, "of": None, "about": None, "aftercare": False,
}  # fmt: skip


def trace_of(events: list[Event] | tuple[Event, ...], until: datetime = LATE) -> Trace:
    found = read_trace(events, until)
    assert found is not None
    return found


def test_each_change_of_a_task_has_the_words_of_the_standard() -> None:
    table = {
        (CREATED, READY): "schedule",
        (CREATED, RESERVED): "schedule assign",
        (CREATED, IN_PROGRESS): "schedule assign start",
        (READY, RESERVED): "assign",
        (READY, IN_PROGRESS): "assign start",
        (RESERVED, READY): "reassign",
        (RESERVED, IN_PROGRESS): "start",
        (IN_PROGRESS, RESERVED): "suspend",
        (IN_PROGRESS, READY): "suspend reassign",
        (SUSPENDED, READY): "resume",
        (SUSPENDED, RESERVED): "resume",
        (SUSPENDED, IN_PROGRESS): "resume",
        (SUSPENDED, CREATED): "resume",
    }
    ends = {
        SUSPENDED: "suspend",
        COMPLETED: "complete",
        "Failed": "ate_abort",
        "Error": "pi_abort",
        "Exited": "withdraw",
        "Obsolete": "autoskip",
    }
    for before, after in product(sorted(OPEN), TASK_STATES):
        wanted = "" if before == after else ends.get(after) or table.get((before, after), "")
        assert " ".join(life_cycle(before, after)) == wanted, (before, after)


@given(st.integers(0, 3), st.integers(1, 400))
@settings(max_examples=40, deadline=None)
def test_every_event_up_to_a_moment_is_a_step_at_least_and_in_order(seed: int, length: int) -> None:
    events = walked(seed)[:length]
    trace = trace_of(walked(seed), events[-1].at)
    assert {step.seq for step in trace.steps} == {event.seq for event in events}
    assert all((one.seq, one.n) < (other.seq, other.n) for one, other in pairwise(trace.steps))
    at = {event.seq: event.at for event in events}
    assert all(step.at == at[step.seq] for step in trace.steps)
    assert trace == trace_of(events)


@given(st.integers(0, 3))
@settings(max_examples=8, deadline=None)
def test_a_task_begins_once_and_ends_once_at_most(seed: int) -> None:
    words: dict[str, list[str]] = {}
    for step in trace_of(walked(seed)).steps:
        if step.task is not None:
            words.setdefault(step.task, []).append(step.life_cycle)
    ends = {"complete", "ate_abort", "pi_abort", "withdraw", "autoskip", "manualskip"}
    for mine in words.values():
        assert mine.count("schedule") <= 1
        assert not ends & set(mine[:-1])


def words_of(told: Told) -> list[tuple[str, str]]:
    return [(step.activity, step.life_cycle) for step in trace_of(told.events).steps]


def test_an_action_comes_before_what_it_makes_of_tasks() -> None:
    told = Told("1").add("added", "main", 1, tasks=[LOOK])
    told.add("fired", "main", 2, transition="go", task_states=[{"id": "t", "state": COMPLETED}])
    wanted = "opened complete, case.look schedule, case.go complete, case.look complete"
    assert ", ".join(" ".join(one) for one in words_of(told)) == wanted


def test_a_task_that_somebody_skips_is_told_from_one_that_fell_away() -> None:
    told = Told("1").add("added", "main", 1, tasks=[LOOK])
    told.add(SKIPPED, "main", 2, task_states=[{"id": "t", "state": "Obsolete"}])
    assert words_of(told)[-1] == ("case.look", "manualskip")


def test_a_task_that_comes_to_another_person_is_reassigned() -> None:
    told = Told("1").add("added", "main", 1, tasks=[LOOK])
    told.add(CLAIMED, "main", 2, task_states=[{"id": "t", "state": RESERVED, "holder": "a"}])
    told.add(FORWARDED, "main", 3, task_states=[{"id": "t", "holder": "b"}])
    told.add("modified", "main", 4, task_states=[{"id": "t", "holder": "b", "priority": 2}])
    looks = [("case.look", word) for word in ("assign", "reassign", "assign")]
    assert words_of(told)[2:] == [*looks, ("modified", "complete")]


def test_a_person_is_a_code_that_is_another_in_another_programme() -> None:
    codes = [person_code(programme, "01") for programme in ("p", "q", "p")]
    assert codes[0] == codes[2] != codes[1]
    assert codes[0] != person_code("p", "02")
    assert [person_code("p", one) for one in (SYSTEM_ACTOR, PARTY_ACTOR)] == [SYSTEM_ACTOR, PARTY_ACTOR]


def test_an_action_that_needs_two_is_asked_for_and_taken_or_refused() -> None:
    told = Told("1").add("proposed", "main", 1, transition="go").add("refused", "main", 2, transition="go")
    told.add("proposed", "main", 3, transition="go").add("fired", "main", 4, transition="go")
    assert words_of(told)[1:] == [("case.go", word) for word in ("schedule", "withdraw", "schedule", "complete")]


def test_a_sealed_mediation_is_no_case() -> None:
    first = Told("1").events[0]
    sealed = replace(first, effects={**first.effects, "case": {**first.effects["case"], "kind": "mediation"}})
    assert read_trace([sealed], LATE) is None
    assert read_trace([first], first.at) is not None
    assert read_trace([first], datetime(2000, 1, 1, tzinfo=UTC)) is None


def test_a_log_that_does_not_begin_is_refused() -> None:
    later = Told("1").fire("go").events[1]
    with pytest.raises(ValueError, match="begins"):
        read_trace([later], LATE)


def test_a_closed_case_has_an_outcome_until_it_is_opened_again() -> None:
    told = Told("1").add("fired", "main", 1, transition="end", outcome="introduced", closed=True)
    ended = trace_of(told.events)
    assert (ended.outcome, ended.closed_at) == ("introduced", told.events[-1].at)
    told.add("fired", "main", 2, transition="reopen", closed=False)
    assert trace_of(told.events).closed_at is None


def test_what_was_known_at_the_opening_is_told_as_far_as_it_was() -> None:
    told = Told("1", phase="pilot", as_opened={"sector": "C25", "district": None, "source": "search"})
    assert trace_of(told.events).known() == {"phase": "pilot", "sector": "C25", "source": "search"}
    told.events[0].effects["case"]["as_opened"]["technology_field"] = "24"
    assert trace_of(told.events).known()["technology_field"] == "24"
    assert trace_of(Told("1").events).known() == {}


def test_a_track_is_found_with_those_above_it() -> None:
    trace = trace_of(Told("1").events)
    assert [track["id"] for track in trace.above("main")] == ["main"]
    assert list(trace.above(None)) == []
    assert trace.main["workflow"] == "case"
    assert (traces.TRANSITION, OPENED) == ("transition", "opened")
