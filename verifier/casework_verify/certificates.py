"""A certificate: one event, fact or state with its proof, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from casework_verify.faults import Fault, Unreadable
from casework_verify.histories import is_instant
from casework_verify.integrity.canonical import NotCanonical, canonical, digest
from casework_verify.integrity.chain import HEADER_FIELDS, LEAF_PREFIX, VERSION, commitment, event_hash
from casework_verify.integrity.notes import BadNote, Checkpoint, unbase64
from casework_verify.integrity.tree import BadProof, check_inclusion, leaf_hash
from casework_verify.memory import Memory
from casework_verify.reading import parse, read_file
from casework_verify.tiles import Tiles
from casework_verify.words import WRONG, level_of

FORM = 1
EVENT, FACT, STATE, TWO_PERSONS = "event", "fact", "state", "two_persons"
PROOF = "c2sp.org/tlog-proof@v1"
#: No certificate, and no attestation, is larger.
MOST = 1_000_000
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")
#: What the claim says beside its kind.
_CLAIMS = {EVENT: set[str](), FACT: {"fields"}, STATE: {"states"}, TWO_PERSONS: set[str]()}
#: Events that take a step, or ask for one.
_STEPS = {"fired", "proposed"}
#: What acts and is no person.
_NOBODY = {"system", "party"}


class Wrong(Exception):
    """What is wrong, by its code, and at which event."""

    def __init__(self, code: str, seq: Any = None) -> None:
        super().__init__(code)
        self.fault = Fault(code, seq=seq if type(seq) is int else None)


def read_json(path: Path, most: int = MOST) -> tuple[Any, bytes]:
    """A certificate, or what else is one JSON value with its proof; and as it is written. Raises Unreadable."""
    written = read_file(path, most)
    return parse(written, path.name), written


def check_certificate(content: Any, written: bytes, memory: Memory, tiles: Tiles) -> list[Fault]:
    """What is wrong with a certificate, and, where nothing is, what it shows. Raises Unreadable."""
    if not isinstance(content, dict) or "certificate" not in content:
        raise Unreadable("file_kind")
    if type(content["certificate"]) is not int or content["certificate"] != FORM:
        raise Unreadable("file_form", form=content["certificate"])
    try:
        claim, parts = _read(content, written)
        note = _check_parts(parts)
        _check_claim(claim, parts)
    except Wrong as wrong:
        return [wrong.fault]
    said, faults = memory.open(note, tiles)
    if said is None:
        return faults
    return shown_unless_wrong([*faults, *unproven(parts, said)], _shown(claim, parts))


def shown_unless_wrong(faults: list[Fault], shown: Iterable[Fault]) -> list[Fault]:
    """What is wrong, or else what is shown: nobody reads as shown what is not proved."""
    return faults if any(level_of(fault) == WRONG for fault in faults) else [*faults, *shown]


def _read(content: Mapping[str, Any], written: bytes) -> tuple[Any, Any]:
    try:
        one_way = canonical(content) == written
    except NotCanonical:
        one_way = False
    claim, parts = content.get("claim"), content.get("events")
    kind = claim.get("kind") if isinstance(claim, dict) else None
    if not one_way or content.keys() != {"certificate", "claim", "events"}:
        raise Wrong("certificate_form")
    if not isinstance(claim, dict) or not isinstance(kind, str) or kind not in _CLAIMS:
        raise Wrong("certificate_claim")
    if claim.keys() != {"kind"} | _CLAIMS[kind]:
        raise Wrong("certificate_claim")
    if not isinstance(parts, list) or len(parts) != (2 if kind == TWO_PERSONS else 1):
        raise Wrong("certificate_claim")
    return claim, parts


def _check_parts(parts: list[Any]) -> str:
    """The one checkpoint by which all events are proved."""
    for part in parts:
        if (
            not isinstance(part, dict)
            or part.keys() != {"header", "effects", "body", "proof"}
            or not is_header(part["header"])
        ):
            raise Wrong("certificate_form")
        check_hashes(part, part["header"])
    notes = {proof_of(part)[2] for part in parts}
    if len(notes) != 1:
        raise Wrong("certificate_checkpoints")
    return notes.pop()


def is_header(header: Any) -> bool:
    """Whether it has the form of the header of an event."""
    if not isinstance(header, dict) or header.keys() != HEADER_FIELDS or header["v"] != VERSION:
        return False
    texts = all(isinstance(header[name], str) for name in ("log", "kind", "actor"))
    lists = all(
        isinstance(header[name], list) and all(isinstance(one, str) for one in header[name]) for name in ("from", "to")
    )
    return texts and lists and type(header["seq"]) is int and is_instant(header["at"])


def check_hashes(part: Any, header: Any) -> None:
    """Raises Wrong where effects or words are not those of the header."""
    effects, body = part["effects"], part["body"]
    try:
        event_hash(header)
        if effects is not None and (not isinstance(effects, dict) or digest(effects) != header["effects"]):
            raise Wrong("event_effects", header["seq"])
        if body is not None and commitment(body) != header["body"]:
            raise Wrong("event_body", header["seq"])
    except NotCanonical as fault:
        raise Wrong("event_form", header["seq"]) from fault


def proof_of(part: Any) -> tuple[int, list[bytes], str]:
    """The leaf, the path and the note, as C2SP tlog-proof has them."""
    written, seq = part["proof"], part["header"]["seq"]
    if not isinstance(written, str):
        raise Wrong("leaf_missing", seq)
    head, _, note = written.partition("\n\n")
    lines = head.split("\n")
    index = _INDEX.fullmatch(lines[1]) if len(lines) > 1 else None
    if lines[0] != PROOF or index is None or not note:
        raise Wrong("leaf_missing", seq)
    try:
        return int(index[1]), [unbase64(line) for line in lines[2:]], note
    except BadNote as fault:
        raise Wrong("leaf_missing", seq) from fault


def unproven(parts: list[Any], said: Checkpoint) -> Iterator[Fault]:
    """The events that are not under the root that was signed."""
    for part in parts:
        index, path, _ = proof_of(part)
        try:
            leaf = leaf_hash(LEAF_PREFIX + bytes.fromhex(event_hash(part["header"])))
            check_inclusion(leaf, index, said.size, path, said.root)
        except BadProof:
            yield Fault("leaf_proof", seq=part["header"]["seq"], leaf=index)


def _check_claim(claim: Any, parts: list[Any]) -> None:
    kind, header = claim["kind"], parts[0]["header"]
    if kind == FACT:
        _check_fact(claim["fields"], parts[0]["body"] or {}, said_in(parts[0]["effects"]))
    elif any(part["body"] is not None for part in parts):
        raise Wrong("certificate_claim")
    if kind == STATE and (not header["to"] or claim["states"] != header["to"]):
        raise Wrong("certificate_state", header["seq"])
    if kind == TWO_PERSONS and not _are_two(header, parts[1]["header"]):
        raise Wrong("certificate_persons", parts[1]["header"]["seq"])


def said_in(effects: Any) -> Mapping[str, Any]:
    """What the form of a step, or of a task that was finished, said to the guards: it stands in the effects."""
    told = effects or {}
    said, tasks = told.get("data"), told.get("task_states")
    if not said and isinstance(tasks, list):
        said = next((task["result"] for task in tasks if isinstance(task, dict) and "result" in task), None)
    return said if isinstance(said, dict) else {}


def _check_fact(fields: Any, body: Mapping[str, Any], said: Mapping[str, Any]) -> None:
    valued = {name for name, one in body.items() if "value" in one}
    if not isinstance(fields, list) or not all(isinstance(one, str) for one in fields) or fields != sorted(set(fields)):
        raise Wrong("certificate_claim")
    facts = said.keys() - body.keys()
    if not (valued or facts & set(fields)) or not valued <= set(fields) <= body.keys() | facts:
        raise Wrong("certificate_claim")


def _are_two(asked: Any, done: Any) -> bool:
    """Whether one asked for it, and another, in nobody's place of the first side, carried it out."""
    sides = [{one["actor"], one["acting_for"]} - {None} for one in (asked, done)]
    follows = done["because"] == asked["seq"] and all(asked[name] == done[name] for name in ("log", "track"))
    kinds = (asked["kind"], done["kind"]) == ("proposed", "fired")
    return kinds and follows and not sides[0] & sides[1] and not _NOBODY & (sides[0] | sides[1])


