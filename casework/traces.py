"""Traces for OpenTelemetry: how long each request and job took, and how often and how long it waited for the database.

They are sent where `OTEL_EXPORTER_OTLP_ENDPOINT`, or `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, says, by the extra `casework[otel]`; its other
variables hold as OpenTelemetry's documentation has them. No span carries an id of a thing, a name, a statement or anything that was
typed; what belongs to sealed mediations is called `other`. docs/how-to/watch-with-prometheus.md says what to set.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any, Literal

Attribute = str | int
#: Whose work a span is: somebody waits for an answer, a job is carried out, or the database is asked.
Kind = Literal["SERVER", "CONSUMER", "CLIENT"]
#: Where all goes that OpenTelemetry sends, unless a variable of its own names another place.
EVERYTHING = "OTEL_EXPORTER_OTLP_ENDPOINT"
ENDPOINT = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"

#: What makes the spans of this process; None where nobody asked for traces.
_tracer: Any = None


def are_wanted() -> bool:
    """Whether this installation names where to."""
    return any(os.environ.get(name) for name in (ENDPOINT, EVERYTHING))


@contextmanager
def sending(process: str) -> Iterator[None]:
    """Send the traces of this process for the length of the block; what has not been sent by then is sent at its end.

    After a fork: what sends is a thread of its own.
    """
    global _tracer
    if not are_wanted():
        yield
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=resource(process))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    before, _tracer = _tracer, provider.get_tracer("casework")
    try:
        yield
    finally:
        _tracer = before
        provider.shutdown()


def resource(process: str) -> Any:
    """Of which process all is that is sent, as OpenTelemetry has it."""
    from opentelemetry.sdk.resources import Resource

    named = {"service.name": os.environ.get("OTEL_SERVICE_NAME", "casework"), "service.version": version("casework")}
    return Resource.create({**named, "casework.process": process})


@contextmanager
def span(name: str, kind: Kind, attributes: Mapping[str, Attribute] | None = None) -> Iterator[None]:
    """One piece of work, within the one that is going on here; a fault ends it as one, by its kind alone.

    What asks the database belongs to a request or a job: alone, as where something looks twice a second what is due, it is none.
    """
    if _tracer is None:
        yield
        return
    from opentelemetry.trace import SpanKind, Status, StatusCode, get_current_span

    if kind == "CLIENT" and not get_current_span().is_recording():
        yield
        return
    with _tracer.start_as_current_span(
        name, kind=SpanKind[kind], attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as going:
        try:
            yield
        except BaseException as fault:
            # Its words may quote the values of a row.
            going.set_attribute("error.type", type(fault).__qualname__)
            going.set_status(Status(StatusCode.ERROR))
            raise


def tell(name: str, attributes: Mapping[str, Attribute], *, failed: bool = False) -> None:
    """Name the piece of work that is going on here, as it is known by now, and say of it what these attributes say."""
    if _tracer is None:
        return
    from opentelemetry.trace import Status, StatusCode, get_current_span

    going = get_current_span()
    going.update_name(name)
    going.set_attributes(attributes)
    if failed:
        going.set_status(Status(StatusCode.ERROR))


__all__ = ["ENDPOINT", "EVERYTHING", "are_wanted", "resource", "sending", "span", "tell"]
