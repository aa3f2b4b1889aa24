"""An assessment of what technology a city needs and its parts: found for who changes them, each in its turn, and taken out again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, TextClause, text

from casework import reasons
from casework.engine.case_objects.organisations import REASON, SOURCE
from casework.engine.execution.context import By
from casework.engine.execution.guards import line
from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved, Refused
from casework.json_values import JsonMapping
from casework.operations.catalogue.assessment_needs import TAKEN_OUT, TELLING, TELLS, note_assessment
from casework.operations.catalogue.assessment_values import CONCLUDED
from casework.operations.catalogue.kept_records import EDITORS
from casework.operations.catalogue.organisations import take_turn
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.organisations import KNOWN, STANDING
from casework.operations.core.perform import new_id
from casework.permissions.actors import Actor
from casework.permissions.visibility import closed_of, reach
from casework.permissions.work import in_the_programme
from casework.reasons import Why
from casework.records.register_entries import name_of
from casework.records.row_security import whole

#: An assessment of the programmes `:closed_of`.
_SEEN = text("""
    SELECT a.id::text, a.programme_id::text AS programme, a.status, a.sectors, a.districts, a.starts_on, a.ends_on, a.conclusion
    FROM needs_assessments a WHERE a.id = CAST(:id AS uuid) AND a.programme_id = ANY(CAST(:closed_of AS uuid[]))
""")
#: How many events tell of one: it grows with each change.
_COUNT = text(f"SELECT count(*) FROM events WHERE log_id = CAST(:programme AS uuid) AND {TELLS}")
#: Organisations that a programme knows, among some: each as it stands, and why it cannot be asked.
ORGANISATIONS = text(f"""
    SELECT g.id::text AS named, o.id::text AS id, o.expired_at IS NOT NULL AS expired
    FROM {STANDING} WHERE g.id = ANY(CAST(:ids AS uuid[])) AND {KNOWN}
""")
#: An enterprise of an assessment, as it stands.
_ENTERPRISE = text(f"""
    SELECT e.id::text, e.programme_id::text AS programme, e.assessment_id::text AS assessment, e.state, o.id::text AS organisation,
        o.expired_at IS NOT NULL AS expired
    FROM assessment_enterprises e JOIN (SELECT o.id, o.expired_at, g.id AS party FROM {STANDING}) o ON o.party = e.organisation_id
    WHERE e.id = CAST(:id AS uuid) AND e.programme_id = ANY(CAST(:closed_of AS uuid[]))
""")
#: A visit or an event, as it stands.
_VISIT = text("""
    SELECT v.id::text, v.assessment_id::text AS assessment, v.district, v.participants, v.staff FROM assessment_visits v
    WHERE v.id = CAST(:id AS uuid) AND v.programme_id = ANY(CAST(:closed_of AS uuid[]))
