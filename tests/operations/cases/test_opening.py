"""A case opens from a match once, numbered without a gap, with the parties, rights and phase of its records."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework import reasons
from casework.errors import InvalidForm, NotAllowed, NotFound, WrongState
from casework.operations.cases.opening import open_case
from casework.operations.cases.queries import show_case
from casework.operations.cases.views import WholeCase
from casework.operations.core.perform import home_of
from casework.operations.history.past_cases import show_case_then
from casework.operations.people.registry import register_phase
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.records.event_log import now
from tests.support.world import World, add_match, add_need, add_technology, new_request, note_records, today

Committed = Callable[[Callable[[Connection], Any]], Any]


def test_a_match_opens_one_case_and_numbers_have_no_gap(world: World, db: Connection) -> None:
    numbers = [world.open_case(db, 0)]
    with pytest.raises(WrongState) as refused:
        world.open_case(db, 0, "supervisor")
    assert refused.value.code == "cases.has_case"
    numbers.append(world.open_case(db, 1))
    assert numbers == [f"BJ-{today().year}-{n:04}" for n in (1, 2)]


def test_a_case_is_about_what_its_match_is_about(world: World, db: Connection) -> None:
    case = load(db, home_of(db, world.open_case(db)), "case")
    assert (case.programme, case.match) == (world.programmes["BJ"], world.matches[0])
    assert (case.need, case.technology, case.rights) == (
        world.needs[0],
        world.technologies[0],
        (world.rights[0],),
    )
    assert case.parties == {side: world.organisations[side] for side in ("need_owner", "technology_owner")}
    assert (case.main.states, case.owner) == (("proposed",), None)
    assert verify_case(db, case.log) == []


def test_a_case_names_the_one_of_which_it_is_a_further_site_and_both_show_it(world: World, db: Connection) -> None:
    officer, first = world.actor(db, "officer"), world.open_case(db, 0)
    done = open_case(db, officer, world.matches[1], new_request(), follows_from=first)
    number, log = str(done.answer["number"]), str(done.answer["id"])
    case = load(db, log, "case")
    assert case.follows_from == home_of(db, first)
    assert [verify_case(db, one) for one in (log, home_of(db, first))] == [[], []]
    shown, earlier = (show_case(db, world.actor(db, "auditor"), one) for one in (number, first))
    assert isinstance(shown, WholeCase)
    assert isinstance(earlier, WholeCase)
    assert (shown.follows_from, shown.followed_by) == (first, [])
    assert (earlier.follows_from, earlier.followed_by) == (None, [number])


def test_as_of_an_earlier_moment_a_case_has_the_further_sites_of_then(
    world: World, engine: Engine, committed: Committed
) -> None:
    first = committed(lambda db: world.open_case(db, 0))
    before = committed(now)

    def further(db: Connection) -> str:
        done = open_case(db, world.actor(db, "officer"), world.matches[1], new_request(), follows_from=first)
        return str(done.answer["number"])

    number = committed(further)
    with transaction(engine) as db:
        auditor, after = world.actor(db, "auditor"), now(db)
        told = [show_case_then(db, auditor, one, at) for one, at in ((first, before), (first, after), (number, after))]
    assert [(one.follows_from, one.followed_by) for one in told] == [(None, []), (None, [number]), (first, [])]


def test_only_a_case_of_the_programme_that_one_sees_is_named(world: World, db: Connection) -> None:
    """Of another programme, even of one's own, none, or of whatever is no case: each is refused in the same words."""
    shanghai, other = world.programmes["SH"], world.actor(db, "foreign_officer")
    need = add_need(db, shanghai, "there", world.organisations["need_owner"])
    technology = add_technology(db, shanghai, "there", world.organisations["technology_owner"])
    there = str(open_case(db, other, add_match(db, other, shanghai, need, technology), new_request()).answer["number"])
    officer, faults = world.actor(db, "officer"), []
    both = replace(officer, memberships=(*officer.memberships, *other.memberships))
    for who, number in ((officer, there), (both, there), (officer, "BJ-2000-0001"), (officer, str(uuid.uuid4()))):
        with pytest.raises(InvalidForm) as refused:
            open_case(db, who, world.matches[1], new_request(), follows_from=number)
        faults.append(refused.value.fields)
    assert faults == [{"follows_from": reasons.cases.NO_SUCH_CASE}] * 4
    assert db.execute(text("SELECT count(*) FROM cases")).scalar_one() == 1


