"""Whoever declares an interest leaves nothing held, and does nothing more in the case."""

from __future__ import annotations

import pytest

from casework.engine.execution.commands import DeclareInterest
from casework.engine.state.case import READY
from casework.errors import InvalidForm
from tests.engine.toys import OFFICER, SECOND_OFFICER, Play


def test_whoever_declares_an_interest_leaves_nothing_held(play: Play) -> None:
    play.add("check")
    play.claim("check", SECOND_OFFICER)
    play.claim("a", OFFICER)
    (event,) = play.do(DeclareInterest("officer-2", "Owns shares."), SECOND_OFFICER)
    assert (play.task("check").state, play.task("check").holder) == (READY, None)
    assert play.task("a").holder == "officer-1"
    assert play.case.interests == {"officer-2"}
    assert event.body == {"nature": "Owns shares."}


def test_what_the_interest_is_need_not_be_said_and_is_words_if_it_is(play: Play) -> None:
    (event,) = play.do(DeclareInterest("officer-1"))
    assert event.body == {}
    with pytest.raises(InvalidForm):
        play.do(DeclareInterest("officer-1", "   "))
