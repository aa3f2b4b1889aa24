"""Transitions: fired by a person, proposed by one and confirmed by another, on toy workflows."""

from __future__ import annotations

import pytest

from casework.engine.definition.grammar import Final, Item, State, Task, Workflow, working_days
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import guard
from casework.engine.execution.commands import Fire
from casework.engine.execution.task_commands import Tick
from casework.engine.roles import Role
from casework.errors import AlreadyTaken, InvalidForm, ItemsUnticked, NotAllowed, Refused, WrongState
from tests.engine.toy_case import GREEN, RED
from tests.engine.toys import CALENDAR, SECOND_SUPERVISOR, SUPERVISOR, Play


def test_a_transition_moves_the_case_and_turns_over_its_step_task(play: Play) -> None:
    before = play.task("a")
    play.fire("go", data=GREEN)
    assert play.states == ("b",)
    assert (play.case.tasks[before.id].state, play.case.tasks[before.id].closed_by) == ("Completed", "officer-1")
    assert [task.name for task in play.tasks()] == ["b"]
    assert play.case.main.fired["go"].data == GREEN


def test_words_go_into_the_body_and_codes_into_the_effects(play: Play) -> None:
    (event,) = play.fire("go", data=GREEN | {"note": "Go on."})
    assert event.effects["data"] == GREEN
    assert event.body == {"note": "Go on."}


def test_a_guard_refuses_with_its_sentence(play: Play) -> None:
    with pytest.raises(Refused) as refused:
        play.fire("go", data=RED)
    assert [str(why) for why in refused.value.reasons] == ["The light is red."]
    assert play.states == ("a",)


def test_an_act_that_leaves_the_state_leaves_its_task(play: Play) -> None:
    before = play.task("a")
    play.fire("note", data=GREEN)
    assert play.task("a") == before


def test_a_closed_case_can_be_opened_again(play: Play) -> None:
    play.fire("go", data=GREEN)
    play.fire("finish", SUPERVISOR)
    assert (play.case.main.live, play.case.closed_at is not None) == (False, True)
    assert not play.tasks()
    play.fire("reopen", SUPERVISOR)
    assert (play.case.main.live, play.case.closed_at, play.states) == (True, None, ("a",))
    assert [task.name for task in play.tasks()] == ["a"]


# --- two persons -----------------------------------------------------------------------------------------------------


def test_a_proposal_waits_for_a_second_person(play: Play) -> None:
    play.fire("ask", data=GREEN)
    assert play.states == ("a",)
    task = play.task("decide_ask")
    assert (task.type, task.queue) == ("decision", "supervisor")
    with pytest.raises(WrongState):
        play.fire("ask", data=GREEN)
    play.complete("decide_ask", SUPERVISOR, decision="confirm")
    assert play.states == ("b",)
    assert not play.case.proposals
    assert play.case.main.fired["ask"].data == GREEN
    assert (play.events[-1].actor, play.events[-1].because) == ("supervisor-1", play.events[-2].seq)


def test_firing_again_confirms_as_well_and_needs_no_form(play: Play) -> None:
    play.fire("ask", SUPERVISOR, GREEN)
    with pytest.raises(NotAllowed):
        play.fire("ask", SUPERVISOR)
    with pytest.raises(InvalidForm):
        play.fire("ask", SECOND_SUPERVISOR, GREEN)
    assert play.offer("ask", SECOND_SUPERVISOR).allowed
    play.fire("ask", SECOND_SUPERVISOR)
    assert play.states == ("b",)


def test_a_proposal_can_be_refused_with_a_reason(play: Play) -> None:
    play.fire("ask", data=GREEN)
    with pytest.raises(InvalidForm):
        play.complete("decide_ask", SUPERVISOR, decision="refuse")
    play.complete("decide_ask", SUPERVISOR, decision="refuse", reason="Too early.")
    assert (play.states, play.case.proposals, play.tasks("decide_ask")) == (("a",), {}, [])
    assert play.offer("ask").allowed


# --- guards that are asked twice ---------------------------------------------------------------------------------------


@guard(rule="Nothing is being checked.", refusal="Something is being checked.")
def toy_nothing_is_checked(f: Facts) -> bool:
    return not any(task.name == "check" for task in f.case.open_tasks())


class Twice(Workflow):
    """Two persons agree on its end, while nothing is being checked."""

    workflow = "toy"

    a = State("A", Role.OFFICER, working_days(10), "One", checklist=(Item("swept", "Swept"),))
    done = Final("Done")

    ask = a.to(done, by=Role.OFFICER, confirm_by=Role.SUPERVISOR, guards=[toy_nothing_is_checked])
    on_request = (((a,), (Role.OFFICER,), Task("check", "Check", Role.OFFICER, working_days(5))),)


def proposed() -> Play:
    play = Play(Twice).start()
    play.do(Tick(play.task("a").id, "swept"))
    play.fire("ask")
    return play


@pytest.mark.parametrize("again", [True, False])
def test_the_second_word_asks_the_guards_again(again: bool) -> None:
    play = proposed()
    play.add("check")
    with pytest.raises(Refused) as refused:
        if again:
            play.fire("ask", SUPERVISOR)
        else:
            play.complete("decide_ask", SUPERVISOR, decision="confirm")
    assert [str(why) for why in refused.value.reasons] == ["Something is being checked."]
    assert not play.offer("ask", SUPERVISOR).allowed
    play.complete("check")
    play.fire("ask", SUPERVISOR)
    assert play.states == ("done",)


def test_the_second_word_asks_again_what_is_to_be_ticked() -> None:
    play = proposed()
    play.do(Tick(play.task("a").id, "swept", done=False))
    with pytest.raises(ItemsUnticked):
        play.fire("ask", SUPERVISOR)


def test_a_decision_that_somebody_holds_is_theirs() -> None:
    play = proposed()
    play.claim("decide_ask", SUPERVISOR)
    with pytest.raises(AlreadyTaken):
        play.fire("ask", SECOND_SUPERVISOR)
    play.fire("ask", SUPERVISOR)
    assert play.states == ("done",)


def test_a_decision_is_due_in_a_working_week() -> None:
    play = proposed()
    assert play.task("decide_ask").due_at == CALENDAR.due(play.events[-1].at, 5, "wd")


def test_a_reason_is_words_beside_the_form(play: Play) -> None:
    (event,) = play.do(Fire(play.case.main.id, "go", GREEN | {"note": "Go on."}, reason="It is time."))
    assert event.body == {"note": "Go on.", "reason": "It is time."}
    with pytest.raises(InvalidForm):
        play.do(Fire(play.case.main.id, "back", {}, reason="?"), SUPERVISOR)
