"""Traces reach a receiver of OTLP from real processes, say nothing that must not be said, and cost nothing where nobody asks for them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from casework import traces
from casework.settings import Settings
from tests.commands.test_metrics import ask, running
from tests.jobs.sites import build_site
from tests.support.otlp import flat, receiver

#: So long a span may take from its end to the receiver on a busy machine.
PATIENCE_S = 60.0


def until(found: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not found():
        assert time.monotonic() < end, "no such span came"
        time.sleep(0.1)


def test_requests_and_jobs_are_traced_with_what_they_asked_of_the_database(
    engine: Engine, settings: Settings, database_url: str, tmp_path: Path
) -> None:
    # Of what happened there somebody is to be told.
    build_site(engine, settings, database_url, 1)
    with receiver() as (collector, taken):
        environment = {
            "DATABASE_URL": database_url,
            "CASEWORK_VAR": str(tmp_path),
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector,
            "OTEL_BSP_SCHEDULE_DELAY": "200",
        }
        with running(environment, "serve", "--port", "0", "--workers", "1", "--worker") as address:
            for path in ("/ready", "/people/wished_for", "/mediations/0194f0a0-0000-7000-8000-00000000abcd"):
                ask(address + path)
            until(lambda: any(span["name"].startswith("job ") for span in taken))
        # What had not been sent was sent as the server ended.
        names = [span["name"] for span in taken]
    assert "GET /ready" in names
    assert names.count("GET other") >= 2
    by_id = {span["spanId"]: span for span in taken}
    ready = next(span for span in taken if span["name"] == "GET /ready")
    told = flat(ready["attributes"])
    assert (told["http.route"], told["http.response.status_code"]) == ("/ready", "200")
    assert len(told["casework.request"]) == 36
    assert ready["resource"]["service.name"] == "casework"
    # Each question to the database belongs to a request or a job.
    asked = [span for span in taken if span["name"] == "database"]
    assert any(span["parentSpanId"] == ready["spanId"] for span in asked)
    assert all(span.get("parentSpanId") in by_id for span in asked)
    words = json.dumps(taken)
    for secret in ("SELECT", "wished_for", "mediation", "00000000abcd"):
        assert secret not in words


def test_a_fault_is_told_by_its_kind_and_not_by_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver() as (collector, taken):
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector)
        with traces.sending("test"), pytest.raises(ValueError), traces.span("job x", "CONSUMER"):
            raise ValueError("a value of a row")
    (span,) = taken
    assert flat(span["attributes"])["error.type"] == "ValueError"
    assert span["status"]["code"] == "STATUS_CODE_ERROR"
    assert "value of a row" not in json.dumps(taken)


def test_where_nobody_asks_nothing_of_it_is_loaded(tmp_path: Path) -> None:
    loaded = (
        "import sys; from casework.traces import sending, span, tell\n"
        "with sending('x'), span('y', 'SERVER'): tell('z', {})\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True, env={})
    assert done.stdout.strip() == "[]"
