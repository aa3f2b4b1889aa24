"""The papers and messages of a search are the same, whichever index leads to them, and nothing leads beyond what its reader sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ProgrammingError

from casework.operations.core.perform import home_of
from casework.operations.documents.storage import DocumentStore
from casework.operations.mediations.service import open_mediation
from casework.operations.messages.service import correct_message
from casework.operations.search import found_papers
from casework.operations.search.service import _pattern, search
from casework.operations.verification.kept_rows import read_kept
from casework.permissions.visibility import reach
from casework.records.access_sql import reach_values
from casework.records.case_loader import load
from casework.records.database import reader_transaction, transaction
from casework.records.row_security import read_as
from tests.support.way_to_referral import to_both
from tests.support.world import World, new_request

pytestmark = pytest.mark.stage(play=to_both)

WORDS = (
    "pump", "pum", "泵房", "泵", "report", "pump report", "second_pump", "pdf", "report-2", "kiln", "lab", "bank", "bank kiln", "é",
    "nowhere", "report 泵房", "dry", "salt",
)  # fmt: skip
READERS = ("officer", "supervisor", "observer", "provider", "foreign_provider", "foreign_officer", "administrator")


@pytest.fixture
def number(engine: Engine, world: World, staged: tuple[str, str, str], document_store: DocumentStore) -> str:
    """A case with papers and messages, of the office alone and with two providers, one corrected and one taken back."""
    number, lab, bank = staged
    with transaction(engine) as db:
        world.accept(db, number, lab)
    for title, name, referral, by in (
        ("Report on the pump", "pump_report.pdf", None, "officer"),
        ("泵房 report", "report-2.pdf", None, "officer"),
        ("Of the lab", "second_pump.pdf", lab, "provider"),
    ):
        world.hand_in(document_store, number, by, title=title, name=name, referral=referral)
    with transaction(engine) as db:
        case = load(db, home_of(db, number), "case")
        for n in range(4):
            world.write(db, "officer", case, words=f"The pump ran for {n} days, 泵房 is dry.")
        changed = world.write(db, "officer", case, words="The pump had salt.")
        world.write(db, "provider", load(db, home_of(db, number), "case"), lab, words="The lab has a pump.")
        world.write(
            db, "foreign_provider", load(db, home_of(db, number), "case"), bank, words="The bank has a kiln, 泵."
        )
    with transaction(engine) as db:
        _correct(db, world, number, changed, "The kiln had no pump.")
    return number


def _correct(db: Connection, world: World, number: str, message: str, words: str | None) -> None:
    correct_message(
        db,
        world.actor(db, "officer"),
        load(db, home_of(db, number), "case"),
        audience="internal",
        referral=None,
        message=message,
        words=words,
        request=new_request(),
    )


@pytest.mark.parametrize(("few", "newest"), [(500, 200), (3, 200), (1, 3), (0, 2), (0, 0)])
@pytest.mark.parametrize("as_engine", [False, True])
def test_every_way_leads_to_the_same_papers_and_messages(
    engine: Engine, world: World, number: str, monkeypatch: pytest.MonkeyPatch, few: int, newest: int, as_engine: bool
) -> None:
    monkeypatch.setattr(found_papers, "_FEW", few)
    monkeypatch.setattr(found_papers, "_NEWEST", newest)
    found = 0
    for who in READERS:
        with reader_transaction(engine) as db:
            read_as(db, "engine")
            actor = world.actor(db, who)
            if not as_engine:
                read_as(db, actor.person)
            for words in WORDS:
                for most in (1, 2, 51):
                    asked = {"patterns": [_pattern(word) for word in words.split()], "exact": words, "most": most}
                    given = reach_values(reach(actor)) | asked
                    for find, every in (
                        (found_papers.found_documents, found_papers._ALL_DOCUMENTS),
                        (found_papers.found_messages, found_papers._ALL_MESSAGES),
                    ):
                        rows = find(db, words.split(), given)
                        assert rows == db.execute(every, given).all(), (who, words, most)
                        found += len(rows)
    assert found > 100


def _named(db: Connection, function: str, given: dict[str, Any]) -> tuple[Sequence[str], Any]:
    row = db.execute(
        text(
            f"SELECT x.ids, x.since FROM {function}(CAST(:asked AS tsquery), :person, CAST(:all_of AS uuid[]),"
            " CAST(:organisations AS uuid[]), :few, :newest) x"
        ),
        {"few": 500, "newest": 200, **given},
    ).one()
    return sorted(map(str, row.ids)), row.since


@pytest.mark.parametrize("function", ["casework_find_papers", "casework_find_messages"])
def test_no_argument_leads_beyond_what_the_reader_reaches(
    engine: Engine, world: World, number: str, function: str
) -> None:
    """A person who is said to be of every programme and organisation finds what they find with their own."""
    everything = {
        "person": world.people["officer"],
        "all_of": list(world.programmes.values()),
        "organisations": list(world.organisations.values()),
    }
    for who in READERS:
        for asked in ("'pump':*", "'kiln'", "'report':*", "'泵'", "'泵房'"):
            for few in (500, 0):
                with reader_transaction(engine) as db:
                    read_as(db, "engine")
                    mine = reach_values(reach(world.actor(db, who)))
                    read_as(db, world.people[who])
                    own = _named(db, function, {**mine, "asked": asked, "few": few})
                    assert _named(db, function, {**everything, "asked": asked, "few": few}) == own
                    if who in ("observer", "foreign_officer", "administrator"):
                        assert own == ([], None)


def test_a_provider_is_named_its_own_alone(engine: Engine, world: World, number: str) -> None:
    with reader_transaction(engine) as db:
        read_as(db, "engine")
        mine = reach_values(reach(world.actor(db, "provider")))
        theirs = set(
            map(
                str,
                db.execute(
                    text("SELECT d.id FROM documents d JOIN tracks t ON t.id = d.track_id WHERE t.provider_id = :id"),
                    {"id": world.organisations["lab"]},
                ).scalars(),
            )
        )
        read_as(db, world.people["provider"])
        for asked in ("'pump':*", "'report':*", "'of'", "'pdf'", "'kiln'"):
            assert set(_named(db, "casework_find_papers", {**mine, "asked": asked})[0]) <= theirs
        assert _named(db, "casework_find_messages", {**mine, "asked": "'kiln'"}) == ([], None)
        assert len(_named(db, "casework_find_messages", {**mine, "asked": "'lab'"})[0]) == 1


def test_where_nobody_said_who_reads_nothing_is_named(engine: Engine, world: World, number: str) -> None:
    with reader_transaction(engine) as db:
        mine = {"person": world.people["officer"], "all_of": list(world.programmes.values()), "organisations": []}
        for function in ("casework_find_papers", "casework_find_messages"):
            assert _named(db, function, {**mine, "asked": "'pump':*"}) == ([], None)


@pytest.mark.parametrize("role", ["person", "engine"])
@pytest.mark.parametrize("statement", ["SELECT FROM searched_words", "DELETE FROM searched_words"])
def test_nobody_reads_or_writes_the_words_themselves(
    engine: Engine, world: World, number: str, role: str, statement: str
) -> None:
    with pytest.raises(ProgrammingError) as refused, reader_transaction(engine) as db:
        read_as(db, world.people["officer"] if role == "person" else "engine")
        db.execute(text(statement))
    assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)


def test_what_lies_sealed_has_no_words(engine: Engine, world: World, number: str) -> None:
    with transaction(engine) as db:
        answer = open_mediation(db, world.actor(db, "dispute_officer"), number, new_request()).answer
        world.write(db, "dispute_officer", load(db, str(answer["id"]), "mediation"), words="Quicksilver pump.")
        assert _differing(db, str(answer["id"])) == []
        given = {"person": "", "all_of": list(world.programmes.values()), "organisations": []}
        assert _named(db, "casework_find_messages", {**given, "asked": "'quicksilver'"}) == ([], None)
        sealed = search(db, world.actor(db, "dispute_officer"), "quicksilver")
        assert (sealed.messages, sealed.more) == ([], False)


def _differing(db: Connection, log: str) -> list[str]:
    return list(db.execute(text("SELECT casework_words_differ(CAST(:log AS uuid))"), {"log": log}).scalars())


def test_words_follow_what_is_said_and_verification_sees_where_they_do_not(
    db: Connection, world: World, number: str
) -> None:
    log = home_of(db, number)
    assert _differing(db, log) == []
    file = db.execute(text("UPDATE files SET name = NULL WHERE name = 'second_pump.pdf' RETURNING id")).scalar_one()
    assert _differing(db, log) == []
    assert search(db, world.actor(db, "officer"), "second_pump").documents == []
    db.execute(text("UPDATE files SET name = 'zinc.pdf' WHERE id = :id"), {"id": file})
    assert len(search(db, world.actor(db, "officer"), "zinc").documents) == 1
    assert read_kept(db, [log])[log].words == []


def test_what_is_erased_of_a_message_is_not_found_by_an_index(engine: Engine, world: World, number: str) -> None:
    """The trigger goes with the body, as the one way by which anything leaves the history changes it."""
    with transaction(engine) as db:
        definition = "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = 'words_are_kept' AND tgrelid = 'events'::regclass"
        assert "AFTER INSERT OR UPDATE OF body ON" in db.execute(text(definition)).scalar_one()
