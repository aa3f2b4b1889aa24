"""Carrying out an erasure: words leave the history for their hashes, rows lose them, and each log says that it happened.

The search and the action are one transaction; it is repeated until nothing is found any more, and only then is the erasure
done. Nobody decides here: two persons have.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from typing import TypeAlias

from sqlalchemy import Connection, Engine, text

from casework.engine.roles import Role
from casework.engine.state.effects_schema import ErasedWords
from casework.engine.state.events import ERASED, SYSTEM_ACTOR, Event
from casework.engine.state.projection import evolve
from casework.engine.state.register_effects import RegisterEffects
from casework.engine.two_person import AGREED
from casework.json_values import JsonObject
from casework.ledger.redactable_bodies import ERASED_WORDS, erase
from casework.operations.audit import finding_rows
from casework.operations.auth.throttling import account_hash
from casework.operations.catalogue import ip_rights
from casework.operations.catalogue.named_files import drop_naming
from casework.operations.core import record_log
from casework.operations.core.catalogue_index import follow_records
from casework.operations.core.perform import write
from casework.operations.core.register_log import append
from casework.operations.oversight.figure_facts import forget_facts
from casework.operations.people.invitation_rules import INVITED
from casework.operations.privacy import erasure_requests
from casework.operations.privacy.legal_holds import wait_for_holds
from casework.operations.privacy.personal_data import Naming
from casework.operations.privacy.personal_texts import (
    ABOUT_ONE,
    DIFFER,
    WORDY,
    NamingEvent,
    find_texts,
    names_in,
    worded,
)
from casework.operations.privacy.retention import YEARS, find_duties
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.records.event_log import Log, lock_log, lock_logs, read_register
from casework.records.register_entries import MARK as FIELD_MARK
from casework.records.register_entries import REGISTERS, body_of, key_of

GONE = ERASED_WORDS
#: So often it looks again whether something new names the person, before it leaves that to the next time.
ROUNDS = 5


#: By the digest of each sealed file of the archive whether it names a person, or cannot be read; those that were looked at are left out.
Look: TypeAlias = Callable[[Naming, Collection[str]], Mapping[str, bool]]
#: The words of an erasure.
_WORDS = text("SELECT words FROM erasures WHERE id = CAST(:id AS uuid)")
#: The sealed files of the archive.
_SEALED = text("SELECT archived_as FROM cases WHERE archived_as IS NOT NULL ORDER BY archived_as")


class StillNamed(Exception):
    """People go on writing of the person; it is looked for again later."""


def list_agreed(db: Connection, *, but: str, most: int) -> list[str]:
    """Erasures to which two persons agreed and which wait to be carried out; `but` leaves some out, of `e`."""
    statement = (
        f"SELECT e.id FROM erasures e WHERE e.state = 'agreed' AND {but} ORDER BY e.decided_at, e.id LIMIT :most"
    )
    return list(db.execute(text(statement), {"most": most}).scalars())


def carry_out(engine: Engine, erasure: str, *, years: int = YEARS, look: Look | None = None) -> None:
    """Everything that names the person goes; what must be kept by now refuses it. `look` says which sealed files of the archive name them:
    these stay as they are, and the end of the erasure tells which. Raises StillNamed."""
    seen: dict[str, bool] = {}
    for _ in range(ROUNDS):
        if look is not None:
            # Before the rows are locked: to open them takes its time.
            with transaction(engine) as db:
                words = db.execute(_WORDS, {"id": erasure}).scalar_one()
            seen |= look(Naming(tuple(words or ())), seen)
        with transaction(engine) as db:
            if _round(db, erasure, years, None if look is None else seen):
                return
    raise StillNamed


def _round(db: Connection, erasure: str, years: int, seen: Mapping[str, bool] | None) -> bool:
    """Take out what there is; gives whether there was nothing left, upon which the erasure is done."""
    db.execute(text("SET LOCAL statement_timeout = 0"))
    wait_for_holds(db)
    log = lock_log(db, erasure)
    row = db.execute(text("SELECT * FROM erasures WHERE id = CAST(:id AS uuid)"), {"id": erasure}).one()
    if row.state != AGREED:
        return True
    named = Naming(tuple(row.words))
    if duties := find_duties(db, row.person_id, named, years=years):
        kept = [duty.as_json() for duty in duties]
        erasure_requests.append_action(db, log, erasure_requests.REFUSED_IT, {"kept": kept}, {})
        return True
    events_of = find_texts(db, row.person_id, named)
    elsewhere = {id: events for id, events in events_of.items() if id != erasure}
    # Logs before rows, as whoever writes into both does.
    lock_logs(db, list(elsewhere))
    renamed = _erase_account(db, row.person_id) if row.person_id else False
    count, again = _redact(db, erasure, named)
    for id, events in elsewhere.items():
        again.setdefault(id, set()).update(_entries_of(events))
    for id, other in lock_logs(db, [*elsewhere, *again]).items():
        _erase_in(db, erasure, other, elsewhere.get(id, []), again.get(id, set()))
    sealed = list(db.execute(_SEALED).scalars())
    if elsewhere or renamed or count or (seen is not None and not set(sealed) <= seen.keys()):
        return False
    # What nobody looked at may name the person.
    naming = [one for one in sealed if (seen or {}).get(one, True)]
    # Its own words last: until here they were looked for.
    _erase_in(db, erasure, log, events_of.get(erasure, []), set())
    erasure_requests.append_action(
        db, lock_log(db, erasure), erasure_requests.CARRIED_OUT, {"person": row.person_id, "sealed": naming}, {}
    )
    return True


# --- the history -----------------------------------------------------------------------------------------------------


def _entries_of(events: list[NamingEvent]) -> set[tuple[str, str]]:
    """The entries of registers, by table and key, of which something goes: the history must say anew what stands there."""
    parts = (name.partition(FIELD_MARK) for event in events for name in event.fields)
    return {(table, key) for table, mark, key in parts if mark}


def _erase_in(
    db: Connection, erasure: str, log: Log, events: list[NamingEvent], again: Collection[tuple[str, str]]
) -> None:
    """Take the words out of a log's events, write down in it that this was done, and bring its rows after it.

    `again`: the entries of which it says anew what stands there, now that the words are gone; of a need or a technology its columns.
    """
    if not events and not again:
        return
    for naming in events:
        bare = erase(naming.body, naming.fields)
        hashes = {name: bare[name]["hash"] for name in naming.fields}
        db.execute(
            text("SELECT casework_erase(CAST(:erasure AS uuid), CAST(:log AS uuid), :seq, CAST(:hashes AS jsonb))"),
            {"erasure": erasure, "log": log.id, "seq": naming.seq, "hashes": json.dumps(hashes)},
        )
    erased: ErasedWords = {
        "fields": [(naming.seq, name) for naming in events for name in naming.fields],
        "title": any(naming.seq == 1 and "title" in naming.fields for naming in events),
        "names": sorted(
            file["id"] for naming in events if "file" in naming.fields for file in naming.effects.get("files", ())
        ),
    }
    body: JsonObject = {}
    if log.kind in record_log.TABLES:
        body = record_log.retold(db, log, {column for _, column in again})
        # Where the words are gone nobody finds the record by them.
        follow_records(db, log.kind, [log.id])
    else:
        for table, key in sorted(again):
            body |= body_of(db, table, log.id, [key])
    # Of it no words are kept; nor does anything older than what was taken out.
    forget_facts(db, [log.id])
    if log.kind in ("case", "mediation"):
        case = load(db, log.id, log.kind)
        event = Event(
            log=log.id,
            seq=log.seq + 1,
            at=log.now,
            kind=ERASED,
            actor=SYSTEM_ACTOR,
            role=Role.SYSTEM,
            effects={"erasure": erasure, "erased": erased},
            body=body,
        )
        write(db, log, case, evolve(case, event), [event])
        return
    effects: RegisterEffects = {"erasure": erasure, "erased": erased}
    append(db, log, [log.next_event(ERASED, SYSTEM_ACTOR, role=Role.SYSTEM, effects=effects, body=body)])
    _bring_rows(db, log, events)
    db.execute(_NAMELESS, {"files": erased["names"]})


#: Files of registers without their names, which named the person.
_NAMELESS = text("UPDATE files SET name = NULL WHERE id = ANY(CAST(:files AS uuid[]))")


def _bring_rows(db: Connection, log: Log, events: list[NamingEvent]) -> None:
    """The rows that repeat what a register's events say."""
    if log.kind == "finding":
        finding_rows.fold_again(db, log.id)
    if log.kind == "erasure":
        erasure_requests.write_row(db, erasure_requests.fold(read_register(db, log.id)))
    if log.kind == "right":
        ip_rights.write_row(db, log.id)
    for event in events:
        if event.kind == INVITED:
            gone = ", ".join(f"{name} = NULL" for name in ("email", "name") if name in event.fields)
            db.execute(
                text(f"UPDATE invitations SET {gone} WHERE id = CAST(:id AS uuid)"), {"id": event.effects["invitation"]}
            )


