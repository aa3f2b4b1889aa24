"""Every minute of a referral is charged to exactly one side: held against a counter that asks at each minute who works."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from casework.engine.analysis.time_accounting import OFFICE, PROVIDER, SIDES, intervals, turns
from casework.engine.roles import ORGANISATION_QUEUES
from casework.engine.state.case import OPEN, SUSPENDED, Case
from casework.engine.state.projection import evolve
from tests.engine.deadlines.test_calendars import is_open
from tests.engine.test_random_walks import walked
from tests.engine.toys import CALENDAR
from tests.engine.walk_starts import WALKS
from tests.engine.walks import Walk, library

MINUTE = timedelta(minutes=1)
LAST = datetime.max.replace(tzinfo=UTC)
WITH_REFERRALS = [name for name in WALKS if name == "case" or "referral" in name or "mediation in" in name]


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _who_works(case: Case, referral: str) -> str | None:
    """What a bystander says who looks at the open tasks: who has the step of the work, else that of the referral."""
    if not case.tracks[referral].live:
        return None
    begun = "in_progress" in case.tracks[referral].states or "rework" in case.tracks[referral].states
    below = [one for one in case.children(referral) if one.live and not one.replaced]
    at = below[-1].id if below and begun else referral
    steps = [task for task in case.tasks.values() if task.track == at and task.type == "step" and task.state in OPEN]
    theirs = [task for task in steps if task.queue in ORGANISATION_QUEUES]
    return PROVIDER if theirs and not any(task.state == SUSPENDED for task in theirs) else OFFICE


def _minutes(walk: Walk, referral: str) -> Iterator[tuple[datetime, str]]:
    """Each minute from the offer to the end, and whose it is."""
    states: list[tuple[datetime, str | None]] = []
    case, sent = None, False
    for event in walk.events:
        case = evolve(case, event)
        sent = sent or event.track == referral and event.effects.get("transition") == "send"
        if sent:
            states.append((_minute(event.at), _who_works(case, referral)))
            if states[-1][1] is None:
                break
    for (at, who), (following, _) in zip(states, states[1:], strict=False):
        while at < following:
            assert who is not None
            yield at, who
            at += MINUTE


@pytest.mark.parametrize("name", WITH_REFERRALS)
def test_every_minute_of_a_referral_is_charged_to_one_side(name: str) -> None:
    looked_at = 0
    for walk in walked(name)[:10]:
        for referral in [
            one.id for one in walk.case.tracks.values() if one.workflow == "referral" and "send" in one.fired
        ]:
            made = turns(library(), walk.events, referral)
            until = walk.events[-1].at
            wanted, working = Counter[str](), Counter[str]()
            for moment, who in _minutes(walk, referral):
                wanted[who] += 1
                working[who] += is_open(CALENDAR, moment)
            for side in SIDES:
                mine = [one for one in made if one.side == side]
                assert sum(one.minutes(until) for one in mine) == wanted[side], (walk.case.log, referral, side)
                assert sum(one.working_minutes(until, CALENDAR) for one in mine) == working[side]
            looked_at += sum(wanted.values())
    assert looked_at > 10_000


@pytest.mark.parametrize("name", WITH_REFERRALS)
def test_turns_follow_each_other_without_a_gap_and_change_sides(name: str) -> None:
    for walk in walked(name):
        for track in [one for one in walk.case.tracks.values() if one.workflow == "referral" and "send" in one.fired]:
            made = turns(library(), walk.events, track.id)
            assert [one.end for one in made[:-1]] == [one.start for one in made[1:]]
            assert all(one.side != following.side for one, following in zip(made, made[1:], strict=False))
            assert made[-1].end == track.ended_at


def test_a_referral_that_was_not_offered_charges_nobody() -> None:
    for walk in walked("case"):
        for track in walk.case.tracks.values():
            if track.workflow == "referral" and "send" not in track.fired:
                assert turns(library(), walk.events, track.id) == ()


# --- every track -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WALKS)
def test_intervals_of_every_track_follow_each_other_without_a_gap(name: str) -> None:
    for walk in walked(name):
        stood = intervals(library(), walk.events)
        assert set(stood) == set(walk.case.tracks)
        for id, mine in stood.items():
            track = walk.case.tracks[id]
            assert mine[0].start == track.opened_at
            assert mine[-1].end == track.ended_at
            assert [one.end is None for one in mine[:-1]] == [False] * (len(mine) - 1)
            for one, following in pairwise(mine):
                assert one.end is not None
                # Only an end parts two of them, and a reopening begins the next.
                assert one.end == following.start or reopened(walk, id, following.start)
                assert one.end != following.start or (one.states, one.side) != (following.states, following.side)
            if track.live:
                assert mine[-1].states == track.states


def reopened(walk: Walk, track: str, at: datetime) -> bool:
    return any(one.track == track and one.at == at and one.effects.get("reopened") for one in walk.events)


@pytest.mark.parametrize("name", WITH_REFERRALS)
def test_intervals_are_charged_as_the_account_of_a_referral_is(name: str) -> None:
    looked_at = 0
    for walk in walked(name):
        stood = intervals(library(), walk.events)
        for track in walk.case.tracks.values():
            if track.workflow != "referral" or "send" not in track.fired:
                continue
            account = turns(library(), walk.events, track.id)
            for turn in account:
                within = [
                    one
                    for one in stood[track.id]
                    if one.start >= turn.start and (one.end or LAST) <= (turn.end or LAST)
                ]
                assert within
                assert {one.side for one in within} == {turn.side}
                looked_at += 1
    assert looked_at > 20


@pytest.mark.parametrize("name", WALKS)
def test_a_track_stands_in_what_the_case_says_at_each_event(name: str) -> None:
    for walk in walked(name)[:6]:
        stood, case = intervals(library(), walk.events), None
        for event in walk.events:
            case = evolve(case, event)
            for track in case.live_tracks():
                at = [one for one in stood[track.id] if one.start <= event.at < (one.end or LAST)]
                assert track.states in {one.states for one in at} or any(
                    one.start == one.end for one in stood[track.id]
                )
