"""How it is noticed that a server has gone: before a connection is used again, and while one waits for an answer."""

from __future__ import annotations

import select
import time
from typing import Any

import psycopg
from sqlalchemy import URL, Engine, event
from sqlalchemy.exc import InvalidatePoolError

#: A connection that has rested longer is asked whether it still answers.
RESTED_S = 5.0
#: Where a machine loses its power nobody closes its connections: who waits for an answer asks after 5 seconds whether the other end
#: is there, and gives up after 6 more; who sent something waits 10 seconds until it is taken. By default that takes hours.
HEARD_OF = {"keepalives_idle": "5", "keepalives_interval": "2", "keepalives_count": "3", "tcp_user_timeout": "10000"}


def watch_pool(engine: Engine) -> None:
    """Let the pool look at a connection before it gives it away."""
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _insist_alive)


def heard_of(url: URL) -> dict[str, str]:
    """What the driver is told besides an address, which may say otherwise; a socket in a folder takes no notice of it."""
    return {name: value for name, value in HEARD_OF.items() if name not in url.query}


def _note_use(connection: Any, record: Any) -> None:
    record.info["used"] = time.monotonic()
    if (wire := record.info.get("wire")) is not None:
        wire.rest()


def _insist_alive(connection: Any, record: Any, proxy: Any) -> None:
    """A look instead of a round trip: a server that has gone closes its end, and that can be read at once.

    Raises InvalidatePoolError, upon which the pool connects anew. A network that swallows a connection without
    closing it is found by asking, after a rest.
    """
    used = record.info.get("used")
    if used is None:
        return
    try:
        readable, _, _ = select.select([connection.fileno()], [], [], 0)
        if readable or time.monotonic() - used > RESTED_S:
            connection.execute("SELECT 1")
            connection.rollback()
    except (psycopg.Error, OSError, ValueError) as fault:
        raise InvalidatePoolError from fault
