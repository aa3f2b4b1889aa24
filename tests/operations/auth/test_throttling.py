"""How guessing is slowed down: by the account, exactly, and by one way to write an address."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework.errors import InvalidForm, TooManyAttempts
from casework.operations.auth.throttling import account_hash, begin_attempt, wait_for
from casework.operations.core.email_addresses import canonical, is_address
from casework.operations.people import registry
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


def test_an_address_that_only_looks_alike_is_another_everywhere(world: World, db: Connection) -> None:
    """The capital I with a dot becomes an i to some databases, and two characters to others."""
    assert canonical("audİtor@example.org") != "auditor@example.org"
    id = registry.register_person(db, email="audİtor@example.org", name="Another")
    assert id != world.people["auditor"]
    with pytest.raises(InvalidForm):
        registry.register_person(db, email="AUDİTOR@example.org", name="Another still")


@pytest.mark.parametrize(
    "address",
    [
        "a\u202eb@example.org",
        "a\u200bb@example.org",
        "a b@example.org",
        "a@b@example.org",
        "@example.org",
        "a@",
        "x" * 65 + "@example.org",
        "a\x00@example.org",
    ],
)
def test_what_nobody_can_see_is_no_address(address: str) -> None:
    assert not is_address(canonical(address))


@pytest.mark.parametrize("address", ["li.wen@example.org", "李文@例子.中国", "o'neill+case@example.co.uk"])
def test_people_have_addresses_in_their_own_script(address: str) -> None:
    assert is_address(canonical(address))
