"""Assessments of what technology a city needs: plan one, change it, say whom it asks, and keep its visits and events."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.organisations import REASON, SOURCE
from casework.engine.execution.context import By
from casework.engine.execution.guards import line
from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved, Refused
from casework.json_values import JsonMapping, JsonObject
from casework.operations.catalogue import need_statements
from casework.operations.catalogue.assessment_needs import (
    ASSESSED,
    ENTERPRISE_KEPT,
    TAKEN_OUT,
    TELLING,
    TELLS,
    VISIT_KEPT,
    note_assessment,
)
from casework.operations.catalogue.assessment_values import (
    ASKED,
    CONCLUDED,
    FIELDS,
    PLANNED,
    STATES,
    TO_ASK,
    VISIT_FIELDS,
    cleaned,
)
from casework.operations.catalogue.kept_records import EDITORS
from casework.operations.catalogue.need_mail import SUBMITTED, WRITABLE
from casework.operations.catalogue.organisations import take_turn, write_columns
from casework.operations.core.encryption import SecretBox
from casework.operations.core.idempotency import Done, Request, ask, find_done, finish
from casework.operations.core.organisations import KNOWN, STANDING
from casework.operations.core.perform import new_id
from casework.operations.core.programme_lists import read_lists
from casework.operations.core.reader_names import called
from casework.permissions.actors import Actor
from casework.permissions.visibility import closed_of, reach
from casework.permissions.work import in_the_programme
from casework.reasons import Why
from casework.records.access_sql import in_time, roles_sql
from casework.records.register_entries import name_of
from casework.records.row_security import whole

#: So many enterprises, and so many visits and events, an assessment has at most.
MOST_ENTERPRISES = MOST_VISITS = 500
#: What may be taken out of an assessment again, by what it is called: its table, and whether one of it stays, and why.
ROWS: Mapping[str, tuple[str, str, Why]] = {
    "enterprises": (
        "assessment_enterprises", "SELECT 1 FROM need_statements x WHERE x.enterprise_id = CAST(:id AS uuid) LIMIT 1",
        reasons.catalogue.ENTERPRISE_ASKED,
    ),
    "visits": (
        "assessment_visits", "SELECT 1 FROM assessment_needs x WHERE x.visit_id = CAST(:id AS uuid) LIMIT 1",
        reasons.catalogue.VISIT_NAMED,
    ),
}  # fmt: skip

#: An assessment of the programmes `:closed_of`.
_SEEN = text("""
    SELECT a.id::text, a.programme_id::text AS programme, a.status, a.sectors, a.districts, a.starts_on, a.ends_on, a.conclusion
    FROM needs_assessments a WHERE a.id = CAST(:id AS uuid) AND a.programme_id = ANY(CAST(:closed_of AS uuid[]))
""")
#: How many events tell of one: it grows with each change.
_COUNT = text(f"SELECT count(*) FROM events WHERE log_id = CAST(:programme AS uuid) AND {TELLS}")
#: Organisations that a programme knows, among some: each as it stands, and why it cannot be asked.
_ORGANISATIONS = text(f"""
    SELECT g.id::text AS named, o.id::text AS id, o.expired_at IS NOT NULL AS expired
    FROM {STANDING} WHERE g.id = ANY(CAST(:ids AS uuid[])) AND {KNOWN}
""")
#: Who of the office can have come to a visit: who works there for needs now, and who is named already.
_STAFF = text(f"""
    SELECT DISTINCT p.id::text AS id, {called("p")} AS name FROM people p LEFT JOIN memberships m ON m.person_id = p.id
    WHERE m.programme_id = CAST(:programme AS uuid) AND m.role IN {roles_sql(EDITORS)} AND {in_time("m")} AND p.active
    OR p.id = ANY(CAST(:named AS uuid[])) ORDER BY 2, 1
""")
#: The organisations on the list of an assessment.
_LISTED = text("""
    SELECT coalesce(o.merged_into, o.id)::text AS id FROM assessment_enterprises e JOIN organisations o ON o.id = e.organisation_id
    WHERE e.assessment_id = CAST(:id AS uuid)
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
#: Whether an enterprise of an assessment is asked already: its link runs, or what it sent waits for the office.
_STILL_ASKED = text("""
    SELECT 1 FROM need_statements n JOIN office_link_secrets s ON s.id = n.id WHERE n.enterprise_id = CAST(:id AS uuid)
    AND (n.state = :waits OR n.state = ANY(:writable) AND s.until > casework_now()) LIMIT 1
""")
_QUERIES = {"enterprises": _ENTERPRISE, "visits": _VISIT}
#: Keeps enterprises that are to be asked.
_ADD_ENTERPRISES = text("""
    INSERT INTO assessment_enterprises (id, programme_id, assessment_id, organisation_id, state)
    SELECT x.id, CAST(:programme AS uuid), CAST(:of AS uuid), x.organisation, 'to_ask'
    FROM unnest(CAST(:ids AS uuid[]), CAST(:organisations AS uuid[])) AS x(id, organisation)
""")


