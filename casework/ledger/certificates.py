"""A certificate: one event, one fact of it, the state it led to, or that it took two persons, with its proof and nothing else.

It is the canonical form of a JSON object, so that it has one spelling and one digest. Nothing in it is told without a proof: whatever
is changed in it, it no longer leads to the checkpoint that the log signed. What is not shown stands as a hash that nobody can try
words on: the words of forms are salted one by one; effects are not, so they may stand as their digest only where random ids in them
keep anybody from guessing the rest, and are shown whole elsewhere. What guards read of a form stands in the effects: a fact of it is shown
with all of them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from casework.ledger.canonical_json import Json, NotCanonical, canonical, digest, parse_instant
from casework.ledger.hash_chain import HEADER_FIELDS, VERSION, event_hash
from casework.ledger.leaves import leaf_of
from casework.ledger.merkle import HASH_SIZE, BadProof, check_inclusion
from casework.ledger.redactable_bodies import commitment, hashes_of_fields
from casework.ledger.signed_notes import BadNote, Checkpoint, PublicKey, open_checkpoint

FORM = 1
EVENT, FACT, STATE, TWO_PERSONS = "event", "fact", "state", "two_persons"
KINDS = (EVENT, FACT, STATE, TWO_PERSONS)
#: No certificate of ours is larger; one of somebody else is not read to its end.
MOST_BYTES = 1_000_000
#: The first line of a proof, as C2SP tlog-proof has it.
PROOF = "c2sp.org/tlog-proof@v1"
#: An event asked for by one person, and the one by which another carried it out.
ASKED, CARRIED_OUT = "proposed", "fired"
#: What acts without being a person.
NOBODY = frozenset({"system", "party"})
#: Random ids that hidden effects must hold. Two that were made in one moment still have 64 random bits that the header does not tell.
IDS_TO_HIDE = 2

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_INDEX = re.compile(r"index (0|[1-9]\d{0,18})", re.ASCII)
_TOP = frozenset({"certificate", "claim", "events"})
_PARTS = frozenset({"header", "effects", "body", "proof"})
_CLAIMS = {
    EVENT: frozenset({"kind"}),
    FACT: frozenset({"kind", "fields"}),
    STATE: frozenset({"kind", "states"}),
    TWO_PERSONS: frozenset({"kind"}),
}


class BadCertificate(ValueError):
    """A certificate that does not hold; its words say why."""


class Guessable(ValueError):
    """These effects cannot be hidden: whoever knows what may stand there could try it out."""


class NotSo(ValueError):
    """The events do not show what should be claimed of them."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """An event on its way into a certificate: as it is stored, and what of it is shown."""

    header: Mapping[str, Json]
    effects: Mapping[str, Any]
    body: Mapping[str, Mapping[str, Json]]
    leaf: int
    path: Sequence[bytes]
    #: Fields of the body, where what was erased is shown as its hash; and of what the form said in the effects.
    fields: Collection[str] = ()
    with_effects: bool = False


@dataclass(frozen=True, slots=True)
class ShownEvent:
    """What a certificate shows of an event."""

    header: Mapping[str, Any]
    effects: Mapping[str, Any] | None
    values: Mapping[str, Any]
    #: Fields of which only the hash is there.
    hidden: tuple[str, ...]
    leaf: int


@dataclass(frozen=True, slots=True)
class Certified:
    """What a certificate that holds has shown."""

    kind: str
    claim: Mapping[str, Any]
    events: tuple[ShownEvent, ...]
    checkpoint: Checkpoint
    digest: str


# --- made ------------------------------------------------------------------------------------------------------------------


def make(kind: str, events: Sequence[Chosen], note: str) -> bytes:
    """The certificate, whose checkpoint is in `note`. Raises Guessable, NotSo, and NotCanonical for what no log of ours holds."""
    claim: dict[str, Json] = {"kind": kind}
    if kind == FACT:
        claim["fields"] = sorted(events[0].fields)
    elif kind == STATE:
        claim["states"] = events[0].header["to"]
    shown = [_part_of(event, note) for event in events]
    content: dict[str, Json] = {"certificate": FORM, "claim": claim, "events": shown}
    try:
        _insist_claim(claim, shown)
    except BadCertificate as fault:
        raise NotSo(str(fault)) from fault
    return canonical(content)


def hides(header: Mapping[str, Json], effects: Mapping[str, Any]) -> bool:
    """Whether the digest of these effects lets nobody guess them, who does not know the ids of what they opened or changed."""
    said = canonical(header).decode()
    return sum(id not in said for id in _ids_of(effects)) >= IDS_TO_HIDE


def said_in(effects: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the form of a step, or of a task that was finished, said to the guards: these have one digest with all that followed."""
    said: Any = effects.get("data")
    tasks = effects.get("task_states")
    if not said and isinstance(tasks, list):
        said = next((task["result"] for task in tasks if isinstance(task, dict) and "result" in task), None)
    return said if isinstance(said, Mapping) else {}


