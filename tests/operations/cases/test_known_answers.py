"""What a form offers because it is known: all of it to the office, to a provider what its case sheet tells it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, text

from benchmarks.statements import captured
from casework.definitions import load_library
from casework.engine.definition.sheets import NOTHING_KEPT
from casework.engine.state.case import Fired
from casework.operations.cases.form_choices import choices_of
from casework.operations.cases.known_answers import kept_from_provider, known_answers
from casework.operations.cases.queries import find_case
from tests.support.way_to_referral import to_bank
from tests.support.world import FOR_THE_SHEET, World

PLEDGE = FOR_THE_SHEET["pledge"]


def known(world: World, db: Connection, who: str, number: str, loan: str, form: str) -> dict[str, Any]:
    actor = world.actor(db, who)
    case, _ = find_case(db, actor, number)
    track = case.tracks[loan]
    return known_answers(db, actor, case, track, load_library()[track.edition].form(form))


def test_a_willing_party_s_facts_are_offered_to_the_bank(world: World, db: Connection) -> None:
    number, _, loan = to_bank(world, db)
    assert known(world, db, "foreign_provider", number, loan, "RegisterCheck") == {
        "pledgor": PLEDGE["pledgor"],
        "rights": [world.rights[0]],
    }
    offered = known(world, db, "foreign_provider", number, loan, "Application")
    assert (offered["amount"], offered["borrower"]) == (PLEDGE["amount"], PLEDGE["borrower"])


def test_what_the_sheet_withholds_is_offered_to_the_office_alone(world: World, db: Connection) -> None:
    number, bank, loan = to_bank(world, db, willing=False)
    # That it is the bank itself tells the bank nothing.
    assert [known(world, db, "foreign_provider", number, loan, form) for form in ("RegisterCheck", "Application")] == [
        {},
        {"lender": world.organisations["bank"]},
    ]
    offered = known(world, db, "officer", number, loan, "Application")
    assert (offered["amount"], offered["borrower"]) == (PLEDGE["amount"], PLEDGE["borrower"])
    assert offered_rights(world, db, "foreign_provider", number, loan) == []
    assert offered_rights(world, db, "officer", number, loan) == [world.rights[0]]
    actor = world.actor(db, "officer")
    case, _ = find_case(db, actor, number)
    assert kept_from_provider(db, actor, case, case.tracks[bank]) == NOTHING_KEPT


def test_what_is_kept_back_is_worked_out_once_in_a_transaction(world: World, db: Connection) -> None:
    number, bank, loan = to_bank(world, db)
    actor = world.actor(db, "foreign_provider")
    case, _ = find_case(db, actor, number)
    with captured(str(db.engine.url.database)) as sent:
        first = kept_from_provider(db, actor, case, case.tracks[loan])
        once = len(sent)
        # The referral and its service have one sheet, and so do all of their forms.
        assert [kept_from_provider(db, actor, case, case.tracks[track]) for track in (loan, bank)] == [first, first]
        assert len(sent) == once > 0
        # What happens in the case may change what is told.
        kept_from_provider(db, actor, replace(case, seq=case.seq + 1), case.tracks[loan])
        assert len(sent) > once


def test_what_is_known_of_a_right_is_said_by_the_id_that_the_form_offers(world: World, db: Connection) -> None:
    actor = world.actor(db, "officer")
    case, _ = find_case(db, actor, world.open_case(db))
    gone, kept = world.rights[:2]
    case = replace(case, rights=(gone, kept))
    form: Any = [
        {"name": "rights", "type": "rights", "prefill": "case.rights"},
        {"name": "right", "type": "right", "prefill": "take.right"},
    ]
    said = replace(case.main, fired={**case.main.fired, "take": Fired(1, case.opened_at, "p", None, {"right": gone})})
    assert known_answers(db, actor, case, said, form) == {"rights": [gone, kept], "right": gone}
    merged = text("UPDATE rights SET merged_into = CAST(:kept AS uuid) WHERE id = CAST(:gone AS uuid)")
    db.execute(merged, {"gone": gone, "kept": kept})
    assert known_answers(db, actor, case, said, form) == {"rights": [kept], "right": kept}


def offered_rights(world: World, db: Connection, who: str, number: str, loan: str) -> list[str]:
    actor = world.actor(db, who)
    case, _ = find_case(db, actor, number)
    form = [{"name": "rights", "type": "rights"}]
    return [choice.id for choice in choices_of(db, actor, case, case.tracks[loan], form)["rights"]]
