"""The keys that sign cookies and seal secrets: given in production, made once and kept under var elsewhere."""

from __future__ import annotations

import contextlib
import math
import os
import secrets
import tempfile
from collections import Counter
from itertools import pairwise

from casework.errors import InvalidSettings
from casework.records.durable import make_folder, sync
from casework.settings import Settings

SHORTEST = 32
#: Of what a key says on average, in bits of Shannon's measure: 32 random hexadecimal digits have more, a sentence has less.
LEAST_BITS = 85.0
#: What people write where a key should stand.
_KNOWN = (
    "change", "secret", "passw", "default", "example", "insecure", "casework", "qwerty", "letmein", "replace", "placeholder",
    "sample", "deadbeef", "topsecret", "yourkey", "your-key", "your_key",
)  # fmt: skip
MAKE_ONE = 'python3 -c "import secrets; print(secrets.token_urlsafe(48))" prints a good one'


def weakness(key: str) -> str:
    """Why a secret key is none, "" for a good one: too short, known, or not made by chance."""
    if len(key) < SHORTEST:
        return f"must be set, with at least {SHORTEST} random characters"
    plain = key.lower()
    if any(word in plain for word in _KNOWN):
        return f"is one that others write too; it needs at least {SHORTEST} random characters"
    counts = Counter(key)
    bits = -sum(n * math.log2(n / len(key)) for n in counts.values())
    steps = sum(abs(ord(character) - ord(other)) <= 1 for character, other in pairwise(plain))
    if (
        bits < LEAST_BITS
        or plain in (plain + plain)[1:-1]
        or steps > len(key) / 2
        or any(character.isspace() for character in key)
    ):
        return f"can be guessed; it needs at least {SHORTEST} random characters"
    return ""


def secret_key(settings: Settings) -> str:
    """The key of this installation. Raises InvalidSettings where production has none, or a weak one."""
    given = settings.secret_key.get_secret_value() if settings.secret_key else None
    if settings.profile == "production" and (weak := weakness(given or "")):
        raise InvalidSettings(f"CASEWORK_SECRET_KEY {weak}: {MAKE_ONE}.")
    return given or _own_key(settings)


def earlier_keys(settings: Settings) -> list[str]:
    """The keys from before, in the order given. Raises InvalidSettings for one that is too short to be one."""
    given = settings.secret_key_fallbacks.get_secret_value() if settings.secret_key_fallbacks else ""
    keys = [key.strip() for key in given.split(",") if key.strip()]
    if any(len(key) < SHORTEST for key in keys):
        raise InvalidSettings(
            f"CASEWORK_SECRET_KEY_FALLBACKS: each has at least {SHORTEST} characters, with commas between."
        )
    return keys


def _own_key(settings: Settings) -> str:
    path = settings.var / "secret_key"
    if not path.exists():
        make_folder(path.parent)
        # Written whole beside it, then linked: of several processes one makes it, and the others read that one's.
        written, beside = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(written, "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(beside, path)
        os.unlink(beside)
        # What is sealed with it would be lost with it, and the server would not start.
        sync(path.parent)
    key = path.read_text("ascii").strip()
    if len(key) < SHORTEST:
        raise InvalidSettings(f"{path} holds no key; remove it.")
    return key
