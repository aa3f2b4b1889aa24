"""What programs ask of files of records: each request once, and of those who import alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.errors import NotAllowed, NotFound
from casework.operations.catalogue import import_requests
from casework.operations.catalogue.sources import open_source
from tests.support.world import World, new_request

GIVEN: dict[str, Any] = {
    "content": b"external_id,title\nP1,Pump\n", "name": "a.csv", "source": "PATENTS", "complete": False, "fields": None,
}  # fmt: skip


def test_who_asks_twice_hands_in_one_file(db: Connection, world: World) -> None:
    officer, programme, request = world.actor(db, "officer"), world.programmes["BJ"], new_request()
    done = [import_requests.hand_in(db, officer, programme, "technologies", **GIVEN, request=request) for _ in range(2)]
    assert (done[0].answer, done[0].status, done[1].repeated) == (done[1].answer, 201, True)
    assert db.execute(text("SELECT count(*) FROM imports")).scalar_one() == 1


@pytest.mark.parametrize(("who", "why"), [("auditor", NotAllowed), ("foreign_officer", NotFound)])
def test_whoever_does_not_import_hands_in_nothing_and_maps_nothing(
    db: Connection, world: World, who: str, why: type[Exception]
) -> None:
    actor, programme = world.actor(db, who), world.programmes["BJ"]
    source = open_source(db, programme, "PATENTS").id
    with pytest.raises(why):
        import_requests.hand_in(db, actor, programme, "needs", **GIVEN, request=new_request())
    with pytest.raises(why):
        import_requests.map_source(db, actor, source, "needs", fields={}, licence=None, request=new_request())
    with pytest.raises(why):
        import_requests.list_imports(db, actor, programme, "needs")


def test_a_token_without_the_scope_hands_in_nothing(db: Connection, world: World) -> None:
    officer = world.actor(db, "officer")
    reader = replace(officer, scopes=officer.scopes - {"import"})
    with pytest.raises(NotAllowed, match="import"):
        import_requests.hand_in(db, reader, world.programmes["BJ"], "needs", **GIVEN, request=new_request())
