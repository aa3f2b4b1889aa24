"""A server that is gone is noticed: in seconds by who waits for its answer, and before a connection is used again."""

from __future__ import annotations

import socket

import pytest
from sqlalchemy import Engine, make_url, text

from casework.records.database import connected, driver_arguments
from casework.records.pool_checks import HEARD_OF, heard_of
from casework.settings import Settings


def test_who_waits_for_a_machine_without_power_gives_up_in_seconds(settings: Settings) -> None:
    """By what the kernel keeps of a connection: no packet can be lost here."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        # The driver of the application and that of the worker are told the same.
        arguments = driver_arguments(
            settings.model_copy(update={"database_url": f"postgresql://nobody@127.0.0.1:{port}/none"})
        )
    assert {name: str(arguments[name]) for name in HEARD_OF} == HEARD_OF
    idle, interval, count = (int(HEARD_OF[f"keepalives_{name}"]) for name in ("idle", "interval", "count"))
    assert idle + interval * count <= 15
    assert int(HEARD_OF["tcp_user_timeout"]) <= 15_000


def test_an_address_may_say_otherwise() -> None:
    given = heard_of(make_url("postgresql://here/it?keepalives_idle=60"))
    assert "keepalives_idle" not in given
    assert given["keepalives_count"] == HEARD_OF["keepalives_count"]


@pytest.mark.parametrize("cut", ["ended", "closed"])
def test_a_connection_that_ended_at_rest_is_not_used_again(engine: Engine, superuser_engine: Engine, cut: str) -> None:
    with connected(engine) as db:
        pid = db.execute(text("SELECT pg_backend_pid()")).scalar_one()
        driver = db.connection.driver_connection
    if cut == "ended":
        with superuser_engine.connect() as other:
            assert other.execute(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": pid}).scalar_one()
    else:
        assert driver is not None
        driver.close()
    with connected(engine) as db:
        assert db.execute(text("SELECT pg_backend_pid()")).scalar_one() != pid
