"""What somebody could see at a moment is what was shown to that person at it, whatever has become of roles, referrals and accesses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import pytest
from sqlalchemy import Connection, text

from casework.errors import NotAllowed, NotFound
from casework.ledger.canonical_json import instant
from casework.operations.cases.case_actions import declare_interest
from casework.operations.cases.queries import describe, find_case
from casework.operations.core.perform import home_of
from casework.operations.history.past_cases import find_case_then
from casework.operations.history.past_sight import LEVELS, show_sight_then, those_then
from casework.operations.mediations.service import open_mediation
from casework.operations.people import registry
from casework.operations.people.service import end_membership
from casework.permissions.visibility import Sight, reads_document, sight
from casework.records.case_loader import load
from casework.records.event_log import now
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request

WHO = (
    "officer",
    "supervisor",
    "provider",
    "foreign_provider",
    "observer",
    "auditor",
    "dispute_officer",
    "foreign_officer",
)


@dataclass(frozen=True)
class Seen:
    """What was shown to somebody at a moment."""

    at: datetime
    name: str
    level: str
    tracks: tuple[str, ...]
    tasks: tuple[str, ...]
    documents: tuple[str, ...]


def look(world: World, db: Connection, number: str, name: str) -> Seen:
    """What is shown to a person now, by what shows it."""
    actor, case = world.actor(db, name), load(db, home_of(db, number), "case")
    level = sight(actor, case)
    part = describe(db, actor, case, level) if level >= Sight.REFERRALS else None
    return Seen(
        max(now(db), case.last_at),
        name,
        LEVELS[level],
        tuple(track.id for track in part.tracks) if part else (),
        tuple(task.id for task in part.tasks) if part else (),
        tuple(document.id for document in case.documents.values() if reads_document(actor, case, document)),
    )


def test_it_is_what_was_shown_then(world: World, db: Connection) -> None:
    number, referral = to_referral(world, db, more_plan={"pledge": "bank"})
    looks = [look(world, db, number, name) for name in WHO]
    world.accept(db, number, referral)
    looks += [look(world, db, number, name) for name in WHO]
    administrator = world.actor(db, "administrator")
    for name in ("provider", "observer"):
        membership = db.execute(
            text("SELECT id FROM memberships WHERE person_id = CAST(:id AS uuid)"), {"id": world.people[name]}
        ).scalar_one()
        end_membership(db, administrator, str(membership), new_request())
    looks += [look(world, db, number, name) for name in WHO]
    registry.grant_role(db, world.people["foreign_officer"], "manager", programme=world.programmes["BJ"])
    looks += [look(world, db, number, name) for name in WHO]
    auditor = world.actor(db, "auditor")
    told = []
    # Of a provider's people who did nothing in the case nobody outside is told.
    with pytest.raises(NotFound):
        show_sight_then(db, auditor, number, world.people["foreign_provider"], looks[-1].at)
    for one in (look for look in looks if look.name != "foreign_provider"):
        then = show_sight_then(db, auditor, number, world.people[one.name], one.at)
        told.append(then.level)
        assert then.level == one.level, one
        assert tuple(then.tracks) == one.tracks
        assert tuple(task.id for task in then.tasks) == one.tasks
        assert tuple(document.id for document in then.documents) == one.documents
    assert set(told) == set(LEVELS.values())


def test_of_a_provider_it_is_what_its_people_could_see(world: World, db: Connection) -> None:
    number, referral = to_referral(world, db)
    auditor = world.actor(db, "auditor")
    with pytest.raises(NotFound):  # who works for a provider is told of those alone who did something in the case
        show_sight_then(db, auditor, number, world.people["provider"], now(db))
    assert "Provider" not in {one.name for one in those_then(db, find_case_then(db, auditor, number, now(db)))}
    world.accept(db, number, referral)
    lab = show_sight_then(db, auditor, number, world.organisations["lab"], now(db))
    person = show_sight_then(db, auditor, number, world.people["provider"], now(db))
    assert (lab.level, lab.tracks, lab.tasks, lab.documents) == (
        person.level,
        person.tracks,
        person.tasks,
        person.documents,
    )
    assert referral in lab.tracks
    assert (lab.roles, [role.role for role in person.roles]) == ([], ["provider"])
    opened = load(db, home_of(db, number), "case").opened_at
    assert show_sight_then(db, auditor, number, world.people["provider"], now(db)).who.name == "Provider"
    with pytest.raises(NotFound):
        show_sight_then(db, auditor, number, world.organisations["lab"], opened)


def test_a_mediation_shows_in_nobodys_sight(world: World, db: Connection) -> None:
    number, referral = to_referral(world, db)
    world.accept(db, number, referral)
    auditor, at = world.actor(db, "auditor"), now(db)
    people = [world.people[name] for name in WHO if not name.startswith("foreign")]
    before = [show_sight_then(db, auditor, number, one, at) for one in people]
    asked = those_then(db, find_case_then(db, auditor, number, at))
    open_mediation(db, world.actor(db, "dispute_officer"), number, new_request())
    after = [show_sight_then(db, auditor, number, one, now(db)) for one in people]
    assert [replace(one, as_of=instant(at)) for one in after] == before
    assert those_then(db, find_case_then(db, auditor, number, now(db))) == asked
    assert {one.name for one in asked} >= {"Haidian Assessment Lab", "Officer", "Provider", "Auditor"}
    assert show_sight_then(db, auditor, number, world.people["dispute_officer"], now(db)).level == "nothing"


def test_whoever_declared_an_interest_is_told_of_nobodys_sight(world: World, db: Connection) -> None:
    number, _ = to_referral(world, db)
    declare_interest(db, world.actor(db, "compliance"), number, nature="Family.", request=new_request())
    with pytest.raises(NotAllowed, match="you have declared an interest"):
        show_sight_then(db, world.actor(db, "compliance"), number, world.people["provider"], now(db))


def test_it_is_told_to_those_alone_who_look_back_and_of_those_alone_who_had_a_part(
    world: World, db: Connection
) -> None:
    number, _ = to_referral(world, db)
    with pytest.raises(NotAllowed):
        show_sight_then(db, world.actor(db, "officer"), number, world.people["provider"], now(db))
    for name in ("provider", "observer", "foreign_officer"):
        with pytest.raises(NotFound):
            show_sight_then(db, world.actor(db, name), number, world.people["provider"], now(db))
    with pytest.raises(NotFound):
        show_sight_then(db, world.actor(db, "auditor"), number, world.people["foreign_officer"], now(db))
    assert find_case(db, world.actor(db, "auditor"), number)[1] == Sight.ALL
