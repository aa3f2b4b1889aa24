"""What the scanner says decides who may have a file; while it says nothing, nobody but who filed it has it."""

from __future__ import annotations

import io
import socketserver
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from casework.errors import FileBlocked, FilePending
from casework.jobs.dispatcher import dispatch
from casework.jobs.file_scans import scan_file
from casework.jobs.job_functions import sweep
from casework.jobs.job_registry import Hands
from casework.jobs.virus_scanner import ScannerAway, scan
from casework.operations.core.perform import home_of
from casework.operations.documents.key_material import document_store_of
from casework.operations.documents.service import take_out
from casework.operations.documents.storage import DocumentStore, ask_for_scans, list_pending
from casework.operations.documents.uploads import receive
from casework.records.database import transaction
from casework.settings import Settings
from tests.jobs.clamd import VIRUS, scanner
from tests.support.file_makers import PDF
from tests.support.world import World


@pytest.fixture
def number(engine: Engine, world: World) -> str:
    with transaction(engine) as db:
        return world.open_case(db)


def watched(engine: Engine, settings: Settings, address: str) -> tuple[Hands, DocumentStore]:
    told = settings.model_copy(update={"scanner": address})
    return Hands(engine, told), document_store_of(engine, told)


def look(hands: Hands) -> None:
    with transaction(hands.engine) as db:
        pending = list_pending(db, but="", most=10)
    for blob in pending:
        scan_file(hands, blob)


def take(document_store: DocumentStore, world: World, id: str, by: str = "supervisor") -> bytes:
    with transaction(document_store.engine) as db:
        return b"".join(take_out(db, world.actor(db, by), document_store, id, 1, address=f"/documents/{id}/1").pieces)


def test_what_is_clean_is_open_to_others(engine: Engine, settings: Settings, world: World, number: str) -> None:
    with scanner() as address:
        hands, document_store = watched(engine, settings, address)
        id = world.hand_in(document_store, number, content=b"Good words.", name="a.txt")
        with pytest.raises(FilePending):
            take(document_store, world, id)
        look(hands)
        assert take(document_store, world, id) == b"Good words."


def test_what_is_harmful_nobody_gets(engine: Engine, settings: Settings, world: World, number: str) -> None:
    with scanner() as address:
        hands, document_store = watched(engine, settings, address)
        id = world.hand_in(document_store, number, content=VIRUS, name="a.txt")
        look(hands)
        with pytest.raises(FileBlocked):
            take(document_store, world, id, "officer")


def test_a_scanner_that_is_away_leaves_the_file_pending(
    engine: Engine, settings: Settings, world: World, number: str
) -> None:
    hands, document_store = watched(engine, settings, "tcp://127.0.0.1:1")
    id = world.hand_in(document_store, number)
    with pytest.raises(ScannerAway):
        look(hands)
    with pytest.raises(FilePending):
        take(document_store, world, id)


def test_what_was_taken_before_there_was_a_scanner_is_looked_at_once_there_is_one(
    engine: Engine, settings: Settings, world: World, number: str
) -> None:
    before = document_store_of(engine, settings)
    good, bad = (
        world.hand_in(before, number, content=b"Good words.", name="a.txt"),
        world.hand_in(before, number, content=VIRUS, name="b.txt"),
    )
    assert take(before, world, bad) == VIRUS
    with scanner() as address:
        hands, document_store = watched(engine, settings, address)
        assert ask_for_scans(engine) == 2
        assert ask_for_scans(engine) == 0
        with pytest.raises(FilePending):
            take(document_store, world, bad)
        look(hands)
        assert take(document_store, world, good) == b"Good words."
        with pytest.raises(FileBlocked):
            take(document_store, world, bad)


def test_the_dispatcher_makes_a_job_for_what_is_pending(
    engine: Engine, settings: Settings, world: World, number: str
) -> None:
    _, document_store = watched(engine, settings, "tcp://127.0.0.1:1")
    world.hand_in(document_store, number)
    dispatch(engine, mailing=False)
    with transaction(engine) as db:
        names = db.execute(text("SELECT task_name FROM procrastinate_jobs")).scalars().all()
    assert "casework:scan_file" in names


def test_the_broom_is_a_job_too(engine: Engine, settings: Settings, world: World, number: str) -> None:
    hands, document_store = watched(engine, settings, "tcp://127.0.0.1:1")
    with transaction(engine) as db:
        log = home_of(db, number)
    with receive(io.BytesIO(PDF), "a.pdf") as upload:
        document_store.keep(log, "case", upload)
    with transaction(engine) as db:
        db.execute(text("UPDATE blobs SET touched_at = now() - interval '25 hours'"))
    sweep(hands)
    assert list(document_store.store.places()) == []


def test_a_unix_socket_serves_as_well(tmp_path: Path) -> None:
    with scanner(socketserver.ThreadingUnixStreamServer, str(tmp_path / "clamd.ctl")) as address:
        assert (scan(address, [b"good"]), scan(address, [VIRUS])) == (None, "Horrible-Test-Signature")


def test_what_the_scanner_cannot_say_is_not_taken_for_clean() -> None:
    with scanner() as address, pytest.raises(ScannerAway):
        # Another protocol at the other end.
        scan(address.replace(address.rpartition(":")[2], "1"), [b"x"])
