"""A file on its way out: whoever takes it may see it until its last byte, or the rest does not go."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import monotonic

from sqlalchemy import Connection, Engine

from casework.errors import AccessEnded, NotAllowed, NotFound
from casework.permissions.actors import Actor
from casework.records.actors import find_actor
from casework.records.database import reader_transaction
from casework.records.row_security import read_as

#: After so much, or so long, it is asked anew.
MOST_BYTES, MOST_S = 4 * 1024**2, 2.0


def while_seen(
    engine: Engine, person: str, insist: Callable[[Connection, Actor], object], pieces: Iterator[bytes]
) -> Iterator[bytes]:
    """The pieces, as long as `insist` finds for the person what they are of. Raises AccessEnded where it does no more."""
    sent, asked = 0, monotonic()
    for piece in pieces:
        if sent >= MOST_BYTES or monotonic() - asked >= MOST_S:
            _ask(engine, person, insist)
            sent, asked = 0, monotonic()
        sent += len(piece)
        yield piece


def _ask(engine: Engine, person: str, insist: Callable[[Connection, Actor], object]) -> None:
    with reader_transaction(engine) as db:
        read_as(db, person)
        actor = find_actor(db, person)
        try:
            if actor is None:
                raise NotFound
            insist(db, actor)
        except (NotFound, NotAllowed):
            raise AccessEnded from None


__all__ = ["while_seen"]
