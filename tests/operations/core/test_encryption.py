"""Secrets are sealed for their owner, and open with earlier keys too."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.errors import InvalidSettings
from casework.operations.core.encryption import SecretBox

OLD, NEW = "an old key with thirty-two letters", "a new key with thirty-two letters!"


@given(st.text(), st.text(min_size=1))
def test_what_is_sealed_opens_for_its_owner(secret: str, owner: str) -> None:
    secret_box = SecretBox([NEW])
    sealed = secret_box.seal(secret, owner)
    assert secret_box.open(sealed, owner) == (secret, False)
    assert secret.encode() not in sealed or len(secret) < 4
    with pytest.raises(InvalidSettings):
        secret_box.open(sealed, owner + "x")


@given(st.binary(max_size=80))
def test_what_was_not_sealed_does_not_open(given: bytes) -> None:
    with pytest.raises(InvalidSettings):
        SecretBox([NEW]).open(given, "owner")


def test_an_earlier_key_opens_and_is_told() -> None:
    sealed = SecretBox([OLD]).seal("secret", "owner")
    assert SecretBox([NEW, OLD]).open(sealed, "owner") == ("secret", True)
    with pytest.raises(InvalidSettings, match="CASEWORK_SECRET_KEY_FALLBACKS"):
        SecretBox([NEW]).open(sealed, "owner")