def _shown(claim: Any, parts: list[Any]) -> Iterator[Fault]:
    """What it shows, for a reader to compare with what was said."""
    for part in parts:
        header = part["header"]
        told = {"at": header["at"], "happened": header["kind"], "role": header["role"] or "-", "log": header["log"]}
        yield Fault("certificate_event", told, seq=header["seq"])
        yield from _step(claim["kind"], part)
        yield from _fields(claim.get("fields", ()), part)
    if claim["kind"] == STATE:
        header = parts[0]["header"]
        yield Fault(
            "certificate_shows_state", {"came": claim["states"], "edition": header["edition"]}, seq=header["seq"]
        )
    if claim["kind"] == TWO_PERSONS:
        yield Fault("certificate_shows_persons", seq=parts[1]["header"]["seq"])


def _step(kind: str, part: Any) -> Iterator[Fault]:
    """Which step it was, where the effects say it; and from where to where it led."""
    header, step = part["header"], (part["effects"] or {}).get("transition")
    edition, seq = header["edition"], header["seq"]
    if isinstance(step, str):
        yield Fault("certificate_step", {"taken": step, "edition": edition}, seq=seq)
    elif header["kind"] in _STEPS and part["effects"] is None:
        yield Fault("certificate_step_hidden", seq=seq)
    if header["from"] != header["to"] and kind != STATE:
        yield Fault("certificate_states", {"left": header["from"], "came": header["to"], "edition": edition}, seq=seq)


def _fields(claimed: Any, part: Any) -> Iterator[Fault]:
    """What was written, by field."""
    header, body, said = part["header"], part["body"] or {}, said_in(part["effects"])
    seq, where = header["seq"], {"edition": header["edition"]}
    for name in sorted(body.keys() | set(claimed)):
        if "value" in body.get(name, {}):
            yield Fault("certificate_field", {"name": name, "value": body[name]["value"], **where}, seq=seq)
        elif name in claimed and name in body:
            yield Fault("certificate_hidden", {"name": name}, seq=seq)
        elif name in claimed and name in said:
            yield Fault("certificate_field", {"name": name, "value": said[name], **where}, seq=seq)
