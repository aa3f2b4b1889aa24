"""Who a step waits for outside the office."""

from __future__ import annotations

import pytest

from casework.engine.parties import AUTHORITY, BODIES, PARTIES, PARTY, REGISTER, body_of


@pytest.mark.parametrize("about", [None, "match", *PARTIES])
@pytest.mark.parametrize("body", [AUTHORITY, REGISTER])
def test_an_authority_and_a_register_are_waited_for_whatever_the_task_is_about(body: str, about: str | None) -> None:
    assert body_of(body, about) == body


@pytest.mark.parametrize("party", PARTIES)
def test_of_the_parties_the_one_is_waited_for_that_the_task_is_about(party: str) -> None:
    assert body_of(PARTY, party) == party


@pytest.mark.parametrize("about", [None, "match"])
def test_a_task_that_is_about_no_party_waits_for_one_of_them(about: str | None) -> None:
    assert body_of(PARTY, about) == PARTY
    assert PARTY in BODIES
