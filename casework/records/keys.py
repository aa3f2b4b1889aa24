"""The keys that sign cookies and seal secrets: given in production, made once and kept under var elsewhere."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile

from casework.errors import InvalidSettings
from casework.settings import Settings

SHORTEST = 32


def secret_key(settings: Settings) -> str:
    """The key of this installation. Raises InvalidSettings where production has none, or a weak one."""
    given = settings.secret_key.get_secret_value() if settings.secret_key else None
    if settings.profile == "production" and (given is None or len(given) < SHORTEST or len(set(given)) < 8):
        raise InvalidSettings(f"CASEWORK_SECRET_KEY must be set, with at least {SHORTEST} random characters.")
    return given or _own_key(settings)


def earlier_keys(settings: Settings) -> list[str]:
    """The keys from before, in the order given. Raises InvalidSettings for one that is too short to be one."""
    given = settings.secret_key_fallbacks.get_secret_value() if settings.secret_key_fallbacks else ""
    keys = [key.strip() for key in given.split(",") if key.strip()]
    if any(len(key) < SHORTEST for key in keys):
        raise InvalidSettings(f"CASEWORK_SECRET_KEY_FALLBACKS: each has at least {SHORTEST} characters, with commas between.")
    return keys


def _own_key(settings: Settings) -> str:
    path = settings.var / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Written whole beside it, then linked: of several processes one makes it, and the others read that one's.
        written, beside = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(written, "w") as file:
            file.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            os.link(beside, path)
        os.unlink(beside)
    key = path.read_text("ascii").strip()
    if len(key) < SHORTEST:
        raise InvalidSettings(f"{path} holds no key; remove it.")
    return key
