"""Every column of every table is covered by the verification, or listed with the reason why not: each one is changed here."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import ARRAY, Boolean, Column, Connection, Date, DateTime, Engine, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR, UUID

from casework.operations.auth import identities, passkeys, second_factor
from casework.operations.auth.openid import Claims
from casework.operations.catalogue.importer import import_records
from casework.operations.catalogue.ip_rights import set_belonging
from casework.operations.core import access_log
from casework.operations.core.encryption import SecretBox
from casework.operations.core.notification_preferences import set_telling
from casework.operations.core.perform import home_of
from casework.operations.documents.storage import DocumentStore
from casework.operations.history.point_in_time import Past
from casework.operations.letters.service import Written
from casework.operations.oversight import case_hygiene
from casework.operations.oversight.reports import freeze_report
from casework.operations.people import letterheads, programme_lists, public_catalogues, registry
from casework.operations.people.account_recovery import ask_recovery, decide_recovery, use_recovery
from casework.operations.privacy.legal_holds import end_hold, place_hold
from casework.operations.results.public_figures import publish_figures
from casework.operations.tasks.allocation import choose_allocation
from casework.operations.tasks.skills import set_skills
from casework.operations.verification.access_log import check_readings
from casework.operations.verification.coverage import CHAIN, COUNTED, COVERED, DIGEST, ENTRY, FOLD, TREE, columns_of
from casework.operations.verification.database import check_rest
from casework.operations.verification.rows import HOMES, Finding
from casework.operations.verification.sequencer import sequence
from casework.operations.verification.service import check_one, verify_all
from casework.operations.verification.tree_judgement import check_tree
from casework.operations.verification.witness_judgement import check_witnesses
from casework.operations.verification.witnesses import end_witness, name_witness, take_cosignature
from casework.playbook.stretches import BASELINE, verified
from casework.records.blob_store import Store
from casework.records.case_loader import load
from casework.records.database import connect_engine, transaction
from casework.records.register_entries import REGISTERS
from casework.records.tables import metadata
from casework.records.tree_tiles import newest_checkpoint
from casework_verify.witnesses import new_secret
from tests.journeys.journey import Journey
from tests.operations.documents.test_grants import Scene as Shared
from tests.support.additions import show_burden
from tests.support.databases import DatabaseServer
from tests.support.scene import make_things
from tests.support.world import World, build_world, new_request, note_rows

SECRET = "a secret key of the tests, long enough"


@dataclass(frozen=True)
class Scene:
    engine: Engine
    superuser: Engine


@pytest.fixture(scope="module")
def scene(
    database_server: DatabaseServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    """A world with a row in every table that is covered."""
    name, var = database_server.create(template_database), tmp_path_factory.mktemp("covered")
    settings = database_server.settings(name, var)
    engine = connect_engine(settings)
    superuser = connect_engine(
        settings.model_copy(update={"owner_database_url": database_server.url(name)}), role="owner"
    )
    with transaction(engine) as db:
        world = build_world(db)
    # An attestation rests on a checkpoint.
    sequence(engine, settings)
    with transaction(engine) as db:
        here = make_things(world, db)["here"]
    with transaction(engine) as db:
        _fill(db, world, here["number"], here["mediation"])
        world.accept(db, here["number"], here["referral"])
        Shared(db, world, here["number"], here["referral"]).share()
        world.write(db, "officer", load(db, home_of(db, here["number"]), "case"), tell=["supervisor"])
    with transaction(engine) as db:
        _record_effect(db, world)
    document_store = DocumentStore(engine, Store(f"file://{var}/documents"), SecretBox([SECRET]))
    world.send_letter(document_store, here["number"], Written("reminder", here["referral"], "en"), sure=True)
    import_records(engine, "past_projects", io.BytesIO(PAST), programme="BJ")
    document = world.hand_in(document_store, here["number"])
    show_burden(document_store, world, here["right"], here["burden"])
    with transaction(engine) as db:
        access_log.note_document(db, world.actor(db, "officer"), "/documents", here["number"], document)
        supervisor = world.actor(db, "supervisor")
    freeze_report(engine, supervisor, world.programmes["BJ"], request=new_request())
    sequence(engine, settings)
    with transaction(engine) as db:
        _witness(db, world)
    yield Scene(engine, superuser)
    engine.dispose()
    superuser.dispose()
    database_server.drop(name)


PAST = (
    b"external_id,title,title_zh,need_owner,technology_owner,district,started_on,ended_on,outcome,contract_value,contract_currency,effect\n"
    b"P1,Boiler,\xe9\x94\x85\xe7\x82\x89,Heat Works,Kiln Works,Haidian,2021-03-01,2023-05-31,deployed_measured,1200000,CNY,-18 % gas\n"
)


def _witness(db: Connection, world: World) -> None:
    """One that has signed the tree and was ended."""
    auditor, secret, newest = (
        world.actor(db, "auditor"),
        new_secret("witness.example/w1", bytes(32)),
        newest_checkpoint(db),
    )
    assert newest is not None
    named = name_witness(db, auditor, secret.witness.line, new_request()).answer["id"]
    signed = newest.note + secret.cosign(newest.note, int(newest.made_at.timestamp()))
    assert take_cosignature(db, auditor, signed, new_request()).answer["taken"]
    end_witness(db, auditor, str(named), new_request())


def _fill(db: Connection, world: World, number: str, mediation: str) -> None:
    officer, auditor = world.actor(db, "officer"), world.actor(db, "auditor")
    programme = world.programmes["BJ"]
    owners = [{"organisation": world.organisations["bank"], "share": "60"}]
    set_belonging(db, officer, world.rights[1], owners=owners, request=new_request())
    registry.register_phase(db, programme, name="Phase 1", name_zh=None, starts_on=date(2026, 1, 1))
    letterheads.set_letterhead(
        db,
        world.actor(db, "supervisor"),
        programme,
        fields={"office": "Office", "number_form": "{year}-{n}"},
        reason="As the office is called.",
        request=new_request(),
    )
    shown = {"open": True, "contact": "Office 3"}
    public_catalogues.set_catalogue(
        db, world.actor(db, "supervisor"), programme, fields=shown, reason=None, request=new_request()
    )
    figures = {"as_of": {"at": "2026-09-30T15:59:59Z", "programme": programme}, "definitions": 2, "figures": {}}
    publish_figures(db, world.actor(db, "supervisor"), programme, figures, new_request())
    programme_lists.set_entry(
        db,
        world.actor(db, "administrator"),
        programme,
        "sectors",
        fields={"code": "steel", "label": "Steel", "label_zh": "钢铁"},
        reason=None,
        request=new_request(),
    )
    held = place_hold(db, world.actor(db, "compliance"), programme=programme, reason="A suit.", request=new_request())
    end_hold(db, world.actor(db, "supervisor"), str(held.answer["id"]), reason="Settled.", request=new_request())
    second_factor.begin(db, officer, "officer@example.org", SecretBox([SECRET]))
    second_factor.new_codes(db, officer.person)
    db.execute(
        text(
            "INSERT INTO passkeys (id, person_id, name, credential, public_key, sign_count)"
            " VALUES (gen_random_uuid(), CAST(:id AS uuid), 'Phone', 'c', 'k', 1)"
        ),
        {"id": officer.person},
    )
    note_rows(db, "passkeys")
    who = Claims(
        issuer="https://id.example.org", subject="one", email=None, sid=None, auth_time=None, methods=frozenset()
    )
    identities.link(db, officer.person, who)
    db.execute(
        text(
            "INSERT INTO organisation_screenings (id, organisation_id, programme_id, result, checked_on, lists, made_at)"
            " VALUES (gen_random_uuid(), CAST(:id AS uuid), CAST(:programme AS uuid), 'clear', :today, 'EU, UN', casework_now())"
        ),
        {"id": world.organisations["need_owner"], "programme": programme, "today": date(2026, 1, 1)},
    )
    note_rows(db, "organisation_screenings")
    _let_in(db, world, officer.person)
    set_telling(db, officer, {}, quiet=True)
    case_hygiene.check_programme(db, programme)
    for n in range(3):
        access_log.note_reading(db, auditor, f"/cases?words={n}")
        access_log.note_sealed(db, world.actor(db, "dispute_officer"), mediation, "/mediations")
    assert passkeys.list_passkeys(db, officer)
    supervisor = world.actor(db, "supervisor")
    choose_allocation(
        db, supervisor, scope=programme, queue="officer", strategy="round_robin", cap=3, request=new_request()
    )
    set_skills(
        db,
        supervisor,
        scope=programme,
        person=officer.person,
        fields=["steam"],
        languages=["en"],
        services=[],
        request=new_request(),
    )


def _record_effect(db: Connection, world: World) -> None:
    """A case whose technology was assessed, with a baseline of its site."""
    cast = {
        **world.people,
        "programme": world.programmes["BJ"],
        "institute": world.organisations["lab"],
        "assessor": world.people["provider"],
        "main": world.new_match(db),
    }
    Journey(db, cast).run([*verified(), *BASELINE])


def _let_in(db: Connection, world: World, person: str) -> None:
    """Somebody is let in again by two persons, after a first asking that was not decided."""
    administrator, supervisor = world.actor(db, "administrator"), world.actor(db, "supervisor")
    given: dict[str, Any] = {"person": person, "means": ["password"], "reason": "Seen at the desk."}
    ask_recovery(db, administrator, **given, request=new_request())
    asked = ask_recovery(db, administrator, **given, request=new_request()).answer
    agreed = decide_recovery(db, supervisor, asked["id"], agree=True, request=new_request()).answer
    assert use_recovery(db, SecretBox([SECRET]), "officer@example.org", asked["half"], agreed["half"])


@pytest.fixture
def attack(scene: Scene) -> Iterator[Connection]:
    """A superuser's transaction: no triggers, no constraints, rolled back at the end."""
    with scene.superuser.connect() as db, db.begin() as tried:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        db.execute(text("SET LOCAL statement_timeout = 0"))
        for row in db.execute(
            text(
                "SELECT conrelid::regclass AS place, conname FROM pg_constraint WHERE "
                "contype IN ('c', 'f', 'u') AND connamespace = 'public'::regnamespace ORDER BY contype"
            )
        ).all():
            db.execute(text(f'ALTER TABLE {row.place} DROP CONSTRAINT "{row.conname}"'))
        yield db
        tried.rollback()


