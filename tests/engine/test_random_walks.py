"""Whatever people do, in whatever order: what holds of every walk through the published definitions."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any, cast

import pytest

from casework.engine.analysis.deadline_explanation import days_used, explain, own_moment, tell
from casework.engine.analysis.time_accounting import turns
from casework.engine.state.case import PAUSED, RUNNING, STOPPED, SUSPENDED
from casework.engine.state.effects_schema import Effects
from casework.engine.state.projection import fold
from tests.engine.toys import CALENDAR
from tests.engine.walk_checks import again, can_end
from tests.engine.walk_starts import KNOWN, WALKS
from tests.engine.walks import Walk, library
from tests.support.declared_effects import undeclared

Json = Any


@cache
def walked(name: str) -> list[Walk]:
    """Every other walk is one of people who want to get on; the others do anything."""
    start, walks, steps = WALKS[name]
    return [Walk(seed, start, calm=seed % 2 == 0, known=KNOWN.get(name)).run(steps) for seed in range(walks)]


@pytest.mark.parametrize("name", WALKS)
def test_what_is_offered_succeeds_and_what_is_refused_says_why(name: str) -> None:
    assert [fault for walk in walked(name) for fault in walk.faults] == []


@pytest.mark.parametrize("name", WALKS)
def test_the_log_folds_to_the_case_also_when_it_comes_back_from_a_database(name: str) -> None:
    for seed, walk in enumerate(walked(name)):
        assert fold(walk.events) == walk.case
        assert fold(again(walk.events, seed)) == walk.case
        assert [event.seq for event in walk.events] == list(range(1, len(walk.events) + 1))
        assert all(one.at < other.at for one, other in pairwise(walk.events))


@pytest.mark.parametrize("name", WALKS)
def test_what_follows_from_each_event_is_as_it_is_declared(name: str) -> None:
    assert Counter(fault for walk in walked(name) for event in walk.events for fault in undeclared(event.effects)) == {}


@pytest.mark.parametrize("name", WALKS)
def test_no_walk_ends_where_no_end_can_be_reached(name: str) -> None:
    for walk in walked(name):
        for track in walk.case.tracks.values():
            assert can_end(library()[track.edition], track), (track.workflow, track.states)


@pytest.mark.parametrize("name", WALKS)
def test_everything_open_belongs_to_what_still_lives(name: str) -> None:
    for walk in walked(name):
        case = walk.case
        for task in case.open_tasks():
            track = case.tracks[task.track]
            rules = library()[task.edition]
            # Whoever decides on a reopening decides on what has ended.
            reopening = task.type == "decision" and any(
                one.reopens for one in rules.transitions if one.name == task.rule
            )
            assert track.live or task.aftercare or reopening, task
            if task.type == "step":
                assert task.of in track.states
            if task.type == "decision":
                assert task.of in case.proposals
        for clock in case.clocks.values():
            # What a side state has paused waits for the track to come back.
            if clock.state != PAUSED:
                assert clock.task is None or case.tasks[clock.task].open
                assert clock.of is None or clock.of in case.tracks[clock.track].states


@pytest.mark.parametrize("name", WALKS)
def test_nothing_stands_still_but_what_somebody_lets_wait(name: str) -> None:
    for walk in walked(name):
        case = walk.case
        assert case.hold is None or not case.closed_at
        for clock in case.clocks.values():
            track, task = case.tracks[clock.track], case.tasks.get(clock.task or "")
            above = case.tracks.get(track.parent or "")
            aside = above is not None and set(above.states) & library()[above.edition].side_states
            if clock.state == PAUSED and task is not None and task.open and task.state != SUSPENDED:
                assert case.hold is not None or case.frozen or aside, (task, track.workflow)
            if clock.state == RUNNING:
                assert clock.fires_at is not None, clock
        for task in case.open_tasks():
            clocks = [one for one in case.clocks.values() if one.task == task.id]
            assert clocks or task.due_at is None or task.due_at <= walk.now, task


@pytest.mark.parametrize("name", WALKS)
def test_every_clock_can_be_explained_after_every_event(name: str) -> None:
    for walk in walked(name):
        told = tell(walk.events)
        states = {id: clock.state for id, clock in walk.case.clocks.items()}
        assert {id: one.state for id, one in told.items() if one.state != STOPPED} == states
        for clock in told.values():
            if what := own_moment(clock):
                found = explain(clock, {CALENDAR.digest: CALENDAR}, what)
                assert found is not None
                assert all(one.end == other.start for one, other in pairwise(found.intervals))


@pytest.mark.parametrize("name", ["case", "assessment in a referral", "mediation in its own log"])
def test_what_only_explains_never_fails_whatever_the_events_leave_out(name: str) -> None:
    dice = random.Random(name)
    for walk in walked(name):
        events = [
            replace(one, effects=cast(Effects, _mutilated(one.effects, dice)))
            for one in walk.events
            if dice.random() > 0.02
        ]
        for clock in tell(events).values():
            if what := own_moment(clock):
                found = explain(clock, {CALENDAR.digest: CALENDAR}, what)
                assert found is None or days_used(clock, found, {CALENDAR.digest: CALENDAR}, walk.now)
        for track in walk.case.tracks.values():
            turns(library(), events, track.id)


def _mutilated(effects: Mapping[str, Json], dice: random.Random) -> dict[str, Json]:
    """What an event tells of clocks, with parts of it lost."""
    states = [
        {name: value for name, value in one.items() if name in ("id", "state") or dice.random() > 0.2}
        for one in effects.get("clock_states", ())
        if dice.random() > 0.1
    ]
    return {**effects, "clock_states": states}


def test_the_walks_go_far() -> None:
    """Thousands of actions, hundreds of refusals, and more than half of the ways of every workflow."""
    fired: Counter[tuple[str, str]] = sum((walk.fired for name in WALKS for walk in walked(name)), Counter())
    assert fired.total() > 4_000
    assert sum(walk.refused for name in WALKS for walk in walked(name)) > 1_000
    for workflow, fingerprint in library().newest.items():
        ways = {rule.name for rule in library()[fingerprint].transitions}
        gone = {name for name in ways if fired[workflow, name]}
        assert len(gone) > 0.5 * len(ways), (workflow, ways - gone)
