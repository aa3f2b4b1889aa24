"""Which rights a case is about: some are added, some taken out, never one on which the case has laid something."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from casework.engine.case_objects.case_rights import ADDED, ENTERED, MOST, REMOVED, names
from casework.engine.execution.commands import ChangeRights
from casework.engine.execution.context import By
from casework.engine.state.case import Case
from casework.errors import InvalidForm
from tests.engine.toy_case import begun
from tests.engine.toys import OFFICER, Play, uuid

A, B, C = ("00000000-0000-4000-8000-00000000000" + digit for digit in "abc")


@pytest.fixture
def play() -> Play:
    return begun()


def change(
    play: Play, *rights: str, what: str = ADDED, reason: str = "It protects the kiln.", by: By = OFFICER
) -> Case:
    facts: dict[str, Any] = {right: {"encumbrances": []} for right in (A, B, C)}
    facts[C]["encumbrances"] = [{"id": "x", "case": play.case.log, "kind": "pledge", "to": None}]
    play.facts |= {"rights": facts}
    play.do(ChangeRights(rights, what, reason), by)
    return play.case


def test_rights_are_added_and_taken_out_in_order(play: Play) -> None:
    play.fire("take")
    assert change(play, A, B).rights == (A, B)
    assert change(play, C, what=ENTERED, reason="").rights == (A, B, C)
    assert change(play, B, what=REMOVED).rights == (A, C)


def test_each_change_counts_a_revision_and_keeps_why(play: Play) -> None:
    play.fire("take")
    before = play.case.revision
    assert change(play, A).revision == before + 1
    assert play.events[-1].body == {"reason": "It protects the kiln."}
    assert play.events[-1].effects["data"] == {"rights": [A]}


def test_a_right_that_a_step_names_stays_until_that_has_ended(play: Play) -> None:
    play.fire("take")
    case = change(play, A, B)
    main = case.main
    fired = {**main.fired, "plan": replace(main.fired["take"], data={"rights": [A]})}
    named = replace(case, tracks={main.id: replace(main, fired=fired)})
    assert (names(named, A), names(named, B)) == (True, False)
    ended = replace(named, tracks={main.id: replace(main, fired=fired, ended_at=play.now)})
    assert not names(ended, A)


@pytest.mark.parametrize(
    ("rights", "what", "reason", "field"),
    [
        ((A,), ADDED, "Twice.", "rights"),
        ((B,), REMOVED, "Not there.", "rights"),
        ((C,), REMOVED, "Pledged here.", "rights"),
        ((), ADDED, "None.", "rights"),
        ((B,), ADDED, " \n", "reason"),
        (tuple(uuid(number) for number in range(MOST)), ADDED, "Too many.", "rights"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(
    play: Play, rights: tuple[str, ...], what: str, reason: str, field: str
) -> None:
    play.fire("take")
    change(play, A, C)
    with pytest.raises(InvalidForm) as refused:
        change(play, *rights, what=what, reason=reason)
    assert set(refused.value.fields) == {field}
    assert play.case.rights == (A, C)
