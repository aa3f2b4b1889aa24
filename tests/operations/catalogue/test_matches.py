"""Matches: entered by the office from what it knows, once, and listed with the case that came of each."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.errors import InvalidForm, NotAllowed, NotFound, Refused, WrongState
from casework.operations.cases.opening import open_case
from casework.operations.catalogue.importer import import_records
from casework.operations.catalogue.matches import JUDGED, create_match, judge_match, list_matches, show_match
from casework.operations.core.paging import to_cursor
from casework.operations.verification.service import verify_case
from casework.records.database import transaction
from casework.records.event_log import read_register
from tests.support.world import World, add_need, new_request, today


def enter(db: Connection, world: World, by: str = "officer", **other: Any) -> str:
    given: dict[str, Any] = {
        "programme": world.programmes["BJ"],
        "need": world.needs[0],
        "technology": world.technologies[1],
        "source": "office",
        "external_id": None,
        "proposed_on": None,
        "proposed_by": None,
        "score": "0.75",
        "rationale": "They fit.",
    } | other
    return str(create_match(db, world.actor(db, by), **given, request=new_request()).answer["id"])


def test_a_match_is_entered_of_what_is_known_by_id_or_by_name(world: World, db: Connection) -> None:
    match = show_match(db, world.actor(db, "officer"), enter(db, world, need="need-1", proposed_on=today()))
    assert (match.need.id, match.technology.id) == (world.needs[0], world.technologies[1])
    assert (match.score, match.proposed_by, match.case) == ("0.75", "Officer", None)
    assert verify_case(db, world.programmes["BJ"]) == []


def test_the_same_two_are_matched_once(world: World, db: Connection) -> None:
    enter(db, world)
    with pytest.raises(Refused):
        enter(db, world)


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"need": "unknown"}, {"need"}),
        ({"need": "unknown", "technology": "unknown"}, {"need", "technology"}),
        ({"proposed_on": today() + timedelta(days=2)}, {"proposed_on"}),
    ],
)
def test_what_is_not_known_is_named(world: World, db: Connection, given: dict[str, Any], fields: set[str]) -> None:
    with pytest.raises(InvalidForm) as refused:
        enter(db, world, **given)
    assert set(refused.value.fields) == fields


@pytest.mark.parametrize(
    ("who", "refusal"), [("auditor", NotAllowed), ("foreign_officer", NotFound), ("provider", NotFound)]
)
def test_only_the_office_enters_one(world: World, db: Connection, who: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        enter(db, world, who)


def test_they_are_listed_by_score_and_each_once_over_several_pages(world: World, db: Connection) -> None:
    """Those without a score come last; among equals the newest is first."""
    officer = world.actor(db, "officer")
    scores = (None, "0", "91.5", "7", "7")
    needs = [add_need(db, world.programmes["BJ"], f"more-{n}", None) for n in range(len(scores))]
    bare, worst, best, older, newer = (
        enter(db, world, need=need, score=score) for need, score in zip(needs, scores, strict=True)
    )
    listed = [one.id for one in list_matches(db, officer).items]
    # Those of the small world have 0.8.
    assert (listed[:3], listed[-2:]) == ([best, newer, older], [worst, bare])
    assert set(listed[3:-2]) == {*world.matches[:2]}
    paged, cursor = list[str](), None
    while True:
        part = list_matches(db, officer, cursor=cursor, limit=1)
        paged += [one.id for one in part.items]
        if (cursor := part.next) is None:
            break
    assert paged == listed
    for forged in ("a", "NaN", None, [1]):
        with pytest.raises(InvalidForm):
            list_matches(db, officer, cursor=to_cursor(forged, "2026-01-01T00:00:00+00:00", listed[0]))


def test_they_are_listed_with_or_without_a_case(world: World, db: Connection) -> None:
    number, officer = world.open_case(db), world.actor(db, "officer")
    new = enter(db, world)
    assert [(one.id, one.case) for one in list_matches(db, officer, opened=True).items] == [(world.matches[0], number)]
    assert {one.id for one in list_matches(db, officer, opened=False).items} == {new, world.matches[1]}
    first = list_matches(db, officer, limit=1)
    rest = list_matches(db, officer, cursor=first.next)
    assert [one.id for one in (*first.items, *rest.items)] == [one.id for one in list_matches(db, officer).items]
    assert list_matches(db, world.actor(db, "provider")).items == []
    with pytest.raises(NotFound):
        show_match(db, world.actor(db, "foreign_officer"), new)


def judge(
    db: Connection,
    world: World,
    match: str,
    *,
    refused: bool = True,
    reason: str = "No steam.",
    by: str = "officer",
    code: str = "need_not_met",
) -> None:
    said = code if refused else None
    judge_match(db, world.actor(db, by), match, refused=refused, code=said, reason=reason, request=new_request())


def test_a_poor_match_is_refused_with_a_reason_and_becomes_no_case(world: World, db: Connection) -> None:
    officer, match = world.actor(db, "officer"), world.matches[0]
    with pytest.raises(InvalidForm, match="reason"):
        judge(db, world, match, reason="  ")
    for wrong in ("", "too_hot", "Price"):
        with pytest.raises(InvalidForm, match="code"):
            judge(db, world, match, code=wrong)
    judge(db, world, match)
    with pytest.raises(Refused):
        judge(db, world, match)
    with pytest.raises(WrongState):
        open_case(db, officer, match, new_request())
    assert [(one.id, one.refusal) for one in list_matches(db, officer, refused=True).items] == [(match, "No steam.")]
    shown = show_match(db, officer, match)
    assert (shown.refusal_code, shown.refusal_name_zh) == ("need_not_met", "不能满足需求")
    assert match not in {one.id for one in list_matches(db, officer, opened=False, refused=False).items}
    assert verify_case(db, world.programmes["BJ"]) == []
    judge(db, world, match, refused=False, reason="They ask for steam after all.")
    assert open_case(db, officer, match, new_request()).answer["number"]
    with pytest.raises(Refused):
        judge(db, world, match)
    told = [
        (event.kind, event.body["reason"])
        for event in read_register(db, world.programmes["BJ"])
        if event.kind in JUDGED
    ]
    assert told == [("match_refused", "No steam."), ("match_taken_back", "They ask for steam after all.")]


@pytest.mark.parametrize(
    ("who", "refusal"), [("auditor", NotAllowed), ("foreign_officer", NotFound), ("provider", NotFound)]
)
def test_only_the_office_refuses_one(world: World, db: Connection, who: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        judge(db, world, world.matches[0], by=who)


def test_an_import_does_not_bring_a_refused_match_back(world: World, engine: Engine) -> None:
    told = b"external_id,need,need_source,technology,technology_source,rationale\nM9,need-1,catalogue,technology-2,catalogue,%s\n"
    import_records(engine, "matches", io.BytesIO(told % b"They fit."), programme="BJ")
    with transaction(engine) as db:
        match = db.execute(text("SELECT id FROM matches WHERE external_id = 'M9'")).scalar_one()
        judge(db, world, match)
    again = import_records(engine, "matches", io.BytesIO(told % b"They fit well."), programme="BJ")
    assert (again.created, again.updated, [one.reason for one in again.kept_fields]) == (
        0,
        0,
        ["was left as it is: the match is refused"],
    )
    with transaction(engine) as db:
        assert show_match(db, world.actor(db, "officer"), match).refusal == "No steam."