def test_a_case_belongs_to_the_phase_that_runs_on_the_day(world: World, db: Connection) -> None:
    phases = {
        name: register_phase(
            db,
            world.programmes["BJ"],
            name=name,
            name_zh=None,
            starts_on=today() + timedelta(days=first),
            ends_on=today() + timedelta(days=last),
        )
        for name, first, last in (("Past", -30, -10), ("Present", -9, 9), ("To come", 10, 30))
    }
    assert load(db, home_of(db, world.open_case(db)), "case").phase == phases["Present"]


def test_what_was_asked_twice_with_one_key_is_done_once(world: World, db: Connection) -> None:
    asked, officer = new_request(), world.actor(db, "officer")
    first, again = (open_case(db, officer, world.matches[0], asked) for _ in range(2))
    assert (first.repeated, again.repeated, again.answer) == (False, True, first.answer)
    assert db.execute(text("SELECT count(*) FROM cases")).scalar_one() == 1


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("compliance", NotAllowed),
        ("auditor", NotAllowed),
        ("observer", NotFound),
        ("foreign_officer", NotFound),
        ("provider", NotFound),
    ],
)
def test_only_officers_and_supervisors_of_the_programme_open_cases(
    world: World, db: Connection, who: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        world.open_case(db, 0, who)
    world.open_case(db, 0, "supervisor")


@pytest.mark.parametrize(
    ("sector", "district", "told"),
    [
        ("Energy", "Haidian", ("Energy", "Haidian")),
        # What stands on no list may be anybody's words, and an opening is never erased.
        ("What Mr Zhou asked for", "Haidian", (None, "Haidian")),
        (None, None, (None, None)),
    ],
)
def test_an_opening_says_by_what_figures_tell_the_case_apart(
    world: World, db: Connection, sector: str | None, district: str | None, told: tuple[str | None, str | None]
) -> None:
    need = world.needs[0]
    db.execute(
        text("UPDATE needs SET sector = :sector, district = :district WHERE id = :id"),
        {"sector": sector, "district": district, "id": need},
    )
    note_records(db, "needs")
    # As it was: that a case runs for it now is told after.
    seq = db.execute(text("SELECT seq FROM logs WHERE id = :id"), {"id": need}).scalar_one()
    log = home_of(db, world.open_case(db))
    said = db.execute(
        text("SELECT effects->'case'->'as_opened' FROM events WHERE log_id = :id AND seq = 1"), {"id": log}
    ).scalar_one()
    assert said == {
        "need": seq,
        "sector": told[0],
        "district": told[1],
        "source": db.execute(text("SELECT source FROM matches WHERE case_id = :id"), {"id": log}).scalar_one(),
        "technology_field": None,
    }
    assert verify_case(db, log) == []


@pytest.mark.parametrize(("codes", "field"), [(["F24D3/08", "G06Q10/06"], "30"), (["G01N"], None), ([], None)])
def test_an_opening_says_the_field_of_the_technologys_first_code(
    world: World, db: Connection, codes: list[str], field: str | None
) -> None:
    technology = world.technologies[0]
    db.execute(text("UPDATE technologies SET ipc = :codes WHERE id = :id"), {"codes": codes, "id": technology})
    note_records(db, "technologies")
    log = home_of(db, world.open_case(db))
    db.execute(text("UPDATE technologies SET ipc = '{A47B1/00}' WHERE id = :id"), {"id": technology})
    note_records(db, "technologies")
    said = "SELECT effects->'case'->'as_opened'->'technology_field' FROM events WHERE log_id = :id AND seq = 1"
    assert db.execute(text(said), {"id": log}).scalar_one() == field
    assert verify_case(db, log) == []
