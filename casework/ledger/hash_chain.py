"""How an event is bound to the one before it: its header, its digests and its hash."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from casework.ledger.canonical_json import Json, NotCanonical, canonical, digest, is_hash, parse_instant
from casework.ledger.redactable_bodies import Body, commitment

VERSION = 1

# What the caller says about an event. `key` is the hash of the request's key, on the first event of an action.
SAID_FIELDS = (
    "log",
    "seq",
    "at",
    "kind",
    "track",
    "from",
    "to",
    "edition",
    "actor",
    "acting_for",
    "role",
    "organisation",
    "because",
    "key",
)
# `effects` and `body` are digests of the other two parts of the event, `prev` is the hash before it.
HEADER_FIELDS = ("v", *SAID_FIELDS, "effects", "body", "prev")

_SAID = frozenset(SAID_FIELDS)


@dataclass(frozen=True, slots=True)
class SealedEvent:
    """An event in its final form, ready to be stored."""

    header: dict[str, Json]
    effects: dict[str, object]
    body: Body
    hash: str


def genesis(log: str) -> str:
    """What the first event of a log has as `prev`: different for each, so that none can pass for another."""
    return hashlib.sha256(f"casework log {log}".encode()).hexdigest()


def seal_event(header: Mapping[str, Json], effects: Mapping[str, object], body: Body, prev: str) -> SealedEvent:
    """The event with its digests and hash; `body` comes from `seal`, `prev` is the head of the log.

    A header field that is not given stands as null, so that the form is fixed. Raises NotCanonical.
    """
    _insist_header(header)
    parts = dict(effects)
    full: dict[str, Json] = {"v": VERSION}
    full.update((field, header.get(field)) for field in SAID_FIELDS)
    full.update(effects=digest(parts), body=commitment(body), prev=prev)
    return SealedEvent(header=full, effects=parts, body=body, hash=event_hash(full))


def event_hash(header: Mapping[str, Json]) -> str:
    """SHA-256 of the bytes of `prev` and the canonical header; raises NotCanonical."""
    prev = header.get("prev")
    if not isinstance(prev, str) or not is_hash(prev):
        raise NotCanonical("not 64 lower-case hexadecimal digits", ".prev")
    return hashlib.sha256(bytes.fromhex(prev) + canonical(header)).hexdigest()


def _insist_header(header: Mapping[str, Json]) -> None:
    if unknown := header.keys() - _SAID:
        raise NotCanonical(f"the header has no field {', '.join(sorted(unknown))}")
    for field in ("log", "kind"):
        if not isinstance(header.get(field), str) or not header[field]:
            raise NotCanonical("an event needs this", f".{field}")
    seq = header.get("seq")
    if type(seq) is not int or seq < 1:
        raise NotCanonical("not a whole number from 1 on", ".seq")
    at = header.get("at")
    if not isinstance(at, str):
        raise NotCanonical("an event needs this", ".at")
    parse_instant(at)
