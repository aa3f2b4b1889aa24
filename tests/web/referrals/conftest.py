"""The offer that a provider's pages begin with."""

from __future__ import annotations

import pytest


@pytest.fixture
def offer(staged: tuple[str, str]) -> str:
    return staged[1]
