"""The toy case that most modules of the execution are tried on."""

from __future__ import annotations

import pytest

from tests.engine.toy_case import begun
from tests.engine.toys import Play


@pytest.fixture
def play() -> Play:
    return begun()
