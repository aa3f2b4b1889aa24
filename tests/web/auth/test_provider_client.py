"""The way to a provider of sign-in: one answer, in time, of a size, from where it was asked."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from casework.web.auth import provider_client
from casework.web.auth.provider_client import LARGEST, Silent, ask, fetch


@contextmanager
def answering(*pieces: bytes, pause: float = 0.0) -> Iterator[str]:
    """A server of one answer, piece by piece."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            try:
                way, _ = server.accept()
                with way:
                    way.recv(65_536)
                    for piece in pieces:
                        way.sendall(piece)
                        time.sleep(pause)
            except OSError:
                return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/x"
    thread.join(5)


def test_an_answer_is_taken_as_it_is() -> None:
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}") as address:
        assert ask(address, {}) == (200, b"{}")


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n" + b"x" * (LARGEST + 10),
        b"SSH-2.0\r\n",
        b"",
    ],
    ids=["moved", "not there", "huge", "no HTTP", "nothing"],
)
def test_what_is_no_answer_is_silence(answer: bytes) -> None:
    with answering(answer) as address, pytest.raises(Silent):
        fetch(address)


def test_whoever_dawdles_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider_client, "TIMEOUT_S", 0.4)
    pieces = [b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", *[b"x"] * 100]
    with answering(*pieces, pause=0.05) as address, pytest.raises(Silent):
        ask(address, {})


def test_whoever_is_not_there_is_silent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(Silent):
        fetch(f"http://127.0.0.1:{port}/x")
