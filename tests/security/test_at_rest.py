"""Whoever has the database and the disk, and not the key, reads neither a mediation's words nor what is in a document."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from casework.definitions import load_library
from casework.operations.cases.case_events import list_events
from casework.operations.core.drafts import find_draft, save_draft
from casework.operations.documents.storage import DocumentStore
from casework.operations.mediations.service import open_mediation
from casework.operations.mediations.unsealing import ask_unsealing
from casework.operations.referrals.acknowledgements import object_to
from casework.operations.referrals.service import fire_in_referral
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from casework.records.database import connect_engine, transaction
from casework.records.tables import metadata
from casework.settings import Settings
from tests.support.file_makers import PDF
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request, today

#: Where each word was typed; what it is, nobody has ever stored.
SEALED = (
    "internal note",
    "shared message",
    "question",
    "answer",
    "objection",
    "reason of an unsealing",
    "draft",
    "reason of a task",
)
WORDS = {
    name: f"Canary{secrets.token_hex(8)}"
    for name in (*SEALED, "need owner's file", "technology owner's file", "open note")
}


@pytest.fixture
def mediation(engine: Engine, world: World, document_store: DocumentStore) -> str:
    """A sealed mediation in which both sides have written wherever one can, about a case with papers of both parties."""
    with transaction(engine) as db:
        number, _ = to_referral(world, db)
        home = load(
            db, str(db.execute(text("SELECT id FROM cases WHERE number = :n"), {"n": number}).scalar_one()), "case"
        )
        # In the case itself words are words, or what follows would prove nothing.
        world.write(db, "officer", home, None, WORDS["open note"])
    for party in ("need_owner", "technology_owner"):
        content = PDF + WORDS[f"{party.replace('_', ' ')}'s file"].encode()
        world.hand_in(document_store, number, title="Figures", content=content, party=party)
    with transaction(engine) as db:
        actor, provider = world.actor(db, "dispute_officer"), world.actor(db, "provider")
        made = open_mediation(db, actor, number, new_request()).answer
        log, track = str(made["id"]), str(made["track"])
        _fire(
            db,
            world,
            "dispute_officer",
            track,
            "send",
            {
                "service": "mediation",
                "provider": world.organisations["lab"],
                "fee": "both",
                "wanted_on": today().replace(year=today().year + 1, day=1).isoformat(),
            },
        )
        _fire(db, world, "provider", track, "ask_info", {"items": WORDS["question"]})
        _fire(db, world, "dispute_officer", track, "supply_info", {"answer": WORDS["answer"]})
        case = load(db, log, "mediation")
        world.write(db, "dispute_officer", case, None, WORDS["internal note"])
        world.write(db, "provider", case, track, WORDS["shared message"])
        object_to(db, provider, track, to="send", words=WORDS["objection"], request=new_request())
        ask_unsealing(
            db,
            actor,
            log,
            reader=world.people["auditor"],
            decider=world.people["compliance"],
            days=1,
            reason=WORDS["reason of an unsealing"],
            request=new_request(),
        )
        save_draft(db, actor.person, f"fire:{track}:cancel", {"f-reason": [WORDS["draft"]]})
        _fire(db, world, "provider", track, "decline", {"reason": "other", "note": WORDS["reason of a task"]})
    return log


def _fire(db: Connection, world: World, by: str, track: str, name: str, data: dict[str, object]) -> None:
    revision = db.execute(text("SELECT revision FROM tracks WHERE id = CAST(:id AS uuid)"), {"id": track}).scalar_one()
    fire_in_referral(
        db, world.actor(db, by), track, name, track=None, revision=revision, data=data, request=new_request()
    )


def dumped(db: Connection) -> Iterator[str]:
    """Every row of every table, as a superuser reads it."""
    tables = (
        db.execute(
            text(
                "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                " WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
            )
        )
        .scalars()
        .all()
    )
    for table in tables:
        # The names come from the catalogue.
        yield from db.execute(text(f"SELECT CAST(x AS text) FROM {table} x")).scalars()


def found(told: Iterator[str]) -> set[str]:
    """Which words stand there: as text, as bytes in hexadecimal digits, or in base 64."""
    everything = "\n".join(told)
    return {name for name, word in WORDS.items() if word in everything or word.encode().hex() in everything}


def test_a_dump_of_the_whole_database_has_none_of_these_words(superuser_engine: Engine, mediation: str) -> None:
    with superuser_engine.connect() as db:
        assert found(dumped(db)) == {"open note"}


def test_the_databases_own_files_have_none_of_them_either(superuser_engine: Engine, mediation: str) -> None:
    """Tables, indexes and what is written ahead of them."""
    with superuser_engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.execute(text("CHECKPOINT"))
        files = (
            db.execute(
                text(
                    "SELECT pg_relation_filepath(oid) FROM pg_class WHERE pg_relation_filepath(oid) IS NOT NULL AND NOT relisshared"
                    " UNION ALL SELECT 'pg_wal/' || name FROM pg_ls_waldir()"
                )
            )
            .scalars()
            .all()
        )
        there = text("SELECT position(CAST(:word AS bytea) IN pg_read_binary_file(:file, 0, 67108864, true)) > 0")
        met = {
            name
            for name, word in WORDS.items()
            for file in files
            if db.execute(there, {"word": word.encode(), "file": file}).scalar_one()
        }
    assert met == {"open note"}


def test_the_disk_has_no_word_of_any_document(document_store: DocumentStore, mediation: str, tmp_path: Path) -> None:
    kept = [one.read_bytes() for one in tmp_path.rglob("*") if one.is_file()]
    assert len(kept) >= 2
    assert {name for name, word in WORDS.items() if any(word.encode() in one for one in kept)} == set()


def test_those_named_for_it_read_every_word(engine: Engine, world: World, mediation: str) -> None:
    with transaction(engine) as db:
        actor = world.actor(db, "dispute_officer")
        case = load(db, mediation, "mediation")
        told = str(list_events(db, actor, case, limit=100).items)
        begun = find_draft(db, actor.person, f"fire:{case.main.id}:cancel")
    assert [name for name in SEALED if name != "draft" and WORDS[name] not in told] == []
    assert begun is not None
    assert begun.data == {"f-reason": [WORDS["draft"]]}


def test_the_history_of_what_is_sealed_verifies(engine: Engine, mediation: str) -> None:
    with transaction(engine) as db:
        assert verify_case(db, mediation) == []


def test_a_sealed_word_that_was_changed_is_found(superuser_engine: Engine, engine: Engine, mediation: str) -> None:
    with superuser_engine.begin() as db:
        db.execute(text("ALTER TABLE events DISABLE TRIGGER ALL"))
        db.execute(
            text(
                "UPDATE events SET body = jsonb_set(body, '{words,value}', "
                "'\"sealed:1:x:AAAA\"') WHERE log_id = CAST(:l AS uuid) AND kind = 'noted'"
            ),
            {"l": mediation},
        )
    with transaction(engine) as db:
        assert [one.kind for one in verify_case(db, mediation)] == ["chain.body"]


def test_another_installations_key_opens_nothing(
    settings: Settings, engine: Engine, world: World, mediation: str, tmp_path: Path
) -> None:
    stolen = connect_engine(settings.model_copy(update={"var": tmp_path / "elsewhere"}))
    with transaction(stolen) as db:
        told = str(
            list_events(db, world.actor(db, "dispute_officer"), load(db, mediation, "mediation"), limit=100).items
        )
    stolen.dispose()
    assert [name for name in SEALED if WORDS[name] in told] == []


# --- what is kept of a mediation at all -------------------------------------------------------------------------------


def test_a_mediations_row_keeps_who_is_named_for_it_and_where_it_stands_and_no_more() -> None:
    assert {one.name for one in metadata.tables["mediations"].columns} == {
        "id",
        "programme_id",
        "case_id",
        "parties",
        "rights",
        "title",
        "owner_id",
        "team",
        "revision",
        "interests",
        "hold",
        "frozen",
        "outcome",
        "reasons",
        "opened_at",
        "closed_at",
    }


def test_its_forms_ask_for_doors_days_fees_and_kinds_of_ending_and_for_no_words() -> None:
    edition = load_library().latest("mediation")
    assert edition is not None
    asked = {(rule["type"], rule["fact"]) for fields in edition.rules["forms"].values() for rule in fields}
    # Each of them is a code, a day, an amount or yes or no: nobody can type a word or choose a person, a side or a paper.
    assert asked == {("choice", True), ("date", True), ("yes_no", True), ("money", True)}


def test_it_keeps_that_a_party_ended_it_and_never_which() -> None:
    edition = load_library().latest("mediation")
    assert edition is not None
    said = " ".join([*edition.texts.values(), *edition.texts])
    for word in ("need owner", "technology owner", "need_owner", "technology_owner", "initiator", "ended by whom"):
        assert word not in said.lower(), word