# --- the account -----------------------------------------------------------------------------------------------------

#: What is a person's own and nobody's duty: it goes whole. Notices first, for they point to mails.
OWN = (
    "checkpoint_mails",
    "figure_mails", "notifications", "notification_preferences", "drafts", "saved_views", "looks", "follows", "sessions", "tokens",
    "passkeys", "second_factors", "recovery_codes", "challenges", "password_links", "recoveries",
    "identities", "provider_flows",
)  # fmt: skip


def _erase_account(db: Connection, person: str) -> bool:
    """Nothing is left of an account but its id and a number; gives whether that was done now."""
    row = db.execute(
        text("SELECT email, erased_at FROM people WHERE id = CAST(:id AS uuid) FOR NO KEY UPDATE"), {"id": person}
    ).one()
    if row.erased_at is not None:
        return False
    # Nobody is mailed any more what a view of that person shows, nor asks for it meanwhile.
    db.execute(
        text("SELECT FROM saved_views WHERE person_id = CAST(:id AS uuid) ORDER BY id FOR UPDATE"), {"id": person}
    )
    db.execute(
        text(
            "DELETE FROM figure_mails WHERE view_id IN (SELECT id FROM saved_views WHERE person_id = CAST(:id AS uuid))"
        ),
        {"id": person},
    )
    for table in OWN:
        db.execute(text(f"DELETE FROM {table} WHERE person_id = CAST(:id AS uuid)"), {"id": person})
    db.execute(text("DELETE FROM sign_in_attempts WHERE account = :account"), {"account": account_hash(row.email)})
    db.execute(
        text(
            "UPDATE mails SET tries = '[]', state = CASE state WHEN 'queued' THEN 'cancelled' ELSE state END"
            " WHERE person_id = CAST(:id AS uuid)"
        ),
        {"id": person},
    )
    db.execute(
        text(
            "UPDATE people SET name = 'Erased person ' || n.n, name_zh = '已抹除人员 ' || n.n, email = 'erased-' || n.n || '@invalid',"
            " password_hash = NULL, language = 'en', zone = 'UTC', theme = 'auto', single_keys = true, tour_seen = false,"
            " list_columns = '{}', active = false, erased_at = casework_now()"
            " FROM (SELECT 1 + count(*) AS n FROM people WHERE erased_at IS NOT NULL) n WHERE id = CAST(:id AS uuid)"
        ),
        {"id": person},
    )
    return True


