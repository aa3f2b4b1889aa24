"""The server's write-ahead log as it is written, sent to whoever asks as a standby does (streaming replication).

A slot keeps on the server what was not confirmed yet, also while nobody asks; a server whose disk would be full of it lets it go first.
"""

from __future__ import annotations

import select
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from psycopg.conninfo import make_conninfo
from psycopg.pq import ConnStatus, ExecStatus, PGconn
from psycopg.pq.abc import PGconn as Opened
from sqlalchemy import URL, Connection, text

from casework.errors import BackupUnusable

SLOT = "casework_archive"
#: More than so much of the log is not kept for the archive: then the office goes on, and the archive has a gap and needs a base.
MOST_KEPT = "4GB"
#: Microseconds are counted from the year 2000 there.
_EPOCH = 946_684_800
_DATA = b"w"
_HEAD = struct.Struct("!QQQ")
_STATUS = struct.Struct("!cQQQQB")


def parse_lsn(said: str) -> int:
    """A place in the log as the server writes it, such as 0/3000028."""
    high, low = said.split("/")
    return (int(high, 16) << 32) + int(low, 16)


def say_lsn(lsn: int) -> str:
    return f"{lsn >> 32:X}/{lsn & 0xFFFFFFFF:08X}"


@dataclass
class Sender:
    """A connection over which the server sends its log."""

    connection: Opened
    system: str
    timeline: int
    #: How far the server has written when it was asked.
    written: int

    def start(self, lsn: int) -> None:
        """Have everything sent from here on. Raises BackupUnusable where the server has it no more."""
        command = f"START_REPLICATION SLOT {SLOT} PHYSICAL {say_lsn(lsn)} TIMELINE {self.timeline}"
        result = self.connection.exec_(command.encode())
        if result.status != ExecStatus.COPY_BOTH:
            raise BackupUnusable(_said(self.connection))

    def receive(self, seconds: float) -> tuple[int, bytes] | None:
        """The next of the log and where it begins; None where nothing has come for so long. Raises BackupUnusable when it ends."""
        until = time.monotonic() + seconds
        while True:
            length, message = self.connection.get_copy_data(1)
            if length < 0:
                raise BackupUnusable(f"the server sends its log no more: {_said(self.connection)}")
            if length == 0:
                left = until - time.monotonic()
                if left <= 0 or not select.select([self.connection.socket], [], [], left)[0]:
                    return None
                self.connection.consume_input()
                continue
            content = bytes(message)
            if content[:1] == _DATA:
                return int(_HEAD.unpack_from(content, 1)[0]), content[1 + _HEAD.size :]

    def confirm(self, lsn: int) -> None:
        """Let the server know that everything before this place is kept, so that it need not."""
        now = int((time.time() - _EPOCH) * 1_000_000)
        self.connection.put_copy_data(_STATUS.pack(b"r", lsn, lsn, lsn, now, 0))
        self.connection.flush()


@contextmanager
def sending(url: URL) -> Iterator[Sender]:
    """A connection to the server of this address, whose login may replicate. Raises BackupUnusable."""
    _, given = url.get_dialect()().create_connect_args(url)
    known = {name: value for name, value in given.items() if name != "options"}
    # Documents may be copied for minutes between two confirmations.
    conninfo = make_conninfo(**known, replication="true", options="-c wal_sender_timeout=15min")
    connection = PGconn.connect(conninfo.encode())
    try:
        if connection.status != ConnStatus.OK:
            raise BackupUnusable(_said(connection))
        result = connection.exec_(b"IDENTIFY_SYSTEM")
        row = [result.get_value(0, column) for column in range(3)] if result.status == ExecStatus.TUPLES_OK else []
        system, timeline, written = [(value or b"").decode() for value in row] or ["", "", ""]
        if not system:
            raise BackupUnusable(_said(connection))
        yield Sender(connection, system, int(timeline), parse_lsn(written))
    finally:
        connection.finish()


def ensure_slot(db: Connection) -> int:
    """The slot that keeps the log for the archive, made where there is none, or none that still has it; gives from where on it is kept.
    By a superuser, outside of a transaction."""
    row = db.execute(_SLOT, {"slot": SLOT}).one_or_none()
    if row is not None and (row.restart_lsn is None or row.wal_status == "lost"):
        drop_slot(db)
        row = None
    if row is None:
        db.execute(_MAKE_SLOT, {"slot": SLOT})
        row = db.execute(_SLOT, {"slot": SLOT}).one()
    return parse_lsn(row.restart_lsn)


def limit_slot(db: Connection) -> None:
    """Let no slot keep more than so much: a disk that is full of log stops the office. By a superuser, outside of a transaction."""
    if db.execute(text("SHOW max_slot_wal_keep_size")).scalar_one() != MOST_KEPT:
        db.execute(text(f"ALTER SYSTEM SET max_slot_wal_keep_size = '{MOST_KEPT}'"))
        db.execute(text("SELECT pg_reload_conf()"))


def drop_slot(db: Connection) -> bool:
    """Keep no more of the log than the server itself needs; whether it did. By a superuser, outside of a transaction."""
    return db.execute(_DROP_SLOT, {"slot": SLOT}).rowcount > 0


#: From where on a slot keeps the log, and whether all of it is still there.
_SLOT = text(
    "SELECT CAST(restart_lsn AS text) AS restart_lsn, wal_status FROM pg_replication_slots WHERE slot_name = CAST(:slot AS name)"
)
#: Keeps the log from now on.
_MAKE_SLOT = text("SELECT pg_create_physical_replication_slot(CAST(:slot AS name), true)")
#: Ends a slot that nobody uses just now.
_DROP_SLOT = text("""
    SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = CAST(:slot AS name) AND NOT active
""")


def _said(connection: Opened) -> str:
    return connection.error_message.decode(errors="replace").strip().split("\n")[0] or "it said nothing."
