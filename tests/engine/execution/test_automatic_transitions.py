"""What happens by itself: guards over other tracks that come true, chains, and loops that are stopped."""

from __future__ import annotations

import pytest

from casework.engine import roles
from casework.engine.definition.grammar import Final, State, Track, Workflow, same, working_days
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import guard
from tests.engine.toys import Play


@guard(rule="The side track has got there.", refusal="The side track has not got there.")
def toy_side_is_ready(f: Facts) -> bool:
    return f.at_milestone(f.current("side"), "ready")


@guard(rule="Never.", refusal="Never.")
def toy_never(f: Facts) -> bool:
    return False


def _state(label: str) -> State:
    return State(label, roles.Role.OFFICER, working_days(5), "Step")


class Main(Workflow):
    workflow = "toy"

    waiting = _state("Waiting")
    ready = _state("Ready")
    further = _state("Further")
    done = Final("Done")

    open_side = waiting.to(same(), by=roles.Role.OFFICER, opens=[Track("side")])
    go = waiting.then(ready, guards=[toy_side_is_ready])
    go_on = ready.then(further)
    stay = further.then(done, guards=[toy_never])
    end = further.to(done, by=roles.Role.OFFICER)


class Side(Workflow):
    begun = _state("Begun")
    reached = _state("Reached")
    over = Final("Over")

    reach = begun.to(reached, by=roles.Role.OFFICER)
    finish = reached.to(over, by=roles.Role.OFFICER)
    end_too = reached.then(over, guards=[toy_never])

    milestones = {"ready": [reached, over]}


class Loop(Workflow):
    workflow = "toy"

    one = _state("One")
    two = _state("Two")
    three = _state("Three")
    done = Final("Done")

    kick = one.to(two, by=roles.Role.OFFICER)
    there = two.then(three)
    back = three.then(two)
    end = one.to(done, by=roles.Role.OFFICER)


def test_a_track_goes_on_when_another_reaches_its_milestone() -> None:
    play = Play(Main, Side).start()
    play.fire("open_side")
    assert play.states == ("waiting",)
    play.fire("reach", on=play.track("side"))
    assert play.states == ("further",)
    assert play.names()[-3:] == ["reach", "go", "go_on"]


def test_each_step_by_itself_is_an_event_of_its_own_with_its_cause() -> None:
    play = Play(Main, Side).start()
    play.fire("open_side")
    first, second, third = play.fire("reach", on=play.track("side"))
    assert (second.because, third.because) == (first.seq, second.seq)
    assert (second.actor, third.actor) == ("system", "system")


def test_nobody_is_offered_what_happens_by_itself() -> None:
    play = Play(Main, Side).start()
    assert {one.transition for one in play.offers()} == {"open_side"}


def test_a_loop_at_work_is_stopped_and_nothing_comes_of_it() -> None:
    play = Play(Loop).start()
    before = play.case
    with pytest.raises(RuntimeError, match="do not come to rest"):
        play.fire("kick")
    assert play.case is before
