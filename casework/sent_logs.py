"""The lines of the log, sent as well to a system of their own, by OpenTelemetry, where an installation names one.

They go where `OTEL_EXPORTER_OTLP_ENDPOINT`, or `OTEL_EXPORTER_OTLP_LOGS_ENDPOINT`, says, each as it stands on stderr, by a thread that
holds nobody up: what a receiver does not take in time is given up, and stands on stderr all the same.
docs/how-to/watch-with-prometheus.md says what to set.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from casework import logs, traces

ENDPOINT = "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT"
#: Lines of what sends them are not sent: each would make another.
_OWN = ("opentelemetry", "urllib3", "requests")


def are_wanted() -> bool:
    """Whether this installation names where to."""
    return any(os.environ.get(name) for name in (ENDPOINT, traces.EVERYTHING))


@contextmanager
def sending(process: str) -> Iterator[None]:
    """Send the lines of this process for the length of the block; what has not been sent by then is sent at its end.

    After a fork: what sends is a thread of its own.
    """
    if not are_wanted():
        yield
        return
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.sdk._logs import LoggerProvider
    from opentelemetry.sdk._logs.export import BatchLogRecordProcessor

    provider = LoggerProvider(resource=traces.resource(process))
    provider.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
    handler, root = _Handler(provider.get_logger("casework")), logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        provider.shutdown()


class _Handler(logging.Handler):
    """Gives each line to what sends it."""

    def __init__(self, sender: Any) -> None:
        super().__init__()
        self.sender = sender
        self.setFormatter(logs.line_format())

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.split(".")[0] in _OWN:
            return
        from opentelemetry._logs import LogRecord, SeverityNumber

        line = LogRecord(
            timestamp=int(record.created * 1e9),
            # Its levels have four steps each, and the first is plain.
            severity_number=SeverityNumber(min(record.levelno // 10, 5) * 4 + 1),
            severity_text=record.levelname,
            body=self.format(record),
            attributes={"logger": record.name},
        )
        self.sender.emit(line)


__all__ = ["ENDPOINT", "are_wanted", "sending"]
