"""A receiver of traces and logs, as a collector of OpenTelemetry is one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@contextmanager
def receiver() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """An address that takes traces in, and what it has taken, each span with its resource."""
    with collecting() as (address, spans, _):
        yield address, spans


@contextmanager
def collecting() -> Iterator[tuple[str, list[dict[str, Any]], list[dict[str, Any]]]]:
    """The same with the lines of logs that it has taken, too."""
    taken: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/v1/logs":
                lines.extend(apart(MessageToDict(ExportLogsServiceRequest.FromString(sent)), "Logs", "logRecords"))
            else:
                taken.extend(apart(MessageToDict(ExportTraceServiceRequest.FromString(sent)), "Spans", "spans"))
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", taken, lines
        server.shutdown()


def apart(body: dict[str, Any], kind: str, name: str) -> Iterator[dict[str, Any]]:
    """Each thing of what was sent, with its resource."""
    for resource in body.get(f"resource{kind}", []):
        for scope in resource[f"scope{kind}"]:
            for one in scope[name]:
                yield {**one, "resource": flat(resource["resource"]["attributes"])}


def flat(attributes: list[dict[str, Any]]) -> dict[str, Any]:
    """Attributes of a span by their names."""
    return {one["key"]: next(iter(one["value"].values())) for one in attributes}
