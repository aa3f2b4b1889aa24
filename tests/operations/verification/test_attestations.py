"""Attestations: signed by an auditor on a published checkpoint, with what was found; read by those who answer for the programme."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, text

from casework import reasons
from casework.errors import CaseworkError, InvalidForm, NotAllowed, NotConfirmed, NotFound, RecordHasMoved, Refused
from casework.operations.audit.findings import raise_finding
from casework.operations.cases.case_actions import declare_interest
from casework.operations.verification.attestations import (
    Said,
    draft_attestation,
    in_order,
    list_attestations,
    show_attestation,
    sign_attestation,
    signs,
)
from casework.operations.verification.examined import Scope
from casework.permissions.actors import Proof
from casework.records.database import transaction
from casework.settings import Settings
from tests.support.published import sign_and_publish
from tests.support.world import World, new_request

YEAR = Scope(since=date(2026, 1, 1), until=date(2099, 12, 31))


@pytest.fixture
def programme(engine: Engine, superuser_engine: Engine, settings: Settings, world: World) -> str:
    """With a case, and a published checkpoint."""
    with transaction(engine) as db:
        world.new_case(db)
    sign_and_publish(engine, superuser_engine, settings)
    return world.programmes["BJ"]


@pytest.fixture
def number(engine: Engine, programme: str) -> str:
    with transaction(engine) as db:
        return str(db.execute(text("SELECT max(number) FROM cases")).scalar_one())


def find(engine: Engine, world: World, number: str) -> None:
    with transaction(engine) as db:
        raise_finding(db, world.actor(db, "auditor"), number, event=1, words="Why?", request=new_request())


def sign(engine: Engine, world: World, scope: Scope = YEAR, by: str = "auditor", **said: Any) -> int:
    """Reads the draft, and signs it."""
    programme = world.programmes["BJ"]
    with transaction(engine) as db:
        actor = world.actor(db, by)
        seen = draft_attestation(db, actor, programme, scope).seen
        told = Said(**{"words": "All of it was looked at.", "seen": seen} | said)
        done = sign_attestation(db, actor, programme, scope, said=told, request=new_request())
    return int(str(done.answer["number"]))


def faults(engine: Engine, world: World, **said: Any) -> Any:
    with pytest.raises(InvalidForm) as refused:
        sign(engine, world, **said)
    return refused.value.fields


def test_what_was_signed_is_shown_with_the_checkpoint_on_which_it_rests(
    engine: Engine, world: World, programme: str
) -> None:
    assert sign(engine, world) == 1
    with transaction(engine) as db:
        one = show_attestation(db, world.actor(db, "supervisor"), programme, 1)
        size, root = db.execute(text("SELECT size, encode(root, 'base64') FROM checkpoints ORDER BY n LIMIT 1")).one()
    assert one.words == "All of it was looked at."
    assert (one.checkpoint["size"], one.checkpoint["root"]) == (size, root)
    assert (one.cases, one.not_closed, one.signed_by.name) == (1, 0, "Auditor")


@pytest.mark.parametrize("by", ["supervisor", "manager", "auditor"])
def test_those_who_answer_for_the_programme_read_it(engine: Engine, world: World, programme: str, by: str) -> None:
    sign(engine, world)
    with transaction(engine) as db:
        assert [one.number for one in list_attestations(db, world.actor(db, by), programme).items] == [1]


@pytest.mark.parametrize("by", ["provider", "officer", "compliance", "observer", "administrator", "foreign_officer"])
def test_for_nobody_else_there_are_any(engine: Engine, world: World, programme: str, by: str) -> None:
    sign(engine, world)
    with transaction(engine) as db:
        actor = world.actor(db, by)
        with pytest.raises(NotFound):
            list_attestations(db, actor, programme)
        with pytest.raises(NotFound):
            show_attestation(db, actor, programme, 1)


@pytest.mark.parametrize("by", ["supervisor", "manager"])
def test_who_reads_it_does_not_sign(engine: Engine, world: World, programme: str, by: str) -> None:
    with pytest.raises(NotAllowed):
        sign(engine, world, by=by)


def test_a_former_auditor_does_not_sign(engine: Engine, world: World, programme: str) -> None:
    with transaction(engine) as db:
        former = replace(world.actor(db, "auditor"), memberships=())
        with pytest.raises(NotFound):
            draft_attestation(db, former, programme, YEAR)


def test_a_deputy_does_not_sign(engine: Engine, world: World, programme: str) -> None:
    with transaction(engine) as db:
        auditor = world.actor(db, "auditor")
        mine = tuple(replace(one, deputy_for=world.people["manager"]) for one in auditor.memberships)
        deputy = replace(auditor, memberships=mine)
        with pytest.raises(NotAllowed) as refused:
            draft_attestation(db, deputy, programme, YEAR)
    assert refused.value.reason == NotAllowed(why=reasons.attestations.NO_DEPUTY).reason
    assert not signs(deputy, programme)


def test_signing_asks_for_a_fresh_proof(engine: Engine, world: World, programme: str) -> None:
    with transaction(engine) as db:
        old = replace(world.actor(db, "auditor"), proof=Proof.OLD)
        with pytest.raises(NotConfirmed):
            sign_attestation(db, old, programme, YEAR, said=Said(words="So.", seen=""), request=new_request())


def test_without_a_published_checkpoint_nothing_is_signed(engine: Engine, world: World) -> None:
    with pytest.raises(Refused) as refused:
        sign(engine, world)
    assert refused.value.reasons == [reasons.attestations.NO_CHECKPOINT]


def test_an_open_finding_stands_in_the_statement(engine: Engine, world: World, number: str, programme: str) -> None:
    find(engine, world, number)
    sign(engine, world, knows=True)
    with transaction(engine) as db:
        statement = show_attestation(db, world.actor(db, "manager"), programme, 1).statement
    assert statement is not None
    assert [one["number"] for one in statement["findings"]["named"]] == [number]


def test_who_does_not_say_that_something_speaks_against_it_does_not_sign(
    engine: Engine, world: World, number: str
) -> None:
    find(engine, world, number)
    assert faults(engine, world) == {"knows": reasons.attestations.SAY_SO}


def test_a_finding_that_came_after_the_draft_was_read_is_shown_first(
    engine: Engine, world: World, number: str, programme: str
) -> None:
    with transaction(engine) as db:
        seen = draft_attestation(db, world.actor(db, "auditor"), programme, YEAR).seen
    find(engine, world, number)
    with pytest.raises(RecordHasMoved):
        sign(engine, world, seen=seen, knows=True)


def test_what_verification_found_wrong_stands_in_the_statement(
    engine: Engine, superuser_engine: Engine, world: World, number: str, programme: str
) -> None:
    with superuser_engine.begin() as db:
        db.execute(
            text(
                """INSERT INTO verifications (log_id, seq, head, at, night, faults)
                SELECT id, seq, head, now(), '2026-01-01', '[{"kind": "chain"}]' FROM logs
                WHERE id = (SELECT id FROM cases WHERE number = :number)"""
            ),
            {"number": number},
        )
    assert "knows" in faults(engine, world)
    sign(engine, world, knows=True)
    with transaction(engine) as db:
        one = show_attestation(db, world.actor(db, "supervisor"), programme, 1)
    assert one.statement is not None
    assert (one.wrong, one.statement["verification"]["wrong"]) == (1, [number])


def test_a_later_one_stands_in_the_place_of_an_earlier_one(engine: Engine, world: World, programme: str) -> None:
    sign(engine, world)
    assert sign(engine, world, supersedes=1) == 2
    with transaction(engine) as db:
        two, one = list_attestations(db, world.actor(db, "auditor"), programme).items
    assert (one.superseded_by, two.supersedes) == (2, 1)


def test_only_what_stands_is_superseded(engine: Engine, world: World, programme: str) -> None:
    assert "supersedes" in faults(engine, world, supersedes=1)
    sign(engine, world)
    sign(engine, world, supersedes=1)
    assert faults(engine, world, supersedes=1) == {"supersedes": reasons.attestations.SUPERSEDED(number=1, later=2)}


def test_of_two_who_sign_what_they_read_at_once_one_reads_again(engine: Engine, world: World, programme: str) -> None:
    with transaction(engine) as db:
        actor = world.actor(db, "auditor")
        seen = draft_attestation(db, actor, programme, YEAR).seen
    ended: list[str] = []
    both = threading.Barrier(2)

    def one() -> None:
        both.wait()
        try:
            with transaction(engine) as db:
                said = Said(words="At once.", seen=seen)
                sign_attestation(db, actor, programme, YEAR, said=said, request=new_request())
            ended.append("signed")
        except CaseworkError as refused:
            ended.append(type(refused).__name__)

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == ["RecordHasMoved", "signed"]


def test_a_request_that_comes_twice_signs_once(engine: Engine, world: World, programme: str) -> None:
    request = new_request()
    for _ in range(2):
        with transaction(engine) as db:
            actor = world.actor(db, "auditor")
            seen = draft_attestation(db, actor, programme, YEAR).seen
            sign_attestation(db, actor, programme, YEAR, said=Said(words="Once.", seen=seen), request=request)
    with transaction(engine) as db:
        assert len(list_attestations(db, world.actor(db, "auditor"), programme).items) == 1


def test_who_declared_an_interest_in_a_case_that_it_names_does_not_read_it(
    engine: Engine, world: World, number: str, programme: str
) -> None:
    sign(engine, world, replace(YEAR, cases=(number,)))
    with transaction(engine) as db:
        declare_interest(db, world.actor(db, "supervisor"), number, nature="personal", request=new_request())
    with transaction(engine) as db, pytest.raises(NotAllowed):
        show_attestation(db, world.actor(db, "supervisor"), programme, 1)


def test_case_numbers_are_read_in_whatever_way_they_are_written() -> None:
    assert in_order("bj-2026-0002, BJ-2026-0001\nBJ-2026-0002") == ("BJ-2026-0001", "BJ-2026-0002")
