"""Addresses: each is written in one way, and what nobody can see is none."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework.errors import InvalidForm
from casework.operations.core.email_addresses import canonical, is_address
from casework.operations.people import registry
from tests.support.world import World


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
