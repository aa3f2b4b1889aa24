"""Where files lie: a folder or a bucket (obstore), each file sealed with a key of its own and named by what is in it.

A name is a keyed hash of the content: who has the store, and not the keys, learns neither what a file is nor whether a
document that he knows is among them. A file is sealed in pieces with AES-256-GCM; a piece that is changed, moved, left
out or cut off is found when it is read.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

import obstore
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, from_url

from casework.errors import FileDamaged, FileMissing, InvalidSettings, StoreUnavailable
from casework.records.durable import make_folder, sync_below

KEY, SALT, PIECE, TAG = 32, 16, 65_536, 16
_FORM = b"CWF1"


def new_key() -> bytes:
    """A key for the files of one compartment."""
    return secrets.token_bytes(KEY)


def name_of(key: bytes, digest: str) -> str:
    """What a file with this SHA-256 is called under this key."""
    return hmac.new(key, bytes.fromhex(digest), hashlib.sha256).hexdigest()


class Store:
    """Files by their place, such as `0192…/3f/3fa1…`. Nothing here knows what a document is."""

    def __init__(self, address: str) -> None:
        """A folder as file:///…, or a bucket as s3://bucket/prefix with its credentials in AWS_* of the environment."""
        #: Where the files of a folder lie; a bucket keeps what it has taken by itself.
        self._folder: Path | None = None
        try:
            if address.startswith("file://"):
                self._folder = Path(address.removeprefix("file://"))
                make_folder(self._folder, 0o700)
                self._store = LocalStore(self._folder)
            else:
                self._store = from_url(address)  # type: ignore[assignment]  # every kind of store is used the same way
        except (BaseError, OSError, ValueError) as fault:
            raise InvalidSettings(f"CASEWORK_DOCUMENTS_URL cannot be used: {_short(fault)}") from fault

    def put(self, place: str, key: bytes, pieces: Iterable[bytes]) -> None:
        """Seal and keep a file; whoever reads it meanwhile sees what was there before. Raises StoreUnavailable."""
        self.put_sealed(place, seal(key, place, pieces))

    def read(self, place: str, key: bytes) -> Iterator[bytes]:
        """What is in a file, piece by piece. Raises FileMissing, FileDamaged and StoreUnavailable, the first at once."""
        try:
            stream = obstore.get(self._store, place).stream(min_chunk_size=PIECE)
        except (NotFoundError, FileNotFoundError) as fault:
            raise FileMissing from fault
        except (BaseError, OSError) as fault:
            raise StoreUnavailable(why=_short(fault)) from fault
        return unseal(key, place, (bytes(piece) for piece in stream))

    def delete(self, place: str) -> None:
        """Take a file away; it may be gone already."""
        try:
            obstore.delete(self._store, place)
        except (NotFoundError, FileNotFoundError):
            return
        except (BaseError, OSError) as fault:
            raise StoreUnavailable(why=_short(fault)) from fault

    def places(self) -> Iterator[str]:
        """Where files lie, in no certain order."""
        for some in obstore.list(self._store):
            yield from (entry["path"] for entry in some)

    def sealed(self, place: str) -> tuple[int, Iterator[bytes]]:
        """A file as it lies there, sealed: how long it is, and its bytes. Raises FileMissing and StoreUnavailable."""
        try:
            found = obstore.get(self._store, place)
        except (NotFoundError, FileNotFoundError) as fault:
            raise FileMissing from fault
        except (BaseError, OSError) as fault:
            raise StoreUnavailable(why=_short(fault)) from fault
        return found.meta["size"], (bytes(piece) for piece in found.stream(min_chunk_size=PIECE))

    def put_sealed(self, place: str, pieces: Iterable[bytes]) -> None:
        """Keep a file that was sealed for this place before; once this has returned, no power cut takes it. Raises StoreUnavailable."""
        try:
            obstore.put(self._store, place, iter(pieces))
            if self._folder is not None:
                # The store itself only writes: what the history names would be empty, or gone.
                sync_below(self._folder, self._folder / place)
        except (BaseError, OSError) as fault:
            raise StoreUnavailable(why=_short(fault)) from fault


def _short(fault: Exception) -> str:
    return str(fault).strip().split("\n")[0][:200]


# --- sealing ---------------------------------------------------------------------------------------------------------


def _cipher(key: bytes, salt: bytes, place: str) -> AESGCM:
    info = b"casework file 1 " + place.encode()
    return AESGCM(HKDF(algorithm=SHA256(), length=KEY, salt=salt, info=info).derive(key))


def _nonce(number: int, last: bool) -> bytes:
    # The key serves one file alone, so that a count is nonce enough; the last piece is marked, so that none is cut off.
    return number.to_bytes(11, "big") + (b"\1" if last else b"\0")


def seal(key: bytes, place: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes sealed: by this key, for this place."""
    salt = secrets.token_bytes(SALT)
    cipher, number = _cipher(key, salt, place), 0
    yield _FORM + salt
    waiting = b""
    for piece in _even(pieces, PIECE):
        if number or waiting:
            yield cipher.encrypt(_nonce(number - 1, last=False), waiting, None)
        waiting, number = piece, number + 1
    yield cipher.encrypt(_nonce(max(number - 1, 0), last=True), waiting, None)


def unseal(key: bytes, place: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What was sealed by this key for this place. Raises FileDamaged, where it is changed or cut off, or the key another."""
    cipher: AESGCM | None = None
    number, waiting = 0, b""
    rest = _after_head(pieces)
    head = next(rest)
    cipher = _cipher(key, head, place)
    for piece in _even(rest, PIECE + TAG):
        if number:
            yield _decrypt(cipher, _nonce(number - 1, last=False), waiting)
        waiting, number = piece, number + 1
    yield _decrypt(cipher, _nonce(max(number - 1, 0), last=True), waiting)


def _after_head(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The salt, then everything that follows it."""
    held, length, begun = b"", len(_FORM) + SALT, False
    for piece in pieces:
        held += piece
        if not begun and len(held) >= length:
            if not held.startswith(_FORM):
                raise FileDamaged
            begun = True
            yield held[len(_FORM) : length]
            held = held[length:]
        if begun and held:
            yield held
            held = b""
    if not begun:
        raise FileDamaged


def _decrypt(cipher: AESGCM, nonce: bytes, sealed: bytes) -> bytes:
    try:
        return cipher.decrypt(nonce, sealed, None)
    except InvalidTag as fault:
        raise FileDamaged from fault


def _even(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same bytes in pieces of one size, the last one shorter."""
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) >= size:
            yield bytes(held[:size])
            del held[:size]
    if held:
        yield bytes(held)


__all__ = ["Store", "name_of", "new_key", "seal", "unseal"]
