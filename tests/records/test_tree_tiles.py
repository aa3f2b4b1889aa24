"""The tree where it is stored: it grows over many tiles, and every part of it is read as it was written."""

from __future__ import annotations

import hashlib
from uuid import UUID

from sqlalchemy import Engine, text

from casework.ledger.leaves import Awaited, entry_of, in_leaf_order, leaf_of
from casework.ledger.merkle import check_inclusion, root_of
from casework.records import tree_tiles
from casework.records.database import reader_transaction, transaction


def batch(first: int, count: int) -> list[Awaited]:
    """So many events of seven logs."""
    events = range(first, first + count)
    return [Awaited(str(UUID(int=n % 7)), n // 7 + 1, hashlib.sha256(b"%d" % n).digest()) for n in events]


def test_a_tree_grows_over_several_tiles(engine: Engine) -> None:
    leaves: list[Awaited] = []
    for count in (1, 254, 1, 1, 600, 3):
        with reader_transaction(engine) as db:
            assert tree_tiles.try_leading(db)
            more = batch(len(leaves), count)
            size, root = tree_tiles.append_leaves(db, len(leaves), more)
            leaves += in_leaf_order(more)
        assert size == len(leaves)
        assert root == root_of([leaf_of(event.hash) for event in leaves])
    with transaction(engine) as db:
        entries = b"".join(
            bytes(row.entries) for row in db.execute(text("SELECT entries FROM tree_entries ORDER BY n"))
        )
        assert entries == b"".join(entry_of(event.log, event.seq) for event in leaves)
        for leaf in (0, 255, 256, 859):
            check_inclusion(leaf_of(leaves[leaf].hash), leaf, 860, tree_tiles.prove_leaf(db, leaf, 860), root)
        assert tree_tiles.root_at(db, 256) == root_of([leaf_of(event.hash) for event in leaves[:256]])


def test_a_leaf_is_found_whatever_the_clock_said(engine: Engine) -> None:
    with reader_transaction(engine) as db:
        assert tree_tiles.try_leading(db)
        tree_tiles.append_leaves(db, 0, batch(0, 300))
    with transaction(engine) as db:
        now = db.execute(text("SELECT now() - interval '1 hour' AS before, now() + interval '1 year' AS ahead")).one()
        places = [tree_tiles.find_leaf(db, str(UUID(int=3)), seq, at) for at in now for seq in (1, 40)]
        assert None not in places
        assert places[:2] == places[2:]
        assert tree_tiles.find_leaf(db, str(UUID(int=3)), 99, now.before) is None
