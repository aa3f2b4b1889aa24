"""What follows from an action by its definition: a stop that freezes, more time, proposals that lapse."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest

from casework.engine.definition.consequences import Follows
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import effect
from casework.engine.execution.clocks import moves_clocks
from casework.engine.execution.effects import apply_effects
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.task_commands import Start, Suspend
from casework.engine.state.case import IN_PROGRESS, OBSOLETE, PAUSED, READY, RUNNING, SUSPENDED
from casework.engine.state.effects_schema import Effects
from casework.errors import Refused
from tests.engine.toy_case import GREEN, LAB, accept
from tests.engine.toys import CALENDAR, COMPLIANCE, DAY, OFFICER, PROVIDER, SECOND_COMPLIANCE, Play


def test_every_open_proposal_lapses_when_the_case_moves_on(play: Play) -> None:
    play.fire("ask", data=GREEN)
    play.fire("ask_more", data=GREEN)
    play.fire("stop", COMPLIANCE)
    assert len(play.case.proposals) == 3
    play.fire("go", data=GREEN)
    assert not play.case.proposals
    assert not play.case.frozen
    assert [task.name for task in play.tasks()] == ["b"]
    assert {t.state for t in play.case.tasks.values() if t.type == "decision"} == {OBSOLETE}


def test_more_time_for_a_task_that_has_not_begun_leaves_the_day_on_which_it_does(play: Play) -> None:
    play.fire("later")
    builder = EventBuilder(play.library, play.case, play.context(OFFICER))
    builder.begin("completed", play.case.main, {})
    apply_effects(builder, ["toy_more_time"], builder.facts(play.case.main, {"tasks": [play.task("look").id]}))
    assert not moves_clocks(builder)
    assert "activate" in play.wait(31 * DAY)


def test_a_proposed_stop_freezes_what_is_outward_and_a_refusal_thaws_it(play: Play) -> None:
    accept(play)
    play.fire("weigh", PROVIDER, on=play.track("fix"))
    due = play.task("weighing").due_at
    play.fire("stop", COMPLIANCE)
    assert (play.case.frozen, play.task("look").state, play.task("weighing").state) == (True, SUSPENDED, SUSPENDED)
    assert play.task("a").state == READY
    with pytest.raises(Refused):
        play.fire("looked", PROVIDER, on=play.track("fix"))
    assert not [one for one in play.offers(PROVIDER) if one.fits_role and one.allowed]
    play.wait(7 * DAY)
    play.complete("decide_stop", SECOND_COMPLIANCE, decision="refuse", reason="All is well.")
    assert (play.case.frozen, play.task("look").state) == (False, READY)
    after = play.task("weighing").due_at
    assert due is not None
    assert after is not None
    assert 0 <= CALENDAR.working_minutes(due + 7 * DAY, after) < 10
    assert {clock.state for clock in play.case.clocks.values()} == {RUNNING}
    play.fire("looked", PROVIDER, on=play.track("fix"))


def test_a_confirmed_stop_stays_frozen(play: Play) -> None:
    accept(play)
    play.fire("stop", COMPLIANCE)
    play.complete("decide_stop", SECOND_COMPLIANCE, decision="confirm")
    assert (play.states, play.case.frozen, play.task("look").state) == (("done",), True, SUSPENDED)


@effect()
def toy_dance(f: Facts) -> Follows:
    return cast(Follows, {"dance": True})


@effect()
def toy_interest(f: Facts) -> Follows:
    return {"interest": [f.actor], "reasons": ["other"]}


def following(play: Play, *effects: str, begun_with: Effects | None = None) -> Effects:
    """What an event says after these effects."""
    builder = EventBuilder(play.library, play.case, play.context(OFFICER))
    builder.begin("fired", play.case.main, begun_with or {})
    apply_effects(builder, effects, builder.facts(play.case.main, {}))
    return builder.effects


def test_a_word_that_no_effect_has_is_refused(play: Play) -> None:
    with pytest.raises(ValueError, match="no effect is called dance"):
        following(play, "toy_dance")


def test_lists_are_added_to_what_the_event_says_and_the_rest_stands_in_its_place(play: Play) -> None:
    said = following(play, "toy_interest", begun_with={"interest": ["somebody"], "reasons": ["first"]})
    assert (said["interest"], said["reasons"]) == (["somebody", "officer-1"], ["other"])


def test_whoever_has_an_interest_holds_nothing_any_more(play: Play) -> None:
    play.claim("a")
    assert following(play, "toy_interest")["task_states"] == [{"id": play.task("a").id, "holder": None, "state": READY}]


def test_what_a_refused_stop_thaws_is_not_what_somebody_lets_wait(play: Play) -> None:
    accept(play)
    play.fire("weigh", PROVIDER, on=play.track("fix"))
    theirs = replace(PROVIDER, organisation=LAB)
    play.do(Suspend(play.task("weighing").id, "2026-03-20", "other", "They are away."), theirs)
    play.fire("stop", COMPLIANCE)
    play.complete("decide_stop", SECOND_COMPLIANCE, decision="refuse", reason="All is well.")
    assert (play.task("look").state, play.task("weighing").state) == (READY, SUSPENDED)
    states = {one.state for one in play.case.clocks.values() if one.task == play.task("weighing").id}
    assert states == {PAUSED, RUNNING}


def test_what_was_begun_goes_on_with_whoever_held_it(play: Play) -> None:
    accept(play)
    play.do(Start(play.task("look").id), replace(PROVIDER, organisation=LAB))
    play.fire("stop", COMPLIANCE)
    play.complete("decide_stop", SECOND_COMPLIANCE, decision="refuse", reason="All is well.")
    assert (play.task("look").state, play.task("look").holder) == (IN_PROGRESS, PROVIDER.person)
