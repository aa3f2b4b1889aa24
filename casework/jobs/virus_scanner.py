"""What a scanner says of a file: clamd, spoken to over TCP or a Unix socket."""

from __future__ import annotations

import re
import socket
import struct
from collections.abc import Iterable

#: How long to wait for the scanner at each step, and how much it is given at once.
PATIENCE_S, _PIECE = 60.0, 65_536
_TCP = re.compile(r"tcp://(?P<host>[^/:]+):(?P<port>\d+)")


class ScannerAway(Exception):
    """The scanner does not answer, or not in a way that says anything of the file."""


def scan(address: str, pieces: Iterable[bytes]) -> str | None:
    """What the scanner calls what it found in a file; None where it found nothing. Raises ScannerAway."""
    try:
        with _connect(address) as line:
            line.sendall(b"zINSTREAM\0")
            for piece in pieces:
                for at in range(0, len(piece), _PIECE):
                    part = piece[at : at + _PIECE]
                    line.sendall(struct.pack("!I", len(part)) + part)
            line.sendall(struct.pack("!I", 0))
            answer = _answer(line)
    except OSError as fault:
        raise ScannerAway(str(fault)) from fault
    if answer.endswith(" OK"):
        return None
    if match := re.fullmatch(r"(?:stream: )?(.+) FOUND", answer):
        return match[1][:200]
    raise ScannerAway(answer[:200] or "it says nothing")


def _connect(address: str) -> socket.socket:
    if match := _TCP.fullmatch(address):
        return socket.create_connection((match["host"], int(match["port"])), timeout=PATIENCE_S)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(PATIENCE_S)
    try:
        line.connect(address.removeprefix("unix://"))
    except OSError:
        line.close()
        raise
    return line


def _answer(line: socket.socket) -> str:
    received = b""
    while len(received) < 4_096 and (piece := line.recv(1_024)):
        received += piece
        if b"\0" in piece:
            break
    return received.split(b"\0")[0].decode("utf-8", "replace").strip()