""")
#: The parts of an assessment, by what they are called: the row as it stands, its table, whether it stays for good, and why.
PARTS: Mapping[str, tuple[TextClause, str, str, Why]] = {
    "enterprises": (
        _ENTERPRISE, "assessment_enterprises", "SELECT 1 FROM need_statements x WHERE x.enterprise_id = CAST(:id AS uuid) LIMIT 1",
        reasons.catalogue.ENTERPRISE_ASKED,
    ),
    "visits": (
        _VISIT, "assessment_visits", "SELECT 1 FROM assessment_needs x WHERE x.visit_id = CAST(:id AS uuid) LIMIT 1",
        reasons.catalogue.VISIT_NAMED,
    ),
}  # fmt: skip


def assessed_by(db: Connection, actor: Actor, assessment: str) -> tuple[Any, By]:
    """An assessment that the actor may change, and in which capacity. Raises NotFound and NotAllowed."""
    row = db.execute(_SEEN, {"id": assessment, "closed_of": sorted(closed_of(actor))}).one_or_none()
    if row is None:
        raise NotFound("needs assessment")
    return row, may_assess(actor, row.programme)


def insist_open(row: Any) -> None:
    """Raises Refused for an assessment that is concluded."""
    if row.status == CONCLUDED:
        raise Refused(reasons.catalogue.ASSESSMENT_CONCLUDED)


def may_assess(actor: Actor, programme: str) -> By:
    """In which capacity the actor plans assessments of a programme. Raises NotFound and NotAllowed."""
    if programme not in reach(actor).all_of:
        raise NotFound("programme")
    by = in_the_programme(actor, programme, EDITORS)
    if by is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=EDITORS))
    return by


def read_count(db: Connection, programme: str, assessment: str) -> int:
    """How many events tell of an assessment: whoever fills in a form about it says so with it."""
    with whole(db):
        name = name_of("needs_assessments", assessment)
        given = {"programme": programme, "name": name, "kinds": list(TELLING)}
        return int(db.execute(_COUNT, given).scalar_one())


def take_out(db: Connection, actor: Actor, what: str, id: str, *, reason: str, request: Request) -> Done:
    """Take an enterprise or a visit out again, with a reason. Raises NotFound, NotAllowed, InvalidForm and Refused."""
    _, table, stays, why = PARTS[what]
    row, by = assessed_of(db, actor, what, id)
    words = words_of(None, reason, needs_reason=True)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    in_turn(db, actor, row)
    one = open_part(db, actor, what, id)
    if db.execute(text(stays), {"id": id}).first() is not None:
        raise Refused(why)
    db.execute(text(f"DELETE FROM {table} WHERE id = CAST(:id AS uuid)"), {"id": id})
    note_assessment(db, by, row.programme, TAKEN_OUT, of=[one.assessment], entries={table: [id]}, words=words)
    return finish(db, actor, request, Done({"id": id}))


def assessed_of(db: Connection, actor: Actor, what: str, id: str) -> tuple[Any, By]:
    """The assessment of an enterprise or a visit, and in which capacity the actor changes it. Raises NotFound and NotAllowed."""
    return assessed_by(db, actor, _found(db, actor, what, id).assessment)


def open_part(db: Connection, actor: Actor, what: str, id: str) -> Any:
    """An enterprise or a visit as it stands, of an assessment that is not concluded. Raises NotFound, NotAllowed and Refused."""
    one = _found(db, actor, what, id)
    insist_open(assessed_by(db, actor, one.assessment)[0])
    return one


def _found(db: Connection, actor: Actor, what: str, id: str) -> Any:
    one = db.execute(PARTS[what][0], {"id": id, "closed_of": sorted(closed_of(actor))}).one_or_none()
    if one is None:
        raise NotFound("needs assessment")
    return one


def in_turn(db: Connection, actor: Actor, row: Any, seen: int | None = None) -> Any:
    """An assessment as it stands in its programme's turn, as others may have changed it while one waited.

    Raises RecordHasMoved where more is told of it than when it was `seen`.
    """
    take_turn(db, row.programme)
    if seen not in (None, read_count(db, row.programme, row.id)):
        raise RecordHasMoved
    return assessed_by(db, actor, row.id)[0]


def words_of(source: str | None, reason: str | None, *, needs_reason: bool) -> dict[str, str]:
    """The words that are told with a change: how one knows it, and why. Raises InvalidForm."""
    if needs_reason and not (reason or "").strip():
        raise InvalidForm(fields={REASON: reasons.fields.REQUIRED})
    given = {SOURCE: (source, 300), REASON: (reason, 10_000)}
    return {name: line(said, name, most) for name, (said, most) in given.items() if said and said.strip()}


def insert_part(db: Connection, table: str, values: JsonMapping) -> str:
    """Keep a row of one of these tables: its id."""
    id = new_id()
    columns = ", ".join(["id", *values])
    db.execute(
        text(
            f"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_record(NULL::{table}, CAST(:values AS jsonb))"
        ),
        {"values": json.dumps({"id": id, **values})},
    )
    return id


__all__ = [
    "ORGANISATIONS", "PARTS", "assessed_by", "assessed_of", "in_turn", "insert_part", "insist_open", "may_assess", "open_part",
    "read_count", "take_out", "words_of",
]  # fmt: skip
