"""Witnesses: their keys, and what they sign of a checkpoint, as C2SP tlog-cosignature v1 has it, with Ed25519.

A witness has seen a tree and all that came of it: whoever trusts its key need not trust the log that it shows everybody the same.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from casework_verify.integrity.notes import NAME, BadNote, parse_checkpoint, unbase64

KIND = b"\x04"
_SECRET = "PRIVATE+KEY+"
_DASH = "\u2014"


class BadCosignature(BadNote):
    """A note of which the signature of a known witness does not hold."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class Witness:
    """The key of a witness, as it hands it out."""

    name: str
    raw: bytes

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + KIND + self.raw).digest()[:4]

    @property
    def line(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(KIND + self.raw).decode()}"


@dataclass(frozen=True, slots=True)
class Secret:
    """What a witness signs with; it does not show itself."""

    name: str
    _seed: bytes

    @property
    def witness(self) -> Witness:
        return Witness(self.name, self._key().public_key().public_bytes_raw())

    @property
    def line(self) -> str:
        return f"{_SECRET}{self.name}+{self.witness.id.hex()}+{base64.b64encode(KIND + self._seed).decode()}"

    def cosign(self, note: str, at: int) -> str:
        """The line that says: by this moment, in seconds since 1970, this is the largest tree that I have seen."""
        _, text, _ = parse_checkpoint(note)
        signed = at.to_bytes(8, "big") + self._key().sign(_signed_text(text, at))
        return f"{_DASH} {self.name} {base64.b64encode(self.witness.id + signed).decode()}\n"

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self._seed)

    def __repr__(self) -> str:
        return f"Secret({self.name})"


@dataclass(frozen=True, slots=True)
class Cosigned:
    """Who signed, when, in seconds since 1970, and the line."""

    witness: Witness
    at: int
    line: str


def parse_witness(line: str) -> Witness:
    """Raises BadNote."""
    name, id, raw = _parts(line)
    witness = Witness(name, raw)
    if witness.id.hex() != id:
        raise BadNote("the id of the key is not its own")
    return witness


def is_witness(line: str) -> bool:
    """Whether a line of a file of keys is meant for one."""
    try:
        return unbase64(line.split("+", 2)[-1].strip())[:1] == KIND
    except BadNote:
        return False


def parse_secret(line: str) -> Secret:
    """Raises BadNote."""
    if not line.startswith(_SECRET):
        raise BadNote("this is no key that signs")
    name, id, seed = _parts(line.removeprefix(_SECRET))
    secret = Secret(name, seed)
    if secret.witness.id.hex() != id:
        raise BadNote("the id of the key is not its own")
    return secret


def new_secret(name: str, seed: bytes) -> Secret:
    """Raises BadNote for a name that none can have."""
    if NAME.fullmatch(name) is None:
        raise BadNote("a name has no space and no plus sign")
    return Secret(name, seed)


def _parts(line: str) -> tuple[str, str, bytes]:
    parts = line.strip().split("+", 2)
    if len(parts) != 3 or NAME.fullmatch(parts[0]) is None:
        raise BadNote("a key is written as name+id+key")
    raw = unbase64(parts[2])
    if len(raw) != 33 or raw[:1] != KIND:
        raise BadNote("the key is not one of a witness")
    return parts[0], parts[1], raw[1:]


def cosigned(note: str, witnesses: Sequence[Witness]) -> Iterator[Cosigned]:
    """The cosignatures of these witnesses that a note bears. Raises BadCosignature where one of them does not hold."""
    _, text, signatures = parse_checkpoint(note)
    known = {(witness.name, witness.id): witness for witness in witnesses}
    for name, id, raw in signatures:
        if (witness := known.get((name, id))) is None:
            continue
        at = int.from_bytes(raw[:8], "big")
        if len(raw) != 72 or at >= 2**63 or not _holds(witness, raw[8:], _signed_text(text, at)):
            raise BadCosignature(name)
        yield Cosigned(witness, at, f"{_DASH} {name} {base64.b64encode(id + raw).decode()}\n")


def _signed_text(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _holds(witness: Witness, signature: bytes, signed: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(witness.raw).verify(signature, signed)
    except (InvalidSignature, ValueError):
        return False
    return True
