"""How guessing is slowed down: by the account, exactly, and by one way to write an address."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework.errors import TooManyAttempts
from casework.operations.auth.throttling import account_hash, begin_attempt, wait_for
from tests.support.world import World


def test_in_any_quarter_of_an_hour_there_are_ten_tries_and_in_a_day_fifty() -> None:
    """Somebody who tries at every second that they may, for two days."""
    tries: list[float] = []
    for second in range(2 * 86_400):
        if wait_for([second - at for at in reversed(tries)][:50]) <= 0:
            tries.append(second)
    for window, most in ((900, 10), (86_400, 50)):
        held = max(sum(at <= one < at + window for one in tries) for at in tries)
        assert held == most


def test_the_database_lets_no_more_through(world: World, db: Connection) -> None:
    for _ in range(3):
        begin_attempt(db, "officer@example.org", "203.0.113.9")
    # However the address is written, and from wherever.
    for email, address in (("Officer@Example.ORG ", "203.0.113.9"), ("ｏｆｆｉｃｅｒ@example.org", "198.51.100.1")):
        with pytest.raises(TooManyAttempts):
            begin_attempt(db, email, address)


@pytest.mark.parametrize(
    "written", ["Auditor@example.org", " auditor@EXAMPLE.org", "ａｕｄｉｔｏｒ@example.org", "auditor@example.org"]
)
def test_one_address_has_one_counter(written: str) -> None:
    assert account_hash(written) == account_hash("auditor@example.org")
