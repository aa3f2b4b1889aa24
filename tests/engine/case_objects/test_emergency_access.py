"""An administrator opens a case in an emergency: alone, in their own name, for some hours, once at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from casework.engine.case_objects.emergency_access import BREAK_GLASS, BREAK_GLASS_LASTS, faults_of
from casework.engine.case_objects.unsealing import ENDED, OPEN
from casework.engine.execution.context import By
from casework.engine.execution.record_commands import BreakGlass
from casework.engine.roles import Role
from casework.engine.state.case import Case, Opening
from casework.engine.state.effects_schema import RoleGiven
from casework.engine.state.events import GLASS_BROKEN, Event
from casework.errors import InvalidForm, NotAllowed, NotFound, WrongState
from casework.ledger.canonical_json import instant
from tests.engine.small_case import by_id
from tests.engine.toy_case import begun
from tests.engine.toys import DAY, Play

ADMINISTRATOR = By("administrator-1", Role.ADMINISTRATOR)
SECOND = By("administrator-2", Role.ADMINISTRATOR)


def smash(
    play: Play, by: By = ADMINISTRATOR, reason: str = "The court asks today.", given: RoleGiven | None = None
) -> Event:
    return play.do(BreakGlass(reason, given), by)[0]


def test_it_is_open_to_the_breaker_for_some_hours_from_now() -> None:
    play = begun()
    event = smash(play)
    (opening,) = play.case.openings.values()
    assert (opening.kind, opening.state, opening.reader, opening.decider) == (
        BREAK_GLASS,
        OPEN,
        "administrator-1",
        None,
    )
    assert opening.until == event.at + BREAK_GLASS_LASTS
    assert (event.kind, event.track, event.body) == (GLASS_BROKEN, None, {"reason": "The court asks today."})


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_nobody_else_breaks_the_glass(role: Role) -> None:
    with pytest.raises(NotAllowed):
        smash(begun(), By("somebody", role))


def test_nobody_does_it_in_somebody_elses_place_or_without_words() -> None:
    with pytest.raises(NotAllowed):
        smash(begun(), replace(ADMINISTRATOR, acting_for=SECOND.person))
    for reason in ("", " ", "12"):
        with pytest.raises(InvalidForm):
            smash(begun(), reason=reason)


def test_a_mediation_is_not_opened_so() -> None:
    play = begun()
    play._case = replace(play.case, kind="mediation")
    with pytest.raises(NotFound):
        smash(play)


def test_it_is_not_opened_twice_at_a_time_by_the_same_person() -> None:
    play = begun()
    smash(play)
    with pytest.raises(WrongState):
        smash(play)
    smash(play, SECOND)
    until = next(iter(play.case.openings.values())).until
    assert until is not None
    play.now = until
    smash(play)


def test_what_was_ended_or_only_asked_for_opens_nothing() -> None:
    play = begun()
    soon = play.now + DAY
    ended = Opening("e", "unsealing", ENDED, ADMINISTRATOR.person, "a", "b", play.now, 1, soon)
    asked = Opening("a", "unsealing", "asked", ADMINISTRATOR.person, "a", "b", play.now, 1)
    play._case = replace(play.case, openings=by_id(ended, asked))
    smash(play)
    assert len(play.case.openings) == 3


# --- judged again ----------------------------------------------------------------------------------------------------


def recorded(given: RoleGiven | None = None) -> tuple[Case, Event]:
    play = begun()
    return play.case, smash(play, given=given)


def test_an_emergency_has_no_faults_with_who_gave_the_role_or_without() -> None:
    given: Any = {"by": "administrator-2"}
    for kept in (recorded(), recorded(given)):
        assert list(faults_of(*kept)) == []
    assert recorded(given)[1].effects["role_given"] == given
    assert "role_given" not in recorded()[1].effects


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"kind": "unsealing"}, "a sealed mediation is never opened by one person"),
        ({"reader": "administrator-2"}, "somebody opened the case for another person"),
        ({"until": None}, "it lasts longer than 4:00:00"),
        ({"until": "2027-01-01T00:00:00.000000Z"}, "it lasts longer than 4:00:00"),
        ({"until": "2026-03-02T02:00:00.000000Z"}, None),
    ],
)
def test_what_was_opened_otherwise_is_found(change: Any, told: str | None) -> None:
    before, event = recorded()
    effects: Any = {"openings": [event.effects["openings"][0] | change]}
    assert list(faults_of(before, replace(event, effects=effects))) == ([told] if told else [])


def test_its_whole_time_is_no_fault_and_a_second_more_is() -> None:
    before, event = recorded()
    assert event.effects["openings"][0]["until"] == instant(event.at + BREAK_GLASS_LASTS)
    assert len(list(faults_of(before, replace(event, at=event.at - DAY / 86400)))) == 1


def test_an_emergency_in_a_mediation_for_somebody_or_with_more_is_found() -> None:
    before, event = recorded()
    more: Any = {**event.effects, "frozen": True}
    assert list(faults_of(replace(before, kind="mediation"), event)) == [
        "a sealed mediation is never opened by one person"
    ]
    assert list(faults_of(before, replace(event, acting_for="x"))) == ["it was done in somebody else's place"]
    assert list(faults_of(before, replace(event, effects=more))) == ["it did more than open or seal"]
