"""What two persons decide is judged alike, whatever it is: who proposed it, who decided, and whether they said why."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection

from casework.engine.batches import BATCH_AGREED, BATCH_ASKED, BATCH_REFUSED, OF_BATCH
from casework.engine.state.events import RegisterEvent
from casework.operations.history.point_in_time import Past
from casework.operations.verification.setting_judgement import decided_against
from tests.support.world import World


@pytest.mark.parametrize(
    ("kind", "role", "body", "words"),
    [
        (BATCH_ASKED, "supervisor", {"reason": {}}, []),
        (BATCH_ASKED, "supervisor", {}, ["does not say why"]),
        (BATCH_ASKED, "administrator", {"reason": {}}, ["it is done by supervisor"]),
        (BATCH_AGREED, "administrator", {}, []),
        (BATCH_REFUSED, "administrator", {}, ["does not say why"]),
        (BATCH_REFUSED, "officer", {"reason": {}}, ["it is done by supervisor or administrator"]),
        (BATCH_AGREED, None, {}, ["not by None"]),
    ],
)
def test_who_proposes_decides_and_says_why(
    world: World, db: Connection, kind: str, role: str | None, body: Any, words: list[str]
) -> None:
    programme = world.programmes["BJ"]
    at = datetime.now(UTC)
    actor = world.people[role or "officer"]
    event = RegisterEvent(log=programme, seq=9, at=at, kind=kind, actor=actor, role=role, body=body)
    found = list(decided_against(Past(db), programme, event, OF_BATCH, "a batch, or refuses one"))
    assert len(found) == len(words)
    assert all(word in said for word, said in zip(words, found, strict=True))
