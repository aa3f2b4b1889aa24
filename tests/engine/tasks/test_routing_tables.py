"""What a programme's log adds up to of its routing table: who proposed it, who agreed, what was replaced."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from casework.engine.setting_proposals import REPLACED
from casework.engine.state.events import RegisterEvent
from casework.engine.tasks.routing import EMPTY, notes_of, without_words
from casework.engine.tasks.routing_tables import (
    NOTES,
    ROUTING_ASKED,
    ROUTING_REFUSED,
    ROUTING_SET,
    fold,
    table_in,
    why_not_agreed,
    written,
)
from casework.engine.two_person import AGREED, ASKED, REFUSED
from tests.engine.tasks.test_routing import LARGE, table

AT = datetime(2026, 5, 4, 9, tzinfo=UTC)


def event(seq: int, kind: str, actor: str = "one", body: Any = None, **effects: Any) -> RegisterEvent:
    return RegisterEvent(log="BJ", seq=seq, at=AT, kind=kind, actor=actor, effects=effects, body=body or {})  # type: ignore[arg-type]  # some of its keys


ASKS = event(1, ROUTING_ASKED, body={NOTES: notes_of(LARGE)}, routing_asked=without_words(LARGE))
SETS = event(2, ROUTING_SET, "other", routing={"version": 2, "asked": 1, "table": without_words(LARGE)})


def test_a_proposal_waits_until_it_is_agreed_to_or_refused() -> None:
    assert [one.state for one in fold([ASKS])] == [ASKED]
    assert [one.state for one in fold([ASKS, SETS])] == [AGREED]
    assert [one.state for one in fold([ASKS, event(2, ROUTING_REFUSED, "other")])] == [REFUSED]
    assert [one.state for one in fold([ASKS, replace(ASKS, seq=2)])] == [REPLACED, ASKED]


def test_what_was_proposed_is_read_with_its_notes() -> None:
    (waits,) = fold([ASKS])
    assert table_in(waits) == LARGE
    (erased,) = fold([replace(ASKS, body={})])
    assert table_in(erased).rules[0].note == ""
    (forged,) = fold([replace(ASKS, effects={"routing_asked": {"rules": 5}})])
    assert table_in(forged) == EMPTY


def test_what_was_proposed_is_set_by_somebody_else_with_the_next_number() -> None:
    (waits,) = fold([ASKS])
    assert written(2, waits) == SETS.effects["routing"]
    assert why_not_agreed(waits, 1, SETS) is None
    assert why_not_agreed(None, 1, SETS) is not None
    assert why_not_agreed(fold([ASKS, SETS])[-1], 2, SETS) is not None
    assert why_not_agreed(waits, 2, SETS) is not None
    assert why_not_agreed(waits, 1, replace(SETS, actor="one")) is not None
    other = {"version": 2, "asked": 1, "table": without_words(EMPTY)}
    assert why_not_agreed(waits, 1, replace(SETS, effects={"routing": other})) is not None


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (without_words(table(({}, "ann"), ({}, "ben"))), "twice, or not at all"),
        ({"rules": 5}, "cannot be read"),
    ],
)
def test_a_table_that_cannot_be_in_force_is_found(asked: Any, words: str) -> None:
    (waits,) = fold([replace(ASKS, effects={"routing_asked": asked})])
    said = event(2, ROUTING_SET, "other", routing=written(2, waits))
    assert words in str(why_not_agreed(waits, 1, said))
