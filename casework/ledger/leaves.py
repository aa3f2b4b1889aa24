"""The leaf of an event, and in which order events of one batch get theirs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from casework.ledger.merkle import leaf_hash

#: What a leaf says before the event's hash, so that it can be taken for nothing else.
PREFIX = b"casework event\n"
ENTRY_SIZE = 20


class Awaited(NamedTuple):
    """An event that has no leaf yet."""

    log: str
    seq: int
    hash: bytes


def leaf_of(event: bytes) -> bytes:
    """The hash in the tree, of an event's own: it says nothing of the event to whoever has not got it."""
    return leaf_hash(PREFIX + event)


def entry_of(log: str, seq: int) -> bytes:
    """Whose leaf it is, for the engine alone."""
    return UUID(log).bytes + seq.to_bytes(4, "big")


def in_leaf_order(events: Sequence[Awaited]) -> list[Awaited]:
    """As their hashes fall, which is chance, but those of one log in their own order: where a leaf stands says nothing of its log."""
    turns: dict[str, list[Awaited]] = {}
    for event in sorted(events, key=lambda one: (one.log, -one.seq)):
        turns.setdefault(event.log, []).append(event)
    return [turns[drawn.log].pop() for drawn in sorted(events, key=lambda one: one.hash)]
