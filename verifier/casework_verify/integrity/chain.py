"""How an event is bound to the one before it, and its words to salted hashes, of which each can be shown or erased alone."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from casework_verify.integrity.canonical import NotCanonical, canonical, digest, is_hash

VERSION = 1
#: What the header of an event has, and nothing else.
HEADER_FIELDS = frozenset((
    "v", "log", "seq", "at", "kind", "track", "from", "to", "edition", "actor", "acting_for", "role", "organisation",
    "because", "key", "effects", "body", "prev",
))  # fmt: skip
#: What a leaf of the tree says before the hash of its event.
LEAF_PREFIX = b"casework event\n"
_SALT = re.compile("[0-9a-f]{32}")


def genesis(log: str) -> str:
    """What the first event of a log builds on: another value for each log."""
    return hashlib.sha256(f"casework log {log}".encode()).hexdigest()


def event_hash(header: Any) -> str:
    """SHA-256 of the bytes of `prev` and the canonical header. Raises NotCanonical."""
    if not isinstance(header, dict) or not is_hash(header.get("prev")):
        raise NotCanonical("a header names the hash before it")
    return hashlib.sha256(bytes.fromhex(header["prev"]) + canonical(header)).hexdigest()


def field_hash(name: str, stored: Any) -> str:
    """The salted hash of a value, or the hash that was left of it. Raises NotCanonical."""
    if isinstance(stored, dict) and stored.keys() == {"hash"} and is_hash(stored["hash"]):
        return str(stored["hash"])
    if not isinstance(stored, dict) or stored.keys() != {"salt", "value"}:
        raise NotCanonical(f"{name} is neither a salted value nor an erased one")
    if not isinstance(stored["salt"], str) or _SALT.fullmatch(stored["salt"]) is None:
        raise NotCanonical(f"the salt of {name} is not 32 hexadecimal digits")
    return hashlib.sha256(bytes.fromhex(stored["salt"]) + canonical(stored["value"])).hexdigest()


def commitment(body: Any) -> str:
    """What the header says of the body. Raises NotCanonical."""
    if not isinstance(body, dict):
        raise NotCanonical("a body is an object")
    return digest({name: field_hash(name, stored) for name, stored in body.items()})


def values(body: Any) -> dict[str, Any]:
    """What stands in the fields of a body that were not erased."""
    return {name: stored["value"] for name, stored in body.items() if isinstance(stored, dict) and "value" in stored}
