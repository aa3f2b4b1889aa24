"""That the events of registers by which a history is judged are in the tree that was signed: else a role could be made up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from casework_verify.faults import Fault
from casework_verify.histories import MOST_FAULTS
from casework_verify.integrity.canonical import NotCanonical, is_hash
from casework_verify.integrity.chain import LEAF_PREFIX, event_hash
from casework_verify.integrity.notes import Checkpoint
from casework_verify.integrity.tree import BadProof, check_inclusion, leaf_hash
from casework_verify.proofs import PROOF, leaves_of

ROLES = "roles.json"


def logs_of(roles: Any) -> Iterator[Any]:
    """The logs of which a file has events that tell of roles and decisions."""
    events = roles.get("events") if isinstance(roles, dict) else None
    for event in events if isinstance(events, list) else ():
        yield _place_of(event)[0]


def has_events(roles: Any) -> bool:
    """Whether a file has such events at all; where not, that alone is told."""
    return isinstance(roles, dict) and isinstance(roles.get("events"), list) and bool(roles["events"])


def check_registers(roles: Any, said: Checkpoint, proof: Any) -> list[Fault]:
    """The events that are not under the root that was signed, or of which that cannot be told."""
    events = roles.get("events") if isinstance(roles, dict) else None
    return list(islice(_faults(events if isinstance(events, list) else [], said, proof.get("registers")), MOST_FAULTS))


def _place_of(event: Any) -> tuple[Any, Any, Any]:
    """The log and the number that an event names, and its header."""
    header = event.get("header") if isinstance(event, dict) else None
    return (header.get("log"), header.get("seq"), header) if isinstance(header, dict) else (None, None, None)


def more_registers(roles: Any, proof: Mapping[str, Any]) -> Iterator[Fault]:
    """Proofs of events of registers that the file does not have: nothing follows from them."""
    leaves = {log: leaves_of({"leaves": listed}) for log, listed in proof.get("registers", {}).items()}
    there: dict[str, set[int]] = {}
    for log, seq, _ in map(_place_of, roles["events"]):
        if isinstance(log, str) and type(seq) is int:
            there.setdefault(log, set()).add(seq)
    for log, seqs in there.items():
        # A log of which the file has no event at all is a name that none has.
        yield from (Fault("role_more", {}, PROOF, log, seq) for seq in sorted({*leaves.get(log, ())} - seqs))


def _faults(events: list[Any], said: Checkpoint, told: Any) -> Iterator[Fault]:
    registers = told if isinstance(told, dict) else {}
    leaves = {log: leaves_of({"leaves": listed}) for log, listed in registers.items()}
    for event in events:
        log, seq, header = _place_of(event)
        if not isinstance(header, dict) or not isinstance(log, str) or type(seq) is not int:
            # What is no place in a log has no proof: a number that is written as true would else pass for one.
            yield Fault("role_unplaced", {}, ROLES)
            continue
        if seq not in leaves.get(log, {}):
            yield Fault("role_unproven", {}, ROLES, log, seq)
            continue
        index, hashes = leaves[log][seq]
        try:
            if not is_hash(header.get("prev")):
                raise NotCanonical("no hash")
            leaf = leaf_hash(LEAF_PREFIX + bytes.fromhex(event_hash(header)))
            check_inclusion(leaf, index, said.size, hashes, said.root)
        except (BadProof, NotCanonical):
            yield Fault("role_leaf", {}, ROLES, log, seq, index)
