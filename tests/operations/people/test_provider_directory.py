"""The directory of providers: what each says of itself, its figures, and whom to ask for a service."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.errors import CaseworkError, InvalidForm, NotAllowed, NotFound
from casework.operations.people import provider_directory
from casework.operations.verification.service import verify_case
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request, today


def say(db: Connection, world: World, by: str = "provider_lead", of: str = "lab", **profile: Any) -> None:
    provider_directory.describe_provider(db, world.actor(db, by), world.organisations[of], profile, new_request())


def listed(db: Connection, world: World, by: str) -> set[str]:
    return {one.id for one in provider_directory.list_providers(db, world.actor(db, by))}


def test_a_lead_says_what_the_provider_does(db: Connection, world: World) -> None:
    say(db, world, fields=["steam  boilers", "steam boilers"], languages=["zh"], places=["Haidian"], capacity=3)
    told = provider_directory.show_provider(db, world.actor(db, "officer"), world.organisations["lab"])
    assert (told.fields, told.languages, told.places, told.capacity) == (
        ["steam boilers"],
        ["zh"],
        ["Haidian"],
        3,
    )


def test_what_is_said_stands_in_the_organisations_history(db: Connection, world: World) -> None:
    say(db, world, fields=["steam boilers"])
    assert verify_case(db, world.organisations["lab"]) == []
    db.execute(
        text('UPDATE organisations SET profile = \'{"fields": ["gold"]}\' WHERE id = CAST(:id AS uuid)'),
        {"id": world.organisations["lab"]},
    )
    assert [one.table for one in verify_case(db, world.organisations["lab"])] == ["organisations"]


@pytest.mark.parametrize(
    ("by", "error"),
    [
        ("provider", NotAllowed),
        ("officer", NotAllowed),
        ("foreign_provider", NotFound),
        ("observer", NotFound),
        ("dispute_officer", NotFound),
    ],
)
def test_others_do_not_say_it(db: Connection, world: World, by: str, error: type[CaseworkError]) -> None:
    with pytest.raises(error):
        say(db, world, by)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("languages", ["xx"]),
        ("capacity", -1),
        ("capacity", 2.5),
        ("fields", ["x" * 81]),
        ("fields", [str(n) for n in range(41)]),
        ("closed", [{"from": "2026-02-30", "to": "2026-03-01"}]),
        ("closed", [{"from": "2026-03-02", "to": "2026-03-01"}]),
    ],
)
def test_nonsense_is_refused_by_its_field(db: Connection, world: World, name: str, value: Any) -> None:
    with pytest.raises(InvalidForm) as refused:
        say(db, world, **{name: value})
    assert set(refused.value.fields) == {name}


def test_a_providers_people_find_their_own_alone(db: Connection, world: World) -> None:
    assert listed(db, world, "provider") == {world.organisations["lab"]}
    assert listed(db, world, "officer") >= {world.organisations["lab"], world.organisations["bank"]}
    assert listed(db, world, "observer") == set()


def test_figures_count_both_sides(db: Connection, world: World) -> None:
    to_referral(world, db)
    (row,) = provider_directory.show_provider(db, world.actor(db, "provider"), world.organisations["lab"]).figures
    assert (row.service, row.sent, row.accepted, row.answered) == ("assessment", 1, 0, 0)
    db.execute(text("SELECT set_config('casework.clock_offset', :days, true)"), {"days": str(60 * 24 * 60 * 60)})
    (row,) = provider_directory.show_provider(db, world.actor(db, "provider"), world.organisations["lab"]).figures
    assert (row.answered, row.answered_in_time) == (1, 0)


def reasons(db: Connection, world: World, number: str) -> tuple[bool, list[str]]:
    found = provider_directory.suggest_providers(db, world.actor(db, "officer"), number, "assessment")
    (one,) = [one for one in found if one.id == world.organisations["lab"]]
    return one.possible, one.reasons


def test_a_suggestion_says_why(db: Connection, world: World) -> None:
    number = world.open_case(db)
    assert reasons(db, world, number) == (True, [])
    db.execute(text("UPDATE needs SET sector = 'Steam boilers', district = 'Haidian'"))
    say(db, world, fields=["steam boilers"], places=["haidian"], capacity=2)
    assert reasons(db, world, number) == (True, ["field", "place", "free"])
    # Written in both languages it is the same place and field.
    say(db, world, fields=["Steam boilers / 蒸汽锅炉"], places=["Haidian / 海淀"], capacity=2)
    assert reasons(db, world, number) == (True, ["field", "place", "free"])


def test_who_is_closed_or_has_a_conflict_is_not_asked(db: Connection, world: World) -> None:
    number = world.open_case(db)
    party = db.execute(
        text("SELECT name FROM organisations WHERE id = CAST(:id AS uuid)"), {"id": world.organisations["need_owner"]}
    ).scalar_one()
    day = today()
    say(
        db,
        world,
        closed=[{"from": (day - timedelta(1)).isoformat(), "to": (day + timedelta(1)).isoformat()}],
        conflicts=[party.upper()],
    )
    assert reasons(db, world, number) == (False, ["conflict", "closed"])


def test_who_has_nobody_that_could_answer_is_not_asked(db: Connection, world: World) -> None:
    number = world.open_case(db)
    db.execute(
        text("UPDATE memberships SET ends_at = casework_now() WHERE organisation_id = CAST(:lab AS uuid)"),
        {"lab": world.organisations["lab"]},
    )
    assert reasons(db, world, number) == (False, ["nobody"])


def test_who_is_asked_already_is_not_asked_again(db: Connection, world: World) -> None:
    number, _ = to_referral(world, db)
    assert reasons(db, world, number) == (False, ["at_work"])
