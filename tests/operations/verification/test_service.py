"""The verifier finds and places whatever somebody with all power over the database changes, and nothing in a whole one."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from casework.engine.execution.context import Library
from casework.engine.state.events import HANDED_OVER, RELIEVED
from casework.ledger.hash_chain import SAID_FIELDS, genesis, seal_event
from casework.operations.cases.service import declare_interest
from casework.operations.core.actions import home_of
from casework.operations.core.register_entries import INSTALLATION
from casework.operations.history import point_in_time
from casework.operations.people.registry import end_role, grant_role
from casework.operations.tasks.service import claim_task, release_task
from casework.operations.verification.database import check_rest
from casework.operations.verification.rows import HOMES, Finding
from casework.operations.verification.service import PROGRAMME_OF, verify_all, verify_case
from casework.records.database import connect_engine, transaction
from casework.settings import Settings
from tests.support.databases import DatabaseServer, run_casework
from tests.support.world import World, build_world, new_request, to_referral

Json = Any
Stored = dict[str, Json]


@dataclass(frozen=True)
class Scene:
    """A whole database, and what an attacker knows of it."""

    settings: Settings
    superuser: Engine
    world: World
    number: str
    log: str
    referral: str


@pytest.fixture(scope="module")
def scene(
    database_server: DatabaseServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    name = database_server.create(template_database)
    settings = database_server.settings(name, tmp_path_factory.mktemp("verify"))
    engine = connect_engine(settings)
    superuser = connect_engine(
        settings.model_copy(update={"owner_database_url": database_server.url(name)}), role="owner"
    )
    with transaction(engine) as db:
        world = build_world(db)
    with transaction(engine) as db:
        number, referral = to_referral(world, db)
        log = home_of(db, number)
    with transaction(engine) as db:
        task = db.execute(
            text(
                "SELECT id FROM tasks WHERE log_id = CAST(:log AS uuid) AND track_id = CAST(:track AS uuid)"
                " AND state = 'Ready'"
            ),
            {"log": log, "track": referral},
        ).scalar_one()
        provider = world.actor(db, "provider")
        claim_task(db, provider, task, new_request())
        release_task(db, provider, task, note="Tomorrow.", request=new_request())
        world.fire(
            db,
            "compliance",
            number,
            "compliance_stop",
            {
                "reason": "regulation",
                "found_on": db.execute(text("SELECT current_date")).scalar_one().isoformat(),
                "source": "UN 2026-02",
                "finding": "A name on the list.",
            },
        )
    with transaction(engine) as db:
        world.fire(db, "second_compliance", number, "compliance_stop")
        other = world.new_case(db)
        declare_interest(db, world.actor(db, "other_officer"), other, nature="Family.", request=new_request())
        world.fire(db, "officer", other, "take")
    yield Scene(settings, superuser, world, number, log, referral)
    engine.dispose()
    superuser.dispose()
    database_server.drop(name)


@pytest.fixture
def db(scene: Scene) -> Iterator[Connection]:
    """A superuser's transaction, with the triggers off and rolled back at the end."""
    with scene.superuser.connect() as connection, connection.begin() as attack:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield connection
        attack.rollback()


def sql(db: Connection, statement: str, **values: Json) -> Any:
    return db.execute(text(statement), values)


def seq_of(db: Connection, scene: Scene, kind: str, word: str = "") -> int:
    """The first event of a kind whose effects name a transition or a task so."""
    return int(
        sql(
            db,
            "SELECT min(seq) FROM events WHERE log_id = CAST(:log AS uuid) AND kind = :kind"
            " AND (:word = '' OR coalesce(effects->>'transition', effects->>'name') = :word)",
            log=scene.log,
            kind=kind,
            word=word,
        ).scalar_one()
    )


def test_a_whole_world_verifies(scene: Scene) -> None:
    engine = connect_engine(scene.settings)
    assert list(verify_all(engine)) == []
    engine.dispose()


# --- nine attacks on what is stored ---------------------------------------------------------------------------------

HERE = " WHERE log_id = CAST(:log AS uuid) AND seq = 5"
LAST = "(SELECT max(seq) FROM events WHERE log_id = CAST(:log AS uuid))"

