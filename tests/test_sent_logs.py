"""Lines of the log reach another system from real processes, and stand on stderr all the same where it does not take them."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from casework import logs, sent_logs
from casework.settings import Settings
from tests.commands.test_metrics import running
from tests.jobs.sites import build_site
from tests.support.otlp import collecting, flat


def sign_in_wrongly(address: str) -> None:
    """With a password that is none, by the API."""
    wrong = json.dumps({"email": "nobody@example.test", "password": "not the one"}).encode()
    request = urllib.request.Request(
        address + "/api/v1/sessions", wrong, {"Content-Type": "application/json"}, method="POST"
    )
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(request, timeout=30)


def lines_of(taken: list[dict[str, Any]], event: str) -> list[dict[str, Any]]:
    bodies = [json.loads(one["body"]["stringValue"]) for one in taken]
    return [body for body in bodies if body["event"] == event]


def test_the_security_log_reaches_another_system(
    engine: Engine, settings: Settings, database_url: str, tmp_path: Path
) -> None:
    build_site(engine, settings, database_url, 1)
    with collecting() as (collector, _, taken):
        environment = {
            "DATABASE_URL": database_url,
            "CASEWORK_VAR": str(tmp_path),
            sent_logs.ENDPOINT: f"{collector}/v1/logs",
        }
        with running(environment, "serve", "--port", "0", "--workers", "1") as address:
            sign_in_wrongly(address)
    # What had not been sent was sent as the server ended.
    (refused,) = lines_of(taken, "sign_in_failed")
    assert (refused["logger"], refused["level"]) == ("casework.security", "info")
    assert len(refused["request"]) == 36
    (sent,) = (one for one in taken if json.loads(one["body"]["stringValue"]) == refused)
    assert (sent["severityText"], sent["severityNumber"]) == ("INFO", "SEVERITY_NUMBER_INFO")
    assert flat(sent["attributes"]) == {"logger": "casework.security"}
    assert sent["resource"]["casework.process"] == "serve"
    assert "not the one" not in json.dumps(taken)


@pytest.mark.parametrize(
    ("level", "named"), [(10, "DEBUG"), (20, "INFO"), (30, "WARN"), (40, "ERROR"), (50, "FATAL"), (60, "FATAL")]
)
def test_a_line_says_how_grave_it_is(monkeypatch: pytest.MonkeyPatch, level: int, named: str) -> None:
    with collecting() as (collector, _, taken):
        monkeypatch.setenv(sent_logs.ENDPOINT, f"{collector}/v1/logs")
        with sent_logs.sending("test"):
            logger = logging.getLogger("casework.test")
            monkeypatch.setattr(logger, "level", 1)
            logger.log(level, "told")
            # What sends the lines says nothing of itself to where it sends them.
            logging.getLogger("opentelemetry.sdk").log(level, "not told")
        logging.getLogger("casework.test").log(level, "after")
    (line,) = taken
    assert line["severityNumber"] == f"SEVERITY_NUMBER_{named}"
    assert json.loads(line["body"]["stringValue"])["event"] == "told"


def test_where_nobody_takes_them_nothing_is_held_up_or_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    program = (
        "from casework import logs, sent_logs\n"
        "logs.configure()\n"
        "with sent_logs.sending('test'): logs.security('signed_out', decision='allowed')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={sent_logs.ENDPOINT: "http://127.0.0.1:1/v1/logs"},
    )
    assert '"event": "signed_out"' in done.stderr


def test_where_nobody_asks_nothing_of_it_is_loaded() -> None:
    loaded = (
        "import sys; from casework.telemetry import sending\n"
        "with sending('x'): pass\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True, env={})
    assert done.stdout.strip() == "[]"


def test_a_line_is_written_as_on_stderr() -> None:
    record = logging.LogRecord("casework.security", 20, __file__, 1, "told %s", ("so",), None)
    told = json.loads(logs.line_format().format(record))
    assert (told["event"], told["level"], told["logger"]) == ("told so", "info", "casework.security")
