"""Signed notes, keys and checkpoints as C2SP signed-note and tlog-checkpoint have them, with Ed25519."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

MOST_BYTES, MOST_SIGNATURES = 64_000, 100
_SIZE = re.compile(r"0|[1-9]\d{0,18}", re.ASCII)
NAME = re.compile(r"[^\s+\x00-\x1f\x7f]{1,255}")


class BadNote(ValueError):
    """A note, a key or a checkpoint that has not the right form."""


class BadSignature(BadNote):
    """A note of which a signature does not hold."""


class UnknownKey(BadNote):
    """A note that nobody signed whose key is known."""


@dataclass(frozen=True, slots=True)
class Key:
    """A verifier key."""

    name: str
    id: bytes
    raw: bytes

    @property
    def line(self) -> str:
        return "+".join((self.name, self.id.hex(), base64.b64encode(b"\x01" + self.raw).decode()))


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How many leaves a log had, and the root over them."""

    origin: str
    size: int
    root: bytes


def parse_key(line: str) -> Key:
    """A key as it is handed out: name+id+key."""
    parts = line.strip().split("+", 2)
    if len(parts) != 3 or NAME.fullmatch(parts[0]) is None:
        raise BadNote("a key is written as name+id+key")
    raw = unbase64(parts[2])
    if len(raw) != 33 or raw[0] != 1:
        raise BadNote("the key is not one of Ed25519")
    id = hashlib.sha256(parts[0].encode() + b"\n" + raw).digest()[:4]
    if parts[1] != id.hex():
        raise BadNote("the id of the key is not its own")
    return Key(parts[0], id, raw[1:])


def parse_checkpoint(note: str) -> tuple[Checkpoint, str, list[tuple[str, bytes, bytes]]]:
    """What a note says, its signed text, and the signatures that it bears: name, id and what was signed. None is checked."""
    if len(note.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise BadNote("the note is too long")
    body, split, lines = note.rpartition("\n\n")
    if not split or not lines.endswith("\n") or any(ord(one) < 0x20 and one != "\n" for one in note):
        raise BadNote("a note is a text, an empty line and signatures")
    said = body.split("\n")
    if len(said) < 3 or not all(said) or _SIZE.fullmatch(said[1]) is None:
        raise BadNote("a checkpoint is an origin, a size and a root")
    root = unbase64(said[2])
    if len(root) != 32:
        raise BadNote("a root has 32 bytes")
    signatures = [_signature(line) for line in lines[:-1].split("\n")]
    if len(signatures) > MOST_SIGNATURES:
        raise BadNote("the note has too many signatures")
    return Checkpoint(said[0], int(said[1]), root), body + "\n", signatures


def open_checkpoint(note: str, keys: Sequence[Key]) -> tuple[Checkpoint, tuple[Key, ...]]:
    """What a note says and which of these keys signed it: one at least that is named as the log, and each truly."""
    checkpoint, text, signatures = parse_checkpoint(note)
    signed: list[Key] = []
    for name, id, raw in signatures:
        for key in keys:
            if (key.name, key.id) != (name, id):
                continue
            if key in signed or not _holds(key, raw, text):
                raise BadSignature(f"the signature of {name} does not hold")
            signed.append(key)
    if all(key.name != checkpoint.origin for key in signed):
        raise UnknownKey("no key that is known signed the note")
    return checkpoint, tuple(signed)


def _holds(key: Key, signature: bytes, text: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key.raw).verify(signature, text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def _signature(line: str) -> tuple[str, bytes, bytes]:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "\u2014" or NAME.fullmatch(parts[1]) is None:
        raise BadNote("a signature is a dash, a name and what was signed")
    raw = unbase64(parts[2])
    if len(raw) < 5:
        raise BadNote("a signature is too short")
    return parts[1], raw[:4], raw[4:]


def unbase64(written: str) -> bytes:
    """Of the one way to write it."""
    try:
        raw = base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise BadNote("what should be base64 is not") from fault
    if base64.b64encode(raw).decode() != written:
        raise BadNote("what should be base64 is not")
    return raw
