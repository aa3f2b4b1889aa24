"""One screening serves all running cases of an organisation."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, text

from casework.engine.state.projection import evolve
from casework.operations.catalogue.kept_records import set_owner
from casework.operations.catalogue.record_merging import merge_records
from casework.operations.catalogue.record_unmerging import unmerge_record
from casework.operations.catalogue.screenings import list_screenings
from casework.operations.core.case_parties import BY_THEN
from casework.operations.core.perform import home_of
from casework.operations.core.record_log import Kept
from casework.operations.core.screened_cases import running_cases
from casework.operations.history.point_in_time import Past
from casework.operations.people.registry import register_organisation
from casework.operations.verification.authorization.evidence import Evidence
from casework.operations.verification.authorization.tasks import judge_added
from casework.operations.verification.service import verify_case
from casework.playbook.stage import set_clock
from casework.records.case_loader import load
from casework.records.event_log import now, read_events
from tests.operations.catalogue.test_screenings import screen
from tests.operations.core.test_screened_parties import answer, open_for
from tests.support.way_to_referral import to_interest
from tests.support.world import World, add_record, new_request, today


def test_a_screening_on_record_answers_what_is_open_in_every_running_case(world: World, db: Connection) -> None:
    party = world.organisations["need_owner"]
    numbers = [to_interest(world, db), to_interest(world, db)]
    screen(db, world, party)
    for number in numbers:
        assert open_for(db, number) == {"technology_owner"}
        last = list(read_events(db, home_of(db, number)))[-1]
        assert (last.kind, last.actor) == ("completed", "system")
        # Of the other case nothing is told.
        assert not any(home_of(db, other) in str(last) for other in numbers if other != number)
        assert verify_case(db, home_of(db, number)) == []
    assert verify_case(db, party) == []


def test_an_answer_in_one_case_closes_the_task_of_the_other(world: World, db: Connection) -> None:
    first, second = to_interest(world, db), to_interest(world, db)
    answer(world, db, first)
    assert (open_for(db, first), open_for(db, second)) == ({"technology_owner"}, {"technology_owner"})
    assert verify_case(db, home_of(db, second)) == []


def test_a_later_hit_is_asked_about_in_every_running_case_until_it_is_cleared(world: World, db: Connection) -> None:
    party = world.organisations["need_owner"]
    first, second = to_interest(world, db), to_interest(world, db)
    answer(world, db, first)
    early = world.new_case(db)
    screen(db, world, party, result="hit", finding="A namesake?")
    both = {"need_owner", "technology_owner"}
    assert (open_for(db, first), open_for(db, second), open_for(db, early)) == (both, both, set())
    screen(db, world, party, result="hit", finding="A namesake?")
    case = load(db, home_of(db, first), "case")
    assert sum(task.name == "screening" for task in case.open_tasks()) == 2
    screen(db, world, party)
    for number in (first, second):
        assert open_for(db, number) == {"technology_owner"}
        assert verify_case(db, home_of(db, number)) == []


def test_a_task_to_screen_again_that_no_hit_called_for_is_found(world: World, db: Connection) -> None:
    party, number = world.organisations["need_owner"], to_interest(world, db)
    answer(world, db, number)
    screen(db, world, party, result="hit", finding="A namesake?")
    *before, last = read_events(db, home_of(db, number))
    assert (last.kind, last.actor, last.effects["name"]) == ("added", "system", "screening")
    case = None
    for event in before:
        case = evolve(case, event)
    assert case is not None
    evidence = Evidence((past := Past(db)).library, past)
    assert list(judge_added(evidence, case, last)) == []
    # Before that hit, and of the other party, nothing was on record.
    wrong = ["no screening on record had found anybody on a list by then"]
    assert list(judge_added(evidence, case, replace(last, at=before[-1].at))) == wrong
    [task] = last.effects["tasks"]
    other: Any = {**last.effects, "tasks": [{**task, "about": "technology_owner"}]}
    assert list(judge_added(evidence, case, replace(last, effects=other))) == wrong


def test_another_programme_hears_nothing(world: World, db: Connection) -> None:
    number = to_interest(world, db)
    assert running_cases(db, world.organisations["need_owner"], world.programmes["SH"]) == []
    assert home_of(db, number) in running_cases(db, world.organisations["need_owner"], world.programmes["BJ"])


@pytest.mark.parametrize(("noun", "party"), [("need", "need_owner"), ("technology", "technology_owner")])
def test_a_case_hears_of_the_organisation_to_which_its_record_was_put_right(
    world: World, db: Connection, noun: Kept, party: str
) -> None:
    number = to_interest(world, db)
    log, before = home_of(db, number), world.organisations[party]
    case = load(db, log, "case")
    record = case.need if noun == "need" else case.technology
    now = str(register_organisation(db, name="Whoever it is", country="CN", programme=case.programme))
    officer, reason = world.actor(db, "officer"), "The contract names it."
    set_owner(db, officer, noun, str(record), organisation=now, reason=reason, request=new_request())
    # Whoever owned it before is screened for nothing here, and whoever owns it now for this case.
    screen(db, world, before)
    assert open_for(db, number) == {"need_owner", "technology_owner"}
    screen(db, world, now)
    assert open_for(db, number) == {"need_owner", "technology_owner"} - {party}
    assert list(read_events(db, log))[-1].kind == "completed"
    # A name on a list is asked about here as well.
    screen(db, world, now, result="hit", finding="A namesake?")
    assert open_for(db, number) == {"need_owner", "technology_owner"}
    screen(db, world, now)
    for one in (log, before, now):
        assert verify_case(db, one) == []


def test_an_answer_in_one_case_is_heard_by_the_other_after_its_owner_was_put_right(
    world: World, db: Connection
) -> None:
    first, second = to_interest(world, db), to_interest(world, db)
    case = load(db, home_of(db, second), "case")
    now = str(register_organisation(db, name="Whoever it is", country="CN", programme=case.programme))
    officer, reason = world.actor(db, "officer"), "The contract names it."
    set_owner(db, officer, "need", str(case.need), organisation=now, reason=reason, request=new_request())
    answer(world, db, first)
    alike = case.need == load(db, home_of(db, first), "case").need
    both = {"need_owner", "technology_owner"}
    assert (open_for(db, first), open_for(db, second)) == (
        {"technology_owner"},
        {"technology_owner"} if alike else both,
    )
    for number in (first, second):
        assert verify_case(db, home_of(db, number)) == []


def test_a_screening_holds_to_the_end_of_its_last_day_at_the_office(world: World, db: Connection) -> None:
    """Midnight is that of the programme, whatever day it is elsewhere; page, guards and verification say the same."""
    parties = [world.organisations[side] for side in ("need_owner", "technology_owner")]
    for party in parties:
        screen(db, world, party, valid_until=(today() + timedelta(days=30)).isoformat())
    midnight = datetime.combine(today() + timedelta(days=31), time(), ZoneInfo("Asia/Shanghai"))
    for moment, holds in ((midnight - timedelta(minutes=20), True), (midnight + timedelta(minutes=1), False)):
        # On both sides it is the same day in London.
        assert moment.astimezone(UTC).date() == today() + timedelta(days=30)
        set_clock(db, moment)
        number = to_interest(world, db)
        assert open_for(db, number) == (set() if holds else {"need_owner", "technology_owner"})
        told = [one for party in parties for one in list_screenings(db, world.actor(db, "compliance"), party)]
        assert [one.holds for one in told] == [holds, holds]
        assert verify_case(db, home_of(db, number)) == []


def test_a_screening_of_an_owner_holds_after_a_merging_was_taken_back(world: World, db: Connection) -> None:
    """The case's need stood for another one when its owner was corrected and screened; when it stands for itself again, that was so."""
    number, officer = to_interest(world, db), world.actor(db, "officer")
    case = load(db, home_of(db, number), "case")
    need, owner = str(case.need), str(case.parties["need_owner"])
    kept = add_record(db, case.programme, "need", "n-kept", {"title": "The same", "owner_id": owner}, source="fair")
    why: Any = {"reason": "A call.", "request": new_request()}
    merge_records(db, officer, "need", need, into=kept, **why)
    other, later = (
        str(register_organisation(db, name=name, country="CN", programme=case.programme)) for name in ("Z", "Later")
    )
    set_owner(db, officer, "need", kept, organisation=other, **why | {"request": new_request()})
    screen(db, world, other)
    assert open_for(db, number) == {"technology_owner"}
    unmerge_record(db, officer, "need", need, **why | {"request": new_request()})
    assert verify_case(db, home_of(db, number)) == []
    # Who owns the other one from now on is no party of this case.
    set_owner(db, officer, "need", kept, organisation=later, **why | {"request": new_request()})
    given = {"party": owner, "record": need, "at": now(db)}
    assert {str(id) for id in db.execute(text(BY_THEN), given).scalars()} - {"None"} == {owner, other}
