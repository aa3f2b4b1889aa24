"""What is sent of a process by OpenTelemetry, where an installation asks for it: its traces and the lines of its log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from casework import sent_logs, traces
from casework.errors import InvalidSettings


def insist_installed() -> None:
    """Raises InvalidSettings where something is asked for and the extra that sends it is not installed."""
    wanted = [part.ENDPOINT for part in (traces, sent_logs) if part.are_wanted()]
    if wanted and find_spec("opentelemetry") is None:
        raise InvalidSettings(f"{wanted[0]} asks for what an extra sends: pip install 'casework[otel]'.")


@contextmanager
def sending(process: str) -> Iterator[None]:
    """Send what is asked for of this process for the length of the block."""
    with sent_logs.sending(process), traces.sending(process):
        yield


__all__ = ["insist_installed", "sending"]
