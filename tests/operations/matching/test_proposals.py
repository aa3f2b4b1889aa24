"""Matching the other way round: what ranks well is proposed and its keeper told, nothing becomes a match by itself, and no need of
another programme is ever among them."""

from __future__ import annotations

import functools
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.errors import InvalidForm, NotAllowed, NotFound, Refused
from casework.matching.dictionary import Glossary
from casework.operations.catalogue.kept_records import correct_record
from casework.operations.catalogue.record_use import end_record
from casework.operations.core.record_log import Kept
from casework.operations.matching import proposals
from casework.operations.matching.fitting import MOST, Fit, fitting
from casework.operations.matching.proposals import (
    Proposal,
    dismiss,
    list_needs_proposed,
    list_proposals,
    list_waiting,
    propose_matches,
    show_proposal,
    take_up,
)
from casework.operations.notifications.alerts import list_alerts
from casework.operations.notifications.catalogue_news import PROPOSAL, tell_keepers
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.operations.core.test_catalogue_index import enter
from tests.support.case_ends import close
from tests.support.world import World, add_match, add_record, new_request

WORDS = {"title": "Waste heat of dye houses", "problem": "Hot water of dye houses runs off unused."}
OFFERED = {
    "title": "Heat pump for waste heat",
    "description": "It lifts the waste heat of hot water in dye houses that runs off.",
}


def propose(engine: Engine, world: World) -> None:
    propose_matches(engine, world.programmes["BJ"], functools.partial(tell_keepers, what=PROPOSAL, mailing=True))


def proposed(engine: Engine, world: World, need: str, by: str = "officer") -> list[Proposal]:
    with transaction(engine) as db:
        return list_proposals(db, world.actor(db, by), need)


@pytest.mark.parametrize("publication", ["public", "closed"])
def test_what_ranks_well_is_proposed_once_and_the_keeper_of_the_need_is_told(
    world: World, engine: Engine, publication: str
) -> None:
    propose(engine, world)
    with transaction(engine) as db:
        need = enter(world, db, "need", publication=publication, **WORDS)
        other = enter(world, db, "need", publication=publication, title="Seaweed fodder for cows")
        technology = enter(world, db, "technology", **OFFERED)
        assert list_waiting(db) == [world.programmes["BJ"]]
    propose(engine, world)
    with transaction(engine) as db:
        for who, sees in (
            ("auditor", 1),
            ("manager", publication == "public"),
            ("foreign_officer", 0),
            ("provider", 0),
        ):
            listed, every = list_needs_proposed(db, world.actor(db, who))
            assert ([(row.id, row.proposals) for row in listed], every) == ([(need, 1)] * sees, sees)
    (one,) = proposed(engine, world, need, "auditor")
    assert (one.technology, one.dismissed_at) == (technology, None)
    assert {"waste", "heat"} <= set(one.words)
    assert proposed(engine, world, other) == []
    assert len(proposed(engine, world, need, "manager")) == (publication == "public")
    with transaction(engine) as db:
        assert list_waiting(db) == []
        assert (
            db.execute(
                text("SELECT count(*) FROM matches WHERE need_id = CAST(:id AS uuid)"), {"id": need}
            ).scalar_one()
            == 0
        )
        told = [item.told for group in list_alerts(db, world.actor(db, "officer")).items for item in group.items]
        assert [(alert.catalogue, alert.words) for alert in told if alert.kind == "catalogue"] == [(need, "proposal")]
        others = list_alerts(db, world.actor(db, "other_officer")).items
        assert not [item for group in others for item in group.items if item.told.kind == "catalogue"]
        assert db.execute(text("SELECT kind FROM mails ORDER BY made_at DESC LIMIT 1")).scalar_one() == "digest"
    # Another one is proposed, and while the first alert is not read there is no second.
    with transaction(engine) as db:
        enter(
            world,
            db,
            "technology",
            title="Heat pump of dye houses",
            description="Waste heat of hot water of dye houses, unused.",
        )
    propose(engine, world)
    assert len(proposed(engine, world, need)) == 2
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(*) FROM notifications WHERE kind = 'catalogue'")).scalar_one() == 1
    assert list(verify_all(engine)) == []


