"""What two persons decide of a programme's settings: the same for the weights of its lists, its retention classes and its
routing table."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework.engine.case_objects.ranking_weights import OF_WEIGHTS
from casework.engine.retention import OF_RETENTION
from casework.engine.tasks.routing_tables import OF_ROUTING
from casework.engine.two_person import AGREED, REFUSED
from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved, Refused
from casework.operations.core.idempotency import Done
from casework.operations.people.setting_decisions import (
    LONGEST,
    agreed_of,
    people_of,
    read_proposals,
    reason_of,
    waiting_of,
)
from tests.operations.people import test_programme_retention as retention
from tests.operations.people import test_programme_routing as routing
from tests.operations.people import test_programme_weights as weights
from tests.support.world import World


def propose_weights(db: Connection, world: World) -> Done:
    return weights.propose(db, world, title="3")


def propose_classes(db: Connection, world: World) -> Done:
    return retention.propose(db, world, *retention.CLASSES)


def propose_table(db: Connection, world: World) -> Done:
    return routing.propose(db, world, ({"kind": '"side"'}, "officer"))


SETTINGS = {
    "weights": (propose_weights, weights.decide, OF_WEIGHTS),
    "retention": (propose_classes, retention.decide, OF_RETENTION),
    "routing": (propose_table, routing.decide, OF_ROUTING),
}

pytestmark = pytest.mark.parametrize("setting", SETTINGS)


def test_one_person_proposes_and_another_agrees(world: World, db: Connection, setting: str) -> None:
    propose, decide, kinds = SETTINGS[setting]
    seen = propose(db, world).answer["version"]
    (waiting,) = read_proposals(db, world.programmes["BJ"], kinds)
    assert waiting_of([waiting]) is waiting
    assert reason_of(waiting.asked)
    with pytest.raises(NotAllowed):
        decide(db, world, seen, by="supervisor")
    assert decide(db, world, seen).answer["state"] == AGREED
    found = read_proposals(db, world.programmes["BJ"], kinds)
    assert (waiting_of(found), agreed_of(found)) == (None, found)
    assert people_of(found) == {world.people["supervisor"], world.people["administrator"]}


def test_who_does_not_agree_says_why(world: World, db: Connection, setting: str) -> None:
    propose, decide, kinds = SETTINGS[setting]
    seen = propose(db, world).answer["version"]
    for note in ("", "  ", "x" * (LONGEST + 1)):
        with pytest.raises(InvalidForm) as refused:
            decide(db, world, seen, agree=False, note=note)
        assert set(refused.value.fields) == {"note"}
    assert decide(db, world, seen, agree=False, note="Not yet.").answer["state"] == REFUSED
    (found,) = read_proposals(db, world.programmes["BJ"], kinds)
    assert found.decided is not None
    assert reason_of(found.decided) == "Not yet."


def test_nothing_is_decided_that_was_not_seen_or_does_not_wait(world: World, db: Connection, setting: str) -> None:
    propose, decide, kinds = SETTINGS[setting]
    with pytest.raises(Refused):
        decide(db, world, 0)
    seen = propose(db, world).answer["version"]
    with pytest.raises(RecordHasMoved):
        decide(db, world, seen - 1)
    for name in ("officer", "auditor", "manager", "foreign_officer"):
        with pytest.raises(NotFound):
            decide(db, world, seen, by=name)
    assert len(read_proposals(db, world.programmes["BJ"], kinds)) == 1