def assessed_by(db: Connection, actor: Actor, assessment: str) -> tuple[Any, By]:
    """An assessment that the actor may change, and in which capacity. Raises NotFound and NotAllowed."""
    row = db.execute(_SEEN, {"id": assessment, "closed_of": sorted(closed_of(actor))}).one_or_none()
    if row is None:
        raise NotFound("needs assessment")
    return row, may_assess(actor, row.programme)


def insist_open(db: Connection, actor: Actor, assessment: str) -> None:
    """Raises NotFound, NotAllowed, and Refused for one that is concluded."""
    _insist_open(assessed_by(db, actor, assessment)[0])


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


# --- the assessment itself -------------------------------------------------------------------------------------------


def plan_assessment(
    db: Connection, actor: Actor, *, programme: str, fields: JsonMapping, source: str | None = None, request: Request
) -> Done:
    """Plan an assessment. Raises NotFound, NotAllowed and InvalidForm."""
    by = may_assess(actor, programme)
    begins = {"title": None, "starts_on": None, "ends_on": None, "status": PLANNED}
    given = begins | {name: fields[name] for name in FIELDS if fields.get(name) is not None}
    values = cleaned(read_lists(db, programme), given, {})
    words = _words(source, None, needs_reason=False)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    take_turn(db, programme)
    id = _insert(db, "needs_assessments", {"programme_id": programme, **values})
    note_assessment(db, by, programme, ASSESSED, of=[], entries={"needs_assessments": [id]}, words=words)
    return finish(db, actor, request, Done({"id": id}, 201))


def change_assessment(
    db: Connection,
    actor: Actor,
    assessment: str,
    *,
    fields: JsonMapping,
    reason: str | None = None,
    seen: int | None = None,
    request: Request,
) -> Done:
    """Change what an assessment says: a field that is None is emptied, one that is not named stays. One that is concluded takes a
    reason. Raises NotFound, NotAllowed, InvalidForm, and RecordHasMoved where more is told of it than when it was `seen`."""
    row, by = assessed_by(db, actor, assessment)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    row = _in_turn(db, actor, row, seen)
    values = _cleaned_change(db, row, {name: fields[name] for name in FIELDS if name in fields})
    words = _words(None, reason, needs_reason=row.status == CONCLUDED)
    write_columns(db, "needs_assessments", assessment, values)
    entries = {"needs_assessments": [assessment]}
    note_assessment(db, by, row.programme, ASSESSED, of=[], entries=entries, columns=sorted(values), words=words)
    return finish(db, actor, request, Done({"id": assessment}))


def _cleaned_change(db: Connection, row: Any, given: JsonMapping) -> JsonObject:
    stands = {
        "sectors": row.sectors,
        "districts": row.districts,
        "starts_on": row.starts_on.isoformat(),
        "ends_on": row.ends_on.isoformat(),
        "status": row.status,
        "conclusion": row.conclusion,
    }
    return cleaned(read_lists(db, row.programme), given, stands)


# --- whom it asks ----------------------------------------------------------------------------------------------------


def add_enterprises(
    db: Connection, actor: Actor, assessment: str, *, organisations: Sequence[str], request: Request
) -> Done:
    """Put enterprises on the list of an assessment. Raises NotFound, NotAllowed, InvalidForm, and Refused for one that is concluded."""
    row, by = assessed_by(db, actor, assessment)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    _insist_open(_in_turn(db, actor, row))
    wanted = list(dict.fromkeys(organisations))
    found = {one.named: one for one in db.execute(_ORGANISATIONS, {"ids": wanted, "seen": [row.programme]})}
    if (why := _not_asked(wanted, found)) is not None:
        raise InvalidForm(fields={"organisations": why})
    there = set(db.execute(_LISTED, {"id": assessment}).scalars())
    new = list(dict.fromkeys(found[named].id for named in wanted if found[named].id not in there))
    if not new:
        raise InvalidForm(fields={"organisations": reasons.catalogue.ENTERPRISE_THERE})
    if len(there) + len(new) > MOST_ENTERPRISES:
        raise InvalidForm(fields={"organisations": reasons.catalogue.MOST_ASSESSED(most=MOST_ENTERPRISES)})
    ids = [new_id() for _ in new]
    given = {"programme": row.programme, "of": assessment, "ids": ids, "organisations": new}
    db.execute(_ADD_ENTERPRISES, given)
    note_assessment(db, by, row.programme, ENTERPRISE_KEPT, of=[assessment], entries={"assessment_enterprises": ids})
    return finish(db, actor, request, Done({"ids": ids}, 201))


