"""Which rights a case is about: some are added, some taken out, never one on which the case has laid something."""

from __future__ import annotations

from typing import Any

import pytest

from casework.engine.execution.commands import ChangeRights
from casework.engine.execution.context import By
from casework.engine.state.case import Case
from casework.errors import InvalidForm
from tests.engine.toy_case import begun
from tests.engine.toys import OFFICER, Play

A, B, C = ("00000000-0000-4000-8000-00000000000" + digit for digit in "abc")


@pytest.fixture
def play() -> Play:
    return begun()


def change(play: Play, *rights: str, add: bool = True, reason: str = "It protects the kiln.", by: By = OFFICER) -> Case:
    facts: dict[str, Any] = {right: {"encumbrances": []} for right in (A, B, C)}
    facts[C]["encumbrances"] = [{"id": "x", "case": play.case.log, "kind": "pledge", "to": None}]
    play.facts |= {"rights": facts}
    play.do(ChangeRights(rights, reason, add=add), by)
    return play.case


def test_rights_are_added_and_taken_out_in_order(play: Play) -> None:
    play.fire("take")
    assert change(play, A, B).rights == (A, B)
    assert change(play, C).rights == (A, B, C)
    assert change(play, B, add=False).rights == (A, C)


def test_each_change_counts_a_revision_and_keeps_why(play: Play) -> None:
    play.fire("take")
    before = play.case.revision
    assert change(play, A).revision == before + 1
    assert play.events[-1].body == {"reason": "It protects the kiln."}
    assert play.events[-1].effects["data"] == {"rights": [A]}


@pytest.mark.parametrize(
    ("rights", "add", "reason", "field"),
    [
        ((A,), True, "Twice.", "rights"),
        ((B,), False, "Not there.", "rights"),
        ((C,), False, "Pledged here.", "rights"),
        ((), True, "None.", "rights"),
        ((B,), True, " \n", "reason"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(
    play: Play, rights: tuple[str, ...], add: bool, reason: str, field: str
) -> None:
    play.fire("take")
    change(play, A, C)
    with pytest.raises(InvalidForm) as refused:
        change(play, *rights, add=add, reason=reason)
    assert set(refused.value.fields) == {field}
    assert play.case.rights == (A, C)
