"""Secrets are sealed for their owner, open with earlier keys too, and lie sealed in the database."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from casework.errors import InvalidSettings
from casework.operations.auth import second_factor
from casework.operations.core.encryption import SecretBox
from casework.permissions.actors import Actor
from casework.records.database import transaction
from casework.records.event_log import now
from tests.support.world import build_world

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


def test_a_secret_is_sealed_anew_when_it_is_used(engine: Engine) -> None:
    with transaction(engine) as db:
        actor = Actor(build_world(db).people["officer"], "Officer", ())
        secret = second_factor.begin(db, actor, "officer@example.org", SecretBox([OLD])).secret
        second_factor.confirm(db, actor, pyotp.TOTP(secret).at(now(db) - timedelta(seconds=30)), SecretBox([OLD]))
        kept = db.execute(text("SELECT sealed FROM second_factors")).scalar_one()
        assert secret.encode() not in kept
        assert second_factor.fits(db, actor.person, pyotp.TOTP(secret).at(now(db)), SecretBox([NEW, OLD]))
        kept = db.execute(text("SELECT sealed FROM second_factors")).scalar_one()
        assert SecretBox([NEW]).open(kept, actor.person) == (secret, False)
