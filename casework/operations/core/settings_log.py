"""The settings of the environment that a reader relies on: each that has changed at a start is told in the installation's log.

Of a secret a keyed fingerprint alone is told, which says whether it is another one. What is left out is in `LEFT`.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Connection, text

from casework.engine.state.events import SYSTEM_ACTOR
from casework.json_values import JsonObject, JsonValue
from casework.operations.core.installation_log import lock_installation
from casework.operations.core.register_log import append
from casework.settings import Settings

SETTINGS = "settings"
#: What is not told, each with the reason.
LEFT: Mapping[str, str] = {
    **dict.fromkeys(("var", "log_folder"), "where this machine keeps its files"),
    "database_url": "how this machine reaches the database in which the log stands",
    "owner_database_url": "for `init` and `db upgrade` alone",
    **dict.fromkeys(
        ("pool_size", "pool_overflow", "pool_timeout_s", "connect_timeout_s", "statement_timeout_ms", "lock_timeout_ms",
         "idle_timeout_ms", "smtp_timeout_s", "smtp_retry_s"),
        "how long this machine waits, and for how many",
    ),
}  # fmt: skip


def note_settings(db: Connection, settings: Settings, program: str) -> JsonObject:
    """Tell which settings a program starts with that it did not start with the last time; gives them."""
    stands = _told(settings)
    log = lock_installation(db)
    before: JsonObject = {}
    for changed in db.execute(_BEFORE, {"log": log.id, "kind": SETTINGS, "program": program}).scalars():
        before |= changed
    changed = {name: value for name, value in stands.items() if name not in before or before[name] != value}
    if changed:
        append(db, log, [log.next_event(SETTINGS, SYSTEM_ACTOR, effects={"program": program, "settings": changed})])
    return changed


#: The settings with which a program started each time.
_BEFORE = text("""
    SELECT effects->'settings' FROM events WHERE log_id = CAST(:log AS uuid) AND kind = :kind AND effects->>'program' = :program
    ORDER BY seq
""")


def _told(settings: Settings) -> JsonObject:
    key = settings.secret_key.get_secret_value() if settings.secret_key else ""
    return {name: _value(getattr(settings, name), name, key) for name in Settings.model_fields if name not in LEFT}


def _value(value: Any, name: str, key: str) -> JsonValue:
    if isinstance(value, SecretStr):
        # With the key of the installation: nobody who reads the log can try what it was.
        digest = hmac.new(key.encode(), f"{name}\n{value.get_secret_value()}".encode(), hashlib.sha256)
        return f"fingerprint {digest.hexdigest()[:16]}"
    return value if value is None or isinstance(value, str | int) else str(value)


__all__ = ["LEFT", "SETTINGS", "note_settings"]