def test_every_table_is_listed() -> None:
    assert set(COVERED) == set(metadata.tables)


def test_what_is_left_out_is_there_and_has_its_reason() -> None:
    for table, cover in COVERED.items():
        assert set(cover.left) <= set(metadata.tables[table].columns.keys()), table
        assert all(cover.left.values()), table
        assert (cover.by is None) == bool(cover.why), table


def test_a_world_with_a_row_in_each_table_verifies(scene: Scene) -> None:
    assert list(verify_all(scene.engine)) == []


def other(column: Column[Any]) -> str:
    """Another value for a column, as an expression of SQL."""
    name, kind = f'"{column.name}"', column.type
    if isinstance(kind, ARRAY):
        more = (
            "gen_random_uuid()"
            if isinstance(kind.item_type, UUID)
            else "'x'"
            if isinstance(kind.item_type, Text)
            else "7"
        )
        return f"array_append({name}, {more})"
    if isinstance(kind, JSONB):
        return """'{"x": "x"}'"""
    if isinstance(kind, UUID):
        return "gen_random_uuid()"
    if isinstance(kind, Boolean):
        return f"NOT coalesce({name}, false)"
    if isinstance(kind, DateTime | Date):
        return f"coalesce({name}, '2026-01-01') + interval '1 day'"
    if isinstance(kind, LargeBinary):
        return r"'\x00'"
    if isinstance(kind, TSVECTOR):
        return f"{name} || 'x'"
    return f"coalesce({name}, '') || 'x'" if isinstance(kind, Text) else f"coalesce({name}, 0) + 1000"


