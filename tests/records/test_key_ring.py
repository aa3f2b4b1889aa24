"""Keys of the installation: good ones are made by chance, and those from before are told apart."""

from __future__ import annotations

import secrets

from casework.records.key_ring import weakness


def test_keys_made_by_chance_are_good() -> None:
    """Of every usual form; a key of 48 letters may hold a known word by chance once in some millions."""
    for make in (secrets.token_urlsafe, secrets.token_hex):
        assert [key for key in (make(48) for _ in range(300)) if weakness(key)] == []
    assert [key for key in (secrets.token_hex(16) for _ in range(300)) if weakness(key)] == []
