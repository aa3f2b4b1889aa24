"""That a history is in the tree that was signed, as proof.json tells it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from casework_verify.faults import Fault, Unreadable
from casework_verify.histories import MOST_FAULTS, History
from casework_verify.integrity.chain import LEAF_PREFIX
from casework_verify.integrity.notes import BadNote, Checkpoint, unbase64
from casework_verify.integrity.tree import BadProof, check_inclusion, leaf_hash

PROOF = "proof.json"
#: An event is signed within the minute. One that is older than this when the file is taken out, and was not, was kept back or put in.
MOST_WAITING = timedelta(minutes=10)


def leaves_of(proof: Any) -> Mapping[int, tuple[int, list[bytes]]]:
    """The leaf and the hashes of each event. Raises Unreadable where it is told in another form."""
    try:
        listed = [(one["seq"], one["index"], [unbase64(each) for each in one["hashes"]]) for one in proof["leaves"]]
    except (LookupError, TypeError, ValueError, BadNote) as fault:
        raise Unreadable("file_json", file=PROOF, why="it has another form") from fault
    if any(type(seq) is not int or type(index) is not int for seq, index, _ in listed):
        raise Unreadable("file_json", file=PROOF, why="it has another form")
    return {seq: (index, hashes) for seq, index, hashes in listed}


def check_proofs(history: History, said: Checkpoint, proof: Any, taken_at: str) -> list[Fault]:
    """Events that are not under the root that was signed, but for those of the last moments."""
    return list(_faults(history, said, leaves_of(proof), taken_at))[:MOST_FAULTS]


def _faults(
    history: History, said: Checkpoint, leaves: Mapping[int, tuple[int, list[bytes]]], taken_at: str
) -> Iterator[Fault]:
    before = -1
    for n, (row, hash) in enumerate(zip(history.rows, history.hashes, strict=True)):
        seq = row["seq"] if row["header"]["log"] == history.log else n + 1
        if seq not in leaves:
            # What comes after it was not signed either: leaves of a log stand in its order.
            if any(later["seq"] in leaves for later in history.rows[n:]) or _is_old(row["header"]["at"], taken_at):
                yield Fault("leaf_missing", {}, PROOF, history.log, seq)
                continue
            yield Fault("leaf_waiting", {}, PROOF, history.log, seq)
            return
        index, hashes = leaves[seq]
        try:
            check_inclusion(leaf_hash(LEAF_PREFIX + bytes.fromhex(hash)), index, said.size, hashes, said.root)
        except BadProof:
            yield Fault("leaf_proof", {}, PROOF, history.log, seq, index)
            continue
        if index <= before:
            yield Fault("leaf_order", {}, PROOF, history.log, seq, index)
        before = max(before, index)


def _is_old(at: str, taken_at: str) -> bool:
    try:
        return datetime.fromisoformat(taken_at) - datetime.fromisoformat(at) > MOST_WAITING
    except (ValueError, TypeError, OverflowError):
        return True
