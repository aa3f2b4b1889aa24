"""What a benchmark publishes for itself is gone when its test ends: other tests of the process know nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import pytest

from casework.definitions import load_library
from casework.engine.definition.editions import Edition


@pytest.fixture(autouse=True)
def library_as_installed() -> Iterator[None]:
    library = load_library()
    editions, newest = cast(dict[str, Edition], library.editions), cast(dict[str, str], library.newest)
    before, newest_before = dict(editions), dict(newest)
    yield
    editions.clear()
    editions.update(before)
    newest.clear()
    newest.update(newest_before)
