"""What tests of forms stand in: a request of an application that asks no database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask


@pytest.fixture
def form_app(_app: Flask) -> Flask:
    return _app


@pytest.fixture
def form_request(form_app: Flask) -> Iterator[None]:
    with form_app.test_request_context("/cases/BJ-2026-0001"):
        yield
