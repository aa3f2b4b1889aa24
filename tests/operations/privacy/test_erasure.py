"""A person is erased: two persons agree, no table holds what named them any more, every log verifies, and actions stay."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from casework import reasons
from casework.errors import CaseworkError
from casework.ledger.redactable_bodies import ERASED
from casework.operations.cases.saved_views import list_views
from casework.operations.catalogue import file_imports, import_reader, import_worker, importer
from casework.operations.catalogue.import_reader import Row
from casework.operations.catalogue.ip_rights import confirm_right, record_right
from casework.operations.catalogue.kept_records import correct_record
from casework.operations.catalogue.kept_records import read_entries as read_record
from casework.operations.catalogue.right_history import read_entries
from casework.operations.core.drafts import find_draft
from casework.operations.core.perform import home_of
from casework.operations.core.record_log import Kept
from casework.operations.documents.storage import DocumentStore
from casework.operations.mediations.service import open_mediation
from casework.operations.oversight.figure_facts import bring_after, find_differing
from casework.operations.privacy import erasure_requests
from casework.operations.privacy.erasure import OWN, carry_out
from casework.operations.privacy.personal_texts import WORDY
from casework.operations.verification.kept_rows import PARTS
from casework.operations.verification.rows import HOMES
from casework.operations.verification.service import verify_all, verify_case, verify_each
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.records.event_log import read_events
from casework.records.tables import metadata
from tests.operations.privacy.erasure_scene import CANARIES, NAME, NAME_ZH, PHONE, Scene
from tests.support.world import add_record, new_request, today


def test_no_table_holds_what_named_the_person(scene: Scene) -> None:
    before = scene.found()
    assert set(before) == set(CANARIES), "the scan must find what there is"
    assert {
        "people",
        "events",
        "cases",
        "needs",
        "files",
        "organisation_contacts",
        "organisation_owners",
        "past_projects",
        "needs_assessments",
        "assessment_visits",
        "recoveries",
    } <= set().union(*before.values())
    scene.erase()
    assert scene.found() == {}


@pytest.mark.parametrize("words", [[PHONE, "Zephyrine"], [NAME_ZH], ["Nobody is named here"]])
def test_as_many_texts_go_as_were_told_before(scene: Scene, words: list[str]) -> None:
    """What is sealed goes too, and is in no count."""
    with transaction(scene.engine) as db:
        opened = open_mediation(db, scene.world.actor(db, "dispute_officer"), scene.number, new_request()).answer
        mediation = load(db, str(opened["id"]), "mediation")
        erasure = scene.ask(db, words=words)
        told = erasure_requests.show_erasure(db, scene.world.actor(db, "compliance"), erasure).texts
        scene.world.write(db, "dispute_officer", mediation, words=f"{words[0]} was here.")
        assert erasure_requests.show_erasure(db, scene.world.actor(db, "compliance"), erasure).texts == told
        scene.decide(db, erasure)
    carry_out(scene.engine, erasure)
    with transaction(scene.engine) as db:
        gone = db.execute(
            text(
                "SELECT count(*) FROM events e JOIN logs l ON l.id = e.log_id, jsonb_array_elements(e.effects->'erased'->'fields')"
                " WHERE e.kind = 'erased' AND l.kind NOT IN ('mediation', 'erasure')"
            )
        ).scalar_one()
    assert gone == told
    assert gone > 0


def test_no_file_of_the_installation_names_the_person(
    scene: Scene, document_store: DocumentStore, tmp_path: Path
) -> None:
    scene.erase()
    held = b"".join(one.read_bytes() for one in tmp_path.rglob("*") if one.is_file())
    assert not [one for one in CANARIES if one.encode() in held]


def test_every_log_verifies_and_the_tables_are_what_it_adds_up_to(scene: Scene) -> None:
    scene.erase()
    assert list(verify_all(scene.engine)) == []


def test_nothing_is_kept_for_figures_of_what_was_erased(scene: Scene) -> None:
    programme = scene.world.programmes["BJ"]
    bring_after(scene.engine, programme)
    kept = text("""
        SELECT count(*) FROM figure_facts f WHERE EXISTS (SELECT FROM events e WHERE e.log_id = f.log_id AND e.kind = 'erased')
    """)
    scene.erase()
    with transaction(scene.engine) as db:
        assert db.execute(kept).scalar_one() == 0
    bring_after(scene.engine, programme)
    assert find_differing(scene.engine, programme) == []
    with transaction(scene.engine) as db:
        assert db.execute(kept).scalar_one() > 0


def test_the_verification_counts_what_was_erased(scene: Scene) -> None:
    assert sum(one.erased for one in verify_each(scene.engine)) == 0
    scene.erase()
    assert sum(one.erased for one in verify_each(scene.engine)) > 8


def test_a_right_whose_owner_was_corrected_keeps_the_present_one(scene: Scene) -> None:
    with transaction(scene.engine) as db:
        officer, programme = scene.world.actor(db, "officer"), scene.world.programmes["BJ"]
        rights = [
            record_right(
                db,
                officer,
                programme=programme,
                technologies=[],
                kind="know_how",
                fields={"owner": NAME},
                confirmed=True,
                source=f"{NAME} on the telephone",
                request=new_request(),
            ).answer["id"]
            for _ in range(2)
        ]
        confirm_right(
            db,
            officer,
            rights[0],
            checked_on=today(),
            fields={"owner": "ACME"},
            reason=f"Bought of {NAME}.",
            request=new_request(),
        )
    scene.erase()
    with transaction(scene.engine) as db:
        owners = text("SELECT owner FROM rights WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id")
        assert list(db.execute(owners, {"ids": rights}).scalars()) == ["ACME", None]
        assert [verify_case(db, right) for right in rights] == [[], []]
        erased, corrected, recorded = read_entries(db, scene.world.actor(db, "officer"), rights[0])
        assert erased.kind == "erased"
        assert (corrected.changes["owner"], corrected.erased) == ((None, "ACME"), ["reason"])
        assert set(recorded.erased) == {"owner", "source"}


@pytest.mark.parametrize("noun", ["need", "technology"])
def test_a_contact_goes_from_the_record_and_its_history_and_all_else_stays(scene: Scene, noun: Kept) -> None:
    fields = {"title": "Drier", "contact": f"{NAME}, works manager", "problem": "Too wet"}
    with transaction(scene.engine) as db:
        id = add_record(db, scene.world.programmes["BJ"], noun, "X-contact", fields)
        officer = scene.world.actor(db, "officer")
        told, key = {"contact": f"Ask {NAME}"}, new_request()
        correct_record(db, officer, noun, id, fields=told, source="A call", reason=None, request=key)
    scene.erase()
    table = {"need": "needs", "technology": "technologies"}[noun]
    with transaction(scene.engine) as db:
        row = db.execute(text(f"SELECT * FROM {table} WHERE id = CAST(:id AS uuid)"), {"id": id}).one()
        entries = read_record(db, scene.world.actor(db, "officer"), noun, id)
    assert NAME not in str(row)
    assert (row.title, row.problem, row.contact == f"Ask {NAME}") == ("Drier", "Too wet", False)
    # Where it came from stays, and who stands for it.
    assert (row.provenance["contact"]["source"], "confirmed_by" in row.provenance["contact"]) == ("A call", True)
    assert [entry.kind for entry in entries] == ["erased", "corrected", "recorded"]
    assert [entry.erased for entry in entries[1:]] == [["contact"], ["contact"]]
    assert list(verify_all(scene.engine)) == []


def test_who_is_named_in_a_statement_of_verification_goes_from_it_and_from_its_history(scene: Scene) -> None:
    said = {"number": f"V 7 of {NAME}", "verdict": "verified", "valid_until": "2027-01-31"}
    with transaction(scene.engine) as db:
        id = add_record(db, scene.world.programmes["BJ"], "technology", "X-verified", {"title": "Drier"})
        officer, told, key = scene.world.actor(db, "officer"), {"verification": said}, new_request()
        correct_record(db, officer, "technology", id, fields=told, source="A call", reason=None, request=key)
    scene.erase()
    with transaction(scene.engine) as db:
        row = db.execute(text("SELECT * FROM technologies WHERE id = CAST(:id AS uuid)"), {"id": id}).one()
        entries = read_record(db, scene.world.actor(db, "officer"), "technology", id)
    assert NAME not in str(row)
    assert [entry.erased for entry in entries[1:]] == [["verification"], []]
    assert list(verify_all(scene.engine)) == []


def test_saved_views_that_lose_their_names_have_two_names_still(scene: Scene) -> None:
    scene.erase()
    with transaction(scene.engine) as db:
        names = [one.name for one in list_views(db, scene.world.actor(db, "supervisor"), "cases")]
    assert len(set(names)) == 2
    assert all(name.startswith("[erased] ") for name in names)


def test_figures_are_mailed_neither_to_the_person_nor_from_their_views(scene: Scene) -> None:
    people = [scene.person, scene.world.people["supervisor"]]
    with transaction(scene.engine) as db:
        db.execute(
            text(
                "INSERT INTO figure_mails (id, view_id, person_id, rhythm, since, look_at)"
                " SELECT gen_random_uuid(), v.id, p.id, 'monthly', DATE '2026-01-01', casework_now()"
                " FROM saved_views v CROSS JOIN people p WHERE p.id = ANY(CAST(:people AS uuid[]))"
            ),
            {"people": people},
        )
    scene.erase()
    with transaction(scene.engine) as db:
        left = "SELECT f.person_id::text, v.person_id::text FROM figure_mails f JOIN saved_views v ON v.id = f.view_id"
        # Those of the supervisor's own two views.
        assert [tuple(row) for row in db.execute(text(left))] == [(people[1], people[1])] * 2


def test_actions_roles_and_moments_stay(scene: Scene) -> None:
    told = (
        "SELECT seq, at, kind, actor_id, header, effects, hash FROM events "
        "WHERE log_id = CAST(:log AS uuid) AND kind <> 'erased' ORDER BY seq"
    )
    with scene.engine.connect() as db:
        log = home_of(db, scene.number)
        before = db.execute(text(told), {"log": log}).all()
    scene.erase()
    with scene.engine.connect() as db:
        after = db.execute(text(told), {"log": log}).all()
        roles = db.execute(
            text("SELECT count(*) FROM memberships WHERE person_id = CAST(:id AS uuid)"), {"id": scene.person}
        ).scalar_one()
    assert after == before
    assert scene.person in {row.actor_id for row in after}
    assert roles == 1


def test_who_is_not_named_keeps_every_word(scene: Scene) -> None:
    scene.erase()
    assert scene.found(("Nobody is named here.",)) == {"Nobody is named here.": {"events"}}


def test_the_erasure_stands_in_every_log_that_it_touched(scene: Scene) -> None:
    erasure = scene.erase()
    with scene.engine.connect() as db:
        log = home_of(db, scene.number)
    assert scene.kinds(log)[-1] == "erased"
    assert scene.kinds(scene.person) == ["registered", "account", "account_closed", "account", "erased"]
    assert scene.kinds(erasure) == ["erasure_asked", "erasure_agreed", "erased", "erasure_done"]


def test_the_account_is_a_number(scene: Scene) -> None:
    scene.erase()
    with scene.engine.connect() as db:
        row = db.execute(text("SELECT * FROM people WHERE id = CAST(:id AS uuid)"), {"id": scene.person}).one()
    assert (row.name, row.name_zh, row.active, row.password_hash) == ("Erased person 1", "已抹除人员 1", False, None)


def test_somebody_without_an_account_is_erased_by_name(scene: Scene) -> None:
    with transaction(scene.engine) as db:
        case = load(db, home_of(db, scene.number), "case")
        scene.world.write(db, "officer", case, words="Contact: Ottoline Bramble, 010-6655 4433")
    scene.erase(person=None, words=["Ottoline Bramble", "010-6655 4433"], reason="Ottoline Bramble left the firm.")
    assert scene.found(("Ottoline", "010-6655 4433")) == {}
    assert set(scene.found()) == set(CANARIES)
    assert list(verify_all(scene.engine)) == []


def test_what_names_somebody_else_stays(scene: Scene) -> None:
    with transaction(scene.engine) as db:
        case = load(db, home_of(db, scene.number), "case")
        scene.world.write(db, "officer", case, words="Zephyrines is a firm.")
    scene.erase()
    assert scene.found(("Zephyrines is a firm.",))


#: Tables of the history and of what it adds up to, and those in which nothing but ids, codes, hashes and figures stands.
HISTORY = {
    "logs", "events", "service_accounts", "invitations", "memberships", "absences", "allocations", "skills", "mentions",
    "searched_words", "evidence", "indexed_records", "index_terms", "index_states", "record_meanings", *HOMES.values(), *PARTS,
    "figure_facts",
}  # fmt: skip
WORDLESS = {
    "incoming_webhooks", "editions", "programmes", "phases", "numbers", "letter_numbers", "outbox", "contents", "compartments",
    "sign_in_attempts", "case_hygiene_days", "kept_figures", "kept_figure_lines", "kept_figure_parts", "reports", "public_figures",
    "provider_logouts", "readings", "sealed_readings", "reading_heads", "allowances",
    "case_dates", "right_owners", "right_technologies", "twin_marks", "twin_pairs", "pending_searches",
    "assessment_enterprises", "assessment_needs", "awaited_leaves", "tree_tiles", "tree_entries", "checkpoints",
    "verifications", "verification_nights", "verified_leaves", "witnesses", "cosignatures", "witness_alarms",
}  # fmt: skip


#: Files that wait to be brought in: one that names the person is ended, and goes whole.
WAITING = {"import_pieces"}


def test_of_every_table_it_is_known_how_words_leave_it() -> None:
    assert set(metadata.tables) == HISTORY | WORDLESS | WAITING | set(OWN) | set(WORDY)


def test_what_lies_sealed_is_erased_too(scene: Scene) -> None:
    """A mediation's words, which the database holds sealed, and what somebody has typed and not sent."""
    world = scene.world
    with transaction(scene.engine) as db:
        mediation = str(
            open_mediation(db, world.actor(db, "dispute_officer"), scene.number, new_request()).answer["id"]
        )
        world.write(db, "dispute_officer", load(db, mediation, "mediation"), words=f"{NAME} was heard.")
        world.write(db, "dispute_officer", load(db, mediation, "mediation"), words="Nobody was heard.")
        searched = {
            "log": mediation,
            "id": world.people["dispute_officer"],
            "address": f"/mediations/{mediation}?words=%E6%96%90%E6%B3%BD%E5%AE%81",
        }
        db.execute(
            text("INSERT INTO sealed_readings (log_id, person_id, address) VALUES (:log, :id, :address)"), searched
        )
    scene.erase()
    with transaction(scene.engine) as db:
        assert db.execute(text("SELECT address FROM sealed_readings")).scalar_one() == f"/mediations/{mediation}"
        told = [event.body.get("words") for event in read_events(db, mediation) if event.kind == "noted"]
        assert told == [ERASED, "Nobody was heard."]
        assert find_draft(db, world.people["officer"], "note") is None
    assert list(verify_all(scene.engine)) == []


