"""Every published edition is stored once, with an event that says so, and what was tampered with is not read."""

from __future__ import annotations

from sqlalchemy import Engine, text

from casework.definitions import load_library
from casework.operations.core.editions import PUBLISHED, store_editions, stored_editions
from casework.operations.verification.service import verify_all
from casework.records.database import transaction

TOLD = text("SELECT count(*) FROM events WHERE kind = :kind")


def test_what_is_published_is_stored_once_and_told_once(engine: Engine, owner_engine: Engine) -> None:
    with transaction(engine) as db:
        before = db.execute(TOLD, {"kind": PUBLISHED}).scalar_one()
        stored = {edition.fingerprint for edition in stored_editions(db)}
    assert stored >= {edition.fingerprint for edition in load_library().editions.values()}
    with owner_engine.begin() as db:
        assert store_editions(db) == []
    with transaction(engine) as db:
        assert db.execute(TOLD, {"kind": PUBLISHED}).scalar_one() == before
        assert {edition.fingerprint for edition in stored_editions(db)} == stored
    assert list(verify_all(engine)) == []


def test_what_is_there_already_is_not_read_again(engine: Engine) -> None:
    with transaction(engine) as db:
        first, *rest = [edition.fingerprint for edition in stored_editions(db)]
        assert [edition.fingerprint for edition in stored_editions(db, besides=rest)] == [first]


def test_what_does_not_fit_its_fingerprint_is_not_read(engine: Engine, superuser_engine: Engine) -> None:
    change = text("UPDATE editions SET rules = rules || '{\"initial\": \"closed\"}' WHERE workflow = 'case'")
    with superuser_engine.begin() as db:
        changed = db.execute(change).rowcount
        stored = db.execute(text("SELECT count(*) FROM editions")).scalar_one()
    assert changed
    with transaction(engine) as db:
        read = list(stored_editions(db))
    assert len(read) == stored - changed
    assert "case" not in {edition.workflow for edition in read}
