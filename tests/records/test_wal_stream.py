"""Places in the log as the server writes them; that it is sent whole, and goes on after every end, `test_moments` shows on a server."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from casework.errors import BackupUnusable
from casework.records import wal_stream
from casework.records.database import connected
from casework.records.wal_stream import parse_lsn, say_lsn, sending


@given(st.integers(0, 2**64 - 1))
def test_a_place_is_read_as_it_is_written(lsn: int) -> None:
    assert parse_lsn(say_lsn(lsn)) == lsn


def test_a_place_is_written_as_the_server_does() -> None:
    assert (parse_lsn("16/B374D848"), say_lsn(0x16B374D848)) == (0x16B374D848, "16/B374D848")


def test_whoever_may_not_replicate_is_sent_nothing(engine: Engine) -> None:
    # PostgreSQL 18 speaks of permission, 17 of the role that it takes.
    with pytest.raises(BackupUnusable, match="permission denied|replication role"), sending(engine.url):
        pass


def test_where_no_slot_is_none_is_dropped(superuser_engine: Engine) -> None:
    with connected(superuser_engine) as db:
        assert not wal_stream.drop_slot(db.execution_options(isolation_level="AUTOCOMMIT"))
