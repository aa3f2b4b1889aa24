"""Findings of auditors: raised at an event, answered and closed by other persons, kept in a log of their own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.errors import CaseHasMoved, InvalidForm, WrongState
from casework.operations.audit import findings
from casework.operations.audit.views import FindingMay
from casework.operations.core.idempotency import Request
from casework.operations.history.point_in_time import GRACE, Past
from casework.operations.people import registry
from casework.operations.verification.rows import Rows
from casework.operations.verification.service import verify_case, verify_log
from casework.records.database import transaction
from casework.records.event_log import now, read_register
from tests.support.world import World, new_request


def raised(world: World, db: Connection, number: str, event: int = 1, by: str = "auditor") -> str:
    done = findings.raise_finding(
        db, world.actor(db, by), number, event=event, words="Why so late?", request=new_request()
    )
    return str(done.answer["id"])


def answered(world: World, db: Connection, finding: str, by: str = "officer") -> None:
    findings.answer_finding(db, world.actor(db, by), finding, words="The letter was late.", request=new_request())


def test_a_finding_goes_from_open_to_answered_to_closed(world: World, db: Connection) -> None:
    number = world.open_case(db)
    world.fire(db, "officer", number, "take")
    finding = raised(world, db, number)
    answered(world, db, finding)
    findings.close_finding(db, world.actor(db, "auditor"), finding, words="Settled.", request=new_request())
    shown = findings.show_finding(db, world.actor(db, "supervisor"), finding)
    assert (shown.state, shown.event, shown.words, shown.answer) == (
        "closed",
        1,
        "Why so late?",
        "The letter was late.",
    )
    assert [one.kind for one in shown.actions] == ["raised", "answered", "closed"]
    assert [one.actor.name for one in shown.actions] == ["Auditor", "Officer", "Auditor"]
    assert shown.may == FindingMay(answer=False, close=False, assign=False)


def test_an_answer_that_does_not_settle_it_opens_it_again(world: World, db: Connection) -> None:
    number = world.open_case(db)
    world.fire(db, "officer", number, "take")
    finding = raised(world, db, number)
    answered(world, db, finding)
    findings.ask_again(db, world.actor(db, "auditor"), finding, words="Which letter?", request=new_request())
    answered(world, db, finding, "supervisor")
    shown = findings.show_finding(db, world.actor(db, "auditor"), finding)
    assert shown.state == "answered"
    assert shown.answered_by is not None
    assert shown.answered_by.name == "Supervisor"
    assert shown.may == FindingMay(answer=False, close=True, assign=False)


def test_a_step_is_taken_only_from_where_it_can_be(world: World, db: Connection) -> None:
    number = world.open_case(db)
    finding = raised(world, db, number)
    auditor = world.actor(db, "auditor")
    with pytest.raises(WrongState):
        findings.close_finding(db, auditor, finding, words="Settled.", request=new_request())
    answered(world, db, finding, "supervisor")
    with pytest.raises(WrongState):
        answered(world, db, finding, "supervisor")
    with pytest.raises(CaseHasMoved):
        findings.close_finding(db, auditor, finding, words="Settled.", request=new_request(), revision=1)


@pytest.mark.parametrize("words", ["", "  \n ", "x" * 4001, "a\x00b"])
def test_words_are_checked(world: World, db: Connection, words: str) -> None:
    number = world.open_case(db)
    with pytest.raises(InvalidForm):
        findings.raise_finding(db, world.actor(db, "auditor"), number, event=1, words=words, request=new_request())


@pytest.mark.parametrize("event", [0, -1, 999])
def test_a_finding_is_about_an_event_that_there_is(world: World, db: Connection, event: int) -> None:
    number = world.open_case(db)
    with pytest.raises(InvalidForm):
        raised(world, db, number, event)


def test_the_same_request_raises_it_once(world: World, db: Connection) -> None:
    number = world.open_case(db)
    request = Request("only-once-this-key", "digest")
    made = [
        findings.raise_finding(db, world.actor(db, "auditor"), number, event=1, words="Why?", request=request)
        for _ in range(2)
    ]
    assert made[0].answer == made[1].answer
    assert made[1].repeated
    assert len(findings.list_findings(db, world.actor(db, "auditor")).items) == 1


def test_findings_are_listed_by_state_and_by_case(world: World, db: Connection) -> None:
    first, second = world.open_case(db), world.open_case(db, 1)
    one, two = raised(world, db, first), raised(world, db, second)
    answered(world, db, two, "supervisor")
    auditor = world.actor(db, "auditor")

    def ids(**asked: Any) -> list[str]:
        return [item.id for item in findings.list_findings(db, auditor, **asked).items]

    assert ids() == [two, one]
    assert ids(state="open") == [one]
    assert ids(number=second) == [two]
    assert findings.count_findings(db, auditor) == {"open": 1, "answered": 1, "closed": 0, "late": 0, "mine": 0}
    page = findings.list_findings(db, auditor, limit=1)
    assert [one.id for one in page.items] == [two]
    assert [found.id for found in findings.list_findings(db, auditor, cursor=page.next).items] == [one]
    assert findings.list_findings(db, world.actor(db, "foreign_officer")).items == []


def test_the_log_of_a_finding_is_verified(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        number = world.open_case(db)
        finding = raised(world, db, number)
        answered(world, db, finding, "supervisor")
    assert verify_log(engine, finding).findings == ()
    with transaction(engine) as db:
        db.execute(text("UPDATE findings SET state = 'closed' WHERE id = :id"), {"id": finding})
        assert [(one.table, one.column) for one in verify_case(db, finding)] == [("findings", "state")]


@pytest.mark.parametrize("kind", ["raised", "asked_again", "closed"])
@pytest.mark.parametrize("partial", ["officer", "deputy's officer", "dispute_officer", "mediator", None])
def test_a_finding_judged_by_somebody_with_a_part_in_it_is_found(
    world: World, db: Connection, kind: str, partial: str | None
) -> None:
    number = world.open_case(db)
    if partial == "deputy's officer":
        registry.grant_role(
            db, world.people["manager"], "officer", programme=world.programmes["BJ"], deputy_for=world.people["officer"]
        )
        world.fire(db, "manager", number, "take")
    if partial == "mediator":
        centre = registry.register_organisation(db, name="Centre", services=["mediation"])
        world.people["mediator"] = registry.register_person(db, email="mediator@example.org", name="Mediator")
        registry.grant_role(db, world.people["mediator"], "provider", organisation=centre)
    who = {"deputy's officer": "manager", None: "auditor"}.get(partial, partial)
    finding = raised(world, db, number)
    answered(world, db, finding, "second_supervisor")
    (findings.ask_again if kind == "asked_again" else findings.close_finding)(
        db, world.actor(db, "auditor"), finding, words="Well.", request=new_request()
    )
    # Nobody knows a dispute officer at once who was one for a moment.
    past, later = Past(db), now(db) + GRACE
    forged = [
        replace(one, at=later, actor=world.people[str(who)]) if one.kind == kind else one
        for one in read_register(db, finding)
    ]
    told = [
        one.sentence for one in Rows(db, finding, None, past).of_register("finding", forged) if one.kind == "allowed"
    ]
    words = {"officer": "had worked on the case", "deputy's officer": "had worked on the case"}
    wanted = words.get(str(partial), "of a provider that mediates")
    assert [wanted in one for one in told] == ([] if partial is None else [True]), told


def test_a_finding_changes_nothing_in_the_case(world: World, db: Connection) -> None:
    number = world.open_case(db)
    before = db.execute(
        text("SELECT l.seq FROM logs l JOIN cases c USING (id) WHERE c.number = :n"), {"n": number}
    ).scalar_one()
    raised(world, db, number)
    after = db.execute(
        text("SELECT l.seq FROM logs l JOIN cases c USING (id) WHERE c.number = :n"), {"n": number}
    ).scalar_one()
    assert after == before
