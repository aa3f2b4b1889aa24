"""The way to a receiver of webhooks: one connection, to the address that was looked at, for one status line."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Sequence

from casework.operations.integrations.ssrf_guard import Target, choose_address, read_target
from casework.operations.integrations.webhooks import Message

#: For all of it together, once the name is resolved.
TIMEOUT_S = 5.0
#: More than this of an answer is not read; of its body nothing at all.
MOST_READ = 65_536

#: From a host and a port to its addresses.
Resolve = Callable[[str, int], Sequence[str]]


class Unreachable(Exception):
    """No answer came that one could read."""


def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, in the system's order."""
    entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in entries]


def deliver(
    message: Message, inside: frozenset[str], hosts: frozenset[str] = frozenset({"*"}), *, look_up: Resolve = resolve
) -> int:
    """Post a message; gives the status that was answered. Redirects are not followed. Raises Forbidden, Unreachable."""
    target = read_target(message.url, inside, hosts)
    try:
        # Looked up once: what is connected to is what was looked at, whatever the name says a moment later.
        address = choose_address(target, look_up(target.host, target.port))
        return _post(target, address, message)
    except (OSError, ValueError, UnicodeError) as fault:
        raise Unreachable(f"{type(fault).__name__}: {fault}") from fault


def _post(target: Target, address: str, message: Message) -> int:
    until = time.monotonic() + TIMEOUT_S
    with socket.create_connection((address, target.port), timeout=TIMEOUT_S) as plain:
        connection = plain
        if target.tls:
            connection = ssl.create_default_context().wrap_socket(plain, server_hostname=target.host)
        with connection:
            connection.settimeout(_left(until))
            connection.sendall(_request(target, message))
            return _status(connection, until)


def _request(target: Target, message: Message) -> bytes:
    body = message.payload.encode()
    usual = target.port == (443 if target.tls else 80)
    head = {
        "Host": target.host if usual else f"{target.host}:{target.port}",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "User-Agent": "Casework",
        "Connection": "close",
        "webhook-id": message.id,
        "webhook-timestamp": str(message.timestamp),
        "webhook-signature": message.signature,
    }
    if message.repeated:
        head["casework-repeat"] = "maybe"
    lines = [f"POST {target.path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items())]
    return "\r\n".join(lines).encode("ascii") + b"\r\n\r\n" + body


def _status(connection: socket.socket, until: float) -> int:
    read = b""
    while b"\n" not in read and len(read) < MOST_READ:
        connection.settimeout(_left(until))
        more = connection.recv(4096)
        if not more:
            break
        read += more
    words = read.split(b"\n", 1)[0].split()
    if len(words) < 2 or not words[0].startswith(b"HTTP/1.") or not words[1].isdigit():
        raise Unreachable("no HTTP answer")
    return int(words[1])


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("no answer in time")
    return left
