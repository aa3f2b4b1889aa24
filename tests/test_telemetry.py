"""Whoever asks for traces or logs to be sent is told what sends them."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "variable",
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"],
)
def test_whoever_asks_without_the_extra_is_told_what_to_install(variable: str) -> None:
    without = (
        "import sys; sys.modules['opentelemetry'] = None\n"
        "from casework.telemetry import insist_installed\n"
        "insist_installed()"
    )
    done = subprocess.run(
        [sys.executable, "-c", without],
        capture_output=True,
        text=True,
        check=False,
        env={variable: "http://127.0.0.1:1"},
    )
    assert "pip install 'casework[otel]'" in done.stderr