def logs_of(db: Connection, table: str, row: dict[str, Any]) -> list[str]:
    """The logs that a row's ids name; the installation's for what belongs to it."""
    ids = sorted({str(one) for one in row.values() if isinstance(one, str) and len(one) == 36})
    given = {"ids": ids, "alone": table in REGISTERS and REGISTERS[table].home is None}
    which = "id::text = ANY(:ids) OR :alone AND kind = 'installation'"
    return list(db.execute(text(f"SELECT id FROM logs WHERE {which} ORDER BY id"), given).scalars())


#: Rows of which more is known than of others: a request that was for a case.
_WHICH = {
    "documents": "numbered IS NOT NULL",
    "requests": "log_id IS NOT NULL",
    "logs": "kind = 'case'",
    "events": "seq = 2",
}


@pytest.mark.parametrize("table", [table for table in COVERED if columns_of(table)])
def test_a_change_of_any_covered_column_is_found(table: str, scene: Scene, attack: Connection) -> None:
    row = one_of(attack, table)
    logs, missed = logs_of(attack, table, row.told), []
    for column in columns_of(table):
        with attack.begin_nested() as tried:
            value = other(metadata.tables[table].columns[column])
            changed = attack.execute(
                text(f'UPDATE {table} SET "{column}" = {value} WHERE ctid = CAST(:place AS tid)'), {"place": row.place}
            )
            assert changed.rowcount == 1
            if not any(names(one, table, column) for one in look(attack, logs)):
                missed.append(column)
            tried.rollback()
    assert missed == []