def _ids_of(value: Any) -> set[str]:
    """The random ids of things; not of people and organisations, which many know."""
    if isinstance(value, Mapping):
        own = value.get("id")
        mine = {own} if isinstance(own, str) and _ID.fullmatch(own) else set()
        return mine.union(*(_ids_of(item) for item in value.values()))
    if isinstance(value, list | tuple):
        return set().union(*(_ids_of(item) for item in value))
    return set()


def _part_of(event: Chosen, note: str) -> dict[str, Json]:
    if not event.with_effects and not hides(event.header, event.effects):
        raise Guessable
    chosen = set(event.fields)
    if unknown := chosen - event.body.keys() - (said_in(event.effects).keys() if event.with_effects else set()):
        raise NotSo(f"The event has no field {', '.join(sorted(unknown))}.")
    hashes = hashes_of_fields(event.body)
    body = {field: dict(event.body[field]) if field in chosen else {"hash": hashes[field]} for field in event.body}
    return {
        "header": dict(event.header),
        "effects": dict(event.effects) if event.with_effects else None,
        # Where no field is shown, not even their names are.
        "body": body if chosen & event.body.keys() else None,
        "proof": write_proof(event.leaf, event.path, note),
    }


def write_proof(leaf: int, path: Sequence[bytes], note: str) -> str:
    """As C2SP tlog-proof has it."""
    return "\n".join((PROOF, f"index {leaf}", *(base64.b64encode(one).decode() for one in path), "", note))


# --- and judged --------------------------------------------------------------------------------------------------------------


def check(data: bytes, keys: Sequence[PublicKey], origin: str | None = None) -> Certified:
    """What a certificate shows, against the keys of the log. Raises BadCertificate."""
    content = _read(data)
    claim, parts = content["claim"], content["events"]
    _insist_keys(claim, _CLAIMS[claim["kind"]], "The claim")
    notes = set()
    events = []
    for part in parts:
        event, note = _check_part(part, keys, origin)
        events.append(event)
        notes.add(note)
    if len(notes) != 1:
        raise BadCertificate("Its events are proved by different checkpoints.")
    _insist_claim(claim, parts)
    if claim["kind"] == FACT:
        said = said_in(events[0].effects or {})
        facts = {field: said[field] for field in claim["fields"] if field in said}
        events = [replace(events[0], values={**facts, **events[0].values})]
    return Certified(
        claim["kind"],
        claim,
        tuple(events),
        open_checkpoint(notes.pop(), keys, origin),
        hashlib.sha256(data).hexdigest(),
    )


def _read(data: bytes) -> Any:
    if len(data) > MOST_BYTES:
        raise BadCertificate("It is too long.")
    try:
        content = json.loads(data)
        if canonical(content) != data:
            raise BadCertificate("It is not written in the one form that it has.")
    except (ValueError, RecursionError) as fault:
        raise BadCertificate("It is not written in the one form that it has.") from fault
    _insist_keys(content, _TOP, "It")
    if content["certificate"] != FORM or content["certificate"] is True:
        raise BadCertificate("It is of another form than this one knows.")
    if not isinstance(content["events"], list) or not 1 <= len(content["events"]) <= 2:
        raise BadCertificate("It shows no event, or too many.")
    if not isinstance(content["claim"], dict) or content["claim"].get("kind") not in KINDS:
        raise BadCertificate("It claims nothing that is known.")
    return content


def _insist_keys(value: Any, wanted: Collection[str], what: str) -> None:
    if not isinstance(value, dict) or value.keys() != set(wanted):
        raise BadCertificate(f"{what} does not have the parts that it should have.")


def _check_part(part: Any, keys: Sequence[PublicKey], origin: str | None) -> tuple[ShownEvent, str]:
    _insist_keys(part, _PARTS, "An event")
    header = part["header"]
    _insist_header(header)
    try:
        if part["effects"] is not None and (
            not isinstance(part["effects"], dict) or digest(part["effects"]) != header["effects"]
        ):
            raise BadCertificate("The effects are not those of the event.")
        body = {} if part["body"] is None else part["body"]
        if part["body"] is not None and (not isinstance(body, dict) or commitment(body) != header["body"]):
            raise BadCertificate("The words are not those of the event.")
        leaf, path, note = read_proof(part["proof"])
        checkpoint = open_checkpoint(note, keys, origin)
        hash_of_leaf = leaf_of(bytes.fromhex(event_hash(header)))
        check_inclusion(hash_of_leaf, leaf, checkpoint.size, path, checkpoint.root)
    except (NotCanonical, BadNote, BadProof) as fault:
        raise BadCertificate(str(fault)) from fault
    values = {field: stored["value"] for field, stored in body.items() if "value" in stored}
    return ShownEvent(header, part["effects"], values, tuple(sorted(body.keys() - values)), leaf), note


