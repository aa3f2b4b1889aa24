"""What a track tells of moves by two persons: the one that waits, and the way back of the one that was made."""

from __future__ import annotations

from datetime import timedelta

from casework.engine.execution.commands import DecideMove
from casework.engine.state.moves import ASKED, MADE, AskedMove, asked_move, moved_from
from tests.engine.execution.test_case_moves import move, propose, start
from tests.engine.toys import SECOND_SUPERVISOR, SUPERVISOR


def test_what_is_asked_for_waits_until_it_is_decided() -> None:
    play = start()
    assert asked_move(play.case.main) is None
    propose(play, "two")
    assert asked_move(play.case.main) == AskedMove(2, SUPERVISOR.person, None, "two")
    play.do(DecideMove(False), SECOND_SUPERVISOR)
    assert ASKED not in play.case.main.fired


def test_how_often_it_was_moved_is_counted_and_only_the_last_move_can_be_taken_back() -> None:
    play = start()
    assert moved_from(play.case.main) is None
    move(play, "two")
    assert moved_from(play.case.main) == ("one",)
    move(play, "one")
    # What took a move back is not taken back itself: the law is asked again on the way.
    assert (play.case.main.fired[MADE].count, moved_from(play.case.main)) == (2, None)
    play.now += timedelta(days=1)
    move(play, "two")
    assert play.events[-1].effects["move"] == {"to": "two", "over": ["on"]}
    # What began there begins anew, once.
    assert [task.name for task in play.tasks()] == ["two", "agreement"]
    play.complete("agreement", yes=True)
    play.fire("agree")
    assert moved_from(play.case.main) is None
