"""A scanner to test against: speaks clamd's INSTREAM, and finds one word that nothing else looks for."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

#: What it finds; the test virus that all scanners know is refused before it comes here.
VIRUS = b"Horrible-Test-Signature-7Q"


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        if self.rfile.read(10) != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        content = b""
        while length := struct.unpack("!I", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
        self.wfile.write(b"stream: Horrible-Test-Signature FOUND\0" if VIRUS in content else b"stream: OK\0")


@contextmanager
def scanner(
    server: type[socketserver.BaseServer] = socketserver.ThreadingTCPServer, at: Any = ("127.0.0.1", 0)
) -> Iterator[str]:
    """A scanner that answers; its address as the setting has it."""
    with server(at, _Handler) as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        where = made.server_address
        yield f"tcp://{where[0]}:{where[1]}" if isinstance(where, tuple) else f"unix://{where}"
        made.shutdown()
        thread.join()
