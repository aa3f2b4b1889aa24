"""The settings that a program starts with: each that has changed is told, and of a secret its fingerprint alone."""

from __future__ import annotations

from pydantic import SecretStr
from sqlalchemy import Engine, text

from casework.operations.core.settings_log import LEFT, SETTINGS, note_settings
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from casework.settings import Settings

KEY = "a secret key that is long enough for this test"


def told(engine: Engine) -> list[dict[str, object]]:
    with transaction(engine) as db:
        found = text("SELECT effects FROM events WHERE kind = :kind ORDER BY seq")
        return [row.effects for row in db.execute(found, {"kind": SETTINGS})]


def test_a_changed_setting_is_told_at_the_next_start_and_no_other(engine: Engine, settings: Settings) -> None:
    first = settings.model_copy(update={"secret_key": SecretStr(KEY), "webhook_hosts": "hooks.example.org"})
    for program in ("serve", "worker", "serve"):
        with transaction(engine) as db:
            note_settings(db, first, program)
    assert [one["program"] for one in told(engine)] == ["serve", "worker"]
    with transaction(engine) as db:
        changed = note_settings(
            db, first.model_copy(update={"webhook_hosts": "*", "confirm_minutes": 700, "pool_size": 7}), "serve"
        )
    assert changed == {"webhook_hosts": "*", "confirm_minutes": 700}
    assert list(verify_all(engine)) == []


def test_of_a_secret_its_fingerprint_alone_is_told(engine: Engine, settings: Settings) -> None:
    secret = settings.model_copy(update={"secret_key": SecretStr(KEY), "smtp_password": SecretStr("open sesame 1234")})
    other = secret.model_copy(update={"smtp_password": SecretStr("open barley 5678")})
    with transaction(engine) as db:
        first = note_settings(db, secret, "worker")
        changed = note_settings(db, other, "worker")
    assert set(changed) == {"smtp_password"}
    assert first["smtp_password"] != changed["smtp_password"]
    assert not any(word in str(told(engine)) for word in ("sesame", "barley", KEY))


def test_every_setting_is_told_or_has_its_reason(engine: Engine, settings: Settings) -> None:
    with transaction(engine) as db:
        first = note_settings(db, settings, "serve")
    assert set(first) | set(LEFT) == set(Settings.model_fields)
    assert not set(first) & set(LEFT)