ROWS = [table for table, cover in COVERED.items() if cover.by in (CHAIN, FOLD, ENTRY, DIGEST)]


@pytest.mark.parametrize("table", ROWS)
def test_a_row_that_was_taken_out_is_found(table: str, scene: Scene, attack: Connection) -> None:
    row = one_of(attack, table)
    logs = logs_of(attack, table, row.told)
    attack.execute(text(f"DELETE FROM {table} WHERE ctid = CAST(:place AS tid)"), {"place": row.place})
    assert any(one.table in (table, None) or table in HOMES.values() for one in look(attack, logs))


@pytest.mark.parametrize("table", ROWS)
def test_a_row_that_was_put_in_is_found(table: str, scene: Scene, attack: Connection) -> None:
    """One like another, under a key of its own: where the key is a log's, of a log that is not there."""
    row = one_of(attack, table)
    key = list(metadata.tables[table].primary_key.columns)[-1]
    unique = text(
        "SELECT indexrelid::regclass FROM pg_index WHERE indrelid = CAST(:table AS regclass) AND indisunique AND NOT indisprimary"
    )
    for index in attack.execute(unique, {"table": table}).scalars().all():
        attack.execute(text(f"DROP INDEX {index}"))
    # What the database makes itself cannot be given.
    given = ", ".join(f'"{column.name}"' for column in metadata.tables[table].columns if column.computed is None)
    put = f"""INSERT INTO {table} ({given}) SELECT {given} FROM (
            SELECT (jsonb_populate_record(x, jsonb_build_object('{key.name}', {other(key)}))).* FROM {table} x
            WHERE ctid = CAST(:place AS tid)
        ) y RETURNING to_jsonb({table})"""
    new = attack.execute(text(put), {"place": row.place}).scalar_one()
    logs = sorted({*logs_of(attack, table, row.told), *logs_of(attack, table, new)})
    assert any(one.table in (table, None) or table in HOMES.values() for one in look(attack, logs))


def one_of(db: Connection, table: str) -> Any:
    which = _WHICH.get(table, "true")
    row = db.execute(
        text(f"SELECT ctid::text AS place, to_jsonb(x) AS told FROM {table} x WHERE {which} LIMIT 1")
    ).one_or_none()
    assert row is not None, f"the world has no row in {table}"
    return row


def look(db: Connection, logs: list[str]) -> Iterator[Finding]:
    """What the verification says of these logs, and of what is in none: a part of what it says of everything."""
    past = Past(db)
    yield from check_rest(db)
    yield from check_witnesses(db, past)
    yield from check_readings(db, past)
    yield from check_tree(db)
    for log in logs:
        yield from check_one(db, log, past).findings


def names(found: Finding, table: str, column: str) -> bool:
    """Whether a finding is of this table, and where its values are told, of this column."""
    if COVERED[table].by == TREE:
        return found.kind in ("checkpoint", "leaf", "tree")
    if table in ("events", "logs") or COVERED[table].by == COUNTED:
        return True
    if COVERED[table].by == DIGEST:
        return found.table == table
    return found.table == table and found.column in (column, None)
