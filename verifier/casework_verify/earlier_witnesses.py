"""What witnesses have seen where they signed no checkpoint of a file itself: an earlier tree, from which the one of the file goes on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any

from casework_verify.faults import Fault, Unreadable
from casework_verify.integrity.notes import (
    BadNote,
    BadSignature,
    Checkpoint,
    UnknownKey,
    open_checkpoint,
    parse_checkpoint,
    unbase64,
)
from casework_verify.integrity.tree import BadProof, check_consistency
from casework_verify.memory import Memory
from casework_verify.proofs import PROOF, leaves_of
from casework_verify.witnesses import BadCosignature, cosigned
from casework_verify.words.reasons import why_of

#: Where `proof.json` has it.
WITNESSED = "witnessed"


def check_earlier(proof: Mapping[str, Any], said: Checkpoint, memory: Memory, facts: dict[str, Any]) -> Iterator[Fault]:
    """Who has seen an earlier tree, and what is wrong with the proof that the tree of the file goes on from it. Raises Unreadable."""
    if (told := proof.get(WITNESSED)) is None:
        return
    note, hashes = _parts(told)
    try:
        earlier, _, signatures = parse_checkpoint(note)
        # Keys change: whose signature counts here is the witness's, and the proof leads on from what it saw.
        with suppress(UnknownKey):
            open_checkpoint(note, memory.keys)
        seen_by = list(cosigned(note, memory.witnesses))
    except BadCosignature as fault:
        yield Fault("witness_signature", {"name": fault.name}, PROOF)
        return
    except BadSignature:
        yield Fault("note_signature", {}, PROOF)
        return
    except BadNote as fault:
        yield Fault("note_form", {"why": why_of(fault)}, PROOF)
        return
    if earlier.origin != said.origin:
        yield Fault("seen_other", {"found": earlier.origin, "known": said.origin}, PROOF)
        return
    try:
        check_consistency(earlier.size, said.size, hashes, earlier.root, said.root)
    except BadProof:
        yield Fault("seen_proof", {"found": earlier.size, "size": said.size}, PROOF)
        return
    if seen_by:
        names, at = sorted({one.witness.name for one in seen_by}), max(one.at for one in seen_by)
        last = _covered(proof, earlier.size)
        facts["witnessed"] = {"size": earlier.size, "at": _moment(at), "names": names, "events": last}
        told = {
            "count": len({one.witness for one in seen_by}),
            "known": len(memory.witnesses),
            "names": ", ".join(names),
        }
        told |= {"found": earlier.size, "size": said.size, "at": _moment(at), "last": last}
        yield Fault("seen_before" if last else "seen_before_all", told, PROOF)
    elif others := len({(name, id) for name, id, _ in signatures if name != earlier.origin}):
        yield Fault("seen_unknown", {"count": others, "found": earlier.size, "size": said.size}, PROOF)


def _parts(told: Any) -> tuple[str, list[bytes]]:
    try:
        note, hashes = told["checkpoint"], [unbase64(one) for one in told["hashes"]]
        if not isinstance(note, str):
            raise TypeError("it is no text")
    except (LookupError, TypeError, ValueError, BadNote) as fault:
        raise Unreadable("file_json", file=PROOF, why="it has another form") from fault
    return note, hashes


def _covered(proof: Mapping[str, Any], size: int) -> int:
    """Up to which event a history is in the tree of so many leaves, as its proofs say, which are judged elsewhere."""
    leaves = leaves_of(proof)
    return sum(1 for _ in takewhile(lambda seq: seq in leaves and leaves[seq][0] < size, range(1, len(leaves) + 1)))


def _moment(at: int) -> str:
    """When a witness says that it signed."""
    try:
        return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return str(at)
