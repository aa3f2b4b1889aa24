"""A match is put right, expires and is followed again: with reasons, a history of what it said, and no import against it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, text

from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved, Refused, WrongState
from casework.operations.cases.opening import open_case
from casework.operations.catalogue.importer import import_records
from casework.operations.catalogue.match_changes import (
    _same,
    bring_match_back,
    correct_match,
    expire_match,
    read_count,
    read_match_entries,
)
from casework.operations.catalogue.matches import create_match, judge_match, list_matches, show_match
from casework.operations.catalogue.record_merging import merge_records
from casework.operations.catalogue.record_use import end_record
from casework.operations.catalogue.service import show_record
from casework.operations.catalogue.views import Need
from casework.operations.verification.service import verify_all, verify_case
from casework.records.database import transaction
from tests.support.world import World, add_need, new_request, today


def correct(
    db: Connection, world: World, match: str, *, reason: str | None = None, by: str = "officer", **fields: Any
) -> None:
    correct_match(db, world.actor(db, by), match, fields=fields, reason=reason, request=new_request())


def expire(db: Connection, world: World, match: str, *, by: str = "officer", **more: Any) -> None:
    expire_match(db, world.actor(db, by), match, **{"reason": "Nobody answers.", "request": new_request(), **more})


def revive(db: Connection, world: World, match: str, *, by: str = "officer", **more: Any) -> None:
    bring_match_back(db, world.actor(db, by), match, **{"reason": "They ask again.", "request": new_request(), **more})


def test_what_somebody_stands_for_takes_a_reason_and_its_history_says_both(world: World, db: Connection) -> None:
    officer, match = world.actor(db, "officer"), world.matches[0]
    assert not show_match(db, officer, match).confirmed
    correct(db, world, match, score="0.25")
    assert (show_match(db, officer, match).score, show_match(db, officer, match).confirmed) == ("0.25", True)
    with pytest.raises(InvalidForm) as refused:
        correct(db, world, match, rationale="It gives steam at 160 degrees.", proposed_on=today() + timedelta(days=2))
    assert set(refused.value.fields) == {"reason", "proposed_on"}
    correct(db, world, match, rationale="It gives steam at 160 degrees.", proposed_by=None, reason="Measured anew.")
    newest, older, entered = read_match_entries(db, officer, match)
    assert (newest.kind, newest.who, newest.reason) == ("match_corrected", "Officer", "Measured anew.")
    assert newest.changes == {
        "rationale": (
            "The need asks for steam at 180 degrees; the boiler gives it.",
            "It gives steam at 160 degrees.",
        ),
        "proposed_by": ("matching day", None),
    }
    assert (older.changes, older.reason, entered.kind, entered.changes) == (
        {"score": ("0.8", "0.25")},
        None,
        "match_entered",
        {},
    )
    assert verify_case(db, world.programmes["BJ"]) == []


def test_what_changes_nothing_is_refused(world: World, db: Connection) -> None:
    proposed_on = db.execute(
        text("SELECT proposed_on FROM matches WHERE id = :id"), {"id": world.matches[0]}
    ).scalar_one()
    with pytest.raises(InvalidForm, match="reason"):
        correct(db, world, world.matches[0], score="0.80", proposed_on=proposed_on, reason="None.")


def test_a_match_with_its_case_is_corrected_with_a_reason_and_does_not_expire(world: World, db: Connection) -> None:
    world.open_case(db)
    with pytest.raises(InvalidForm, match="reason"):
        correct(db, world, world.matches[0], score="0.1")
    correct(db, world, world.matches[0], score="0.1", reason="Counted wrongly.")
    with pytest.raises(Refused, match="has its case"):
        expire(db, world, world.matches[0])
    assert verify_case(db, world.programmes["BJ"]) == []


def test_an_expired_match_becomes_no_case_until_it_is_brought_back(world: World, db: Connection) -> None:
    officer, match = world.actor(db, "officer"), world.matches[0]
    with pytest.raises(InvalidForm, match="reason"):
        expire(db, world, match, reason=" ")
    with pytest.raises(Refused, match="has not expired"):
        revive(db, world, match)
    expire(db, world, match)
    assert show_match(db, officer, match).expiry == "Nobody answers."
    assert match in {one.id for one in list_matches(db, officer, ended=True).items}
    assert match not in {one.id for one in list_matches(db, officer, ended=False).items}
    with pytest.raises(WrongState, match="bring it back first"):
        open_case(db, officer, match, new_request())
    tried: tuple[Callable[[], object], ...] = (
        lambda: expire(db, world, match),
        lambda: correct(db, world, match, score="0.1"),
        lambda: judge_match(db, officer, match, refused=True, code="need_not_met", reason="No.", request=new_request()),
    )
    for again in tried:
        with pytest.raises(Refused, match="has expired"):
            again()
    revive(db, world, match)
    assert [entry.kind for entry in read_match_entries(db, officer, match)][:2] == [
        "match_brought_back",
        "match_expired",
    ]
    assert verify_case(db, world.programmes["BJ"]) == []
    assert open_case(db, officer, match, new_request()).answer["number"]


def test_a_refused_match_is_neither_corrected_nor_expires(world: World, db: Connection) -> None:
    officer, match = world.actor(db, "officer"), world.matches[0]
    judge_match(db, officer, match, refused=True, code="need_not_met", reason="No steam.", request=new_request())
    tried: tuple[Callable[[], None], ...] = (
        lambda: expire(db, world, match),
        lambda: correct(db, world, match, score="0.1"),
    )
    for again in tried:
        with pytest.raises(Refused, match="is refused"):
            again()


def test_it_is_not_followed_again_where_a_side_ended_or_was_merged(world: World, db: Connection) -> None:
    officer, match = world.actor(db, "officer"), world.matches[0]
    expire(db, world, match)
    end_record(db, officer, "need", world.needs[0], status="expired", reason="Bought one.", request=new_request())
    with pytest.raises(Refused, match="need or technology has expired"):
        revive(db, world, match)


def test_of_merged_needs_an_expired_match_stays_and_is_not_brought_back(world: World, db: Connection) -> None:
    """Both needs are matched with one technology: after the merging the other match stands for both."""
    officer, match = world.actor(db, "officer"), world.matches[0]
    other = add_need(db, world.programmes["BJ"], "need-9", show_record(db, officer, Need, world.needs[0]).owner)
    create_match(
        db,
        officer,
        programme=world.programmes["BJ"],
        need=other,
        technology=show_match(db, officer, match).technology.id,
        source="office",
        external_id=None,
        proposed_on=None,
        proposed_by=None,
        score=None,
        rationale=None,
        request=new_request(),
    )
    expire(db, world, match)
    merge_records(db, officer, "need", world.needs[0], into=other, reason="One need.", request=new_request())
    with pytest.raises(Refused):
        revive(db, world, match)
    assert verify_case(db, world.programmes["BJ"]) == []


def test_a_change_of_somebody_else_is_looked_at_first(world: World, db: Connection) -> None:
    match = world.matches[0]
    seen = read_count(db, world.programmes["BJ"], match)
    correct(db, world, match, score="0.1")
    with pytest.raises(RecordHasMoved):
        expire(db, world, match, seen=seen)
    expire(db, world, match, seen=seen + 1)


@pytest.mark.parametrize(
    ("who", "refusal"), [("auditor", NotAllowed), ("foreign_officer", NotFound), ("provider", NotFound)]
)
def test_only_the_office_changes_one(world: World, db: Connection, who: str, refusal: type[Exception]) -> None:
    match = world.matches[0]
    tried: tuple[Callable[[], None], ...] = (
        lambda: correct(db, world, match, by=who, score="0.1"),
        lambda: expire(db, world, match, by=who),
        lambda: revive(db, world, match, by=who),
    )
    for change in tried:
        with pytest.raises(refusal):
            change()


def test_an_import_changes_nothing_of_one_that_a_person_put_right_or_that_expired(world: World, engine: Engine) -> None:
    told = b"external_id,need,need_source,technology,technology_source,score\nM9,need-1,catalogue,technology-2,catalogue,%s\n"
    import_records(engine, "matches", io.BytesIO(told % b"0.5"), programme="BJ")
    with transaction(engine) as db:
        match = db.execute(text("SELECT id::text FROM matches WHERE external_id = 'M9'")).scalar_one()
        correct(db, world, match, score="0.6")
        assert [entry.kind for entry in read_match_entries(db, world.actor(db, "officer"), match)] == [
            "match_corrected",
            "imported",
        ]
    again = import_records(engine, "matches", io.BytesIO(told % b"0.9"), programme="BJ")
    assert [one.reason for one in again.kept_fields] == [
        "was left as it is: the match says what somebody here stands for"
    ]
    with transaction(engine) as db:
        expire(db, world, match)
    again = import_records(engine, "matches", io.BytesIO(told % b"0.9"), programme="BJ")
    assert [one.reason for one in again.kept_fields] == ["was left as it is: the match has expired"]
    assert list(verify_all(engine)) == []


@given(st.decimals(min_value=0, max_value=10, places=3), st.integers(0, 4))
def test_an_amount_is_the_same_however_many_zeros_end_it(amount: Any, zeros: int) -> None:
    assert _same(f"{amount}{'0' * zeros}", format(amount, "f"))
    assert not _same(amount + 1, format(amount, "f"))
    assert _same(None, None)
    assert not _same(None, "0")
    assert not _same("It fits.", "It fits well.")