# --- rows that are no history ----------------------------------------------------------------------------------------


def _drop_drafts(db: Connection, named: Naming) -> int:
    """Drafts lie sealed, and go whole where they name the person; gives how many."""
    rows = db.execute(text("SELECT person_id, form, data FROM drafts ORDER BY person_id, form")).all()
    gone = [row for row in rows if named.in_value(row.data) or named.in_text(row.form)]
    for row in gone:
        db.execute(
            text("DELETE FROM drafts WHERE person_id = CAST(:person AS uuid) AND form = :form"),
            {"person": row.person_id, "form": row.form},
        )
    return len(gone)


def _drop_typed(db: Connection, named: Naming) -> int:
    """The same of what parties and enterprises typed behind their links."""
    dropped = 0
    for rows, drop in ((_TYPED_BY_PARTIES, _DROP_OF_PARTY), (_TYPED_BESIDE, _DROP_BESIDE)):
        gone = [row.id for row in db.execute(rows).all() if named.in_value(row.typed)]
        for id in gone:
            db.execute(drop, {"id": id})
        dropped += len(gone)
    return dropped


#: What parties typed behind their links.
_TYPED_BY_PARTIES = text("SELECT link_id AS id, typed FROM party_link_secrets WHERE typed IS NOT NULL ORDER BY link_id")
#: What enterprises and owners typed behind links beside the cases.
_TYPED_BESIDE = text("SELECT id, typed FROM office_link_secrets WHERE typed IS NOT NULL ORDER BY id")
#: Takes that away.
_DROP_OF_PARTY = text("UPDATE party_link_secrets SET typed = NULL WHERE link_id = CAST(:id AS uuid)")
#: Takes that away.
_DROP_BESIDE = text("UPDATE office_link_secrets SET typed = NULL WHERE id = CAST(:id AS uuid)")