def _not_asked(wanted: Collection[str], found: Mapping[str, Any]) -> Why | None:
    """Why some of these organisations cannot be asked."""
    if not wanted:
        return reasons.fields.REQUIRED
    if len(found) < len(wanted):
        return reasons.fields.NOT_KNOWN_HERE
    return reasons.catalogue.ORGANISATION_EXPIRED if any(one.expired for one in found.values()) else None


def set_enterprise(
    db: Connection, actor: Actor, enterprise: str, *, state: str, source: str | None, request: Request
) -> Done:
    """Say how an enterprise stands, and how one knows it. Raises NotFound, NotAllowed, InvalidForm and Refused."""
    _, row, by = _part(db, actor, _ENTERPRISE, enterprise)
    if state not in STATES:
        raise InvalidForm(fields={"state": reasons.fields.ONE_OF(choices=STATES)})
    words = _words(source, None, needs_reason=False)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    _in_turn(db, actor, row)
    one = _open_part(db, actor, _ENTERPRISE, enterprise)
    _set_state(db, by, one, state, words=words)
    return finish(db, actor, request, Done({"id": enterprise, "state": state}))


def ask_enterprise(
    db: Connection,
    actor: Actor,
    secret_box: SecretBox,
    enterprise: str,
    *,
    address: str,
    language: str,
    days: int,
    request: Request,
) -> Done:
    """Ask an enterprise by a link to state a need; the answer is that of an invitation.

    Raises NotFound, NotAllowed, InvalidForm and Refused.
    """
    _, row, by = _part(db, actor, _ENTERPRISE, enterprise)
    _in_turn(db, actor, row)
    if (earlier := find_done(db, actor, request)) is not None:
        return earlier
    one = _open_part(db, actor, _ENTERPRISE, enterprise)
    if one.expired:
        raise Refused(reasons.catalogue.ORGANISATION_EXPIRED)
    with whole(db):
        given = {"id": enterprise, "waits": SUBMITTED, "writable": list(WRITABLE)}
        if db.execute(_STILL_ASKED, given).first() is not None:
            raise Refused(reasons.catalogue.ENTERPRISE_STILL_ASKED)
    done = need_statements.invite(
        db,
        actor,
        secret_box,
        programme=row.programme,
        organisation=one.organisation,
        address=address,
        language=language,
        days=days,
        enterprise=enterprise,
        request=request,
    )
    if one.state == TO_ASK:
        _set_state(db, by, one, ASKED)
    return done


def _set_state(db: Connection, by: By, one: Any, state: str, *, words: Mapping[str, str] | None = None) -> None:
    write_columns(db, "assessment_enterprises", one.id, {"state": state})
    entries = {"assessment_enterprises": [one.id]}
    told: dict[str, Any] = {"of": [one.assessment], "entries": entries, "columns": ["state"], "words": words}
    note_assessment(db, by, one.programme, ENTERPRISE_KEPT, **told)


# --- visits and events -----------------------------------------------------------------------------------------------


def staff_of(db: Connection, programme: str, named: Collection[str] = ()) -> dict[str, str]:
    """By id who of the office can have come to a visit."""
    return {row.id: row.name for row in db.execute(_STAFF, {"programme": programme, "named": sorted(named)})}


def add_visit(db: Connection, actor: Actor, assessment: str, *, fields: JsonMapping, request: Request) -> Done:
    """Enter a visit or an event. Raises NotFound, NotAllowed, InvalidForm, and Refused for an assessment that is concluded."""
    row, by = assessed_by(db, actor, assessment)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    _insist_open(_in_turn(db, actor, row))
    given = {"kind": None, "day": None, "title": None} | {name: fields[name] for name in VISIT_FIELDS if name in fields}
    values = cleaned(read_lists(db, row.programme), given, {}, _known(db, row.programme, given, None))
    home = {"programme_id": row.programme, "assessment_id": assessment}
    count = "SELECT count(*) FROM assessment_visits WHERE assessment_id = CAST(:id AS uuid)"
    if db.execute(text(count), {"id": assessment}).scalar_one() >= MOST_VISITS:
        raise InvalidForm(fields={"title": reasons.catalogue.MOST_ASSESSED(most=MOST_VISITS)})
    id = _insert(db, "assessment_visits", {**home, **values})
    note_assessment(db, by, row.programme, VISIT_KEPT, of=[assessment], entries={"assessment_visits": [id]})
    return finish(db, actor, request, Done({"id": id}, 201))


