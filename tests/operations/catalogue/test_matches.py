"""Matches: entered by the office from what it knows, once, and listed with the case that came of each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from casework.errors import InvalidForm, NotAllowed, NotFound, Refused
from casework.operations.catalogue.matches import create_match, list_matches, show_match
from casework.operations.verification.service import verify_case
from tests.support.world import World, new_request, today


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


def test_they_are_listed_the_newest_first_with_or_without_a_case(world: World, db: Connection) -> None:
    number, officer = world.open_case(db), world.actor(db, "officer")
    new = enter(db, world)
    assert [one.id for one in list_matches(db, officer).items][0] == new
    assert [(one.id, one.case) for one in list_matches(db, officer, opened=True).items] == [(world.matches[0], number)]
    assert {one.id for one in list_matches(db, officer, opened=False).items} == {new, world.matches[1]}
    first = list_matches(db, officer, limit=1)
    rest = list_matches(db, officer, cursor=first.next)
    assert [one.id for one in (*first.items, *rest.items)] == [one.id for one in list_matches(db, officer).items]
    assert list_matches(db, world.actor(db, "provider")).items == []
    with pytest.raises(NotFound):
        show_match(db, world.actor(db, "foreign_officer"), new)