ATTACKS: dict[str, tuple[tuple[str, ...], str, int | None]] = {
    "a changed body": (
        ("UPDATE events SET body = jsonb_set(body, '{person,value}', '\"Nobody\"')" + HERE,), "chain.body", 5,
    ),
    "changed effects": (
        ("UPDATE events SET effects = jsonb_set(effects, '{name}', '\"something_else\"')" + HERE,), "chain.effects", 5,
    ),
    "a changed header": (
        ("UPDATE events SET header = jsonb_set(header, '{actor}', to_jsonb(gen_random_uuid()))" + HERE,),
        "chain.header", 5,
    ),
    "a changed hash": (("UPDATE events SET hash = repeat('0', 64)" + HERE,), "chain.hash", 5),
    "a changed column": (("UPDATE events SET actor_id = 'somebody'" + HERE,), "column", 5),
    "a removed event": (("DELETE FROM events" + HERE,), "chain.removed", 5),
    "a tail cut off": (
        (f"DELETE FROM events WHERE log_id = CAST(:log AS uuid) AND seq > {LAST} - 2",), "chain.truncated", None,
    ),
    "an inserted event": (
        (
            f"INSERT INTO events SELECT log_id, {LAST} + 1, at, kind, track_id, actor_id, header, effects, body, hash"
            " FROM events" + HERE,
        ),
        "chain.", None,
    ),
    "two events swapped": (
        (
            "UPDATE events SET seq = 0" + HERE,
            "UPDATE events SET seq = 5 WHERE log_id = CAST(:log AS uuid) AND seq = 7",
            "UPDATE events SET seq = 7 WHERE log_id = CAST(:log AS uuid) AND seq = 0",
        ),
        "chain.swapped", 5,
    ),
    "another head": (("UPDATE logs SET head = repeat('a', 64) WHERE id = CAST(:log AS uuid)",), "chain.head", None),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_what_was_changed_in_a_log_is_found_and_placed(name: str, scene: Scene, db: Connection) -> None:
    statements, kind, seq = ATTACKS[name]
    for statement in statements:
        assert sql(db, statement, log=scene.log).rowcount
    found = verify_case(db, scene.log)
    assert any(one.kind.startswith(kind) and seq in (None, one.seq) for one in found), found
    assert {one.number for one in found} == {scene.number}


BEHIND: dict[str, tuple[str, str, str | None]] = {
    "a task's holder": ("UPDATE tasks SET holder_id = gen_random_uuid()", "tasks", "holder_id"),
    "a task's due date": ("UPDATE tasks SET due_at = due_at + interval '1 day'", "tasks", "due_at"),
    "a task removed": ("DELETE FROM tasks", "tasks", None),
    "a track's state": ("UPDATE tracks SET states = '{completed}'", "tracks", "states"),
    "a track's order": ("UPDATE tracks SET position = -position", "tracks", "position"),
    "a clock's moment": ("UPDATE clocks SET fires_at = '2030-01-01'", "clocks", "fires_at"),
    "a consent's end": ("UPDATE consents SET ended_at = now()", "consents", "ended_at"),
    "a consent made": (
        "INSERT INTO consents (id, log_id, party, given_on) SELECT gen_random_uuid(), id, 'need_owner', '2026-01-01'"
        " FROM logs", "consents", None,
    ),
    "a case's owner": ("UPDATE cases SET owner_id = gen_random_uuid()", "cases", "owner_id"),
    "a case's state": ("UPDATE cases SET state = 'closed'", "cases", "state"),
}  # fmt: skip


@pytest.mark.parametrize("name", BEHIND)
def test_a_row_changed_behind_the_history_is_found_and_placed(name: str, scene: Scene, db: Connection) -> None:
    statement, table, column = BEHIND[name]
    key = "id" if table == "cases" or "INSERT" in statement else "log_id"
    assert sql(db, f"{statement} WHERE {key} = CAST(:log AS uuid)", log=scene.log).rowcount
    found = verify_case(db, scene.log)
    assert found
    assert {(one.kind, one.table) for one in found} == {("rows", table)}
    assert column in {one.column for one in found}


# --- an attacker who makes the chain whole again ---------------------------------------------------------------------


def rebuild(db: Connection, log: str, change: Callable[[list[Stored]], None]) -> None:
    """Change a log's events as one likes, and give every hash and the head what it then must be."""
    rows = [
        {"header": row.header, "effects": row.effects, "body": row.body}
        for row in sql(db, "SELECT * FROM events WHERE log_id = CAST(:log AS uuid) ORDER BY seq", log=log)
    ]
    change(rows)
    sql(db, "DELETE FROM events WHERE log_id = CAST(:log AS uuid)", log=log)
    head = genesis(log)
    for seq, row in enumerate(rows, 1):
        said = {name: row["header"][name] for name in SAID_FIELDS} | {"seq": seq}
        sealed = seal_event(said, row["effects"], row["body"], head)
        head = sealed.hash
        values = {
            "log_id": log,
            "seq": seq,
            "at": said["at"],
            "kind": said["kind"],
            "track_id": said["track"],
            "actor_id": said["actor"],
            "header": sealed.header,
            "effects": sealed.effects,
            "body": sealed.body,
            "hash": head,
        }
        sql(
            db,
            "INSERT INTO events SELECT * FROM jsonb_populate_record(NULL::events, CAST(:row AS jsonb))",
            row=json.dumps(values),
        )
    sql(
        db,
        "UPDATE logs SET head = :head, seq = :seq, last_at = (SELECT max(at) FROM events"
        " WHERE log_id = CAST(:log AS uuid)) WHERE id = CAST(:log AS uuid)",
        head=head,
        seq=len(rows),
        log=log,
    )


def not_allowed(found: list[Finding]) -> list[tuple[int | None, str]]:
    assert not [one for one in found if one.kind.startswith("chain")], "the attacker made the chain whole"
    return [(one.seq, one.sentence) for one in found if one.kind == "allowed"]


def the(rows: list[Stored], kind: str, word: str = "") -> Stored:
    return next(
        row
        for row in rows
        if row["header"]["kind"] == kind and word in ("", row["effects"].get("transition"), row["effects"].get("name"))
    )


def test_rebuilding_without_a_change_is_not_found_here(scene: Scene, db: Connection) -> None:
    """What no chain can tell; a head that was kept elsewhere does."""
    rebuild(db, scene.log, lambda rows: None)
    assert verify_case(db, scene.log) == []


Change = Callable[[Scene, list[Stored]], None]


def _elsewhere(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "take")["header"]["to"] = ["scoping"]


def _unknown_transition(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "take")["effects"]["transition"] = "sign"


def _from_elsewhere(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "pass_triage")["header"]["from"] = ["structuring"]


def _wrong_role(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "approve_plan")["header"] |= {"role": "officer", "actor": scene.world.people["officer"]}


def _role_not_held(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "approve_plan")["header"]["actor"] = scene.world.people["officer"]


def _foreign_programme(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "take")["header"]["actor"] = scene.world.people["foreign_officer"]


def _deputy_of_nobody(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "approve_plan")["header"]["acting_for"] = scene.world.people["second_supervisor"]


def _foreign_provider(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "claimed")["header"] |= {
        "actor": scene.world.people["foreign_provider"],
        "organisation": scene.world.organisations["bank"],
    }


def _finished(rows: list[Stored], task: str) -> Stored:
    done = the(rows, "completed", task)
    found: Stored = next(one for one in done["effects"]["task_states"] if one["id"] == done["effects"]["task"])
    return found


def _four_eyes(scene: Scene, rows: list[Stored]) -> None:
    supervisor = scene.world.people["supervisor"]
    the(rows, "completed", "service_plan")["header"] |= {"actor": supervisor, "role": "supervisor"}
    _finished(rows, "service_plan")["by"] = supervisor


def _by_another(scene: Scene, rows: list[Stored]) -> None:
    _finished(rows, "service_plan")["by"] = scene.world.people["supervisor"]


def _own_confirmation(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "compliance_stop")["header"]["actor"] = scene.world.people["compliance"]


def _other_than_proposed(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "compliance_stop")["effects"]["data"]["reason"] = "export_control"


def _guard(scene: Scene, rows: list[Stored]) -> None:
    _finished(rows, "nda")["result"]["status"] = "refused"


def _other_effect(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "take")["effects"]["owner"] = scene.world.people["other_officer"]


def _edition(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "take")["header"]["edition"] = "0" * 64


def _by_itself(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "take")["header"] |= {"actor": "system", "role": "system"}


def _not_held(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "released")["header"]["actor"] = scene.world.people["provider_lead"]


def _unknown_kind(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "claimed")["header"]["kind"] = "pardoned"


def _same_key(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "pass_triage")["header"]["key"] = the(rows, "fired", "take")["header"]["key"]


ILLEGAL: dict[str, tuple[Change, tuple[str, str], str]] = {
    "a state that it does not lead to": (_elsewhere, ("fired", "take"), "leads to triage, not to scoping"),
    "a transition that is not there": (_unknown_transition, ("fired", "sign"), "has no transition “sign”"),
    "a state that it did not stand in": (_from_elsewhere, ("fired", "pass_triage"), "stood at triage"),
    "a role that may not": (_wrong_role, ("fired", "approve_plan"), "is for supervisor, not for officer"),
    "a role not held": (_role_not_held, ("fired", "approve_plan"), "did not hold the role supervisor"),
    "a role held elsewhere": (_foreign_programme, ("fired", "take"), "did not hold the role officer"),
    "a deputy of nobody": (_deputy_of_nobody, ("fired", "approve_plan"), "as a deputy"),
    "another provider": (_foreign_provider, ("claimed", ""), "did not have the referral"),
    "one pair of eyes": (_four_eyes, ("fired", "approve_plan"), "another person must do this"),
    "another person's work": (_by_another, ("completed", "service_plan"), "somebody else finished a task"),
    "one's own proposal": (_own_confirmation, ("fired", "compliance_stop"), "also confirmed it"),
    "another form than proposed": (_other_than_proposed, ("fired", "compliance_stop"), "than what was proposed"),
    "a guard passed over": (_guard, ("fired", "approve_plan"), "nda_is_signed_or_waived"),
    "an effect of nothing": (_other_effect, ("fired", "take"), "its effect on owner"),
    "another edition": (_edition, ("fired", "take"), "another edition"),
    "nobody's deed": (_by_itself, ("fired", "take"), "no clock was due"),
    "a task not held": (_not_held, ("released", ""), "the table of tasks refuses it"),
    "a kind that there is not": (_unknown_kind, ("pardoned", ""), "nothing is called “pardoned”"),
}


@pytest.mark.parametrize("name", ILLEGAL)
def test_what_was_never_allowed_is_found_in_a_whole_chain(name: str, scene: Scene, db: Connection) -> None:
    change, where, words = ILLEGAL[name]
    rebuild(db, scene.log, lambda rows: change(scene, rows))
    told = not_allowed(verify_case(db, scene.log))
    assert (seq_of(db, scene, *where), True) in [(seq, words in sentence) for seq, sentence in told], told


def test_one_request_is_answered_by_one_event(scene: Scene, db: Connection) -> None:
    rebuild(db, scene.log, lambda rows: _same_key(scene, rows))
    assert [one.seq for one in verify_case(db, scene.log) if one.kind == "twice"] == [
        seq_of(db, scene, "fired", "pass_triage")
    ]
    assert [one.kind for one in check_rest(db)] == ["request"]


def test_nobody_with_a_declared_interest_acts(scene: Scene, db: Connection) -> None:
    other = sql(db, "SELECT id FROM cases WHERE number <> :number", number=scene.number).scalar_one()

    def act(rows: list[Stored]) -> None:
        the(rows, "fired", "take")["header"]["actor"] = scene.world.people["other_officer"]
        the(rows, "fired", "take")["effects"]["owner"] = scene.world.people["other_officer"]

    rebuild(db, other, act)
    assert [sentence for _, sentence in not_allowed(verify_case(db, other)) if "declared an interest" in sentence]


def test_nobody_acts_for_somebody_with_a_declared_interest(scene: Scene, db: Connection) -> None:
    other = sql(db, "SELECT id FROM cases WHERE number <> :number", number=scene.number).scalar_one()
    declared = scene.world.people["other_officer"]
    rebuild(db, other, lambda rows: the(rows, "fired", "take")["header"].update({"acting_for": declared}))
    assert any("for somebody who had declared" in sentence for _, sentence in not_allowed(verify_case(db, other)))


def test_nobody_of_the_provider_acts_for_the_office_in_its_referral(scene: Scene, db: Connection) -> None:
    officer = scene.world.people["officer"]

    def belong(rows: list[Stored]) -> None:
        the(rows, "granted")["effects"] |= {"person": officer}
        the(rows, "granted")["header"]["at"] = the(rows, "granted")["effects"]["starts_at"] = (
            "2020-01-01T00:00:00.000000Z"
        )

    rebuild(db, scene.world.organisations["lab"], belong)
    assert any("belonged to the provider" in sentence for _, sentence in not_allowed(verify_case(db, scene.log)))


def test_a_role_granted_later_excuses_nothing(scene: Scene, db: Connection) -> None:
    rebuild(db, scene.log, lambda rows: _role_not_held(scene, rows))
    sql(db, "SET LOCAL session_replication_role = origin")
    officer, programme = scene.world.people["officer"], scene.world.programmes["BJ"]
    start = sql(db, "SELECT min(at) FROM events").scalar_one()
    grant_role(db, officer, "supervisor", programme=programme, starts_at=start)
    assert any("did not hold the role" in sentence for _, sentence in not_allowed(verify_case(db, scene.log)))


def test_a_role_that_had_ended_allows_nothing(scene: Scene, db: Connection) -> None:
    programme, person = scene.world.programmes["BJ"], scene.world.people["supervisor"]

    def end(rows: list[Stored]) -> None:
        granted = next(row for row in rows if row["effects"].get("person") == person)
        granted["effects"]["ends_at"] = granted["effects"]["starts_at"].replace("20", "19", 1)

    rebuild(db, programme, end)
    assert any(
        "did not hold the role supervisor" in sentence for _, sentence in not_allowed(verify_case(db, scene.log))
    )
    assert {(one.table, one.column) for one in verify_case(db, programme)} == {("memberships", "ends_at")}


def test_a_role_that_ends_later_still_allowed_what_was_done(scene: Scene, db: Connection) -> None:
    sql(db, "SET LOCAL session_replication_role = origin")
    membership = sql(
        db,
        "SELECT id FROM memberships WHERE person_id = CAST(:person AS uuid)",
        person=scene.world.people["supervisor"],
    ).scalar_one()
    end_role(db, membership)
    assert verify_case(db, scene.log) == []
    assert verify_case(db, scene.world.programmes["BJ"]) == []


# --- roles, absences and whose a log is, made to fit in chain, head and row -------------------------------------------


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
def test_a_role_given_by_somebody_who_could_not_is_found(name: str, scene: Scene, db: Connection) -> None:
    who, given, words = FORGED[name]
    programme = scene.world.programmes["BJ"]
    effects = {key: scene.world.people.get(value, value) if key != "role" else value for key, value in given.items()}
    effects |= {key: str(uuid.uuid4()) for key in ("absence", "via") if key in given}
    rebuild(db, programme, lambda rows: _grant(scene, rows, who, **effects))
    sql(
        db,
        "INSERT INTO memberships (id, person_id, role, programme_id, deputy_for, starts_at, absence_id, via_id)"
        " SELECT CAST(effects->>'membership' AS uuid), CAST(effects->>'person' AS uuid), effects->>'role', log_id,"
        " CAST(effects->>'deputy_for' AS uuid), at, CAST(effects->>'absence' AS uuid), CAST(effects->>'via' AS uuid)"
        f" FROM events WHERE log_id = CAST(:log AS uuid) AND seq = {LAST}",
        log=programme,
    )
    assert [words in sentence for _, sentence in not_allowed(verify_case(db, programme))] == [True]


def test_a_role_ended_by_somebody_who_could_not_is_found(scene: Scene, db: Connection) -> None:
    programme = scene.world.programmes["BJ"]
    one = sql(
        db, "SELECT id FROM memberships WHERE person_id = CAST(:person AS uuid)", person=scene.world.people["manager"]
    ).scalar_one()
    sql(db, "SET LOCAL session_replication_role = origin")
    end_role(db, str(one), by=scene.world.people["supervisor"])
    assert ["could not end this role" in sentence for _, sentence in not_allowed(verify_case(db, programme))] == [True]


@pytest.mark.parametrize("kind", ["case", "programme", "organisation", "person", "right"])
def test_a_log_moved_to_another_programme_is_found(kind: str, scene: Scene, db: Connection) -> None:
    """With its row, where that says of which programme it is."""
    log = sql(db, "SELECT id FROM logs WHERE kind = :kind ORDER BY id LIMIT 1", kind=kind).scalar_one()
    given = {"log": log, "to": scene.world.programmes["SH"]}
    sql(db, "UPDATE logs SET programme_id = CAST(:to AS uuid) WHERE id = CAST(:log AS uuid)", **given)
    if kind == "case":
        sql(db, "UPDATE cases SET programme_id = CAST(:to AS uuid) WHERE id = CAST(:log AS uuid)", **given)
    assert "head" in {one.kind for one in verify_case(db, log)}


def test_whose_log_it_is_is_said_for_every_kind() -> None:
    """The installation's own log has no row that it is the home of."""
    assert set(PROGRAMME_OF) == {*HOMES, INSTALLATION}


def test_a_hand_over_by_a_forged_owner_is_found(scene: Scene, db: Connection) -> None:
    """The row named another owner for one deed, which did not free what the true one held; what came after it did."""
    people = scene.world.people
    sql(db, "SET LOCAL session_replication_role = origin")
    number = scene.world.new_case(db)
    log = home_of(db, number)
    scene.world.fire(db, "officer", number, "take")
    task = (
        sql(db, "SELECT id FROM tasks WHERE log_id = CAST(:log AS uuid) AND state = 'Ready'", log=log).scalars().first()
    )
    claim_task(db, scene.world.actor(db, "officer"), str(task), new_request())
    sql(
        db,
        "UPDATE cases SET owner_id = CAST(:it AS uuid) WHERE id = CAST(:log AS uuid)",
        it=people["other_officer"],
        log=log,
    )
    scene.world.hand_over(db, "supervisor", number, "other_officer")
    freed = sql(
        db,
        "SELECT header->>'kind' AS kind, effects FROM events WHERE log_id = CAST(:log AS uuid) ORDER BY seq DESC LIMIT 2",
        log=log,
    ).all()
    assert [(one.kind, [state["id"] for state in one.effects.get("task_states", ())]) for one in freed] == [
        (RELIEVED, [str(task)]),
        (HANDED_OVER, []),
    ]
    assert ["does not free exactly" in sentence for _, sentence in not_allowed(verify_case(db, log))] == [True]


def test_a_membership_without_an_event_is_found(scene: Scene, db: Connection) -> None:
    sql(
        db,
        "INSERT INTO memberships (id, person_id, role, programme_id, starts_at) VALUES (gen_random_uuid(),"
        " CAST(:person AS uuid), 'supervisor', CAST(:programme AS uuid), now())",
        person=scene.world.people["officer"],
        programme=scene.world.programmes["BJ"],
    )
    [found] = verify_case(db, scene.world.programmes["BJ"])
    assert (found.kind, found.table) == ("rows", "memberships")
    assert "in no event" in found.sentence


RIGHTS = {
    "encumbrances": 'UPDATE rights SET encumbrances = \'[{"id": "x", "kind": "pledge", "to": null}]\'',
    "confirmed": "UPDATE rights SET confirmed = false",
    "expires_on": "UPDATE rights SET expires_on = '2099-01-01'",
    "in_force": "UPDATE rights SET in_force = false",
}


@pytest.mark.parametrize("column", RIGHTS)
def test_an_edited_right_is_found(column: str, scene: Scene, db: Connection) -> None:
    right = scene.world.rights[0]
    sql(db, f"{RIGHTS[column]} WHERE id = CAST(:id AS uuid)", id=right)
    assert [(one.table, one.row, one.column) for one in verify_case(db, right)] == [("rights", right, column)]


def test_an_edited_calendar_is_found(scene: Scene, db: Connection) -> None:
    programme = scene.world.programmes["BJ"]
    sql(
        db,
        "UPDATE programmes SET calendar = jsonb_set(calendar, '{version}', '9') WHERE id = CAST(:id AS uuid)",
        id=programme,
    )
    assert [(one.table, one.column) for one in verify_case(db, programme)] == [("programmes", "calendar")]


REST: dict[str, tuple[str, str]] = {
    "a case without a log": ("DELETE FROM logs WHERE id = CAST(:log AS uuid)", "orphan"),
    "a person without a log": (
        "INSERT INTO people (id, email, name) VALUES (gen_random_uuid(), 'ghost@example.org', 'Ghost')", "orphan",
    ),
    "a gap in the numbers": ("UPDATE cases SET number = replace(number, '0001', '0009')", "numbers"),
    "a case too few": ("DELETE FROM cases WHERE id = CAST(:log AS uuid)", "numbers"),
    "a counter turned on": ("UPDATE numbers SET last = last + 1", "numbers"),
    "an edition's rules": ("UPDATE editions SET rules = rules || '{\"initial\": \"closed\"}'", "edition"),
    "a request of no event": (
        "INSERT INTO requests (actor_id, key, digest, status, log_id, seq) VALUES (gen_random_uuid(), 'key', '', 200,"
        " CAST(:log AS uuid), 4)", "request",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REST)
def test_what_no_single_log_can_tell_is_found(name: str, scene: Scene, db: Connection) -> None:
    statement, kind = REST[name]
    sql(db, statement, **({"log": scene.log} if ":log" in statement else {}))
    found = list(check_rest(db))
    assert kind in {one.kind for one in found}, found


def test_a_log_without_events_is_found(scene: Scene, db: Connection) -> None:
    log = sql(db, "SELECT gen_random_uuid()").scalar_one()
    sql(
        db,
        "INSERT INTO logs (id, kind, seq, head, last_at) VALUES (CAST(:id AS uuid), 'case', 0, :head, now())",
        id=log,
        head=genesis(log),
    )
    assert [one.kind for one in verify_case(db, log)] == ["empty"]


def test_an_edition_whose_file_is_gone_is_read_from_the_database(
    scene: Scene, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(point_in_time, "load_library", lambda: Library({}, {}))
    assert verify_case(db, scene.log) == []
    sql(db, "DELETE FROM editions WHERE workflow = 'case'")
    assert all("unknown" in sentence for _, sentence in not_allowed(verify_case(db, scene.log)))


# --- what the database itself refuses --------------------------------------------------------------------------------

REWRITES = ("UPDATE events SET kind = 'x'", "DELETE FROM events", "TRUNCATE events")


@pytest.mark.parametrize("statement", REWRITES)
def test_the_application_may_not_rewrite_events(statement: str, engine: Engine) -> None:
    with pytest.raises(DBAPIError, match="permission denied"), transaction(engine) as db:
        db.execute(text(statement))


@pytest.mark.parametrize("statement", REWRITES)
def test_the_trigger_refuses_it_to_the_owner_as_well(statement: str, owner_engine: Engine, engine: Engine) -> None:
    with transaction(engine) as db:
        build_world(db)
    with pytest.raises(DBAPIError) as told, transaction(owner_engine) as db:
        db.execute(text(statement))
    assert "permission denied" not in str(told.value)


# --- the command -----------------------------------------------------------------------------------------------------


def _verify(scene: Scene, *arguments: str) -> Any:
    return run_casework("verify", *arguments, environment={"DATABASE_URL": str(scene.settings.database_url)})


def test_the_command_says_that_nothing_is_wrong(scene: Scene) -> None:
    done = _verify(scene)
    assert (done.returncode, done.stdout.endswith("nothing is wrong.\n")) == (0, True), done.stdout
    one = json.loads(_verify(scene, scene.number, "--json").stdout)
    assert (one["logs"], one["faults"]) == (1, [])


def test_the_command_names_case_event_and_fault_and_exits_with_1(scene: Scene) -> None:
    statement = "UPDATE tasks SET due_at = due_at + CAST(:by AS interval) WHERE log_id = CAST(:log AS uuid)"
    with transaction(scene.superuser) as db:
        sql(db, statement, by=timedelta(days=1), log=scene.log)
    try:
        done = _verify(scene, scene.number)
        assert done.returncode == 1
        assert f"{scene.number} [rows] tasks.due_at" in done.stdout
        told = json.loads(_verify(scene, "--json").stdout)
        assert {(one["number"], one["table"], one["column"]) for one in told["faults"]} == {
            (scene.number, "tasks", "due_at")
        }
    finally:
        with transaction(scene.superuser) as db:
            sql(db, statement, by=timedelta(days=-1), log=scene.log)
