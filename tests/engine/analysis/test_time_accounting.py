"""Every minute of a referral is charged to exactly one side: held against a counter that asks at each minute who works."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from casework.engine.analysis.time_accounting import OFFICE, PROVIDER, SIDES, turns
from casework.engine.roles import ORGANISATION_QUEUES
from casework.engine.state.case import OPEN, SUSPENDED, Case
from casework.engine.state.projection import evolve
from tests.engine.deadlines.test_calendars import is_open
from tests.engine.test_random_walks import WALKS, walked
from tests.engine.toys import CALENDAR
from tests.engine.walks import Walk, library

MINUTE = timedelta(minutes=1)
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
