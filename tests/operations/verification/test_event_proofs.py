"""Events are proven to be in the tree that is published, each with its own leaf, in a few statements."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from benchmarks.statements import captured
from casework.errors import InvalidForm
from casework.ledger.leaves import Awaited, leaf_of
from casework.ledger.merkle import check_consistency, check_inclusion
from casework.ledger.signed_notes import open_checkpoint
from casework.operations.core.perform import home_of
from casework.operations.verification.event_proofs import EventProofs, prove_events
from casework.operations.verification.sequencer import sequence
from casework.records import log_keys, tree_tiles
from casework.records.database import reader_transaction, transaction
from casework.settings import Settings
from tests.support.published import publish, sign_and_publish
from tests.support.world import World

LOG = str(UUID(int=3))


def events_of(engine: Engine, number: str) -> tuple[str, dict[int, bytes]]:
    with transaction(engine) as db:
        log = home_of(db, number)
        rows = db.execute(text("SELECT seq, hash FROM events WHERE log_id = CAST(:log AS uuid)"), {"log": log}).all()
    return log, {row.seq: bytes.fromhex(row.hash) for row in rows}


def prove(engine: Engine, log: str, seqs: list[int]) -> EventProofs:
    with transaction(engine) as db:
        return prove_events(db, log, seqs)


@pytest.fixture
def number(engine: Engine, world: World) -> str:
    with transaction(engine) as db:
        return world.open_case(db)


def test_each_event_is_proven_under_the_published_checkpoint(
    engine: Engine, world: World, number: str, settings: Settings, superuser_engine: Engine
) -> None:
    sign_and_publish(engine, superuser_engine, settings)
    log, hashes = events_of(engine, number)
    proofs = prove(engine, log, list(hashes))
    assert proofs.checkpoint is not None
    said = open_checkpoint(proofs.checkpoint, log_keys.public_keys(settings))
    assert (said.size, said.origin) == (proofs.size, proofs.origin)
    assert proofs.waiting == []
    assert set(proofs.leaves) == set(hashes)
    for seq, leaf in proofs.leaves.items():
        check_inclusion(leaf_of(hashes[seq]), leaf.index, said.size, leaf.hashes, said.root)


def test_nothing_is_proven_before_anything_is_published(engine: Engine, world: World, number: str) -> None:
    log, hashes = events_of(engine, number)
    assert prove(engine, log, [2, 1, 2]) == EventProofs(None, 0, waiting=[1, 2])


def test_what_came_after_the_published_checkpoint_waits(
    engine: Engine, world: World, settings: Settings, superuser_engine: Engine, number: str
) -> None:
    sign_and_publish(engine, superuser_engine, settings)
    log, before = events_of(engine, number)
    with transaction(engine) as db:
        world.fire(db, "officer", number, "take")
    _, after = events_of(engine, number)
    for _ in range(2):
        proofs = prove(engine, log, list(after))
        assert set(proofs.leaves) == set(before)
        assert proofs.waiting == sorted(set(after) - set(before)) != []
        sequence(engine, settings)


def test_an_event_of_another_log_or_of_none_is_not_proven(
    engine: Engine, world: World, settings: Settings, superuser_engine: Engine, number: str
) -> None:
    sign_and_publish(engine, superuser_engine, settings)
    log, hashes = events_of(engine, number)
    assert prove(engine, log, [9999]).waiting == [9999]
    assert prove(engine, str(UUID(int=7)), [1]).leaves == {}
    assert prove(engine, log, []).leaves == {}


def large_tree(engine: Engine, settings: Settings) -> dict[int, bytes]:
    """A tree of several tiles, and the events of one log in it."""
    events = [Awaited(str(UUID(int=n % 7)), n // 7 + 1, hashlib.sha256(b"%d" % n).digest()) for n in range(1500)]
    with reader_transaction(engine) as db:
        assert tree_tiles.try_leading(db)
        size, root = tree_tiles.append_leaves(db, 0, events)
        tree_tiles.keep_checkpoint(db, 1, size, root, "")
    return {event.seq: event.hash for event in events if event.log == LOG}


def test_a_tree_of_many_tiles_is_read_in_four_statements(
    engine: Engine, settings: Settings, superuser_engine: Engine
) -> None:
    hashes = large_tree(engine, settings)
    publish(superuser_engine)
    with transaction(engine) as db:
        root = tree_tiles.root_at(db, 1500)
        with captured(str(engine.url.database)) as sent:
            proofs = prove_events(db, LOG, hashes)
    assert len(proofs.leaves) == len(hashes) == 214
    for seq, leaf in proofs.leaves.items():
        check_inclusion(leaf_of(hashes[seq]), leaf.index, 1500, leaf.hashes, root)
    assert len([one for one in sent if "tree_" in one.query or "checkpoints" in one.query]) == 3


def test_a_file_tells_the_hashes_in_base64(
    engine: Engine, world: World, number: str, settings: Settings, superuser_engine: Engine
) -> None:
    sign_and_publish(engine, superuser_engine, settings)
    log, _ = events_of(engine, number)
    proofs = prove(engine, log, [1])
    told = proofs.told()
    assert told["checkpoint"] == proofs.checkpoint
    assert told["leaves"][0]["index"] == proofs.leaves[1].index
    assert tuple(b64decode(one) for one in told["leaves"][0]["hashes"]) == proofs.leaves[1].hashes


def test_a_proof_that_the_tree_goes_on_from_a_smaller_one_comes_with_them(
    engine: Engine, world: World, number: str, settings: Settings, superuser_engine: Engine
) -> None:
    sign_and_publish(engine, superuser_engine, settings)
    log, hashes = events_of(engine, number)
    before = prove(engine, log, list(hashes))
    with transaction(engine) as db:
        world.new_case(db)
    sign_and_publish(engine, superuser_engine, settings)
    with transaction(engine) as db:
        proofs = prove_events(db, log, list(hashes), since=before.size)
        for wrong in (0, proofs.size + 1):
            with pytest.raises(InvalidForm):
                prove_events(db, log, list(hashes), since=wrong)
    assert proofs.since is not None
    keys = log_keys.public_keys(settings)
    old, new = (open_checkpoint(str(one.checkpoint), keys) for one in (before, proofs))
    size, shown = proofs.since
    assert (size, old.size < new.size) == (old.size, True)
    check_consistency(old.size, new.size, shown, old.root, new.root)
    (told,) = proofs.told()["earlier"]
    assert told["size"] == old.size
    assert [b64decode(one) for one in told["hashes"]] == list(shown)


def test_a_tree_of_which_nothing_was_published_goes_on_from_none(engine: Engine, number: str) -> None:
    log, hashes = events_of(engine, number)
    with transaction(engine) as db, pytest.raises(InvalidForm):
        prove_events(db, log, list(hashes), since=1)
