"""Which needs came of an assessment: said by an officer, or followed from the link by which an enterprise was asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.execution.context import By
from casework.engine.state.events import ERASED
from casework.errors import InvalidForm, NotAllowed
from casework.json_values import JsonMapping
from casework.operations.catalogue.assessment_views import NeedOrigin
from casework.operations.catalogue.kept_records import EDITORS
from casework.operations.catalogue.service import show_record
from casework.operations.catalogue.views import Need
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.merged_records import one_with
from casework.operations.core.perform import new_id
from casework.operations.core.reader_names import entitled
from casework.operations.core.register_log import append
from casework.permissions.actors import Actor
from casework.permissions.visibility import closed_of
from casework.permissions.work import in_the_programme
from casework.records.event_log import lock_log
from casework.records.register_entries import body_of
from casework.records.row_security import whole

#: What the log of a programme says was done.
ASSESSED, ENTERPRISE_KEPT, VISIT_KEPT, NEED_KEPT, TAKEN_OUT = ASSESSMENT_KINDS = (
    "assessment_kept", "assessment_enterprise_kept", "assessment_visit_kept", "assessment_need_kept", "assessment_taken_out",
)  # fmt: skip
#: What tells of an assessment: these, and what was told anew where words were erased.
TELLING = (*ASSESSMENT_KINDS, ERASED)
#: Whether an event of one of the `:kinds` tells of what is `:name`; in the bodies of others nobody looks, as they may be large.
TELLS = "CASE WHEN kind = ANY(CAST(:kinds AS text[])) THEN body ? :name ELSE false END"

#: The assessment that a need came of, or one that was merged into it; its own before those.
_ORIGIN = text(f"""
    SELECT a.id::text AS assessment, {entitled("a")} AS title, v.id::text AS visit, v.title AS visit_title
    FROM assessment_needs x JOIN needs_assessments a ON a.id = x.assessment_id LEFT JOIN assessment_visits v ON v.id = x.visit_id
    JOIN needs n ON n.id = x.need_id
    WHERE n.id IN {one_with("needs", "CAST(:need AS uuid)")} AND a.programme_id = ANY(CAST(:closed_of AS uuid[]))
    ORDER BY n.merged_into NULLS FIRST, x.id LIMIT 1
""")
#: What a need can have come of in a programme: each assessment, and each visit or event of it.
_CHOICES = text(f"""
    SELECT a.id::text AS id, {entitled("a")} AS title, NULL AS visit, a.starts_on, NULL AS day, a.id AS of
    FROM needs_assessments a WHERE a.programme_id = CAST(:programme AS uuid)
    UNION ALL SELECT v.id::text, {entitled("a")}, v.title, a.starts_on, v.day, a.id
    FROM assessment_visits v JOIN needs_assessments a ON a.id = v.assessment_id WHERE v.programme_id = CAST(:programme AS uuid)
    ORDER BY starts_on DESC, of, day NULLS FIRST, id
""")
#: An assessment of a programme, or a visit of one, by its id.
_NAMED = text("""
    SELECT a.id::text AS assessment, NULL AS visit FROM needs_assessments a
    WHERE a.id = CAST(:id AS uuid) AND a.programme_id = CAST(:programme AS uuid)
    UNION ALL SELECT v.assessment_id::text, v.id::text FROM assessment_visits v
    WHERE v.id = CAST(:id AS uuid) AND v.programme_id = CAST(:programme AS uuid)
""")
#: What stands now of a need, and of those that are one with it, in the same order; locked.
_STANDS = text(f"""
    SELECT x.id::text, x.need_id::text AS need, x.assessment_id::text AS assessment, x.visit_id::text AS visit
    FROM assessment_needs x JOIN needs n ON n.id = x.need_id WHERE n.id IN {one_with("needs", "CAST(:need AS uuid)")}
    ORDER BY n.merged_into NULLS FIRST, x.id FOR UPDATE OF x
""")
#: Says what a need came of.
_SAY = text("""
    INSERT INTO assessment_needs (id, programme_id, assessment_id, visit_id, need_id)
    VALUES (CAST(:id AS uuid), CAST(:programme AS uuid), CAST(:of AS uuid), CAST(:visit AS uuid), CAST(:need AS uuid))
    ON CONFLICT (need_id) DO UPDATE SET assessment_id = excluded.assessment_id, visit_id = excluded.visit_id RETURNING id::text
