"""The published log of an installation, read over the network: by `casework-witness watch`, and by nothing else here."""

from __future__ import annotations

import json
import secrets
import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Sequence
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from casework_verify.faults import Unreadable
from casework_verify.integrity.tree import HASH_SIZE, TILE_WIDTH
from casework_verify.reading import read_file
from casework_verify.tiles import Tiles
from casework_verify.words.reasons import why_of

_SECONDS = 30
_MOST_NOTE, _MOST_TILES = 2**16, 400
#: Where plain HTTP says nothing to anybody else.
_HERE = {"localhost", "127.0.0.1", "::1"}


class _Stay(urllib.request.HTTPRedirectHandler):
    """Nobody is followed elsewhere, and no token is carried there."""

    def redirect_request(self, *arguments: Any) -> None:
        return None


class Published:
    """What is at an address, and what is sent there."""

    def __init__(self, address: str, token: str | None = None) -> None:
        """Raises Unreadable for an address that is none."""
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise Unreadable("address_unread", address=address, why="it is no address of an installation")
        if token is not None and parts.scheme != "https" and parts.hostname not in _HERE:
            raise Unreadable("address_unread", address=address, why="a token is sent by https alone")
        self.address, self.token = address.rstrip("/"), token
        self._open = urllib.request.build_opener(_Stay).open

    def checkpoint(self) -> str:
        """The checkpoint that everybody is shown. Raises Unreadable."""
        try:
            return self._read("log/checkpoint", _MOST_NOTE).decode("utf-8")
        except UnicodeDecodeError as fault:
            raise Unreadable("file_kind") from fault

    def tiles(self, paths: Sequence[str]) -> Tiles:
        """These tiles of the log. Raises Unreadable."""
        if len(paths) > _MOST_TILES:
            raise Unreadable("address_unread", address=self.address, why="too many tiles are needed")
        read = {path: self._read(f"log/{path}", TILE_WIDTH * HASH_SIZE) for path in paths}
        return Tiles(read, read.get)

    def send(self, note: str) -> None:
        """Hand in what was signed. Raises Unreadable."""
        request = urllib.request.Request(
            f"{self.address}/api/v1/cosignatures",
            json.dumps({"note": note}).encode(),
            {
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
                # Each time a new one: what was taken once may be of another tree by now, and is then to be looked at again.
                "Idempotency-Key": secrets.token_hex(16),
            },
        )
        try:
            with self._open(request, timeout=_SECONDS) as answer:
                answer.read(_MOST_NOTE)
        except urllib.error.HTTPError as fault:
            with fault:
                raise Unreadable("address_refused", address=self.address, why=_why(fault)) from fault
        except (OSError, HTTPException, ValueError) as fault:
            raise Unreadable("address_refused", address=self.address, why=_failed(fault)) from fault

    def _read(self, path: str, most: int) -> bytes:
        try:
            with self._open(f"{self.address}/{path}", timeout=_SECONDS) as answer:
                read: bytes = answer.read(most + 1)
        except (OSError, HTTPException, ValueError) as fault:
            raise Unreadable("address_unread", address=f"{self.address}/{path}", why=_failed(fault)) from fault
        if len(read) > most:
            raise Unreadable("file_large", file=path)
        return read


def _why(fault: urllib.error.HTTPError) -> str:
    """The words of a refusal, where it has any."""
    try:
        told = json.loads(fault.read(_MOST_NOTE))
        return f"the server answered {fault.code} {told['detail']}"
    except (ValueError, LookupError, TypeError, OSError, HTTPException):
        return f"the server answered {fault.code}"


def _failed(fault: Exception) -> str:
    """Why no answer came, or none that can be read."""
    cause = fault.reason if isinstance(fault, urllib.error.URLError) else fault
    match cause:
        case _ if isinstance(fault, urllib.error.HTTPError):
            return f"the server answered {fault.code}"
        case ssl.SSLCertVerificationError():
            return "its certificate is not trusted here"
        case socket.gaierror():
            return "no machine is known by that name"
        case ConnectionRefusedError() | TimeoutError():
            return why_of(cause)
    return "no answer came as one should"


def read_token(path: Path) -> str:
    """Raises Unreadable."""
    token = read_file(path, 2**12).decode("ascii", "replace").strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise Unreadable("file_damaged", why=f"{path.name} holds no token")
    return token