def test_what_was_dismissed_is_proposed_no_more_and_says_why(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        need, technology = enter(world, db, "need", **WORDS), enter(world, db, "technology", **OFFERED)
    propose(engine, world)
    (one,) = proposed(engine, world, need)
    with transaction(engine) as db:
        for who, error in (("auditor", NotAllowed), ("foreign_officer", NotFound), ("manager", NotFound)):
            with pytest.raises(error):
                dismiss(db, world.actor(db, who), one.id, reason="No.", request=new_request())
        officer = world.actor(db, "officer")
        with pytest.raises(InvalidForm):
            dismiss(db, officer, one.id, reason=" ", request=new_request())
        dismiss(db, officer, one.id, reason="It needs steam.", request=new_request())
        with pytest.raises(Refused):
            take_up(db, officer, one.id, request=new_request())
        assert list_needs_proposed(db, officer) == ([], 0)
        changed = {"description": OFFERED["description"] + " Twice."}
        correct_record(
            db, officer, "technology", technology, fields=changed, source=None, reason="So.", request=new_request()
        )
    propose(engine, world)
    assert proposed(engine, world, need) == []
    with pytest.raises(Refused), transaction(engine) as db:
        dismiss(db, world.actor(db, "officer"), one.id, reason="It needs steam.", request=new_request())
    with transaction(engine) as db:
        assert show_proposal(db, world.actor(db, "auditor"), one.id).dismissal == "It needs steam."
    assert list(verify_all(engine)) == []


def test_a_person_makes_a_match_of_it_and_it_waits_no_more(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        need = enter(world, db, "need", **WORDS)
        enter(world, db, "technology", **OFFERED)
    propose(engine, world)
    (one,) = proposed(engine, world, need)
    with transaction(engine) as db:
        made = take_up(db, world.actor(db, "officer"), one.id, request=new_request())
        case = "SELECT case_id FROM matches WHERE id = CAST(:id AS uuid)"
        assert db.execute(text(case), {"id": made.answer["id"]}).scalar_one() is None
    assert proposed(engine, world, need) == []


def test_a_closed_need_takes_the_place_of_none_that_all_may_read(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        closed = {enter(world, db, "need", **WORDS) for _ in range(MOST + 1)}
        known = {enter(world, db, "need", publication="public", **WORDS | {"target": f"Less {n}"}) for n in range(MOST)}
        enter(world, db, "technology", **OFFERED)
    propose(engine, world)
    with transaction(engine) as db:
        named = set(db.execute(text("SELECT need_id::text FROM match_proposals")).scalars())
    assert (named & known, len(named & closed)) == (known, MOST)


def test_closed_needs_that_are_over_take_the_place_of_none_that_is_open(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        for _ in range(4 * MOST + 1):
            enter(world, db, "need", **WORDS)
        over = "UPDATE needs SET status = 'withdrawn' WHERE publication = 'closed'"
        assert db.execute(text(over)).rowcount == 4 * MOST + 1
        open_one = enter(world, db, "need", **WORDS | {"target": "Less steam"})
        enter(world, db, "technology", **OFFERED)
    propose(engine, world)
    with transaction(engine) as db:
        assert db.execute(text("SELECT need_id::text FROM match_proposals")).scalars().all() == [open_one]


def test_a_need_with_an_open_case_is_proposed_to_with_a_mark_and_one_that_is_met_no_more(
    world: World, engine: Engine
) -> None:
    with transaction(engine) as db:
        need = enter(world, db, "need", owner_id=world.organisations["need_owner"], **WORDS)
        officer, programme = world.actor(db, "officer"), world.programmes["BJ"]
        world.matches.append(add_match(db, officer, programme, need, world.technologies[0]))
        number = world.open_case(db, -1)
        first = enter(world, db, "technology", **OFFERED)
    propose(engine, world)
    assert [(one.technology, one.need_status) for one in proposed(engine, world, need)] == [(first, "matched")]
    with transaction(engine) as db:
        assert [(one.id, one.matched) for one in list_needs_proposed(db, officer)[0]] == [(need, True)]
        close(db, world, number, "deployed_measured")
        assert list_needs_proposed(db, officer) == ([], 0)
        enter(world, db, "technology", **OFFERED | {"title": "Another heat pump for waste heat"})
    propose(engine, world)
    with transaction(engine) as db:
        assert db.execute(text("SELECT technology_id::text FROM match_proposals")).scalars().all() == [first]


@pytest.mark.parametrize("noun", ["need", "technology"])
def test_nobody_waits_for_a_ranking_and_what_changes_meanwhile_is_not_proposed(
    world: World, engine: Engine, monkeypatch: pytest.MonkeyPatch, noun: Kept
) -> None:
    with transaction(engine) as db:
        need, technology = enter(world, db, "need", **WORDS), enter(world, db, "technology", **OFFERED)
    found = list[Fit]()

    def meanwhile(db: Connection, programme: str, row: Any, glossary: Glossary) -> list[Fit]:
        fits = fitting(db, programme, row, glossary)
        if row.id == technology and not found:
            found.extend(fits)
            with transaction(engine) as other:
                changed, asked = need if noun == "need" else technology, new_request()
                end_record(
                    other,
                    world.actor(other, "officer"),
                    noun,
                    changed,
                    status="withdrawn",
                    reason="Gone.",
                    request=asked,
                )
        return fits

    monkeypatch.setattr(proposals, "fitting", meanwhile)
    propose(engine, world)
    assert [fit.need for fit in found] == [need]
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(*) FROM match_proposals")).scalar_one() == 0
        assert list_waiting(db) == []


def test_nothing_is_proposed_to_a_need_that_is_over_or_of_another_programme_or_owner(
    world: World, engine: Engine
) -> None:
    owner = world.organisations["technology_owner"]
    with transaction(engine) as db:
        over = enter(world, db, "need", publication="public", **WORDS)
        end_record(
            db, world.actor(db, "officer"), "need", over, status="withdrawn", reason="Gone.", request=new_request()
        )
        own = enter(world, db, "need", publication="public", owner_id=owner, **WORDS)
        group = world.shared_party(db, "A sister", register_number="91 11A")
        for id in (owner, group):
            told = "UPDATE organisations SET register_number = :number WHERE id = CAST(:id AS uuid)"
            db.execute(text(told), {"number": f"91 11{'A' if id == group else 'a'}", "id": id})
        sister = enter(world, db, "need", publication="public", owner_id=group, **WORDS)
        early = enter(world, db, "need", publication="public", readiness_low=8, readiness_high=9, **WORDS)
        foreign = enter(world, db, "need", publication="public", **WORDS)
        there = {"there": world.programmes["SH"], "id": foreign}
        for table, key in (("needs", "id"), ("indexed_records", "record_id")):
            db.execute(
                text(f"UPDATE {table} SET programme_id = CAST(:there AS uuid) WHERE {key} = CAST(:id AS uuid)"), there
            )
        enter(world, db, "technology", owner_id=owner, readiness_low=2, readiness_high=4, **OFFERED)
    propose(engine, world)
    with transaction(engine) as db:
        named = db.execute(text("SELECT need_id::text FROM match_proposals")).scalars().all()
    assert not {over, own, sister, early, foreign} & set(named)


def test_a_need_is_proposed_what_solves_its_problem_and_does_its_function(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        told = {"title": "Line 7", "function": "Dry the sewage sludge", "contact": "Zhao Liping"}
        need = add_record(db, world.programmes["BJ"], "need", "N-told", told)
        technology = enter(
            world,
            db,
            "technology",
            title="Belt",
            problem="Sewage sludge is dear to dry",
            description="Zhao Liping. " * 90,
        )
    propose(engine, world)
    (one,) = proposed(engine, world, need)
    assert (one.technology, {"dry", "sludge", "sewage"} <= {word.casefold() for word in one.words}) == (
        technology,
        True,
    )
    assert not {"zhao", "liping"} & {word.casefold() for word in one.words}


def test_what_becomes_better_is_put_against_the_needs_again(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        need, technology = enter(world, db, "need", **WORDS), enter(world, db, "technology", title="Heat pump")
    propose(engine, world)
    assert proposed(engine, world, need) == []
    with transaction(engine) as db:
        said = {"problem": OFFERED["description"]}
        officer = world.actor(db, "officer")
        correct_record(
            db, officer, "technology", technology, fields=said, source=None, reason="So.", request=new_request()
        )
    propose(engine, world)
    assert [one.technology for one in proposed(engine, world, need)] == [technology]


def test_units_and_conditions_that_a_technology_does_not_say_are_not_held_against_it(
    world: World, engine: Engine
) -> None:
    places = (("Nitrogen", "chimney", "monthly"), ("Dust", "yard", "yearly"), ("Noise", "fence", "hourly"))
    figures = [
        {
            "parameter": f"{name} of the {place}",
            "unit": "mg/m3",
            "now": "80",
            "condition": f"measured {when} by neighbours",
        }
        for name, place, when in places
    ]
    with transaction(engine) as db:
        plain, measured = enter(world, db, "need", **WORDS), enter(world, db, "need", **WORDS, figures=figures)
        enter(world, db, "technology", **OFFERED)
    propose(engine, world)
    (one,), (other,) = proposed(engine, world, plain), proposed(engine, world, measured)
    assert one.share == other.share
