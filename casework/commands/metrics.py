"""The command that answers Prometheus, at an address of its own."""

from __future__ import annotations

import hmac
import signal
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import click
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from casework.counts import FAMILIES, Folder, kind_of, samples
from casework.errors import CaseworkError, InvalidSettings
from casework.operations.oversight.metrics import TYPE, Metric, measure, write_metrics
from casework.records.database import connect_engine, transaction
from casework.records.production_settings import is_here
from casework.settings import Settings, load_settings

#: Whoever asks more often gets what was measured last.
FRESH_S = 5.0
SHORTEST_TOKEN = 20


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to answer at.")
@click.option("--port", type=click.IntRange(0, 65535), default=9464, show_default=True, help="The port there.")
@click.option(
    "--requests",
    "counted_alone",
    is_flag=True,
    help="Tell what the processes of this machine have counted alone: where another one already tells the state.",
)
@click.option("--once", is_flag=True, help="Print the figures and end, for a file that another exporter reads.")
def metrics(host: str, port: int, counted_alone: bool, once: bool) -> None:
    """Answer Prometheus at /metrics with the state of this installation, until a signal ends it.

    It also tells what the processes of this machine have counted: requests, actions, jobs. It has a process and an address of its own:
    those of the pages show nothing of it. On another address than this machine's own it needs a token in CASEWORK_METRICS_TOKEN, and
    refuses whoever does not send it.
    """
    settings = load_settings(default_profile="production")
    token = settings.metrics_token.get_secret_value() if settings.metrics_token else ""
    if token and len(token) < SHORTEST_TOKEN:
        raise InvalidSettings(f"CASEWORK_METRICS_TOKEN needs {SHORTEST_TOKEN} characters or more.")
    if not once and not token and not is_here(host):
        raise InvalidSettings(f"{host} is not this machine alone: set CASEWORK_METRICS_TOKEN, or answer at 127.0.0.1.")
    engine = connect_engine(settings.model_copy(update={"pool_size": 1, "pool_overflow": 1}))
    source = Source(None if counted_alone else engine, settings)
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, signal.default_int_handler)
    try:
        if once:
            click.echo(source.read(), nl=False)
            return
        with ThreadingHTTPServer((host, port), _handler(source, token)) as server:
            click.echo(f"Answering at http://{host}:{server.server_address[1]}/metrics")
            server.serve_forever()
    except KeyboardInterrupt:
        click.echo("Stopped.")
    finally:
        engine.dispose()


class Source:
    """What was measured last, and measures anew when that is old. A database that does not answer is a figure, too."""

    def __init__(self, engine: Engine | None, settings: Settings) -> None:
        """`engine`: of whose state is told; None: of none."""
        self._engine, self._settings = engine, settings
        self._lock = threading.Lock()
        self._said, self._at = "", float("-inf")

    def read(self) -> str:
        with self._lock:
            if time.monotonic() - self._at > FRESH_S:
                self._said, self._at = write_metrics([*self._measured(), *self._counted()]), time.monotonic()
            return self._said

    def _counted(self) -> Iterator[Metric]:
        series = Folder(self._settings.counts_dir).read(time.time())
        for family in FAMILIES:
            yield Metric(family.name, family.says, (), kind_of(family), list(samples(family, series[family.name])))

    def _measured(self) -> list[Metric]:
        if self._engine is None:
            return []
        begun = time.monotonic()
        found: list[Metric] = []
        try:
            with transaction(self._engine) as db:
                found = measure(db, self._settings)
            up = 1.0
        except (CaseworkError, SQLAlchemyError):
            up = 0.0
        took = time.monotonic() - begun
        return [
            Metric("casework_database_up", "1 where the database answers.", [({}, up)]),
            Metric("casework_measured_seconds", "How long it took to measure.", [({}, took)]),
            *found,
        ]


def _handler(source: Source, token: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        server_version = "casework"
        sys_version = ""
        timeout = 10

        def do_GET(self) -> None:
            if token and not hmac.compare_digest(
                self.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()
            ):
                self._answer(401, "text/plain", "A token is needed.\n", {"WWW-Authenticate": "Bearer"})
            elif self.path != "/metrics":
                self._answer(404, "text/plain", "There is /metrics alone.\n", {})
            else:
                self._answer(200, TYPE, source.read(), {})

        def _answer(self, status: int, type_: str, words: str, more: dict[str, str]) -> None:
            content = words.encode()
            self.send_response(status)
            for name, value in {"Content-Type": type_, "Content-Length": str(len(content)), **more}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads who has asked."""

    return Handler
