"""A move of a case that two persons did not make so, or that led past the law, speaks against its event."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from casework.engine.execution.commands import DecideMove
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.engine.state.events import Event
from casework.operations.verification.authorization.case_moves import judge_move
from casework.operations.verification.authorization.evidence import Evidence
from tests.engine.execution.test_case_moves import propose, start
from tests.engine.toys import CALENDAR, SECOND_SUPERVISOR, SUPERVISOR, Play

Json = Any


class _Past:
    def calendar(self, programme: str, at: object) -> object:
        return CALENDAR


def _moved() -> tuple[Play, Case, Event]:
    play = start()
    propose(play, "two")
    before = play.case
    return play, before, play.do(DecideMove(True), SECOND_SUPERVISOR)[0]


def _against(play: Play, before: Case, event: Event) -> list[str]:
    past: Json = _Past()
    return list(judge_move(Evidence(play.library, past), before, event))


def test_nothing_speaks_against_a_move_by_two_persons() -> None:
    play, before, event = _moved()
    assert _against(play, before, event) == []


def _effects(change: Callable[[Json], object]) -> Callable[[Event], Event]:
    def forged(event: Event) -> Event:
        effects: Json = deepcopy(dict(event.effects))
        change(effects)
        return replace(event, effects=effects)

    return forged


@pytest.mark.parametrize(
    ("forge", "says"),
    [
        (lambda event: replace(event, actor=SUPERVISOR.person), "also decided"),
        (lambda event: replace(event, acting_for=SUPERVISOR.person), "also decided"),
        (lambda event: replace(event, role=Role.OFFICER), "it is for"),
        (lambda event: replace(event, because=1), "nobody had asked"),
        (lambda event: replace(event, track="another"), "another track"),
        (lambda event: replace(event, to=("three",)), "otherwise what it is about: states"),
        (_effects(lambda told: told["move"].update(to="three")), "nobody had asked"),
        (_effects(lambda told: told["move"].update(over=[])), "do not lead there"),
        (_effects(lambda told: told["move"].update(back=True)), "do not lead there"),
        (_effects(lambda told: told["tasks"].pop()), "tasks that begin"),
        (_effects(lambda told: told["task_states"].clear()), "tasks that end"),
        (_effects(lambda told: told["clock_states"].clear()), "clocks"),
        (_effects(lambda told: told.update(proposals_ended=["x"])), "proposals"),
        (_effects(lambda told: told.update(owner="another")), "no such move does: owner"),
    ],
)
def test_a_forged_move_is_found(forge: Callable[[Event], Event], says: str) -> None:
    play, before, event = _moved()
    assert any(says in why for why in _against(play, before, forge(event)))


def test_a_proposal_that_does_more_than_to_propose_is_found() -> None:
    play = start()
    before = play.case
    propose(play, "two")
    forged = _effects(lambda told: told.update(consents=[]))(play.events[-1])
    assert _against(play, before, play.events[-1]) == []
    assert _against(play, before, forged) == ["it does besides what no such move does: consents"]


def test_a_move_past_a_guard_of_law_is_found() -> None:
    play, before, event = _moved()
    asked = before.main.fired["=move_asked"]
    data = {**asked.data, "to": "three"}
    track = replace(before.main, fired={"=move_asked": replace(asked, data=data)})
    forged = _effects(lambda told: told["move"].update(to="three", over=["on", "agree"]))(replace(event, to=("three",)))
    why = _against(play, replace(before, tracks={track.id: track}), forged)
    assert why == ["it could not be made: Not both have agreed."]
