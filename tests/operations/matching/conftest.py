"""Nothing waits within a transaction for the dictionary."""

from __future__ import annotations

import pytest

from casework.operations.matching.ranking import make_ready


@pytest.fixture(scope="session", autouse=True)
def ready() -> None:
    make_ready()
