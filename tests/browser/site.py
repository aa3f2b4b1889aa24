"""A server of our own for browsers: the application on a free port of this machine, over a database with the world in it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, text
from werkzeug.serving import make_server

from casework.operations.documents.storage import DocumentStore
from casework.records.database import connect_engine, transaction
from casework.settings import Settings
from casework.web.app import create_app
from tests.support.databases import DatabaseServer
from tests.support.world import World, WorldTemplate


@dataclass(frozen=True)
class Site:
    """What a test may know beside what a browser shows."""

    #: "http://127.0.0.1:…", without a slash at the end.
    base: str
    engine: Engine
    world: World
    #: Where its papers lie.
    document_store: DocumentStore
    settings: Settings

    def ids(self, sql: str, **values: str) -> list[str]:
        """The first column of a query, as words."""
        with transaction(self.engine) as db:
            return [str(row[0]) for row in db.execute(text(sql), values)]

    def task(self, number: str, name: str, about: str | None = None) -> str:
        """An open task of a case by its name in the definition: what a page calls it depends on the language."""
        found = self.ids(
            "SELECT t.id FROM tasks t JOIN cases c ON c.id = t.log_id WHERE c.number = :number AND t.name = :name"
            " AND t.state IN ('Ready', 'Reserved', 'InProgress') AND (CAST(:about AS text) IS NULL OR t.about = :about)"
            " ORDER BY t.id LIMIT 1",
            number=number,
            name=name,
            about=about,  # type: ignore[arg-type]  # about may be None, which the query asks
        )
        assert found, f"no open task {name} about {about} in {number}"
        return found[0]

    def speak(self, name: str, language: str) -> None:
        """Let a person read in this language, as the preferences would."""
        with transaction(self.engine) as db:
            db.execute(
                text("UPDATE people SET language = :language WHERE id = CAST(:id AS uuid)"),
                {"language": language, "id": self.world.people[name]},
            )


@contextmanager
def open_site(server: DatabaseServer, template: WorldTemplate, var: Path) -> Iterator[Site]:
    """A site with the small world, gone at the end."""
    name = server.create(template.database)
    try:
        with _serving(server.settings(name, var), template.world()) as site:
            yield site
    finally:
        server.drop(name)


@contextmanager
def open_later(site: Site, days: int) -> Iterator[Site]:
    """The same site so many days on: whatever is done there is done then."""
    with _serving(site.settings.model_copy(update={"clock_offset": days * 86_400}), site.world) as later:
        yield later


@contextmanager
def _serving(settings: Settings, world: World) -> Iterator[Site]:
    engine, app = connect_engine(settings, role="app"), create_app(settings)
    listening = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    try:
        thread.start()
        document_store = DocumentStore(engine, app.extensions["casework.store"], app.extensions["casework.secret_box"])
        yield Site(f"http://127.0.0.1:{listening.server_port}", engine, world, document_store, settings)
    finally:
        if thread.is_alive():
            listening.shutdown()
            thread.join()
        listening.server_close()
        app.extensions["casework"].dispose()
        engine.dispose()
