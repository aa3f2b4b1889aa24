"""The letterhead of a programme: who sets it, what the history tells of it, and how letters get their numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.errors import CaseHasMoved, InvalidForm, NotAllowed, NotFound, RecordHasMoved, Refused
from casework.operations.core.idempotency import Done
from casework.operations.documents.storage import DocumentStore
from casework.operations.letters.service import Written, compose_letter, list_letters, send_letter
from casework.operations.people.letterheads import set_letterhead, show_settings
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request

OFFICE = {
    "office": "Beijing IP Office", "office_zh": "北京市知识产权局", "number_form": "京绿技〔{year}〕{n}号",
    "signatory": "The director", "signatory_zh": "处长",
}  # fmt: skip


def set_head(db: Connection, world: World, by: str = "supervisor", reason: str | None = None, **fields: Any) -> Done:
    given = OFFICE | fields
    actor = world.actor(db, by)
    return set_letterhead(db, actor, world.programmes["BJ"], fields=given, reason=reason, request=new_request())


def test_a_supervisor_sets_it_and_the_history_says_what_was_before(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        set_head(db, world)
    with transaction(engine) as db:
        set_head(db, world, reason="A new director.", signatory="The new director")
        shown = show_settings(db, world.actor(db, "supervisor"), world.programmes["BJ"])
    assert shown.letterhead.signatory == "The new director"
    assert shown.mine
    newest, first = shown.entries
    assert newest.changes == {"signatory": ("The director", "The new director")}
    assert (newest.reason, newest.who) == ("A new director.", "Supervisor")
    assert first.changes["office_zh"] == (None, "北京市知识产权局")
    assert shown.version == newest.seq > first.seq
    assert list(verify_all(engine)) == []


def test_who_may_look_and_who_may_set(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        assert not show_settings(db, world.actor(db, "administrator"), world.programmes["BJ"]).mine
        with pytest.raises(NotAllowed):
            set_head(db, world, "administrator")
        for name in ("officer", "auditor", "compliance", "provider", "manager", "observer", "dispute_officer"):
            with pytest.raises(NotFound):
                set_head(db, world, name)
            with pytest.raises(NotFound):
                show_settings(db, world.actor(db, name), world.programmes["BJ"])
        with pytest.raises(NotFound):
            show_settings(db, world.actor(db, "supervisor"), world.programmes["SH"])


def test_a_change_says_why_changes_something_and_was_seen(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        version = set_head(db, world).answer["version"]
        with pytest.raises(InvalidForm) as refusal:
            set_head(db, world, office="Another")
        assert set(refusal.value.fields) == {"reason"}
        with pytest.raises(Refused):
            set_head(db, world, reason="None.")
        actor = world.actor(db, "supervisor")
        given: dict[str, Any] = {"fields": OFFICE | {"seal": False}, "reason": "No seal."}
        with pytest.raises(RecordHasMoved):
            set_letterhead(db, actor, world.programmes["BJ"], **given, seen=0, request=new_request())
        asked = new_request()
        done = set_letterhead(db, actor, world.programmes["BJ"], **given, seen=version, request=asked)
        again = set_letterhead(db, actor, world.programmes["BJ"], **given, seen=version, request=asked)
        assert (again.repeated, again.answer) == (True, done.answer)


@pytest.mark.stage(play=to_referral)
def test_letters_are_numbered_one_after_the_other(
    engine: Engine, world: World, document_store: DocumentStore, staged: tuple[str, str]
) -> None:
    number, referral = staged
    world.send_letter(document_store, number, Written("referral", referral, "en"))
    with transaction(engine) as db:
        set_head(db, world, reason="As the office numbers them.")
    world.send_letter(document_store, number, Written("reminder", referral, "zh"))
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        first = compose_letter(db, officer, number, Written("reminder", referral, "en"))
        second = compose_letter(db, officer, number, Written("reminder", referral, "both"))
    year = first.content.day.year
    assert first.content.numbered == {"year": year, "n": 2, "written": f"京绿技〔{year}〕2号"}
    kept, other = first.keep(document_store), second.keep(document_store)
    sure = replace(new_request(), sure=True)
    with transaction(engine) as db:
        send_letter(db, world.actor(db, "officer"), document_store, first, kept, request=sure)
    # The other one has the same number on it: it is composed anew.
    with pytest.raises(CaseHasMoved), transaction(engine) as db:
        sure = replace(new_request(), sure=True)
        send_letter(db, world.actor(db, "officer"), document_store, second, other, request=sure)
    with transaction(engine) as db:
        numbers = [one.number for one in list_letters(db, world.actor(db, "officer"), number).items]
    assert numbers == [f"京绿技〔{year}〕2号", f"京绿技〔{year}〕1号", None]
    assert list(verify_all(engine)) == []


@pytest.mark.stage(play=to_referral)
def test_a_counter_that_somebody_moved_is_found(
    engine: Engine, world: World, document_store: DocumentStore, staged: tuple[str, str]
) -> None:
    number, referral = staged
    with transaction(engine) as db:
        set_head(db, world)
    world.send_letter(document_store, number, Written("referral", referral, "en"))
    with transaction(engine) as db:
        db.execute(text("UPDATE letter_numbers SET last = last + 1"))
    (found,) = verify_all(engine)
    assert (found.kind, found.table) == ("numbers", "letter_numbers")
