"""What a tree says of itself, signed: notes, keys and checkpoints as C2SP signed-note and tlog-checkpoint have them, with Ed25519.

A note is a text, an empty line, and a line for each signature. A key has a name, which is the origin of its log, and an id of four
bytes; a signature of a key that a reader does not know is passed over, one of a key that it knows must hold.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from casework.ledger.merkle import HASH_SIZE

#: The kind of signature, in a key and in what its id is made of.
ED25519 = b"\x01"
_KEY_SIZE, SIGNATURE_SIZE = 32, 64
#: No note of ours is longer; one of somebody else is not read to its end.
MOST_BYTES = 64_000
MOST_SIGNATURES = 100
_DASH = "\u2014"
_SIZE = re.compile(r"0|[1-9]\d{0,18}", re.ASCII)


class BadNote(ValueError):
    """A note, a key or a checkpoint that does not hold; its words say why."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What a signature is checked with, as it is handed to a reader."""

    name: str
    raw: bytes

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.raw).digest()[:4]

    @property
    def line(self) -> str:
        """The verifier key, as other tools read it: name+id+key."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(ED25519 + self.raw).decode()}"

    def holds(self, text: str, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """What signs; it is read from its file by what signs, and by nothing else."""

    name: str
    _seed: bytes

    @property
    def public(self) -> PublicKey:
        return PublicKey(self.name, self._key().public_key().public_bytes_raw())

    @property
    def line(self) -> str:
        """As the file keeps it, and as other tools read it."""
        return f"PRIVATE+KEY+{self.name}+{self.public.id.hex()}+{base64.b64encode(ED25519 + self._seed).decode()}"

    def sign(self, text: str) -> str:
        """The line of the signature, with the end of the line."""
        return Signature(self.name, self.public.id, self._key().sign(text.encode())).line

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self._seed)

    def __repr__(self) -> str:
        return f"SigningKey({self.name})"


@dataclass(frozen=True, slots=True)
class Signature:
    """A line of a note: whose it says it is."""

    name: str
    id: bytes
    raw: bytes

    @property
    def line(self) -> str:
        """As it stands in the note, with the end of the line."""
        return f"{_DASH} {self.name} {base64.b64encode(self.id + self.raw).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A note that has the right form; that alone says nothing."""

    text: str
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How many leaves a log had, and the root over them."""

    origin: str
    size: int
    root: bytes
    more: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return "".join(
            f"{line}\n" for line in (self.origin, self.size, base64.b64encode(self.root).decode(), *self.more)
        )


# --- keys ------------------------------------------------------------------------------------------------------------------


def key_from_seed(name: str, seed: bytes) -> SigningKey:
    """A key of 32 random bytes."""
    _insist_name(name)
    if len(seed) != _KEY_SIZE:
        raise BadNote(f"A key is made of {_KEY_SIZE} bytes.")
    return SigningKey(name, seed)


def parse_signing_key(line: str) -> SigningKey:
    if not line.startswith("PRIVATE+KEY+"):
        raise BadNote("This is no signing key.")
    name, id, raw = key_parts(line.removeprefix("PRIVATE+KEY+"))
    key = key_from_seed(name, raw)
    if key.public.id != id:
        raise BadNote("The key's id is not its own.")
    return key


def parse_public_key(line: str) -> PublicKey:
    name, id, raw = key_parts(line)
    key = PublicKey(name, raw)
    if key.id != id:
        raise BadNote("The key's id is not its own.")
    return key


def key_parts(line: str, kind: bytes = ED25519) -> tuple[str, bytes, bytes]:
    """The name, the id and the bytes of a key that signs in this way. Raises BadNote."""
    parts = line.split("+", 2)
    if len(parts) != 3 or not re.fullmatch(r"[0-9a-f]{8}", parts[1], re.ASCII):
        raise BadNote("A key is written as name+id+key.")
    raw = _unbase64(parts[2])
    _insist_name(parts[0])
    if raw[:1] != kind or len(raw) != 1 + _KEY_SIZE:
        raise BadNote("The key is not one of Ed25519." if kind == ED25519 else "The key is not one of a witness.")
    return parts[0], bytes.fromhex(parts[1]), raw[1:]


def _insist_name(name: str) -> None:
    if not name or "+" in name or any(character.isspace() or not character.isprintable() for character in name):
        raise BadNote("A key's name has no space, no plus sign and nothing that cannot be read.")


# --- notes ------------------------------------------------------------------------------------------------------------------


def sign_note(text: str, keys: Sequence[SigningKey]) -> str:
    _insist_text(text)
    return text + "\n" + "".join(key.sign(text) for key in keys)


def parse_note(note: str) -> Note:
    """The note and whose signatures it bears; raises BadNote for any other form."""
    if len(note.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise BadNote("The note is too long.")
    text, split, lines = note.rpartition("\n\n")
    if not split or not lines.endswith("\n"):
        raise BadNote("A note is a text, an empty line and signatures, each with the end of its line.")
    text += "\n"
    _insist_text(text)
    signatures = tuple(_signature(line) for line in lines[:-1].split("\n"))
    if len(signatures) > MOST_SIGNATURES:
        raise BadNote("The note has too many signatures.")
    return Note(text, signatures)


def open_note(note: str, keys: Sequence[PublicKey]) -> tuple[Note, tuple[PublicKey, ...]]:
    """The note and which of these keys signed it: at least one did, and each that is named there did truly. Raises BadNote."""
    parsed = parse_note(note)
    signed: list[PublicKey] = []
    for signature in parsed.signatures:
        for key in keys:
            if (key.name, key.id) != (signature.name, signature.id):
                continue
            if key in signed:
                raise BadNote(f"The key {key.name} {key.id.hex()} signed twice.")
            if not key.holds(parsed.text, signature.raw):
                raise BadNote(f"The signature of {key.name} {key.id.hex()} does not hold.")
            signed.append(key)
    if not signed:
        raise BadNote("No key that is known signed the note.")
    return parsed, tuple(signed)


def _signature(line: str) -> Signature:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != _DASH:
        raise BadNote("A signature is written as a dash, a name and what was signed.")
    _insist_name(parts[1])
    raw = _unbase64(parts[2])
    if len(raw) < 5:
        raise BadNote("A signature is too short.")
    return Signature(parts[1], raw[:4], raw[4:])


def _insist_text(text: str) -> None:
    if not text.endswith("\n") or any(not c.isprintable() and ord(c) < 0x20 and c != "\n" for c in text):
        raise BadNote("The text of a note ends with a line, and has no other control characters.")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as fault:
        raise BadNote("The note is not UTF-8.") from fault


def _unbase64(written: str) -> bytes:
    """Of the one way to write it."""
    try:
        raw = base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise BadNote("What should be base64 is not.") from fault
    if base64.b64encode(raw).decode() != written:
        raise BadNote("What should be base64 is not.")
    return raw


# --- checkpoints ---------------------------------------------------------------------------------------------------------------


def parse_checkpoint(text: str) -> Checkpoint:
    """The text of a note, as tlog-checkpoint says; raises BadNote."""
    _insist_text(text)
    lines = text[:-1].split("\n")
    if len(lines) < 3 or not all(lines):
        raise BadNote("A checkpoint has an origin, a size and a root, each on a line, and no empty one.")
    if not _SIZE.fullmatch(lines[1]):
        raise BadNote("The size of a checkpoint is a whole number.")
    root = _unbase64(lines[2])
    if len(root) != HASH_SIZE:
        raise BadNote(f"The root of a checkpoint has {HASH_SIZE} bytes.")
    return Checkpoint(lines[0], int(lines[1]), root, tuple(lines[3:]))


def open_checkpoint(note: str, keys: Sequence[PublicKey], origin: str | None = None) -> Checkpoint:
    """The checkpoint that a note bears, signed by one of these keys, all named as its origin. Raises BadNote."""
    opened, signed = open_note(note, keys)
    checkpoint = parse_checkpoint(opened.text)
    if origin is not None and checkpoint.origin != origin:
        raise BadNote(f"The checkpoint is one of {checkpoint.origin}, not of {origin}.")
    if all(key.name != checkpoint.origin for key in signed):
        raise BadNote(f"No key of {checkpoint.origin} itself signed the checkpoint.")
    return checkpoint
