"""That a history is in the tree that was signed, as proof.json tells it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from casework_verify.faults import Fault, Unreadable
from casework_verify.histories import MOST_FAULTS, History
from casework_verify.integrity.chain import LEAF_PREFIX
from casework_verify.integrity.notes import BadNote, Checkpoint, unbase64
from casework_verify.integrity.tree import BadProof, check_inclusion, leaf_hash

PROOF = "proof.json"


def leaves_of(proof: Any) -> Mapping[int, tuple[int, list[bytes]]]:
    """The leaf and the hashes of each event. Raises Unreadable where it is told in another form."""
    try:
        listed = [(one["seq"], one["index"], [unbase64(each) for each in one["hashes"]]) for one in proof["leaves"]]
    except (LookupError, TypeError, ValueError, BadNote) as fault:
        raise Unreadable("file_json", file=PROOF, why="it has another form") from fault
    if any(type(seq) is not int or type(index) is not int for seq, index, _ in listed):
        raise Unreadable("file_json", file=PROOF, why="it has another form")
    return {seq: (index, hashes) for seq, index, hashes in listed}


@dataclass(frozen=True, slots=True)
class Proven:
    """What the proofs show of a history."""

    faults: list[Fault]
    #: So many events from the first one on are under the root that was signed.
    count: int


def check_proofs(history: History, said: Checkpoint, proof: Any, remembered: int = 0) -> Proven:
    """Events that are not under the root that was signed; of those at the end, of which none is yet, one finding tells.

    So many events were `remembered` as signed when the tree had no more leaves than now: they have a proof, wherever the file ends.
    """
    leaves = leaves_of(proof)
    seqs = [row["seq"] if row["header"]["log"] == history.log else n for n, row in enumerate(history.rows, 1)]
    signed = len(seqs)
    while signed and seqs[signed - 1] not in leaves:
        signed -= 1
    due = min(max(signed, remembered), len(seqs))
    faults = list(islice(_faults(history, said, leaves, seqs[:due]), MOST_FAULTS))
    count = faults[0].seq - 1 if faults and faults[0].seq else due
    if due < len(seqs):
        faults.append(Fault("leaf_waiting", {"last": len(seqs)}, PROOF, history.log, due + 1))
    return Proven(faults, count)


def more_leaves(history: History, proof: Mapping[str, Any]) -> Iterator[Fault]:
    """Proofs of events that the file does not have, and others said to wait for one than those that do."""
    count, proven = len(history.rows), leaves_of(proof)
    yield from (Fault("leaf_more", {}, PROOF, history.log, seq) for seq in sorted(proven) if not 1 <= seq <= count)
    waiting = [seq for seq in range(1, count + 1) if seq not in proven]
    if proof.get("waiting") != waiting:
        yield Fault("waiting_other", {}, PROOF, history.log)


def _faults(
    history: History, said: Checkpoint, leaves: Mapping[int, tuple[int, list[bytes]]], seqs: Sequence[int]
) -> Iterator[Fault]:
    before = -1
    for seq, hash in zip(seqs, history.hashes, strict=False):
        if seq not in leaves:
            yield Fault("leaf_missing", {}, PROOF, history.log, seq)
            continue
        index, hashes = leaves[seq]
        try:
            check_inclusion(leaf_hash(LEAF_PREFIX + bytes.fromhex(hash)), index, said.size, hashes, said.root)
        except BadProof:
            yield Fault("leaf_proof", {}, PROOF, history.log, seq, index)
            continue
        if index <= before:
            yield Fault("leaf_order", {}, PROOF, history.log, seq, index)
        before = max(before, index)