def change_visit(
    db: Connection,
    actor: Actor,
    visit: str,
    *,
    fields: JsonMapping,
    reason: str,
    seen: int | None = None,
    request: Request,
) -> Done:
    """Change what is said of a visit or an event, with a reason. Raises what `change_assessment` raises, and Refused."""
    _, row, by = _part(db, actor, _VISIT, visit)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    _in_turn(db, actor, row, seen)
    one = _open_part(db, actor, _VISIT, visit)
    given = {name: fields[name] for name in VISIT_FIELDS if name in fields}
    values = cleaned(
        read_lists(db, row.programme), given, {"district": one.district}, _known(db, row.programme, given, one)
    )
    words = _words(None, reason, needs_reason=True)
    write_columns(db, "assessment_visits", visit, values)
    entries = {"assessment_visits": [visit]}
    told: dict[str, Any] = {"of": [one.assessment], "entries": entries, "columns": sorted(values), "words": words}
    note_assessment(db, by, row.programme, VISIT_KEPT, **told)
    return finish(db, actor, request, Done({"id": visit}))


def _known(db: Connection, programme: str, given: JsonMapping, one: Any) -> dict[str, set[str]]:
    """Who may be named of a visit: organisations that the programme knows, its staff, and who is named already."""
    stand = {row["organisation"] for row in one.participants} if one is not None else set()
    rows = given.get("participants") or ()
    named = {str(row.get("organisation")) for row in rows if row.get("organisation")}
    found = db.execute(_ORGANISATIONS, {"ids": sorted(named - stand), "seen": [programme]})
    staff = staff_of(db, programme, one.staff if one is not None else ())
    return {"participants": stand | {row.named for row in found}, "staff": {*staff}}


# --- what is taken out, and what all of them do ------------------------------------------------------------------------


def take_out(db: Connection, actor: Actor, what: str, id: str, *, reason: str, request: Request) -> Done:
    """Take an enterprise or a visit out again, with a reason. Raises NotFound, NotAllowed, InvalidForm and Refused."""
    table, stays, why = ROWS[what]
    _, row, by = _part(db, actor, _QUERIES[what], id)
    words = _words(None, reason, needs_reason=True)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    _in_turn(db, actor, row)
    one = _open_part(db, actor, _QUERIES[what], id)
    if db.execute(text(stays), {"id": id}).first() is not None:
        raise Refused(why)
    db.execute(text(f"DELETE FROM {table} WHERE id = CAST(:id AS uuid)"), {"id": id})
    note_assessment(db, by, row.programme, TAKEN_OUT, of=[one.assessment], entries={table: [id]}, words=words)
    return finish(db, actor, request, Done({"id": id}))


def part_of(db: Connection, actor: Actor, what: str, id: str) -> str:
    """The assessment of an enterprise or a visit that the actor may change. Raises NotFound, NotAllowed and Refused."""
    return str(_open_part(db, actor, _QUERIES[what], id).assessment)


def _part(db: Connection, actor: Actor, query: Any, id: str) -> tuple[Any, Any, By]:
    """An enterprise or a visit, the assessment that it is of, and in which capacity the actor changes it."""
    one = db.execute(query, {"id": id, "closed_of": sorted(closed_of(actor))}).one_or_none()
    if one is None:
        raise NotFound("needs assessment")
    row, by = assessed_by(db, actor, one.assessment)
    return one, row, by


def _open_part(db: Connection, actor: Actor, query: Any, id: str) -> Any:
    """The same alone, of an assessment that is not concluded."""
    one, row, _ = _part(db, actor, query, id)
    _insist_open(row)
    return one


def _insist_open(row: Any) -> None:
    if row.status == CONCLUDED:
        raise Refused(reasons.catalogue.ASSESSMENT_CONCLUDED)


def _in_turn(db: Connection, actor: Actor, row: Any, seen: int | None = None) -> Any:
    """An assessment as it stands in its programme's turn, as others may have changed it while one waited.

    Raises RecordHasMoved where more is told of it than when it was `seen`.
    """
    take_turn(db, row.programme)
    if seen not in (None, read_count(db, row.programme, row.id)):
        raise RecordHasMoved
    return assessed_by(db, actor, row.id)[0]


def _words(source: str | None, reason: str | None, *, needs_reason: bool) -> dict[str, str]:
    if needs_reason and not (reason or "").strip():
        raise InvalidForm(fields={REASON: reasons.fields.REQUIRED})
    given = {SOURCE: (source, 300), REASON: (reason, 10_000)}
    return {name: line(said, name, most) for name, (said, most) in given.items() if said and said.strip()}


def _insert(db: Connection, table: str, values: JsonMapping) -> str:
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
    "add_enterprises", "add_visit", "ask_enterprise", "assessed_by", "change_assessment", "change_visit", "insist_open",
    "may_assess", "part_of", "plan_assessment", "read_count", "set_enterprise", "staff_of", "take_out",
]  # fmt: skip
