"""Words that lie sealed in the database: those of sealed logs, and what somebody has typed and not sent yet.

They are opened on the way from the server, so that whoever reads the tables through the application meets words, and
whoever has the database, a copy or a backup of it without the key meets none. The history promises the words themselves:
its hashes are those of what was written, and the same whichever key sealed it. Each owner, such as a log, has a key of its
own, which follows from the installation's (HKDF with SHA-256); a piece is sealed with AES-256-GCM.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from casework import reasons
from casework.errors import Unreadable
from casework.records.key_ring import earlier_keys, secret_key
from casework.settings import Settings

#: How a sealed value begins, in the version of its form; then the owner, and nonce and ciphertext.
MARK = "sealed:1:"
_MARK = MARK.encode()
_NONCE = 12
_UNSTORABLE = re.compile(f"[\0\ud800-\udfff]|{MARK}")


def storable(texts: Iterable[str]) -> bool:
    """Whether texts of somebody may be stored: there is no place for NUL, nor for half of a surrogate pair; and what begins
    as a sealed value does would be opened for whoever reads it, whosever it is."""
    # No mark goes on over the end of a line, so that one look at all of them is enough.
    return _UNSTORABLE.search("\n".join(texts)) is None


def insist_unsealed(*written: str | None) -> None:
    """The last fence, whichever way a text came: in a log that is not sealed nothing looks sealed. Raises Unreadable."""
    if MARK in "\n".join(filter(None, written)):
        raise Unreadable(reasons.requests.UNSTORABLE)


def texts_in(value: object) -> Iterator[str]:
    """Every text within a JSON value, names of fields included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield str(name)
            if type(inner) is str:
                # Nearly every cell of a file is one.
                yield inner
            else:
                yield from texts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner)


class Sealing:
    """Seals with the present key of an installation, and opens with any that it had."""

    def __init__(self, settings: Settings) -> None:
        # Asked for when it is needed: many commands seal and open nothing, and have no key.
        self._settings = settings
        self._known: list[str] | None = None

    def seal(self, owner: str, value: object) -> str:
        """A value as it lies in the database, for its owner alone."""
        nonce = secrets.token_bytes(_NONCE)
        written = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        sealed = nonce + _cipher(self._keys()[0], owner).encrypt(nonce, written, owner.encode())
        return f"{MARK}{owner}:{base64.b64encode(sealed).decode()}"

    def seal_body(self, owner: str, body: Mapping[str, Mapping[str, object]]) -> dict[str, Any]:
        """The body of an event with its values sealed; an erased one has none."""
        return {
            field: {**stored, "value": self.seal(owner, stored["value"])} if "value" in stored else dict(stored)
            for field, stored in body.items()
        }

    def loads(self, written: bytes | str) -> Any:
        """JSON as the server gives it, with everything in it opened."""
        value = json.loads(written)
        sealed = _MARK in written if isinstance(written, bytes) else MARK in written
        return self._opened(value) if sealed else value

    def _opened(self, value: object) -> Any:
        if isinstance(value, str):
            return self._open(value) if value.startswith(MARK) else value
        if isinstance(value, dict):
            return {name: self._opened(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self._opened(inner) for inner in value]
        return value

    def _open(self, sealed: str) -> Any:
        """What was sealed; what only looks like it, or no key opens, stays as it is."""
        owner, _, written = sealed.removeprefix(MARK).partition(":")
        try:
            raw = base64.b64decode(written, validate=True)
        except ValueError:
            return sealed
        for key in self._keys():
            try:
                return json.loads(_cipher(key, owner).decrypt(raw[:_NONCE], raw[_NONCE:], owner.encode()))
            except (InvalidTag, ValueError):
                continue
        return sealed

    def _keys(self) -> list[str]:
        if self._known is None:
            self._known = [secret_key(self._settings), *earlier_keys(self._settings)]
        return self._known


@lru_cache(maxsize=1000)
def _cipher(key: str, owner: str) -> AESGCM:
    info = f"casework sealed words 1 {owner}".encode()
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(key.encode()))
