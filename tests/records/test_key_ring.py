"""Keys of the installation: good ones are made by chance, weak ones say why, and one's own is made once."""

from __future__ import annotations

import secrets
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from casework.errors import InvalidSettings
from casework.records.key_ring import SHORTEST, earlier_keys, secret_key, weakness
from casework.settings import Settings

GOOD = "V8s-Qm2xLr7TzKp0WdYc5NfHb3JgUa9E"


def made(tmp_path: Path, **given: object) -> Settings:
    return Settings.model_validate({"var": tmp_path, "profile": "test", "secret_key": None, **given})


def test_keys_made_by_chance_are_good() -> None:
    """Of every usual form; a key of 48 letters may hold a known word by chance once in some millions."""
    for make in (secrets.token_urlsafe, secrets.token_hex):
        assert [key for key in (make(48) for _ in range(300)) if weakness(key)] == []
    assert [key for key in (secrets.token_hex(16) for _ in range(300)) if weakness(key)] == []


@pytest.mark.parametrize(
    ("key", "why"),
    [
        (GOOD, ""),
        (GOOD[: SHORTEST - 1], "must be set"),
        (GOOD[:16] + "Password" + GOOD[16:], "others write too"),
        ("0123456789abcdefghijklmnopqrstuvwxyz", "can be guessed"),
        ("Xk9" * 12, "can be guessed"),
        (GOOD[:16] + " " + GOOD[16:], "can be guessed"),
    ],
)
def test_a_weak_key_says_why(key: str, why: str) -> None:
    assert weakness(key) == why if not why else why in weakness(key)


def test_production_takes_a_good_key_alone(tmp_path: Path) -> None:
    assert secret_key(made(tmp_path, profile="production", secret_key=GOOD)) == GOOD
    for weak in (None, "short"):
        with pytest.raises(InvalidSettings, match="CASEWORK_SECRET_KEY"):
            secret_key(made(tmp_path, profile="production", secret_key=weak))


def test_elsewhere_one_is_made_once_whoever_asks_first(tmp_path: Path) -> None:
    settings = made(tmp_path / "var")
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: secret_key(settings), range(8)))
    assert len(keys) == 1
    assert weakness(*keys) == ""
    assert secret_key(settings) in keys
    files = list((tmp_path / "var").iterdir())
    assert [file.name for file in files] == ["secret_key"]
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600


def test_a_file_that_holds_no_key_is_not_taken_for_one(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("short\n")
    with pytest.raises(InvalidSettings, match="holds no key"):
        secret_key(made(tmp_path))


def test_earlier_keys_are_those_given_in_their_order(tmp_path: Path) -> None:
    first, second = "a" * SHORTEST, "b" * SHORTEST
    assert earlier_keys(made(tmp_path)) == []
    assert earlier_keys(made(tmp_path, secret_key_fallbacks=f" {first},, {second} ")) == [first, second]
    with pytest.raises(InvalidSettings, match="CASEWORK_SECRET_KEY_FALLBACKS"):
        earlier_keys(made(tmp_path, secret_key_fallbacks=f"{first},short"))
