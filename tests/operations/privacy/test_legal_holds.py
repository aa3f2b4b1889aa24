"""Legal holds: on a case, an organisation or a programme; two people; what they keep from being erased; and who is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework import reasons
from casework.errors import InvalidForm, NotAllowed, NotFound, Refused, WrongState
from casework.operations.cases.case_actions import declare_interest
from casework.operations.core.perform import home_of
from casework.operations.privacy.erasure import carry_out
from casework.operations.privacy.legal_holds import (
    calendar_and_holds,
    end_hold,
    list_holds,
    may_place,
    place_hold,
    show_hold,
)
from casework.operations.privacy.personal_data import Naming
from casework.operations.privacy.retention import find_duties
from casework.operations.verification.service import verify_all
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.operations.privacy.erasure_scene import NAME, Scene
from tests.support.world import World, new_request, today


def place(db: Connection, world: World, by: str = "compliance", **on: Any) -> str:
    given = {"programme": world.programmes["BJ"], "reason": "A court has asked for it.", **on}
    return str(place_hold(db, world.actor(db, by), request=new_request(), **given).answer["id"])


def end(db: Connection, world: World, hold: str, by: str = "supervisor", reason: str = "The suit is over.") -> None:
    end_hold(db, world.actor(db, by), hold, reason=reason, request=new_request())


def told(db: Connection, world: World, number: str, by: str = "compliance") -> list[Any]:
    return calendar_and_holds(db, world.actor(db, by), load(db, home_of(db, number), "case"))[1]


def test_a_hold_on_a_case_is_on_that_case_alone(world: World, db: Connection) -> None:
    number, other = world.new_case(db), world.new_case(db)
    hold = place(db, world, case=number)
    (one,) = told(db, world, number)
    assert (one.id, one.about, one.until, one.reason) == (hold, "case", None, "A court has asked for it.")
    assert told(db, world, other) == []


def test_a_hold_on_a_programme_is_on_all_its_cases_and_no_others(world: World, db: Connection) -> None:
    numbers = [world.new_case(db), world.new_case(db)]
    place(db, world)
    assert [[one.about for one in told(db, world, number)] for number in numbers] == [["programme"], ["programme"]]


def test_a_hold_on_an_organisation_is_on_the_cases_whose_party_it_is(world: World, db: Connection) -> None:
    number = world.new_case(db)
    case = load(db, home_of(db, number), "case")
    party, stranger = case.parties["technology_owner"], world.organisations["lab"]
    place(db, world, organisation=party)
    assert [one.about for one in told(db, world, number)] == ["organisation"]
    assert told(db, world, number)[0].id is not None
    # What is registered of a provider that is no party is on no case.
    place(db, world, organisation=stranger)
    assert len(told(db, world, number)) == 1


def test_it_follows_an_organisation_into_the_one_in_its_place(world: World, db: Connection) -> None:
    number = world.new_case(db)
    case = load(db, home_of(db, number), "case")
    party, kept = case.parties["need_owner"], world.organisations["lab"]
    place(db, world, organisation=kept)
    assert told(db, world, number) == []
    db.execute(
        text("UPDATE organisations SET merged_into = CAST(:kept AS uuid) WHERE id = CAST(:gone AS uuid)"),
        {"kept": kept, "gone": party},
    )
    assert [one.about for one in told(db, world, number)] == ["organisation"]


def test_it_stands_up_to_and_with_its_last_day(world: World, db: Connection) -> None:
    number = world.new_case(db)
    hold = place(db, world, case=number, until=today())
    assert len(told(db, world, number)) == 1
    db.execute(text("UPDATE legal_holds SET until = until - 1"))
    assert told(db, world, number) == []
    assert not show_hold(db, world.actor(db, "auditor"), hold).stands
    with pytest.raises(WrongState):
        end(db, world, hold)


def test_a_day_that_is_over_is_no_last_day(world: World, db: Connection) -> None:
    with pytest.raises(InvalidForm) as refused:
        place(db, world, until=today() - timedelta(days=1))
    assert set(refused.value.fields) == {"until"}


def test_another_person_ends_it_with_a_reason(world: World, db: Connection) -> None:
    number = world.new_case(db)
    hold = place(db, world, case=number)
    with pytest.raises(NotAllowed):
        end(db, world, hold, "compliance")
    with pytest.raises(InvalidForm):
        end(db, world, hold, reason=" ")
    assert show_hold(db, world.actor(db, "supervisor"), hold).ends
    assert not show_hold(db, world.actor(db, "compliance"), hold).ends
    end(db, world, hold)
    shown = show_hold(db, world.actor(db, "auditor"), hold)
    assert (shown.stands, shown.end_reason, shown.ends) == (False, "The suit is over.", False)
    assert shown.ended_by is not None
    assert shown.ended_by.name == "Supervisor"
    assert told(db, world, number) == []
    with pytest.raises(WrongState):
        end(db, world, hold)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("officer", NotFound),
        ("manager", NotAllowed),
        ("auditor", NotAllowed),
        ("administrator", NotFound),
        ("provider", NotFound),
        ("observer", NotFound),
        ("foreign_officer", NotFound),
    ],
)
def test_nobody_else_places_or_ends_one(world: World, db: Connection, name: str, error: type[Exception]) -> None:
    hold = place(db, world)
    with pytest.raises(error):
        place(db, world, name)
    with pytest.raises(error):
        end(db, world, hold, name)


def test_who_has_an_interest_in_a_case_neither_holds_nor_frees_it(world: World, db: Connection) -> None:
    number = world.new_case(db)
    hold = place(db, world, case=number)
    declare_interest(db, world.actor(db, "supervisor"), number, nature="My brother's firm.", request=new_request())
    with pytest.raises(NotAllowed):
        place(db, world, "supervisor", case=number)
    with pytest.raises(NotAllowed):
        end(db, world, hold)


def test_a_case_or_organisation_that_is_not_there_is_not_held(world: World, db: Connection) -> None:
    number = world.new_case(db)
    for on in ({"case": "BJ-2099-0001"}, {"organisation": "01a00000-0000-7000-8000-000000000000"}):
        with pytest.raises(NotFound):
            place(db, world, **on)
    with pytest.raises(NotFound):
        place(db, world, programme=world.programmes["SH"], case=number)
    with pytest.raises(InvalidForm):
        place(db, world, case=number, organisation=world.organisations["lab"])


def test_whoever_sees_the_case_whole_is_told_that_it_is_held_and_readers_of_holds_why(
    world: World, db: Connection
) -> None:
    number = world.new_case(db)
    place(db, world, case=number)
    (one,) = told(db, world, number, "officer")
    assert (one.id, one.reason, one.about) == (None, None, "case")
    for name in ("observer", "provider", "administrator", "foreign_officer"):
        assert told(db, world, number, name) == []
        assert list_holds(db, world.actor(db, name)).items == []


def test_holds_are_listed_the_newest_first_page_by_page(world: World, db: Connection) -> None:
    holds = [place(db, world), place(db, world, case=world.new_case(db))]
    auditor = world.actor(db, "auditor")
    first = list_holds(db, auditor, limit=1)
    second = list_holds(db, auditor, limit=1, cursor=first.next)
    assert [one.id for one in (*first.items, *second.items)] == holds[::-1]
    assert second.next is None
    assert may_place(world.actor(db, "supervisor"), world.programmes["BJ"])
    assert not may_place(auditor, world.programmes["BJ"])


def test_no_person_is_erased_from_a_case_that_is_held(scene: Scene) -> None:
    with transaction(scene.engine) as db:
        hold = place(db, scene.world, case=scene.number)
    with pytest.raises(Refused, match="1 cases under a legal hold"), transaction(scene.engine) as db:
        scene.ask(db)
    with transaction(scene.engine) as db:
        end(db, scene.world, hold)
    scene.erase()
    assert scene.found() == {}
    assert list(verify_all(scene.engine)) == []


def test_a_hold_that_is_placed_after_two_agreed_refuses_it_by_itself(scene: Scene) -> None:
    with transaction(scene.engine) as db:
        erasure = scene.ask(db)
        scene.decide(db, erasure)
        place(db, scene.world)
    carry_out(scene.engine, erasure)
    with transaction(scene.engine) as db:
        state = db.execute(
            text("SELECT state FROM erasures WHERE id = CAST(:id AS uuid)"), {"id": erasure}
        ).scalar_one()
    assert state == "refused"
    assert scene.found() != {}
    assert list(verify_all(scene.engine)) == []


def test_a_hold_on_a_case_that_does_not_name_the_person_is_no_duty(world: World, db: Connection) -> None:
    world.new_case(db)
    place(db, world)
    assert find_duties(db, None, Naming(("Ottoline Bramble",))) == []


def test_whoever_lifts_a_hold_behind_the_application_is_found(
    engine: Engine, owner_engine: Engine, world: World
) -> None:
    with transaction(engine) as db:
        place(db, world)
    assert list(verify_all(engine)) == []
    with owner_engine.begin() as db:
        db.execute(text("UPDATE legal_holds SET until = '2020-01-01'"))
    assert [(one.table, one.column) for one in verify_all(engine)] == [("legal_holds", "until")]
    with owner_engine.begin() as db:
        db.execute(text("DELETE FROM legal_holds"))
    assert [one.table for one in verify_all(engine)] == ["legal_holds"]


def test_the_reason_names_nobody_after_an_erasure(scene: Scene) -> None:
    with transaction(scene.engine) as db:
        hold = place(db, scene.world, case=scene.world.new_case(db), reason=f"{NAME} sues.")
        end(db, scene.world, hold, reason=f"{NAME} has let it go.")
    scene.erase()
    assert scene.found() == {}
    with transaction(scene.engine) as db:
        assert NAME not in str(show_hold(db, scene.world.actor(db, "auditor"), hold).reason)
    assert list(verify_all(scene.engine)) == []


def test_the_refusal_says_what_is_held_and_no_more(scene: Scene) -> None:
    with transaction(scene.engine) as db:
        place(db, scene.world, case=scene.number)
        duties = find_duties(db, None, Naming((NAME,)))
    assert reasons.privacy.HELD(programme="Beijing pilot", count=1) in duties
