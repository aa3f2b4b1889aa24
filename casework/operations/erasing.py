"""Carrying out an erasure: words leave the history for their hashes, rows lose them, and each log says that it happened.

The search and the deed are one transaction; it is repeated until nothing is found any more, and only then is the erasure
done. Nobody decides here: two persons have.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, Connection, Engine, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from casework.engine.events import ERASED, SYSTEM_ACTOR
from casework.engine.evolve import evolve
from casework.engine.roles import SYSTEM
from casework.ledger.bodies import erase
from casework.operations import erasures, findings
from casework.operations.attempts import account_hash
from casework.operations.deeds import write
from casework.operations.duties_to_keep import YEARS, find_duties
from casework.operations.invited import INVITED
from casework.operations.naming import Naming
from casework.operations.registers import CHANGED, REGISTERED, append
from casework.records.cases import load
from casework.records.database import transaction
from casework.records.logs import Log, lock_log, lock_logs, read_events
from casework.records.sealing import MARK
from casework.records.tables import metadata

Json = Any

#: What stands in a text where a person was named.
GONE = "[erased]"
#: So often it looks again whether something new names the person, before it leaves that to the next time.
ROUNDS = 5


class StillNamed(Exception):
    """People go on writing of the person; it is looked for again later."""


def list_agreed(db: Connection, *, but: str, most: int) -> list[str]:
    """Erasures to which two persons agreed and which wait to be carried out; `but` leaves some out, of `e`."""
    statement = f"SELECT e.id FROM erasures e WHERE e.state = 'agreed' AND {but} ORDER BY e.decided_at, e.id LIMIT :most"
    return list(db.execute(text(statement), {"most": most}).scalars())


def carry_out(engine: Engine, erasure: str, *, years: int = YEARS) -> None:
    """Everything that names the person goes; what must be kept by now refuses it. Raises StillNamed."""
    for _ in range(ROUNDS):
        with transaction(engine) as db:
            if _round(db, erasure, years):
                return
    raise StillNamed


def _round(db: Connection, erasure: str, years: int) -> bool:
    """Take out what there is; gives whether there was nothing left, upon which the erasure is done."""
    db.execute(text("SET LOCAL statement_timeout = 0"))
    log = lock_log(db, erasure)
    row = db.execute(text("SELECT * FROM erasures WHERE id = CAST(:id AS uuid)"), {"id": erasure}).one()
    if row.state != erasures.AGREED:
        return True
    named = Naming(tuple(row.words))
    if duties := find_duties(db, row.person_id, named, years=years):
        erasures.append_deed(db, log, erasures.REFUSED_IT, {"kept": duties}, {})
        return True
    found = _find(db, row.person_id, named)
    elsewhere = {id: told for id, told in found.items() if id != erasure}
    if elsewhere:
        for id, one in lock_logs(db, list(elsewhere)).items():
            _erase_in(db, erasure, one, elsewhere[id])
    renamed = _erase_account(db, row.person_id) if row.person_id else False
    if elsewhere or renamed or _redact(db, erasure, named):
        return False
    # Its own words last: until here they were looked for.
    _erase_in(db, erasure, log, found.get(erasure, []))
    erasures.append_deed(db, lock_log(db, erasure), erasures.CARRIED_OUT, {"person": row.person_id}, {})
    return True


# --- the history -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Naming:
    """An event whose body names the person, and in which fields."""

    seq: int
    kind: str
    effects: Mapping[str, Json]
    body: Mapping[str, Mapping[str, Json]]
    fields: tuple[str, ...]


_EVENTS = text("""
    SELECT e.log_id, l.kind AS log_kind, e.seq, e.kind, e.effects, e.body FROM events e JOIN logs l ON l.id = e.log_id
    WHERE e.body::text ~* :named OR e.log_id = CAST(:person AS uuid) OR e.body::text LIKE :sealed ORDER BY e.log_id, e.seq
""")


def _find(db: Connection, person: str | None, named: Naming) -> dict[str, list[_Naming]]:
    """Where the history names the person, by log. The whole of what was registered of an account is about its person."""
    found: dict[str, list[_Naming]] = {}
    # What lies sealed is opened on its way here, and is looked through here.
    for row in db.execute(_EVENTS, {"named": named.pattern, "person": person, "sealed": f"%{MARK}%"}):
        told = {name: one["value"] for name, one in row.body.items() if "value" in one and one["value"] is not None}
        whole = row.log_id == person and row.kind == REGISTERED
        fields = tuple(sorted(
            name for name, value in told.items()
            if (whole or named.in_value(value)) and not _kept(row.log_kind, row.kind, row.effects, name)
        ))  # fmt: skip
        if fields:
            found.setdefault(row.log_id, []).append(_Naming(row.seq, row.kind, row.effects, row.body, fields))
    return found


def _kept(log: str, kind: str, effects: Mapping[str, Json], field: str) -> bool:
    """What a programme or organisation is called names nobody, though somebody may be called so too."""
    named = kind == REGISTERED or kind == CHANGED and "phase" in effects
    return log in ("programme", "organisation") and named and field in ("name", "name_zh")


def _erase_in(db: Connection, erasure: str, log: Log, found: list[_Naming]) -> None:
    """Take the words out of a log's events, write down in it that this was done, and bring its rows after it."""
    if not found:
        return
    for one in found:
        bare = erase(one.body, one.fields)
        hashes = {name: bare[name]["hash"] for name in one.fields}
        db.execute(
            text("SELECT casework_erase(CAST(:erasure AS uuid), CAST(:log AS uuid), :seq, CAST(:hashes AS jsonb))"),
            {"erasure": erasure, "log": log.id, "seq": one.seq, "hashes": json.dumps(hashes)},
        )
    told = {
        "fields": [[one.seq, name] for one in found for name in one.fields],
        "title": any(one.seq == 1 and "title" in one.fields for one in found),
        "names": sorted(
            file["id"] for one in found if "file" in one.fields for file in one.effects.get("files", ())
        ),
    }  # fmt: skip
    event = log.next_event(ERASED, SYSTEM_ACTOR, role=SYSTEM, effects={"erasure": erasure, "erased": told})
    if log.kind in ("case", "mediation"):
        case = load(db, log.id, log.kind)
        write(db, log, case, evolve(case, event), [event])
        return
    append(db, log, [event])
    _bring_rows(db, log, found)


