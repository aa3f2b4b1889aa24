"""Each statement that SQLAlchemy sends within a request or job is a span; one that is refused says so, without its words."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from casework import traces
from casework.records.database import connect_engine, transaction
from casework.settings import Settings
from tests.support.otlp import flat, receiver


def test_a_statement_is_a_span_of_what_asks_it(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver() as (collector, taken):
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector)
        engine = connect_engine(settings)
        with traces.sending("test"):
            with transaction(engine) as db:
                db.execute(text("SELECT 'nobody asked this'"))
            with traces.span("job one", "CONSUMER"):
                with transaction(engine) as db:
                    db.execute(text("SELECT 'a value'"))
                with pytest.raises(DBAPIError), transaction(engine) as db:
                    db.execute(text("SELECT 'another value'::int"))
        engine.dispose()
    (job,) = [span for span in taken if span["name"] == "job one"]
    asked = [span for span in taken if span is not job]
    assert {span["name"] for span in asked} == {"database"}
    assert {span["parentSpanId"] for span in asked} == {job["spanId"]}
    failed = [span for span in asked if "error.type" in flat(span["attributes"])]
    assert [flat(span["attributes"])["error.type"] for span in failed] == ["InvalidTextRepresentation"]
    assert "value" not in json.dumps([{**span, "attributes": [], "resource": {}} for span in taken])
    assert "SELECT" not in json.dumps(taken)
