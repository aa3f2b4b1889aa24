"""Two persons for each finding, and none with a part in what is judged."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from casework.errors import NotAllowed, NotFound
from casework.operations.audit import findings
from casework.operations.people import registry
from tests.operations.audit.test_findings import answered, raised
from tests.support.world import World, new_request


def test_only_auditors_raise_and_only_the_office_answers(world: World, db: Connection) -> None:
    number = world.open_case(db)
    world.fire(db, "officer", number, "take")
    for name in ("officer", "supervisor", "manager"):
        with pytest.raises(NotAllowed):
            raised(world, db, number, by=name)
    finding = raised(world, db, number)
    for name in ("auditor", "manager", "other_officer"):
        with pytest.raises(NotAllowed):
            answered(world, db, finding, name)
    for name in ("foreign_officer", "provider", "observer", "administrator"):
        with pytest.raises(NotFound):
            answered(world, db, finding, name)
        with pytest.raises(NotFound):
            findings.show_finding(db, world.actor(db, name), finding)


def test_nobody_answers_their_own_finding_or_judges_their_own_answer(world: World, db: Connection) -> None:
    """Nobody has both roles at once; what was done with the one is not forgotten with the other."""

    def give(role: str) -> str:
        return registry.grant_role(db, world.people["manager"], role, programme=world.programmes["BJ"])

    number = world.open_case(db)
    auditing = give("auditor")
    finding = raised(world, db, number, by="manager")
    registry.end_role(db, auditing)
    supervising = give("supervisor")
    with pytest.raises(NotAllowed, match="raised"):
        answered(world, db, finding, "manager")
    other = raised(world, db, number)
    answered(world, db, other, "manager")
    registry.end_role(db, supervising)
    give("auditor")
    with pytest.raises(NotAllowed, match="judge"):
        findings.close_finding(db, world.actor(db, "manager"), other, words="Fine.", request=new_request())


def test_whoever_has_an_interest_in_the_case_does_not_answer(world: World, db: Connection) -> None:
    number = world.open_case(db)
    finding = raised(world, db, number)
    db.execute(
        text("UPDATE cases SET interests = ARRAY[:person] WHERE number = :number"),
        {"person": world.people["supervisor"], "number": number},
    )
    with pytest.raises(NotAllowed, match="interest"):
        answered(world, db, finding, "supervisor")
