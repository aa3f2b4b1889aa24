"""Nothing waits within a transaction for the dictionary."""

from __future__ import annotations

import pytest

from casework.operations.matching.ranking import get_ready


@pytest.fixture(scope="session", autouse=True)
def ready() -> None:
    get_ready()
