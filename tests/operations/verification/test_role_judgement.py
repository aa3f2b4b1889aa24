"""A role is given and ended by whom it may be: made to fit in chain, head and row, it is found all the same."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from sqlalchemy import Connection

from casework.engine.roles import Role
from casework.engine.state.events import RegisterEvent
from casework.engine.state.register_effects import RegisterEffects
from casework.operations.core.register_log import ROLE_ASKED
from casework.operations.history.point_in_time import Past
from casework.operations.people import registry
from casework.operations.people.registry import end_role
from casework.operations.verification.role_judgement import role_faults
from casework.operations.verification.service import verify_case
from casework.records.event_log import now, read_register
from tests.operations.verification.forger import LAST, Json, Scene, Stored, not_allowed, rebuild, sql, the
from tests.support.additions import add_absence
from tests.support.world import World


def _grant(scene: Scene, rows: list[Stored], who: str, **effects: Json) -> None:
    """A role more at the end of a programme's log, as somebody with a pen would write it."""
    model = the(rows, "granted")
    at = (datetime.fromisoformat(rows[-1]["header"]["at"]) + timedelta(seconds=1)).isoformat(timespec="microseconds")
    written = model["effects"] | {"membership": str(uuid.uuid4()), "starts_at": at, "ends_at": None} | effects
    header = model["header"] | {"at": at.replace("+00:00", "Z"), "actor": scene.world.people[who]}
    rows.append({"header": header, "effects": written, "body": {}})


FORGED: dict[str, tuple[str, dict[str, str], str]] = {
    "by an officer": ("officer", {"person": "observer", "role": "officer"}, "given by administrators"),
    "to oneself": ("administrator", {"person": "administrator", "role": "supervisor"}, "to themselves"),
    "by a supervisor without an absence": ("supervisor", {"person": "observer", "role": "officer"}, "given by administrators"),
    "by an absence that there is not": (
        "officer", {"person": "observer", "role": "officer", "deputy_for": "officer", "absence": "", "via": ""},
        "no absence passes this role on",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
def test_a_role_given_by_somebody_who_could_not_is_found(name: str, scene: Scene, attack: Connection) -> None:
    who, given, words = FORGED[name]
    programme = scene.world.programmes["BJ"]
    effects = {key: scene.world.people.get(value, value) if key != "role" else value for key, value in given.items()}
    effects |= {key: str(uuid.uuid4()) for key in ("absence", "via") if key in given}
    rebuild(attack, programme, lambda rows: _grant(scene, rows, who, **effects))
    sql(
        attack,
        "INSERT INTO memberships (id, person_id, role, programme_id, deputy_for, starts_at, absence_id, via_id)"
        " SELECT CAST(effects->>'membership' AS uuid), CAST(effects->>'person' AS uuid), effects->>'role', log_id,"
        " CAST(effects->>'deputy_for' AS uuid), at, CAST(effects->>'absence' AS uuid), CAST(effects->>'via' AS uuid)"
        f" FROM events WHERE log_id = CAST(:log AS uuid) AND seq = {LAST}",
        log=programme,
    )
    assert [words in sentence for _, sentence in not_allowed(verify_case(attack, programme))] == [True]


BY_GROUPS: dict[str, tuple[str, dict[str, str], str | None]] = {
    "one person may give it": ("system", {"role": "observer"}, None),
    "two persons give it": ("system", {"role": "manager"}, "no second person had agreed"),
    "by a person": ("administrator", {"role": "observer"}, "by the installation itself"),
    "by which others get roles": ("system", {"role": "administrator"}, "that a person gives"),
    "another's role": ("system", {"ends": "granted"}, "that had not come of it"),
    "another group's role": ("system", {"ends": "by group"}, "that had not come of it"),
    "another's request": ("system", {"request": "r"}, "not its own"),
}  # fmt: skip


@pytest.mark.parametrize("name", BY_GROUPS)
def test_a_group_gives_and_takes_back_what_it_may_alone(name: str, world: World, db: Connection) -> None:
    actor, told, words = BY_GROUPS[name]
    programme = world.programmes["BJ"]
    person = world.add_person(db, "newcomer")
    came = registry.grant_role(db, person, Role.OBSERVER, programme=programme, because={"group": "b"})
    events = list(read_register(db, programme))
    last = events[-1]
    effects: dict[str, Any] = {**last.effects, "membership": str(uuid.uuid4()), "group": "a", **told}
    kind = "granted"
    if ends := effects.pop("ends", None):
        mine = next(one for one in events if one.kind == "granted").effects["membership"]
        kind, effects = (
            "ended",
            {"membership": came if ends == "by group" else mine, "ends_at": last.at.isoformat(), "group": "a"},
        )
    elif "request" in effects:
        kind = "role_refused"
    forged = replace(
        last, seq=last.seq + 1, kind=kind, actor=world.people.get(actor, actor), effects=cast(RegisterEffects, effects)
    )
    faults = [why for seq, why in role_faults(Past(db), programme, [*events, forged]) if seq == forged.seq]
    assert not faults if words is None else any(words in why for why in faults), faults


def test_a_role_ended_by_somebody_who_could_not_is_found(scene: Scene, attack: Connection) -> None:
    programme = scene.world.programmes["BJ"]
    one = sql(
        attack,
        "SELECT id FROM memberships WHERE person_id = CAST(:person AS uuid)",
        person=scene.world.people["manager"],
    ).scalar_one()
    sql(attack, "SET LOCAL session_replication_role = origin")
    end_role(attack, str(one), by=scene.world.people["supervisor"])
    assert ["could not end this role" in sentence for _, sentence in not_allowed(verify_case(attack, programme))] == [
        True
    ]


def test_a_role_that_is_passed_on_ends_with_the_absence(world: World, db: Connection) -> None:
    add_absence(db, world, "officer", "other_officer", "BJ", first=0)
    programme = world.programmes["BJ"]
    events = list(read_register(db, programme))
    passed = next(event for event in events if "absence" in event.effects and event.kind == "granted")
    assert list(role_faults(Past(db), programme, events)) == []
    ends = datetime.fromisoformat(str(passed.effects["ends_at"]))
    for changed, found in ((ends, False), (ends + timedelta(seconds=1), True), (None, True)):
        effects: Any = {**passed.effects, "ends_at": changed and changed.isoformat()}
        said = [replace(event, effects=effects) if event is passed else event for event in events]
        faults = [(passed.seq, "it passes on another role than whoever is away held, or for longer")] if found else []
        assert list(role_faults(Past(db), programme, said)) == faults


@pytest.mark.parametrize("deputy", [True, False])
def test_a_second_person_agrees_in_their_own_name(deputy: bool, world: World, db: Connection) -> None:
    """Whoever is a supervisor in somebody's place alone is no second person."""
    programme, people = world.programmes["BJ"], world.people
    person = registry.register_person(db, email="second@example.org", name="Second")
    registry.grant_role(
        db, person, "supervisor", programme=programme, deputy_for=people["supervisor"] if deputy else None
    )
    past, at = Past(db), now(db)
    effects: Any = {
        "request": str(uuid.uuid4()),
        "membership": str(uuid.uuid4()),
        "person": people["observer"],
        "role": "officer",
        "deputy_for": None,
        "starts_at": at.isoformat(),
        "ends_at": None,
    }
    asked = RegisterEvent(programme, 1, at, ROLE_ASKED, people["administrator"], effects=effects)
    agreed = RegisterEvent(programme, 2, at, "granted", person, effects=effects)
    told = [why for _, why in role_faults(past, programme, [asked, agreed])]
    assert told == (["roles are agreed to by administrators and supervisors"] if deputy else [])