def _bring_rows(db: Connection, log: Log, found: list[_Naming]) -> None:
    """The rows that repeat what a register's events say."""
    if log.kind == "finding":
        findings.write_row(db, findings.fold(list(read_events(db, log.id))))
    if log.kind == "erasure":
        erasures.write_row(db, erasures.fold(read_events(db, log.id)))
    for one in found:
        if one.kind == INVITED:
            gone = ", ".join(f"{name} = NULL" for name in ("email", "name") if name in one.fields)
            db.execute(
                text(f"UPDATE invitations SET {gone} WHERE id = CAST(:id AS uuid)"), {"id": one.effects["invitation"]}
            )
        if log.kind == "organisation" and "profile" in one.fields:
            last = db.execute(_LAST_PROFILE, {"log": log.id}).scalar_one()
            if last == one.seq:
                db.execute(text("UPDATE organisations SET profile = '{}' WHERE id = CAST(:id AS uuid)"), {"id": log.id})
        if log.kind == "right":
            columns = [name for name in one.fields if name in metadata.tables["rights"].columns]
            gone = ", ".join(f"{name} = NULL" for name in columns)
            if gone:
                db.execute(text(f"UPDATE rights SET {gone} WHERE id = CAST(:id AS uuid)"), {"id": log.id})


_LAST_PROFILE = text("SELECT max(seq) FROM events WHERE log_id = CAST(:log AS uuid) AND body ? 'profile'")


# --- the account -----------------------------------------------------------------------------------------------------

#: What is a person's own and nobody's duty: it goes whole. Notices first, for they point to mails.
OWN = (
    "notifications", "notification_preferences", "drafts", "saved_filters", "looks", "sessions", "tokens", "passkeys",
    "second_factors", "recovery_codes", "challenges",
)  # fmt: skip


def _erase_account(db: Connection, person: str) -> bool:
    """Nothing is left of an account but its id and a number; gives whether that was done now."""
    row = db.execute(
        text("SELECT email, erased_at FROM people WHERE id = CAST(:id AS uuid) FOR NO KEY UPDATE"), {"id": person}
    ).one()
    if row.erased_at is not None:
        return False
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
            " password_hash = NULL, language = 'en', zone = 'UTC', theme = 'auto', active = false, erased_at = casework_now()"
            " FROM (SELECT 1 + count(*) AS n FROM people WHERE erased_at IS NOT NULL) n WHERE id = CAST(:id AS uuid)"
        ),
        {"id": person},
    )
    return True


# --- rows that are no history ----------------------------------------------------------------------------------------

#: Tables whose words may name anybody: only the words go.
WORDY = (
    "needs", "technologies", "matches", "organisations", "saved_filters", "tokens", "passkeys",
    "mails", "webhook_endpoints", "webhook_messages", "requests", "blobs", "sessions",
)  # fmt: skip
#: Columns of these that are the history's, or by which a row is found again.
_LEFT = {
    "organisations": {"name", "name_zh", "profile", "services"},
    "needs": {"source", "external_id"}, "technologies": {"source", "external_id"}, "matches": {"source", "external_id"},
    "requests": {"key", "digest"}, "mails": {"key"},
}  # fmt: skip


def worded(table: str) -> Iterator[tuple[str, str]]:
    """The columns of a table that can hold words, each with how it is written."""
    for column in metadata.tables[table].columns:
        kind = column.type
        if column.name in _LEFT.get(table, ()) or column.primary_key:
            continue
        if isinstance(kind, JSONB):
            yield column.name, "jsonb"
        elif isinstance(kind, ARRAY) and isinstance(kind.item_type, Text):
            yield column.name, "text[]"
        elif isinstance(kind, Text):
            yield column.name, "text"


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


def _redact(db: Connection, erasure: str, named: Naming) -> int:
    """Take the words out of every row that names the person; gives how many did."""
    # What was looked at stays; what was searched for goes. The application itself may not change what it noted there.
    statement = text("SELECT casework_erase_readings(CAST(:erasure AS uuid), :named)")
    count: int = db.execute(statement, {"erasure": erasure, "named": named.everywhere}).scalar_one()
    count += _drop_drafts(db, named)
    for table in WORDY:
        columns = list(worded(table))
        sets = ", ".join(
            f'"{name}" = CAST(regexp_replace(CAST("{name}" AS text), :named, :gone, \'gi\') AS {kind})' for name, kind in columns
        )
        names = " OR ".join(f'CAST("{name}" AS text) ~* :named' for name, _ in columns)
        count += db.execute(text(f"UPDATE {table} SET {sets} WHERE {names}"), {"named": named.everywhere, "gone": GONE}).rowcount
    return count
