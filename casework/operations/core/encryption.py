"""Secrets that must be read again, such as those of one-time codes, sealed while they lie in the database.

The keys follow from the secret keys of the installation (HKDF with SHA-256), so that a copy of the database alone opens
nothing. A new secret key seals from then on; the ones before it, as long as they are named, still open.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from casework.errors import InvalidSettings

NONCE = 12


class SecretBox:
    """Seals with the first key (AES-256-GCM), opens with any; each sealing belongs to one owner and opens for no other."""

    def __init__(self, keys: Sequence[str]) -> None:
        """The secret keys of the installation, the present one first."""
        self._ciphers = [AESGCM(_derive(key, b"casework secret box 1")) for key in keys]
        self._secrets = [_derive(key, b"casework links 1") for key in keys]

    def seal(self, secret: str, owner: str) -> bytes:
        """The nonce and what it was sealed with, for the row of this owner."""
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._ciphers[0].encrypt(nonce, secret.encode(), owner.encode())

    def open(self, sealed: bytes, owner: str) -> tuple[str, bool]:
        """The secret, and whether an earlier key sealed it, so that it should be sealed anew.

        Raises InvalidSettings where no key opens it.
        """
        nonce, rest = bytes(sealed[:NONCE]), bytes(sealed[NONCE:])
        for place, cipher in enumerate(self._ciphers):
            try:
                return cipher.decrypt(nonce, rest, owner.encode()).decode(), place > 0
            except (InvalidTag, ValueError):
                continue
        raise InvalidSettings(
            "a secret in the database was sealed with another key: name the key before in CASEWORK_SECRET_KEY_FALLBACKS."
        )

    def secrets_of(self, purpose: str) -> list[str]:
        """A secret that nobody keeps, for it can be made again: by the present key first, then by those before."""
        return [
            base64.urlsafe_b64encode(hmac.digest(key, purpose.encode(), "sha256")).decode().rstrip("=")
            for key in self._secrets
        ]


def _derive(key: str, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(key.encode())


__all__ = ["SecretBox"]
