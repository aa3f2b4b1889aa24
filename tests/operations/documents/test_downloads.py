"""A file on its way out: whoever may see it no longer gets the rest of it no longer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, text

from casework.errors import AccessEnded, NotFound
from casework.operations.documents import downloads
from casework.operations.documents.downloads import MOST_BYTES, while_seen
from casework.permissions.actors import Actor
from casework.records.database import transaction
from tests.support.world import World

PIECE = b"x" * (MOST_BYTES // 2)


class Sight:
    """Says who asks, and lets nobody see it from a certain time on."""

    def __init__(self, times: int) -> None:
        self.left = times
        self.asked: list[str] = []

    def __call__(self, db: Connection, actor: Actor) -> None:
        reader = db.execute(text("SELECT current_setting('casework.reader')")).scalar_one()
        assert reader == actor.person
        self.asked.append(actor.person)
        if self.left == 0:
            raise NotFound("document")
        self.left -= 1


def pieces(count: int) -> Iterator[bytes]:
    return iter([PIECE] * count)


def test_it_is_asked_anew_after_so_much(engine: Engine, world: World) -> None:
    sight, person = Sight(9), world.people["officer"]
    assert b"".join(while_seen(engine, person, sight, pieces(5))) == PIECE * 5
    # Each time that so much has gone, and there is more.
    assert sight.asked == [person] * 2


def test_a_small_file_goes_at_once(engine: Engine, world: World) -> None:
    sight = Sight(0)
    assert list(while_seen(engine, world.people["officer"], sight, pieces(2))) == [PIECE] * 2
    assert sight.asked == []


def test_and_after_so_long(engine: Engine, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "MOST_S", 0.0)
    sight = Sight(9)
    assert list(while_seen(engine, world.people["officer"], sight, iter([b"1", b"2"]))) == [b"1", b"2"]
    assert len(sight.asked) == 2


def test_the_rest_does_not_go_to_whoever_may_see_it_no_more(engine: Engine, world: World) -> None:
    sent = []
    with pytest.raises(AccessEnded):
        for piece in while_seen(engine, world.people["officer"], Sight(1), pieces(9)):
            sent.append(piece)
    assert len(sent) == 4


def test_nor_to_whoever_has_no_account_any_more(engine: Engine, world: World) -> None:
    coming = while_seen(engine, world.people["officer"], Sight(9), pieces(9))
    assert [next(coming), next(coming)] == [PIECE] * 2
    with transaction(engine) as db:
        db.execute(text("UPDATE people SET active = false WHERE email = 'officer@example.org'"))
    with pytest.raises(AccessEnded):
        next(coming)
