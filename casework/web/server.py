"""How requests come in: gunicorn keeps the processes, and in each of them waitress hands whole requests to threads.

A request reaches a thread when all of it has arrived: whoever sends nothing, or little by little, holds a connection but
no thread, and no transaction waits for a body. Large bodies wait in files without a name. How long a request may take to
arrive, and how large it may be, is decided here.
"""

from __future__ import annotations

import copy
import os
import time
from collections.abc import Mapping
from typing import cast

from flask import Flask
from gunicorn.workers.base import Worker
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher
from werkzeug.exceptions import HTTPException

from casework.errors import InvalidSettings

#: How long a connection may ask nothing, and a head may take; and a body, beside what it earns at the slowest rate.
IDLE_S, HEAD_S, BODY_S, SLOWEST_BYTES_PER_S = 30, 10, 30, 20_000
#: The largest head, with the address in it.
MOST_OF_HEAD = 32_768
#: Beyond what a page may bring, so that the page itself can say that it is too much.
_ROOM = 1_000_000
#: Connections of one process, and bytes in it of bodies that have not arrived whole.
MOST_CONNECTIONS, MOST_UNDER_WAY = 1_000, 1_000_000_000
#: What of an answer may lie unread before its thread waits for the reader.
MOST_UNREAD = 64_000_000

#: Everything of one process that may be read or written, by its number.
Sockets = dict[int, wasyncore.dispatcher]


class Incoming(HTTPRequestParser):
    """A request on its way in. Only what takes files may be large."""

    adj: Adjustments

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.body_rcv is not None:
            self.adj = copy.copy(self.adj)
            self.adj.max_request_body_size = _ROOM + largest_body(self.adj.app, self.command, self.path)


def largest_body(app: Flask, method: str, path: str) -> int:
    """How much a request may bring: what its route allows."""
    large: Mapping[str, int] = app.extensions.get("casework.large", {})
    try:
        endpoint, _ = app.url_map.bind("").match(path, method)
    except HTTPException:
        endpoint = ""
    return large.get(endpoint, app.config["MAX_CONTENT_LENGTH"] or 0)


class Connection(HTTPChannel):
    """A connection that knows since when its request is coming in."""

    parser_class = Incoming
    #: When the first byte of the request came; 0 before any has.
    began = 0.0

    def received(self, data: bytes) -> bool:
        if self.request is None:
            self.began = time.time()
        return bool(super().received(data))

    def is_overdue(self, now: float) -> bool:
        """Whether the request that is coming in, the next one, or the reader of an answer has had its time."""
        if self.total_outbufs_len:
            return now > self.last_activity + IDLE_S
        if self.requests:
            return False
        if self.request is None:
            return now > self.last_activity + (IDLE_S if self.began else HEAD_S)
        if not self.request.headers_finished:
            return now > self.began + HEAD_S
        return now > self.began + BODY_S + self.request.body_bytes_received / SLOWEST_BYTES_PER_S

    def under_way(self) -> int:
        """How much of a body has come that is not whole yet."""
        return 0 if self.request is None else int(self.request.body_bytes_received)


class Listener(TcpWSGIServer):
    """Takes connections in, and ends those that have had their time."""

    channel_class = Connection

    def maintenance(self, now: float) -> None:
        under_way = 0
        # Where too much is under way, those who came last go.
        for channel in sorted(self.active_channels.values(), key=lambda channel: channel.began):
            under_way += channel.under_way()
            if channel.is_overdue(now) or (channel.under_way() and under_way > MOST_UNDER_WAY):
                channel.will_close = True


class BufferingWorker(Worker):
    """A process of gunicorn's in which waitress reads the requests."""

    #: Whether gunicorn was told to use it: for this process, or for those that this one will begin.
    chosen = False

    @classmethod
    def setup(cls) -> None:
        """gunicorn calls it as soon as it knows of which kind its processes are, before any of them loads the application."""
        cls.chosen = True

    def run(self) -> None:
        app, hands = cast(Flask, self.wsgi), ThreadedTaskDispatcher()
        sockets: Sockets = {}
        hands.set_thread_count(self.cfg.threads)
        adj = Adjustments(
            threads=self.cfg.threads,
            connection_limit=MOST_CONNECTIONS,
            cleanup_interval=1,
            max_request_header_size=MOST_OF_HEAD,
            outbuf_high_watermark=MOST_UNREAD,
            ident=None,
            clear_untrusted_proxy_headers=False,
            log_socket_errors=False,
        )
        adj.app = app
        listeners = [
            Listener(
                app,
                sockets,
                True,
                socket.sock,
                dispatcher=hands,
                adj=adj,
                bind_socket=False,
                sockinfo=(socket.sock.family, socket.sock.type, socket.sock.proto, socket.sock.getsockname()),
            )
            for socket in self.sockets
        ]
        while self.alive and self.ppid == os.getppid():
            self._turn(sockets)
        self._finish(listeners, sockets, hands)

    def _turn(self, sockets: Sockets) -> None:
        self.notify()
        wasyncore.loop(timeout=1, use_poll=True, map=sockets, count=1)

    def _finish(self, listeners: list[Listener], sockets: Sockets, hands: ThreadedTaskDispatcher) -> None:
        """Take in nothing new, and answer what has been asked."""
        for listener in listeners:
            listener.accepting = False
            wasyncore.dispatcher.close(listener)
        until = time.monotonic() + self.cfg.graceful_timeout
        while time.monotonic() < until and any(
            channel.requests or channel.total_outbufs_len for channel in _channels(listeners)
        ):
            self._turn(sockets)
        hands.shutdown(timeout=1)


def insist_whole_requests() -> None:
    """Raises InvalidSettings where something else than a BufferingWorker is about to serve: it would hand on a request before
    its body has come, and whoever sends half of one would hold a thread."""
    if not BufferingWorker.chosen:
        raise InvalidSettings(
            "the application is served by `casework serve`, or by gunicorn with `-k casework.web.server.BufferingWorker`: any"
            " other worker hands on requests that have not arrived whole."
        )


def _channels(listeners: list[Listener]) -> list[Connection]:
    return [channel for listener in listeners for channel in listener.active_channels.values()]


__all__ = ["BODY_S", "HEAD_S", "IDLE_S", "BufferingWorker", "insist_whole_requests", "largest_body"]
