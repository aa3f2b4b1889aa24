"""Files that show what registers say: who files and who opens them, programme by programme; what is verified, and erased."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from sqlalchemy import Engine, text

from casework.errors import NotAllowed, NotFound
from casework.operations.catalogue.evidence import (
    Papers,
    evidence_of,
    file_for_burden,
    file_for_screening,
    list_of_right,
    open_evidence,
)
from casework.operations.catalogue.organisation_merging import merge_organisations
from casework.operations.catalogue.organisations import record_organisation
from casework.operations.catalogue.outside_burdens import correct_burden, end_burden, enter_burden
from casework.operations.catalogue.right_history import read_entries
from casework.operations.catalogue.screenings import record_screening
from casework.operations.documents.storage import DocumentStore
from casework.operations.verification.service import verify_all, verify_case
from casework.records.database import transaction
from tests.support.additions import add_burden, keep_paper
from tests.support.file_makers import PDF
from tests.support.world import World, new_request, today


def paper(store: DocumentStore, world: World, home: str, content: bytes = PDF) -> Papers:
    return keep_paper(store, home, world.programmes["BJ"], content)


def burden_of(engine: Engine, world: World) -> str:
    with transaction(engine) as db:
        return add_burden(db, world, "officer", world.rights[0])


def file(engine: Engine, world: World, store: DocumentStore, burden: str, by: str = "officer") -> str:
    papers = paper(store, world, world.rights[0])
    with transaction(engine) as db:
        done = file_for_burden(db, world.actor(db, by), world.rights[0], burden, papers=papers, request=new_request())
    return str(done.answer["id"])


def take(engine: Engine, world: World, store: DocumentStore, id: str, by: str) -> bytes:
    with transaction(engine) as db:
        taken = open_evidence(db, world.actor(db, by), store, id, address=f"/evidence/{id}")
        return b"".join(taken.pieces)


def test_what_shows_an_encumbrance_is_filed_with_it_and_with_its_end(
    engine: Engine, world: World, document_store: DocumentStore
) -> None:
    right, given = world.rights[0], {"kind": "invalidation", "from": "2026-01-05"}
    extract, deed = paper(document_store, world, right), paper(document_store, world, right, PDF + b"% end")
    more = paper(document_store, world, right, PDF + b"% more")
    with transaction(engine) as db:
        actor = world.actor(db, "officer")
        done = enter_burden(db, actor, right, values=given, source="Register", papers=extract, request=new_request())
        burden = str(done.answer["id"])
        said: dict[str, Any] = {"source": "Register", "reason": "Misread.", "papers": more, "request": new_request()}
        correct_burden(db, actor, right, burden, values=given | {"from": "2026-01-06"}, **said)
        end: dict[str, Any] = {"ended_on": today(), "source": "Decision", "reason": "Refused.", "papers": deed}
        end_burden(db, actor, right, burden, **end, request=new_request())
        filed = list_of_right(db, world.actor(db, "auditor"), right)
        assert [one.kind for one in filed] == ["register_extract", "register_extract", "deed"]
        assert {one.about for one in filed} == {burden}
        assert filed[0].sha256 == hashlib.sha256(PDF).hexdigest()
        assert [one.id for one in evidence_of(db, actor, [burden])[burden]] == [one.id for one in filed]
        assert [entry.file for entry in read_entries(db, actor, right) if entry.evidence] == ["extract.pdf"] * 3
    assert take(engine, world, document_store, filed[2].id, "manager") == PDF + b"% end"
    assert list(verify_all(engine)) == []


def test_nobody_files_what_shows_nothing(engine: Engine, world: World, document_store: DocumentStore) -> None:
    burden = burden_of(engine, world)
    with pytest.raises(NotFound):
        file(engine, world, document_store, world.needs[0])
    for who, refusal in (("auditor", NotAllowed), ("foreign_officer", NotFound), ("provider", NotFound)):
        with pytest.raises(refusal):
            file(engine, world, document_store, burden, who)


@pytest.mark.parametrize("reader", ["officer", "compliance", "auditor", "manager"])
def test_who_reads_the_record_opens_it_and_is_noted(
    engine: Engine, world: World, document_store: DocumentStore, reader: str
) -> None:
    id = file(engine, world, document_store, burden_of(engine, world))
    assert take(engine, world, document_store, id, reader) == PDF
    with transaction(engine) as db:
        noted = db.execute(
            text("SELECT person_id::text, address FROM readings WHERE document_id = CAST(:id AS uuid)"), {"id": id}
        )
        assert [tuple(row) for row in noted] == [(world.people[reader], f"/evidence/{id}")]


@pytest.mark.parametrize("stranger", ["foreign_officer", "provider", "provider_lead", "observer", "administrator"])
def test_nobody_else_finds_it(engine: Engine, world: World, document_store: DocumentStore, stranger: str) -> None:
    burden = burden_of(engine, world)
    id = file(engine, world, document_store, burden)
    with pytest.raises(NotFound):
        take(engine, world, document_store, id, stranger)
    with transaction(engine) as db:
        assert evidence_of(db, world.actor(db, stranger), [burden])[burden] == []
        with pytest.raises(NotFound):
            list_of_right(db, world.actor(db, stranger), world.rights[0])


def test_a_screening_keeps_its_evidence_through_a_merging(
    engine: Engine, world: World, document_store: DocumentStore
) -> None:
    fields = {"name": "Kiln Works", "country": "CN"}
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        given: dict[str, Any] = {"programme": world.programmes["BJ"], "source": "Register"}
        kept, gone = (
            str(
                record_organisation(db, officer, fields=fields | {"name": name}, **given, request=new_request()).answer[
                    "id"
                ]
            )
            for name in ("Kiln Works", "Ofenbau")
        )
    papers, day = paper(document_store, world, gone), today().isoformat()
    said = {"result": "clear", "checked_on": day, "valid_until": day, "lists": "UN", "evidence": "Query 7"}
    with transaction(engine) as db:
        compliance = world.actor(db, "compliance")
        done = record_screening(db, compliance, gone, fields=said, owners={}, papers=papers, request=new_request())
        screening = str(done.answer["id"])
        merge_organisations(
            db, world.actor(db, "officer"), gone, into=kept, reason="One licence.", request=new_request()
        )
    more = paper(document_store, world, kept, PDF + b"% more")
    with transaction(engine) as db:
        compliance = world.actor(db, "compliance")
        with pytest.raises(NotFound):
            file_for_screening(db, compliance, kept, world.rights[0], papers=more, request=new_request())
        file_for_screening(db, compliance, kept, screening, papers=more, request=new_request())
        filed = evidence_of(db, world.actor(db, "auditor"), [screening])[screening]
    assert [one.kind for one in filed] == ["screening_extract"] * 2
    assert take(engine, world, document_store, filed[0].id, "officer") == PDF
    assert list(verify_all(engine)) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE files SET digest = 'f00' WHERE document_id = CAST(:id AS uuid)",
        "UPDATE evidence SET about_id = log_id WHERE id = CAST(:id AS uuid)",
        "UPDATE events SET effects = jsonb_set(effects, '{evidence,about}', to_jsonb(CAST(log_id AS text))) WHERE kind = 'evidence_filed'",
    ],
)
def test_a_change_behind_our_backs_is_found(
    engine: Engine, superuser_engine: Engine, world: World, document_store: DocumentStore, change: str
) -> None:
    id = file(engine, world, document_store, burden_of(engine, world))
    with superuser_engine.begin() as db:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        db.execute(text(change), {"id": id})
    with transaction(engine) as db:
        assert verify_case(db, world.rights[0]) != []
