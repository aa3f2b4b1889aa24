"""What a programme's log adds up to of the weights of its ranked lists: who proposed them, who agreed, what was replaced."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from casework.engine.case_objects.ranking_weights import (
    VERSION,
    WEIGHTS_ASKED,
    WEIGHTS_REFUSED,
    WEIGHTS_SET,
    fold,
    why_not_agreed,
)
from casework.engine.setting_proposals import REPLACED
from casework.engine.state.events import RegisterEvent
from casework.engine.two_person import AGREED, ASKED, REFUSED

AT = datetime(2026, 5, 4, 9, tzinfo=UTC)


def event(seq: int, kind: str, actor: str = "one", **effects: Any) -> RegisterEvent:
    return RegisterEvent(log="BJ", seq=seq, at=AT, kind=kind, actor=actor, effects=effects)  # type: ignore[arg-type]  # some of its keys


ASKS = event(1, WEIGHTS_ASKED, weights_asked={"title": "3"})
SETS = event(2, WEIGHTS_SET, "other", weights={VERSION: 2, "title": "3"})


def test_a_proposal_waits_until_it_is_agreed_to_or_refused() -> None:
    assert [one.state for one in fold([ASKS])] == [ASKED]
    assert [one.state for one in fold([ASKS, SETS])] == [AGREED]
    assert [one.state for one in fold([ASKS, event(2, WEIGHTS_REFUSED, "other")])] == [REFUSED]


def test_another_proposal_replaces_the_one_that_waits_and_no_other() -> None:
    again = event(3, WEIGHTS_ASKED, weights_asked={"title": "4"})
    assert [one.state for one in fold([ASKS, again])] == [REPLACED, ASKED]
    assert [one.state for one in fold([ASKS, SETS, again])] == [AGREED, ASKED]


def test_what_nobody_asked_for_decides_nothing() -> None:
    assert fold([SETS]) == []
    assert [one.state for one in fold([ASKS, SETS, event(3, WEIGHTS_REFUSED)])] == [AGREED]


def test_what_was_proposed_is_set_by_somebody_else_with_the_next_number() -> None:
    (waits,) = fold([ASKS])
    assert why_not_agreed(waits, 1, SETS) is None
    assert why_not_agreed(None, 1, SETS) is not None
    assert why_not_agreed(fold([ASKS, SETS])[-1], 2, SETS) is not None
    assert why_not_agreed(waits, 2, SETS) is not None
    assert why_not_agreed(waits, 1, replace(SETS, effects={"weights": {VERSION: 2, "title": "9"}})) is not None
    assert why_not_agreed(waits, 1, replace(SETS, actor="one")) is not None


def test_nobody_agrees_to_what_was_proposed_in_their_place() -> None:
    (waits,) = fold([replace(ASKS, acting_for="other")])
    assert why_not_agreed(waits, 1, SETS) is not None
