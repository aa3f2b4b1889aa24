"""What a witness says of a checkpoint: C2SP tlog-cosignature v1, with Ed25519.

A witness signs, with a key that is its own, that by a moment the largest tree it has seen of this log had this root, and that it goes on
from all it had seen before. It is one more line below the checkpoint; its key has an id of its own kind, so that nobody takes a
signature of the log for one of a witness, or the other way round.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from casework.ledger.signed_notes import (
    SIGNATURE_SIZE,
    BadNote,
    Checkpoint,
    Note,
    Signature,
    key_parts,
    parse_checkpoint,
    parse_note,
)

#: The kind of signature, in a key and in what its id is made of.
COSIGNATURE = b"\x04"
_TIME_SIZE = 8
_LATEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """What the cosignatures of a witness are checked with."""

    name: str
    raw: bytes

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + COSIGNATURE + self.raw).digest()[:4]

    @property
    def line(self) -> str:
        """As a witness hands it out: name+id+key."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(COSIGNATURE + self.raw).decode()}"

    def holds(self, text: str, at: int, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, signed_text(text, at))
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True, order=True)
class Cosignature:
    """When a witness signed, in seconds since 1970, and the line that it wrote, with its end."""

    at: int
    line: str


def signed_text(text: str, at: int) -> bytes:
    """What a witness signs of the text of a checkpoint."""
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def parse_witness_key(line: str) -> WitnessKey:
    """Raises BadNote."""
    name, id, raw = key_parts(line, COSIGNATURE)
    key = WitnessKey(name, raw)
    if key.id != id:
        raise BadNote("The key's id is not its own.")
    return key


def open_cosigned(note: str, key: WitnessKey) -> tuple[Checkpoint, Cosignature]:
    """The checkpoint that a note bears, and the newest cosignature of this witness on it, of which each holds. Raises BadNote."""
    opened = parse_note(note)
    checkpoint = parse_checkpoint(opened.text)
    found = [_cosignature(opened, one, key) for one in opened.signatures if (one.name, one.id) == (key.name, key.id)]
    if not found:
        raise BadNote(f"The witness {key.name} {key.id.hex()} has not signed the checkpoint.")
    return checkpoint, max(found)


def _cosignature(note: Note, signature: Signature, key: WitnessKey) -> Cosignature:
    if len(signature.raw) != _TIME_SIZE + SIGNATURE_SIZE:
        raise BadNote("A cosignature is a time of 8 bytes and a signature of 64.")
    at = int.from_bytes(signature.raw[:_TIME_SIZE], "big")
    if at > _LATEST or not key.holds(note.text, at, signature.raw[_TIME_SIZE:]):
        raise BadNote(f"The cosignature of {key.name} {key.id.hex()} does not hold.")
    return Cosignature(at, signature.line)


def with_cosignatures(note: str, lines: Iterable[str]) -> str:
    """A checkpoint with what witnesses signed of it."""
    return note + "".join(lines)