""")
#: Says no more what it came of.
_UNSAY = text("DELETE FROM assessment_needs WHERE id = CAST(:id AS uuid)")
#: By which assessment an enterprise was asked for a statement.
_ASKED_BY = text("""
    SELECT e.assessment_id::text AS assessment, e.programme_id::text AS programme
    FROM need_statements n JOIN assessment_enterprises e ON e.id = n.enterprise_id WHERE n.id = CAST(:id AS uuid)
""")


def note_assessment(
    db: Connection,
    by: By,
    programme: str,
    kind: str,
    *,
    of: list[str],
    entries: Mapping[str, list[str]],
    columns: list[str] | None = None,
    words: Mapping[str, str] | None = None,
) -> None:
    """Say in the log of a programme what stands in these rows now, by table; `of` which assessments they are is told, too.

    `columns`: those of the assessment itself that were changed, or of the visit, as of the others nothing is said.
    """
    with whole(db):
        log = lock_log(db, programme)
        body: dict[str, Any] = body_of(db, "needs_assessments", programme, of, columns=[])
        for table, keys in entries.items():
            body |= body_of(db, table, programme, keys, columns=columns)
        event = log.next_event(kind, by.person, role=by.role, acting_for=by.acting_for, body={**body, **(words or {})})
        append(db, log, [event])


def find_origin(db: Connection, actor: Actor, need: str) -> NeedOrigin | None:
    """What a need came of, for who reads assessments there."""
    row = db.execute(_ORIGIN, {"need": need, "closed_of": sorted(closed_of(actor))}).one_or_none()
    return None if row is None else NeedOrigin(**row._mapping)


def list_choices(db: Connection, programme: str) -> dict[str, str]:
    """By id what a need of a programme can have come of, and what that is called."""
    rows = db.execute(_CHOICES, {"programme": programme})
    return {row.id: " · ".join(filter(None, (row.title, row.visit))) for row in rows}


def set_origin(db: Connection, actor: Actor, need: str, *, origin: str | None, request: Request) -> Done:
    """Say that a need came of an assessment, or of a visit or an event of one; of nothing, that it came of none.

    Raises NotFound, NotAllowed and InvalidForm.
    """
    programme = show_record(db, actor, Need, need).programme
    by = in_the_programme(actor, programme, EDITORS)
    if by is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=EDITORS))
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    with whole(db):
        lock_log(db, programme)
    named = db.execute(_NAMED, {"id": origin, "programme": programme}).one_or_none() if origin else None
    if origin and named is None:
        raise InvalidForm(fields={"origin": reasons.fields.NOT_KNOWN_HERE})
    stands = db.execute(_STANDS, {"need": need}).all()
    if named is None or not stands or (stands[0].assessment, stands[0].visit) != (named.assessment, named.visit):
        before = next((one.assessment for one in stands if one.need == need), None)
        for one in stands:
            if named is None or one.need != need:
                db.execute(_UNSAY, {"id": one.id})
                entries = {"assessment_needs": [one.id]}
                note_assessment(db, by, programme, TAKEN_OUT, of=[one.assessment], entries=entries)
        if named is not None:
            said = {"need": need, "of": named.assessment, "visit": named.visit}
            _say(db, by, programme, said, before=before)
    return finish(db, actor, request, Done({"id": need, "origin": origin}))


def _say(db: Connection, by: By, programme: str, said: JsonMapping, *, before: str | None = None) -> None:
    """Of which assessment, and which visit of it, a need came; `before`: of which other assessment it was said to have come."""
    id = db.execute(_SAY, {"id": new_id(), "programme": programme, "visit": None, **said}).scalar_one()
    of = sorted({said["of"], before or said["of"]})
    note_assessment(db, by, programme, NEED_KEPT, of=of, entries={"assessment_needs": [id]})


def follow_statement(db: Connection, by: By, statement: str, need: str | None) -> None:
    """A need that an enterprise stated came of the assessment that asked it."""
    asked = db.execute(_ASKED_BY, {"id": statement}).one_or_none() if need is not None else None
    if asked is None or need is None:
        return
    _say(db, by, asked.programme, {"need": need, "of": asked.assessment})


__all__ = [
    "ASSESSED", "ASSESSMENT_KINDS", "ENTERPRISE_KEPT", "NEED_KEPT", "TAKEN_OUT", "TELLING", "TELLS", "VISIT_KEPT", "find_origin",
    "follow_statement", "list_choices", "note_assessment", "set_origin",
]  # fmt: skip