def test_nothing_is_done_twice(scene: Scene) -> None:
    erasure = scene.erase()
    kinds = scene.kinds(erasure)
    carry_out(scene.engine, erasure)
    assert scene.kinds(erasure) == kinds
    with transaction(scene.engine) as db, pytest.raises(CaseworkError):
        scene.ask(db)


#: A file of records, and whether it names somebody: as texts, as JSON escapes them, in another encoding, beyond the first piece.
FILES = (
    (f"external_id,title\n1,Of {NAME}\n".encode(), True),
    (json.dumps([{"external_id": "1", "title": NAME_ZH}]).encode(), True),
    (f"external_id,title\n1,我们的水泵由{NAME_ZH}制造\n".encode("gb18030"), True),
    (b"external_id,title\n" + b"".join(b"%d,Pump\n" % n for n in range(100_000)) + f"last,{PHONE}\n".encode(), True),
    (b"external_id,title\n1,Pump\n", False),
)


@pytest.mark.parametrize(("content", "names"), FILES)
@pytest.mark.parametrize("taken", [False, True])
def test_files_that_wait_to_be_brought_in_go_where_they_name_the_person(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, content: bytes, names: bool, taken: bool
) -> None:
    world, programme = scene.world, scene.world.programmes["BJ"]
    with transaction(scene.engine) as db:
        actor = world.actor(db, "officer")
        given: dict[str, Any] = {"content": content, "name": "a.csv", "source": "PATENTS", "complete": False}
        id = file_imports.add_file(db, actor, programme, "technologies", **given)
        if taken:
            file_imports.take_over(db, actor, programme, id, licence=None)
    read_rows = import_reader.read_rows

    def read(*given: Any) -> Generator[Row]:
        # The erasure comes while a worker is at it.
        for n, row in enumerate(read_rows(*given)):
            if n == 700:
                scene.erase(words=[PHONE, "Zephyrine", NAME_ZH])
            yield row

    if taken and len(content) > 1_000_000:
        monkeypatch.setattr(importer, "read_rows", read)
    else:
        scene.erase(words=[PHONE, "Zephyrine", NAME_ZH])
    import_worker.carry_on(scene.engine, id)
    with transaction(scene.engine) as db:
        left = db.execute(text("SELECT state, report FROM imports")).all()
        brought = db.execute(text("SELECT count(*) FROM technologies WHERE source = 'PATENTS'")).scalar_one()
    assert brought == (500 if taken and len(content) > 1_000_000 else 0 if names or not taken else 1)
    if not names:
        assert [row.state for row in left] == ["done" if taken else "looked_at"]
    elif taken:
        assert [(row.state, [one.why for one in import_worker.faults_of(row.report, "faults")]) for row in left] == [
            ("failed", [reasons.imports.NAMED_ERASED])
        ]
    else:
        assert left == []
