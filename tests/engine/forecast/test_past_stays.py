"""Stays are read from the events of a case, track by track, and cut as they were known earlier."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import pytest

from casework.definitions import library_of
from casework.engine.analysis.time_accounting import PROVIDER, turns
from casework.engine.definition.migration_plans import plan_migration
from casework.engine.execution.migrations import judge_case, way_back
from casework.engine.forecast.past_stays import Stay, came_by, cut, read_stays
from casework.engine.parts import MAIN, REFERRAL
from casework.engine.state.events import Event
from tests.engine.forecast.pieces import step
from tests.engine.migrations import OLD, after, other, played, renamed
from tests.engine.toys import CALENDAR
from tests.engine.walk_starts import WALKS
from tests.engine.walks import Walk, library


@cache
def walks() -> list[Walk]:
    """Cases of people who want to get on."""
    return [Walk(seed, WALKS["case"][0], calm=True).run(300) for seed in range(6)]


def read(walk: Walk, share: float = 1.0) -> list[Stay]:
    until = walk.events[0].at + (walk.events[-1].at - walk.events[0].at) * share
    return read_stays(library(), walk.events, until, CALENDAR)


def test_a_track_goes_from_step_to_step_without_a_gap() -> None:
    looked_at = back = 0
    for walk in walks():
        stays = read(walk)
        for track in {stay.track for stay in stays}:
            mine = [stay for stay in stays if stay.track == track]
            for one, following in zip(mine, mine[1:], strict=False):
                assert one.end is not None
                assert one.then == (following.step if one.end == following.begin else None)
                looked_at += 1
                back += one.back
            stands = walk.case.tracks[track]
            assert mine[-1].end == stands.ended_at
            assert mine[-1].then is None
            assert not stands.live or mine[-1].step.states == stands.states
            assert {stay.part for stay in mine} == {stands.part}
        assert {stay.part for stay in stays} <= {MAIN, REFERRAL}
        assert {stay.track for stay in stays if stay.part == MAIN} == {walk.case.main.id}
    assert looked_at > 50
    assert back > 0


def test_a_track_can_go_back_to_where_the_case_says() -> None:
    looked_at = 0
    for walk in walks():
        stays = read(walk)
        for track in {stay.track for stay in stays}:
            mine = [stay for stay in stays if stay.track == track]
            for one, following in zip(mine, mine[1:], strict=False):
                if not one.back:
                    continue
                n = mine.index(one)
                assert came_by(mine[: n + 1])[-1] == following.step
                looked_at += 1
    assert looked_at > 0


def test_a_requests_turns_are_its_providers() -> None:
    looked_at = 0
    for walk in walks():
        for track in {stay.track for stay in read(walk) if stay.part == REFERRAL}:
            mine = [stay for stay in read(walk) if stay.track == track]
            theirs = [turn for turn in turns(library(), walk.events, track) if turn.side == PROVIDER]
            wanted = sum(turn.working_minutes(walk.events[-1].at, CALENDAR) for turn in theirs)
            assert sum(stay.outside for stay in mine) == wanted
            asked = {walk.case.tracks[track].provider} | {
                provider for event in walk.events if (provider := event.effects.get("provider"))
            }
            assert all(stay.providers <= asked for stay in mine)
            assert all(0 <= stay.outside <= stay.minutes for stay in mine)
            looked_at += wanted
    assert looked_at > 0


def test_a_case_lies_with_all_that_its_requests_lie_with() -> None:
    looked_at = 0
    for walk in walks():
        stays = read(walk)
        asked = {provider for stay in stays if stay.part == REFERRAL for provider in stay.providers}
        main = [stay for stay in stays if stay.part == MAIN]
        assert {provider for stay in main for provider in stay.providers} <= asked
        assert all(0 <= stay.outside <= stay.minutes for stay in main)
        looked_at += len(asked)
    assert looked_at > 0


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.8, 0.99])
def test_stays_are_cut_as_they_were_read_then(share: float) -> None:
    for walk in walks():
        until = walk.events[0].at + (walk.events[-1].at - walk.events[0].at) * share
        assert cut(read(walk), until, CALENDAR) == read(walk, share)


def test_before_its_opening_a_case_has_no_stays() -> None:
    walk = walks()[0]
    before = walk.events[0].at - timedelta(minutes=1)
    assert read_stays(library(), walk.events, before, CALENDAR) == []
    assert cut(read(walk), before, CALENDAR) == []
    assert step("a") < step("b")


def test_a_step_that_got_another_name_goes_on_through_the_move_and_back() -> None:
    """It is one stay by the newest name, from when it began, and what lies behind it is called so too."""
    play = played(["check", "go", "wait"])
    new = other(lambda rules: renamed(rules, "b", "bee"))
    there = judge_case(plan_migration(OLD, new, {"states": {"b": "bee"}}), play.case).migration
    assert there is not None
    moved, event = after(play.case, there)
    _, home = after(moved, way_back(there, event.seq))
    begun = [*play.events, replace(event, at=play.now)]
    both = library_of([*play.library.editions.values(), new])
    until = play.now + timedelta(days=1)

    def stays(events: list[Event]) -> list[tuple[tuple[str, ...], datetime, datetime | None]]:
        return [(one.step.states, one.begin, one.end) for one in read_stays(both, events, until, CALENDAR)]

    before = stays(play.events)
    assert before[-1][0] == ("b",)
    assert stays(begun) == [*before[:-1], (("bee",), *before[-1][1:])]
    assert stays([*begun, replace(home, at=play.now + timedelta(hours=1))]) == before