def _without(table: str, name: str, kind: str) -> str:
    """A column without the words that name the person; where a rule wants two rows to differ in it, by their ids."""
    if table in ABOUT_ONE:
        return f'CASE WHEN "{name}" IS NOT NULL THEN :gone END'
    left = f"CAST(regexp_replace(CAST(\"{name}\" AS text), :named, :gone, 'gi') AS {kind})"
    if DIFFER.get(table) == name:
        return f'CASE WHEN "{name}" ~* :named THEN {left} || \' \' || right(CAST(id AS text), 8) ELSE "{name}" END'
    return left


def _named_columns(table: str) -> str:
    """Of a need or a technology, whose log is its own, the columns that name the person."""
    named = ", ".join(f"CASE WHEN CAST(\"{name}\" AS text) ~* :named THEN '{name}' END" for name, _ in worded(table))
    return f"SELECT x.id, array_remove(ARRAY[{named}], NULL) AS columns FROM {table} x WHERE {names_in(table)}"


def _redact(db: Connection, erasure: str, named: Naming) -> tuple[int, dict[str, set[tuple[str, str]]]]:
    """Take the words out of every row that names the person; gives how many did, and the entries among them by log."""
    again: dict[str, set[tuple[str, str]]] = {}
    # What was looked at stays; what was searched for goes. The application itself may not change what it noted there.
    statement = text("SELECT casework_erase_readings(CAST(:erasure AS uuid), :named)")
    count: int = db.execute(statement, {"erasure": erasure, "named": named.everywhere}).scalar_one()
    count += _drop_drafts(db, named) + _drop_typed(db, named) + drop_naming(db, named.in_text)
    for table in record_log.TABLES.values():
        for row in db.execute(text(_named_columns(table)), {"named": named.everywhere}):
            again.setdefault(row.id, set()).update((table, column) for column in row.columns)
    for table in WORDY:
        columns = list(worded(table))
        sets = ", ".join(f'"{name}" = {_without(table, name, kind)}' for name, kind in columns)
        returning = (
            f" RETURNING x.{REGISTERS[table].home} AS home, {key_of(table)} AS key" if table in REGISTERS else ""
        )
        done = db.execute(
            text(f"UPDATE {table} x SET {sets} WHERE {names_in(table)}{returning}"),
            {"named": named.everywhere, "gone": GONE},
        )
        count += done.rowcount
        for row in done if returning else ():
            again.setdefault(row.home, set()).add((table, row.key))
    return count, again
