"""What must hold before an action is done: four eyes, whoever holds the step, the day on which it was."""

from __future__ import annotations

import pytest

from casework.engine.execution.commands import Fire
from casework.engine.execution.context import By
from casework.engine.roles import Role
from casework.engine.state.case import OBSOLETE
from casework.errors import AlreadyTaken, InvalidForm, NotAllowed
from tests.engine.toy_case import GREEN
from tests.engine.toys import OFFICER, SECOND_OFFICER, SECOND_SUPERVISOR, SUPERVISOR, Play


def test_an_action_recorded_afterwards_keeps_its_day_and_never_lies_ahead(play: Play) -> None:
    main = play.case.main.id
    (event,) = play.do(Fire(main, "note", GREEN, happened_on="2026-02-27"))
    assert event.effects["happened_on"] == "2026-02-27"
    for day in ("2026-03-03", "soon", "0", "2026-3-1"):
        with pytest.raises(InvalidForm):
            play.do(Fire(main, "note", GREEN, happened_on=day))


def test_whoever_did_one_step_may_not_do_the_other(play: Play) -> None:
    play.fire("go", data=GREEN)
    with pytest.raises(NotAllowed):
        play.fire("finish", OFFICER)
    with pytest.raises(NotAllowed):
        play.fire("finish", By("someone", Role.OFFICER, acting_for="officer-1"))
    play.fire("finish", SECOND_OFFICER)


def test_whoever_did_a_task_may_not_do_the_step(play: Play) -> None:
    play.add("check")
    play.complete("check", SECOND_OFFICER, yes=False)
    play.fire("go", data=GREEN)
    assert play.offer("finish", SECOND_OFFICER).why_not
    with pytest.raises(NotAllowed):
        play.fire("finish", SECOND_OFFICER)


def test_a_held_step_refuses_others_of_its_queue_only(play: Play) -> None:
    play.claim("a")
    with pytest.raises(AlreadyTaken):
        play.claim("a", SECOND_OFFICER)
    with pytest.raises(AlreadyTaken):
        play.fire("go", SECOND_OFFICER, GREEN)
    assert play.offer("go", SECOND_OFFICER).why_not
    play.fire("note", SECOND_OFFICER, GREEN)
    play.fire("ask", SUPERVISOR, GREEN)
    play.complete("decide_ask", SECOND_SUPERVISOR, decision="confirm")
    held = next(task for task in play.case.tasks.values() if task.name == "a")
    assert held.state == OBSOLETE
