"""A case is handed over: what was held by whoever leaves goes back to its queue."""

from __future__ import annotations

import pytest

from casework.engine.execution.commands import HandOver
from casework.engine.execution.context import By
from casework.engine.roles import Role
from casework.engine.state.case import READY, RESERVED
from casework.errors import WrongState
from tests.engine.toys import OFFICER, SECOND_OFFICER, SUPERVISOR, Play

THIRD = By("officer-3", Role.OFFICER)


def test_what_the_former_owner_held_goes_back_to_the_queue(play: Play) -> None:
    play.fire("take")
    play.claim("a")
    (event,) = play.do(HandOver("officer-2", (), "On leave."), SUPERVISOR)
    assert (play.case.owner, play.task("a").state, play.task("a").holder) == ("officer-2", READY, None)
    assert event.body == {"note": "On leave."}


def test_what_somebody_of_the_team_held_goes_back_with_them(play: Play) -> None:
    play.fire("take")
    play.do(HandOver("officer-1", ("officer-2", "officer-3")), SUPERVISOR)
    play.add("check")
    play.claim("check", SECOND_OFFICER)
    play.claim("a", THIRD)
    play.do(HandOver("officer-1", ("officer-3",)), SUPERVISOR)
    assert (play.task("check").state, play.task("check").holder) == (READY, None)
    assert (play.task("a").state, play.task("a").holder) == (RESERVED, "officer-3")


def test_an_owner_who_stays_in_the_team_leads_no_more_and_holds_nothing(play: Play) -> None:
    play.fire("take")
    play.claim("a", OFFICER)
    play.do(HandOver("officer-2", ("officer-1",)), SUPERVISOR)
    assert (play.case.team, play.task("a").holder) == (("officer-1",), None)


def test_what_others_hold_stays_with_them(play: Play) -> None:
    play.fire("take")
    play.claim("a", THIRD)
    play.do(HandOver("officer-2"), SUPERVISOR)
    assert play.task("a").holder == "officer-3"


def test_a_case_that_nobody_owns_is_not_handed_over(play: Play) -> None:
    with pytest.raises(WrongState):
        play.do(HandOver("officer-2"), SUPERVISOR)
