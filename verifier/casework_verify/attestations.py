"""An attestation: what an auditor signed of a programme, with the proof of its event and the checkpoint on which it rests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from casework_verify.attested import told_of
from casework_verify.certificates import Wrong, check_hashes, is_header, proof_of, shown_unless_wrong, unproven
from casework_verify.faults import Fault, Unreadable
from casework_verify.integrity.canonical import NotCanonical, canonical
from casework_verify.integrity.chain import event_hash
from casework_verify.integrity.notes import BadNote, Checkpoint, unbase64
from casework_verify.integrity.tree import BadProof, check_consistency
from casework_verify.memory import Memory
from casework_verify.tiles import Tiles

FORM = 1
KIND, ROLE = "attested", "auditor"
STATEMENT, WORDS = "statement", "words"
_NAMED = {"origin", "size", "root"}


def check_attestation(content: Mapping[str, Any], written: bytes, memory: Memory, tiles: Tiles) -> list[Fault]:
    """What is wrong with an attestation, and, where nothing is, what it says. Raises Unreadable."""
    if type(content["attestation"]) is not int or content["attestation"] != FORM:
        raise Unreadable("file_form", form=content["attestation"])
    try:
        part, grown = _read(content, written)
        statement = _statement_of(part)
        _, _, note = proof_of(part)
    except Wrong as wrong:
        return [wrong.fault]
    said, faults = memory.open(note, tiles)
    if said is None:
        return faults
    faults = [*faults, *unproven([part], said), *_of_another_tree(part, statement, said, grown)]
    return shown_unless_wrong(faults, _shown(part, statement))


def _read(content: Mapping[str, Any], written: bytes) -> tuple[Any, list[bytes]]:
    try:
        one_way = canonical(content) == written
    except NotCanonical:
        one_way = False
    part = content.get("event")
    if not one_way or content.keys() != {"attestation", "event", "grown"} or not isinstance(part, dict):
        raise Wrong("attestation_form")
    if part.keys() != {"header", "effects", "body", "proof"} or not is_header(part["header"]):
        raise Wrong("attestation_form")
    if part["effects"] is None or part["body"] is None:
        raise Wrong("attestation_form")
    check_hashes(part, part["header"])
    try:
        return part, [unbase64(one) for one in content["grown"]]
    except (BadNote, TypeError) as fault:
        raise Wrong("attestation_form") from fault


def _statement_of(part: Any) -> Any:
    """The statement, which says of itself what its event says."""
    header, body = part["header"], part["body"]
    seq, told = header["seq"], part["effects"].get("attestation")
    if header["kind"] != KIND or not isinstance(told, dict):
        raise Wrong("attestation_kind", seq)
    if header["role"] != ROLE or header["acting_for"] is not None:
        raise Wrong("attestation_role", seq)
    statement = body.get(STATEMENT, {}).get("value")
    if not isinstance(statement, dict):
        raise Wrong("attestation_erased", seq)
    if statement.get("signer") != header["actor"]:
        raise Wrong("attestation_signer", seq)
    named = statement.get("checkpoint")
    if not isinstance(named, dict) or named.keys() != _NAMED or named != told.get("checkpoint"):
        raise Wrong("attestation_checkpoint", seq)
    stands = {"programme": header["log"], "number": told.get("number"), "supersedes": told.get("supersedes")}
    if any(statement.get(name) != one for name, one in stands.items()):
        raise Wrong("attestation_other", seq)
    return statement


def _of_another_tree(part: Any, statement: Any, said: Checkpoint, grown: list[bytes]) -> Iterator[Fault]:
    """That the tree which proves the event does not go on from the checkpoint that is named, or that this came after it."""
    named, seq = statement["checkpoint"], part["header"]["seq"]
    told = {"size": plain(named["size"]), "origin": plain(named["origin"])}
    try:
        if named["origin"] != said.origin or type(named["size"]) is not int:
            raise BadProof("of another log")
        check_consistency(named["size"], said.size, grown, unbase64(named["root"]), said.root)
    except (BadProof, BadNote, TypeError):
        yield Fault("attestation_tree", told, seq=seq)
        return
    index, _, _ = proof_of(part)
    if index < named["size"]:
        yield Fault("attestation_early", told, seq=seq, leaf=index)


def plain(value: Any) -> str:
    return value if isinstance(value, str) else canonical(value).decode("utf-8")


def _shown(part: Any, statement: Any) -> Iterator[Fault]:
    """What it says, for a reader to compare with a paper."""
    header, named = part["header"], statement["checkpoint"]
    seq = header["seq"]
    told = {
        "number": plain(statement.get("number")),
        "at": header["at"],
        "log": header["log"],
        "actor": header["actor"],
    }
    yield Fault("attestation_shows", {**told, "hash": event_hash(header)}, seq=seq)
    yield Fault("attestation_rests", {name: plain(named[name]) for name in sorted(_NAMED)}, seq=seq)
    yield from (replace(one, seq=seq) for one in told_of(statement))
    if statement.get("supersedes") is not None:
        yield Fault("attestation_supersedes", {"number": plain(statement.get("supersedes"))}, seq=seq)
    words = part["body"].get(WORDS, {})
    if "value" in words:
        yield Fault("attestation_words", {"value": plain(words["value"])}, seq=seq)
    else:
        yield Fault("certificate_hidden", {"name": WORDS}, seq=seq)


def is_attestation(content: Any) -> bool:
    return isinstance(content, dict) and "attestation" in content


__all__ = ["check_attestation", "is_attestation"]
