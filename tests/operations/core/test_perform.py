"""One action in one case: done once for its key, with the other cases of its need told, and nothing overwritten unseen."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.definition.registry import EFFECTS, GUARDS
from casework.engine.definition.required_documents import SCANS
from casework.engine.execution.commands import Command, HandOver
from casework.engine.execution.context import By
from casework.engine.execution.sequential_requests import PROVIDERS
from casework.engine.parts import SENDS
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.errors import CaseHasMoved, KeyReused, NotFound
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import Standing, home_calendar, home_of, insist_revision, perform, reads, stand
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from tests.engine.pieces import case, track
from tests.support.world import World, new_request

NOBODY = "00000000-0000-7000-8000-000000000000"


def triaged(world: World, db: Connection) -> Case:
    """A case of the officer's, in triage."""
    number = world.new_case(db)
    world.fire(db, "officer", number, "take")
    return load(db, home_of(db, number), "case")


def ask_for_help(world: World, db: Connection, case: Case, request: Request, *, siblings: bool = False) -> Done:
    """The officer takes the other officer into the team."""
    officer, team = world.people["officer"], (world.people["other_officer"],)

    def choose(standing: Standing) -> tuple[Command, By]:
        return HandOver(officer, team, "Help me."), By(officer, Role.OFFICER)

    return perform(
        db,
        world.actor(db, "officer"),
        case.log,
        "case",
        choose,
        answer=lambda after, events: {"team": list(after.team), "events": len(events)},
        request=request,
        siblings=siblings,
    )


def test_what_is_asked_again_with_its_key_is_answered_and_not_done(world: World, db: Connection) -> None:
    case, asked = triaged(world, db), new_request()
    first = ask_for_help(world, db, case, asked)
    done = load(db, case.log, "case")
    assert (first.answer["team"], done.team) == ([world.people["other_officer"]], (world.people["other_officer"],))
    assert done.seq == case.seq + first.answer["events"]
    again = ask_for_help(world, db, case, asked)
    assert (again.repeated, again.answer) == (True, first.answer)
    with pytest.raises(KeyReused):
        ask_for_help(world, db, case, Request(asked.key, "something else"))
    assert load(db, case.log, "case") == done
    assert verify_case(db, case.log) == []


def test_the_other_open_cases_of_the_need_are_asked_whether_they_still_stand(world: World, db: Connection) -> None:
    signed, other, ended, stranger = (triaged(world, db) for _ in range(4))
    same = text("UPDATE cases SET need_id = CAST(:need AS uuid) WHERE id = ANY(CAST(:ids AS uuid[]))")
    db.execute(same, {"need": signed.need, "ids": [other.log, ended.log]})
    db.execute(text("UPDATE cases SET closed_at = casework_now() WHERE id = CAST(:id AS uuid)"), {"id": ended.log})
    ask_for_help(world, db, signed, new_request())
    assert questions(db, other) == []
    ask_for_help(world, db, signed, new_request(), siblings=True)
    assert [questions(db, case) for case in (signed, other, ended, stranger)] == [[], [signed.log], [], []]


def questions(db: Connection, case: Case) -> list[str | None]:
    """About which cases it is asked whether this one still stands."""
    return [task.about for task in load(db, case.log, "case").open_tasks() if task.name == "superseded"]


def test_who_moves_nothing_asks_for_fewer_facts_than_who_may_fire_everything(world: World, db: Connection) -> None:
    case, library = triaged(world, db), load_library()
    assert "match" in reads(library, case)
    assert reads(library, case, by_itself=True) < reads(library, case)


def test_a_case_is_found_by_its_number_and_its_log_alone(world: World, db: Connection) -> None:
    case = triaged(world, db)
    assert (home_of(db, str(case.number)), stand(db, case.log, "case").case) == (case.log, case)
    with pytest.raises(NotFound):
        home_of(db, "BJ-1999-0001")
    with pytest.raises(NotFound):
        stand(db, NOBODY, "case")


def test_nobody_overwrites_what_they_have_not_seen() -> None:
    insist_revision(None, 4)
    insist_revision(4, 4)
    for seen in (3, 5, 0):
        with pytest.raises(CaseHasMoved):
            insist_revision(seen, 4)


def test_lists_count_by_the_calendar_of_the_programme_in_which_one_has_a_role(world: World, db: Connection) -> None:
    calendar = home_calendar(db, world.actor(db, "officer"))
    assert calendar is not None
    assert calendar == stand(db, triaged(world, db).log, "case").calendar
    assert home_calendar(db, world.actor(db, "provider")) is None


#: What is read before a referral is sent.
READ_TO_SEND = {
    key
    for edition in load_library().editions.values()
    for rule in edition.transitions
    if rule.part == SENDS
    for name in rule.guards
    for key in GUARDS[name].reads
}


def test_what_is_read_before_a_referral_is_sent_is_not_nothing() -> None:
    assert {"abroad"} <= READ_TO_SEND


def test_what_the_ways_out_of_a_state_read_is_what_their_guards_and_effects_read() -> None:
    for edition in load_library().editions.values():
        for state in edition.states:
            marking = edition.entered(state)
            stands = case(track(edition=edition.fingerprint, states=marking))
            rules = [rule for rule, _ in edition.leaving(marking)]
            for by_itself in (False, True):
                asked = [rule for rule in rules if rule.automatic or not by_itself]
                wanted = {key for rule in asked for name in rule.guards for key in GUARDS[name].reads}
                wanted |= {key for rule in asked for name in rule.effects for key in EFFECTS[name].reads}
                opened = {name for rule in asked for name in edition.asked_before_opening(rule)}
                wanted |= {key for name in opened for key in GUARDS[name].reads}
                wanted |= {SCANS for rule in asked if rule.needs}
                # A referral that goes out in the action that opens it has no state before of which it could be asked.
                if any(opening["open"] in ("next_provider", "beside") for rule in asked for opening in rule.opens):
                    # Whoever is next on a panel is asked if the programme still asks that one.
                    wanted |= READ_TO_SEND | {PROVIDERS}
                for _ in range(2):
                    names = reads(load_library(), stands, by_itself=by_itself)
                    assert names == wanted
                    # What is remembered is nobody's to change.
                    names.add("something else")