def _insist_header(header: Any) -> None:
    _insist_keys(header, HEADER_FIELDS, "The header of an event")
    fault = BadCertificate("The header of an event is not one of ours.")
    if header["v"] != VERSION or type(header["v"]) is not int or type(header["seq"]) is not int:
        raise fault
    texts = (header[name] for name in ("log", "at", "kind", "actor", "effects", "body", "prev"))
    if not all(isinstance(one, str) and one for one in texts):
        raise fault
    if not all(
        isinstance(header[name], list) and all(isinstance(one, str) for one in header[name]) for name in _STATES
    ):
        raise fault
    try:
        parse_instant(header["at"])
    except NotCanonical:
        raise fault from None


_STATES = ("from", "to")


def read_proof(written: Any) -> tuple[int, list[bytes], str]:
    """The leaf, the path and the note of a C2SP tlog-proof. Raises BadProof."""
    if not isinstance(written, str):
        raise BadProof("There is no proof.")
    head, _, note = written.partition("\n\n")
    lines = head.split("\n")
    found = _INDEX.fullmatch(lines[1]) if len(lines) > 1 else None
    if lines[0] != PROOF or found is None or not note:
        raise BadProof(f"The proof is not written as {PROOF} has it.")
    path = []
    for line in lines[2:]:
        try:
            one = base64.b64decode(line, validate=True)
        except (binascii.Error, ValueError):
            one = b""
        if len(one) != HASH_SIZE or base64.b64encode(one).decode() != line:
            raise BadProof(f"The proof is not written as {PROOF} has it.")
        path.append(one)
    return int(found[1]), path, note


# --- what is claimed ---------------------------------------------------------------------------------------------------------


def _insist_claim(claim: Mapping[str, Any], parts: Sequence[Any]) -> None:
    kind, headers = claim["kind"], [part["header"] for part in parts]
    if len(parts) != (2 if kind == TWO_PERSONS else 1):
        raise BadCertificate("It shows another number of events than its claim needs.")
    shown = [_fields_of(part["body"]) for part in parts]
    if kind == FACT:
        valued, there = shown[0]
        facts = said_in(parts[0]["effects"] or {}).keys() - there
        _insist_fact(claim["fields"], valued, there, facts)
    elif any(there for _, there in shown):
        raise BadCertificate("It shows words that it does not claim.")
    if kind == STATE and (claim["states"] != headers[0]["to"] or not claim["states"]):
        raise BadCertificate("The event did not lead to this state.")
    if kind == TWO_PERSONS:
        _insist_two_persons(*headers)


def _fields_of(body: Any) -> tuple[set[str], set[str]]:
    """The fields of which there is a value, and all that are there."""
    return (set(), set()) if body is None else ({field for field, one in body.items() if "value" in one}, set(body))


def _insist_fact(fields: Any, valued: set[str], there: set[str], facts: set[str]) -> None:
    if not isinstance(fields, list) or not all(isinstance(one, str) for one in fields) or fields != sorted(set(fields)):
        raise BadCertificate("The fields that are claimed are not written as they should be.")
    if not valued and not facts & set(fields):
        raise BadCertificate("It claims a fact and shows none.")
    if not valued <= set(fields) <= there | facts:
        raise BadCertificate("It claims other fields than it shows.")


def _insist_two_persons(asked: Mapping[str, Any], done: Mapping[str, Any]) -> None:
    if (fault := fault_of_two(asked, done)) is not None:
        raise BadCertificate(fault)


def fault_of_two(asked: Mapping[str, Any], done: Mapping[str, Any]) -> str | None:
    """Why two headers do not show that another person carried out what one had asked for: each, and whom each stood for, has to be on one
    side alone."""
    if (asked["kind"], done["kind"]) != (ASKED, CARRIED_OUT):
        return "These are not what one person asked for and another carried out."
    if any(asked[name] != done[name] for name in ("log", "track")) or done["because"] != asked["seq"]:
        return "The second event does not follow from the first."
    sides = [{one["actor"], one["acting_for"]} - {None} for one in (asked, done)]
    if sides[0] & sides[1] or NOBODY & (sides[0] | sides[1]):
        return "It was not two persons."
    return None
