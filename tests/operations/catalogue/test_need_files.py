"""Files that an enterprise sends with its need: for who reads the statement, as long as it is kept, and no longer."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import Engine, text

from casework.errors import FileBlocked, FilePending, InvalidForm, NotFound
from casework.operations.catalogue import need_links as links
from casework.operations.catalogue import need_statements as statements
from casework.operations.catalogue.need_mail import STATEMENT
from casework.operations.documents.storage import DocumentStore, Kept, any_left
from casework.operations.documents.uploads import receive
from casework.operations.links.office_links import open_link
from casework.records.database import transaction
from casework.records.row_security import whole
from tests.operations.catalogue.test_need_statements import SAID, invited, sent
from tests.support.file_makers import PDF
from tests.support.world import World, new_request


def keep(store: DocumentStore, world: World, statement: str, content: bytes = PDF, name: str = "plan.pdf") -> Kept:
    with receive(io.BytesIO(content), name) as upload:
        return store.keep(world.programmes["BJ"], statement, upload)


def with_file(store: DocumentStore, world: World) -> tuple[str, str, str, str]:
    """A need that was sent with a file: (its id, the secret of its link, what the browser keeps, the file)."""
    with transaction(store.engine) as db:
        id, token = invited(db, world)
    kept = keep(store, world, id)
    with transaction(store.engine) as db:
        opened = open_link(db, STATEMENT, token)
        links.send_statement(db, token, opened, SAID, files=[kept])
    return id, token, opened, kept.blob


def test_whoever_reads_the_statement_takes_its_file_and_others_find_none(
    world: World, document_store: DocumentStore
) -> None:
    id, _, _, file = with_file(document_store, world)
    with transaction(document_store.engine) as db:
        officer = world.actor(db, "officer")
        (one,) = statements.show_statement(db, officer, id).files
        assert (one.id, one.name, one.type, one.size) == (file, "plan.pdf", "pdf", len(PDF))
        taken = statements.open_file(db, officer, document_store, id, file, address="/x")
        assert b"".join(taken.pieces) == PDF
        read = text("SELECT person_id::text FROM readings WHERE document_id = CAST(:id AS uuid)")
        assert list(db.execute(read, {"id": file}).scalars()) == [officer.person]
        for who, statement in (("manager", id), ("foreign_officer", id), ("officer", invited(db, world)[0])):
            with pytest.raises(NotFound):
                statements.open_file(db, world.actor(db, who), document_store, statement, file, address="/x")
        need = str(statements.accept(db, officer, id, request=new_request()).answer["need"])
        assert statements.files_of_need(db, officer, need) == [(id, one)]
        assert statements.files_of_need(db, world.actor(db, "manager"), need) == []


@pytest.mark.parametrize(("scan", "error"), [("pending", FilePending), ("blocked", FileBlocked)])
def test_what_nobody_has_found_clean_is_not_given(
    world: World, document_store: DocumentStore, scan: str, error: type[Exception]
) -> None:
    id, _, _, file = with_file(document_store, world)
    with transaction(document_store.engine) as db:
        with whole(db):
            db.execute(text("UPDATE blobs SET scan = :scan"), {"scan": scan})
        officer = world.actor(db, "officer")
        assert [one.scan for one in statements.show_statement(db, officer, id).files] == [scan]
        with pytest.raises(error):
            statements.open_file(db, officer, document_store, id, file, address="/x")


def left(store: DocumentStore) -> tuple[bool, int]:
    """Whether something is to be swept, and how many files lie in the store."""
    with transaction(store.engine) as db, whole(db):
        return any_left(db), db.execute(text("SELECT count(*) FROM blobs")).scalar_one()


def old(engine: Engine) -> None:
    with transaction(engine) as db, whole(db):
        db.execute(text("UPDATE blobs SET touched_at = touched_at - interval '2 days'"))


def test_a_file_stays_with_the_statement_and_goes_with_what_was_said(
    world: World, document_store: DocumentStore
) -> None:
    _, token, opened, _ = with_file(document_store, world)
    old(document_store.engine)
    assert left(document_store) == (False, 1)
    with transaction(document_store.engine) as db:
        links.withdraw_statement(db, token, opened)
    assert left(document_store)[0]
    assert document_store.sweep() == 1
    assert left(document_store) == (False, 0)


@pytest.mark.parametrize("act", ["refuse", "ask_back"])
def test_of_a_need_that_was_not_taken_in_the_files_go_with_its_link(
    world: World, document_store: DocumentStore, act: str
) -> None:
    id, _, _, _ = with_file(document_store, world)
    with transaction(document_store.engine) as db:
        words = {"refuse": {"reason": "So."}, "ask_back": {"question": "So?"}}[act]
        getattr(statements, act)(db, world.actor(db, "officer"), id, request=new_request(), **words)
        with whole(db):
            db.execute(text("UPDATE office_link_secrets SET until = casework_now() - interval '1 minute'"))
        assert links.forget_statements(db) == 1
    assert document_store.sweep() == 1


def test_one_is_taken_out_and_others_come_but_no_more_than_some(world: World, document_store: DocumentStore) -> None:
    id, token, opened, file = with_file(document_store, world)
    contents = [f"a{n}".encode() for n in range(5)]
    more = [keep(document_store, world, id, content, f"{n}.txt") for n, content in enumerate(contents)]
    with transaction(document_store.engine) as db:
        officer = world.actor(db, "officer")
        statements.ask_back(db, officer, id, question="So?", request=new_request())
    with pytest.raises(InvalidForm) as wrong, transaction(document_store.engine) as db:
        links.send_statement(db, token, opened, SAID, files=more)
    assert list(wrong.value.fields) == ["files"]
    with transaction(document_store.engine) as db:
        links.send_statement(db, token, opened, SAID, files=more, without=[file])
        names = [one.name for one in statements.show_statement(db, officer, id).files]
    assert names == [f"{n}.txt" for n in range(5)]
    assert document_store.sweep() == 1


def test_nothing_comes_of_files_where_none_are_sent(world: World, document_store: DocumentStore) -> None:
    with transaction(document_store.engine) as db:
        id, _, _ = sent(db, world)
        assert statements.show_statement(db, world.actor(db, "officer"), id).files == []
