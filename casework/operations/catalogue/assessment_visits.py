"""The visits and events of an assessment of a city's needs: entered, changed, and who can have come."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.errors import InvalidForm
from casework.json_values import JsonMapping
from casework.operations.catalogue.assessment_needs import VISIT_KEPT, note_assessment
from casework.operations.catalogue.assessment_parts import (
    ORGANISATIONS,
    assessed_by,
    assessed_of,
    in_turn,
    insert_part,
    insist_open,
    open_part,
    words_of,
)
from casework.operations.catalogue.assessment_values import VISIT_FIELDS, cleaned
from casework.operations.catalogue.kept_records import EDITORS
from casework.operations.catalogue.organisations import write_columns
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.programme_lists import read_lists
from casework.operations.core.reader_names import called
from casework.permissions.actors import Actor
from casework.records.access_sql import in_time, roles_sql

#: So many visits and events an assessment has at most.
MOST_VISITS = 500

#: Who of the office can have come to a visit: who works there for needs now, and who is named already.
_STAFF = text(f"""
    SELECT DISTINCT p.id::text AS id, {called("p")} AS name FROM people p LEFT JOIN memberships m ON m.person_id = p.id
    WHERE m.programme_id = CAST(:programme AS uuid) AND m.role IN {roles_sql(EDITORS)} AND {in_time("m")} AND p.active
    OR p.id = ANY(CAST(:named AS uuid[])) ORDER BY 2, 1
""")


def staff_of(db: Connection, programme: str, named: Collection[str] = ()) -> dict[str, str]:
    """By id who of the office can have come to a visit."""
    return {row.id: row.name for row in db.execute(_STAFF, {"programme": programme, "named": sorted(named)})}


def add_visit(db: Connection, actor: Actor, assessment: str, *, fields: JsonMapping, request: Request) -> Done:
    """Enter a visit or an event. Raises NotFound, NotAllowed, InvalidForm, and Refused for an assessment that is concluded."""
    row, by = assessed_by(db, actor, assessment)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    insist_open(in_turn(db, actor, row))
    given = {"kind": None, "day": None, "title": None} | {name: fields[name] for name in VISIT_FIELDS if name in fields}
    values = cleaned(read_lists(db, row.programme), given, {}, _known(db, row.programme, given, None))
    home = {"programme_id": row.programme, "assessment_id": assessment}
    count = "SELECT count(*) FROM assessment_visits WHERE assessment_id = CAST(:id AS uuid)"
    if db.execute(text(count), {"id": assessment}).scalar_one() >= MOST_VISITS:
        raise InvalidForm(fields={"title": reasons.catalogue.MOST_ASSESSED(most=MOST_VISITS)})
    id = insert_part(db, "assessment_visits", {**home, **values})
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
    """Change what is said of a visit or an event, with a reason. Raises NotFound, NotAllowed, InvalidForm,
    RecordHasMoved where more is told of its assessment than when it was `seen`, and Refused."""
    row, by = assessed_of(db, actor, "visits", visit)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    in_turn(db, actor, row, seen)
    one = open_part(db, actor, "visits", visit)
    given = {name: fields[name] for name in VISIT_FIELDS if name in fields}
    values = cleaned(
        read_lists(db, row.programme), given, {"district": one.district}, _known(db, row.programme, given, one)
    )
    words = words_of(None, reason, needs_reason=True)
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
    found = db.execute(ORGANISATIONS, {"ids": sorted(named - stand), "seen": [programme]})
    staff = staff_of(db, programme, one.staff if one is not None else ())
    return {"participants": stand | {row.named for row in found}, "staff": {*staff}}


__all__ = ["add_visit", "change_visit", "staff_of"]
