"""An address for answers says who writes where, cannot be made up, and stands only where its reader may write."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from casework.operations.core.encryption import SecretBox
from casework.operations.notifications.reply_addresses import address_of, open_token, token_in, token_of
from casework.settings import Settings

OLD, NEW = "an old secret key of the tests, long", "a new secret key of the tests, long"
BOX = SecretBox([NEW, OLD])
ADDRESS = "reply@office.example"


@given(st.uuids())
def test_a_token_opens_however_a_mail_server_writes_it(id: UUID) -> None:
    token = token_of(BOX, str(id))
    address = address_of(ADDRESS, token)
    assert len(address.partition("@")[0]) <= 64
    for written in (address, address.upper(), f" <{address}> "):
        found = token_in(ADDRESS, written)
        assert found is not None
        assert open_token(BOX, found) == str(id)


def test_with_a_new_key_the_addresses_of_the_old_one_still_open() -> None:
    id = "0198c0de-0000-7000-8000-000000000001"
    token = token_of(SecretBox([OLD]), id)
    assert open_token(BOX, token) == id
    assert open_token(SecretBox([NEW]), token) is None


@given(st.uuids(), st.integers(0, 47), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_one_letter_else_and_it_is_none(id: UUID, at: int, letter: str) -> None:
    token = token_of(BOX, str(id))
    other = token[:at] + letter + token[at + 1 :]
    assert (open_token(BOX, other) == str(id)) is (other == token)
    assert other == token or open_token(BOX, other) is None


@given(st.text(max_size=60))
def test_what_anybody_writes_opens_nothing_and_raises_nothing(written: str) -> None:
    assert open_token(BOX, written) is None
    assert token_in(ADDRESS, written) is None


@pytest.mark.parametrize(
    "written",
    ["reply@office.example", "reply+a@other.example", "other+a@office.example", "reply+a@office.example.x", "+a@", ""],
)
def test_other_addresses_are_not_ours(written: str) -> None:
    assert token_in(ADDRESS, written) is None


@pytest.mark.parametrize(
    ("given", "good"),
    [
        ({"reply_address": ADDRESS}, True),
        ({"reply_address": "a.b-c_d@x"}, True),
        ({"reply_address": None}, True),
        ({"reply_address": "Reply@office.example"}, False),
        ({"reply_address": "reply"}, False),
        ({"reply_address": "reply+a@office.example"}, False),
        ({"reply_address": "reply@@office.example"}, False),
        ({"reply_address": "r" * 16 + "@office.example"}, False),
        ({"reply_address": "Casework <reply@office.example>"}, False),
        ({"reply_address": "reply@office.example\nBcc: a@x"}, False),
        ({"reply_address": ADDRESS, "smtp_host": None}, False),
        ({"reply_proved_by": "mx.office.example"}, True),
        ({"reply_proved_by": "mx; dmarc=pass"}, False),
    ],
)
def test_an_address_that_cannot_be_one_is_refused_at_the_start(given: dict[str, str | None], good: bool) -> None:
    whole = {"profile": "test", "smtp_host": "mail.example", "base_url": "https://casework.example", **given}
    if good:
        Settings.model_validate(whole)
        return
    with pytest.raises(ValidationError):
        Settings.model_validate(whole)
