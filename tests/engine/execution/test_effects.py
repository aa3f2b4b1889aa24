"""What follows from an action by its definition: a stop that freezes, more time, proposals that lapse."""

from __future__ import annotations

import pytest

from casework.engine.execution.clocks import moves_clocks
from casework.engine.execution.effects import apply_effects
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.state.case import OBSOLETE, READY, RUNNING, SUSPENDED
from casework.errors import Refused
from tests.engine.toy_case import GREEN, accept
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
