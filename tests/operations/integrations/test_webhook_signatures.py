"""Signatures of webhooks are those of the standard."""

from __future__ import annotations

import base64
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.operations.integrations.webhook_signatures import TOLERANCE, Signed, is_signed, new_secret, sign

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SECRET, OTHER = new_secret(), new_secret()
BODY = '{"type": "receipt.sign"}'


def signed(at: datetime = NOW, secrets: tuple[str, ...] = (SECRET,), id: str = "msg_1", body: str = BODY) -> Signed:
    """A message as the library signs it."""
    moment = int(at.timestamp())
    return Signed(id, str(moment), sign(secrets, id, moment, body), body.encode())


def test_the_signature_is_that_of_the_standard() -> None:
    # The example of the Standard Webhooks specification.
    signed = sign(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, '{"test": 2432232314}'
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_message_is_taken_for_five_minutes_before_and_after() -> None:
    for seconds, holds in (
        (0, True),
        (300, True),
        (-300, True),
        (301, False),
        (-301, False),
        (360, False),
        (-360, False),
    ):
        assert is_signed(signed(NOW + timedelta(seconds=seconds)), [SECRET], NOW) is holds
    assert timedelta(minutes=5) == TOLERANCE


def test_either_of_two_secrets_is_good_and_no_third() -> None:
    assert is_signed(signed(), [OTHER, SECRET], NOW)
    assert is_signed(signed(secrets=(OTHER, SECRET)), [SECRET], NOW)
    assert not is_signed(signed(), [OTHER, OTHER], NOW)


@given(st.text(max_size=60), st.integers(0, 59), st.integers(0, 255))
def test_one_changed_byte_is_noticed(body: str, place: int, other: int) -> None:
    message = signed(body=body + "x" * 60)
    assert is_signed(message, [SECRET], NOW)
    changed = bytearray(message.body)
    changed[place] = other
    same = bytes(changed) == message.body
    assert is_signed(Signed(message.id, message.timestamp, message.signature, bytes(changed)), [SECRET], NOW) is same


@given(st.text(max_size=40), st.text(max_size=20), st.text(max_size=200), st.binary(max_size=100))
def test_what_nobody_signed_is_refused_whatever_it_is(id: str, timestamp: str, signature: str, body: bytes) -> None:
    assert not is_signed(Signed(id, timestamp, signature, body), [SECRET, OTHER], NOW)


@pytest.mark.parametrize(
    ("id", "timestamp"),
    [
        ("msg.1", "1772413200"),
        ("msg_1", "01772413200"),
        ("msg_1", "+1772413200"),
        ("", "1772413200"),
        ("m" * 201, "1772413200"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused_though_it_is_signed(id: str, timestamp: str) -> None:
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    given = base64.b64encode(hmac.digest(key, f"{id}.{timestamp}.".encode() + BODY.encode(), "sha256")).decode()
    assert int(timestamp) == int(NOW.timestamp())
    assert not is_signed(Signed(id, timestamp, f"v1,{given}", BODY.encode()), [SECRET], NOW)


def test_no_more_signatures_are_looked_at_than_anybody_needs() -> None:
    message = signed()
    many = Signed(message.id, message.timestamp, "v1,x " * 8 + message.signature, message.body)
    assert not is_signed(many, [SECRET], NOW)
