"""What a benchmark publishes for itself is gone when its test ends: other tests of the process know nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import pytest

from benchmarks.world import World, build
from casework.definitions import load_library
from casework.engine.definition.editions import Edition
from casework.settings import Settings
from tests.conftest import server_folder


@contextmanager
def library_as_it_was() -> Iterator[None]:
    library = load_library()
    editions, newest = cast(dict[str, Edition], library.editions), cast(dict[str, str], library.newest)
    before, newest_before = dict(editions), dict(newest)
    yield
    editions.clear()
    editions.update(before)
    newest.clear()
    newest.update(newest_before)


@pytest.fixture(autouse=True)
def library_as_installed() -> Iterator[None]:
    with library_as_it_was():
        yield


@pytest.fixture(scope="module")
def fresh() -> Iterator[World]:
    """A server with a small world, for all tests of a file."""
    with library_as_it_was(), server_folder() as folder:
        yield build(Settings(profile="test", var=folder, statement_timeout_ms=600_000))


@pytest.fixture(scope="module")
def kept_dir() -> Iterator[Path]:
    """A folder for CASEWORK_VAR that all tests of a file share."""
    with server_folder() as folder:
        yield folder
