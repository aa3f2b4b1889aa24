"""What a leaf is made of, and where it stands in its batch."""

from __future__ import annotations

import hashlib
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from casework.ledger.leaves import Awaited, entry_of, in_leaf_order, leaf_of

events = st.lists(
    st.tuples(st.integers(0, 3), st.integers(1, 9), st.binary(min_size=32, max_size=32)), unique_by=lambda e: e[:2]
).map(lambda rows: [Awaited(str(UUID(int=log)), seq, hash) for log, seq, hash in rows])


def test_a_leaf_is_the_hash_of_the_events_hash_alone() -> None:
    assert leaf_of(bytes(32)) == hashlib.sha256(b"\x00casework event\n" + bytes(32)).digest()


def test_an_entry_names_the_log_and_the_seq() -> None:
    assert entry_of("00000000-0000-0000-0000-00000000000a", 258) == bytes(15) + b"\x0a\x00\x00\x01\x02"


@given(events)
def test_each_event_of_a_batch_has_one_leaf(batch: list[Awaited]) -> None:
    assert sorted(in_leaf_order(batch)) == sorted(batch)


@given(events)
def test_the_events_of_a_log_have_leaves_in_their_order(batch: list[Awaited]) -> None:
    ordered = in_leaf_order(batch)
    for log in {event.log for event in batch}:
        seqs = [event.seq for event in ordered if event.log == log]
        assert seqs == sorted(seqs)


@given(events, st.permutations(range(4)))
def test_where_the_logs_stand_depends_on_hashes_alone(batch: list[Awaited], names: list[int]) -> None:
    """With other ids the same places go to the same logs."""
    named = {str(UUID(int=n)): str(UUID(int=other)) for n, other in enumerate(names)}
    renamed = in_leaf_order([event._replace(log=named[event.log]) for event in batch])
    assert renamed == [event._replace(log=named[event.log]) for event in in_leaf_order(batch)]
