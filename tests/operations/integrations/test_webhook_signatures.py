"""Signatures of webhooks are those of the standard."""

from __future__ import annotations

from casework.operations.integrations.webhook_signatures import sign


def test_the_signature_is_that_of_the_standard() -> None:
    # The example of the Standard Webhooks specification.
    signed = sign(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, '{"test": 2432232314}'
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
