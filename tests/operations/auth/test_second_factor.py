"""The second factor: its secret lies sealed, and with the newest key as soon as it was used."""

from __future__ import annotations

from datetime import timedelta

import pyotp
from sqlalchemy import Engine, text

from casework.operations.auth import second_factor
from casework.operations.core.encryption import SecretBox
from casework.permissions.actors import Actor
from casework.records.database import transaction
from casework.records.event_log import now
from tests.support.world import build_world

OLD, NEW = "an old key with thirty-two letters", "a new key with thirty-two letters!"


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
