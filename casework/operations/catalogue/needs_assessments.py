"""Assessments of what technology a city needs: plan one, change it, and say whom it asks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.execution.context import By
from casework.errors import InvalidForm, Refused
from casework.json_values import JsonMapping, JsonObject
from casework.operations.catalogue import need_statements
from casework.operations.catalogue.assessment_needs import (
    ASSESSED,
    ENTERPRISE_KEPT,
    note_assessment,
)
from casework.operations.catalogue.assessment_parts import (
    ORGANISATIONS,
    assessed_by,
    assessed_of,
    in_turn,
    insert_part,
    insist_open,
    may_assess,
    open_part,
    words_of,
)
from casework.operations.catalogue.assessment_values import (
    ASKED,
    CONCLUDED,
    FIELDS,
    PLANNED,
    STATES,
    TO_ASK,
    cleaned,
)
from casework.operations.catalogue.need_mail import SUBMITTED, WRITABLE
from casework.operations.catalogue.organisations import take_turn, write_columns
from casework.operations.core.encryption import SecretBox
from casework.operations.core.idempotency import Done, Request, ask, find_done, finish
from casework.operations.core.perform import new_id
from casework.operations.core.programme_lists import read_lists
from casework.permissions.actors import Actor
from casework.reasons import Why
from casework.records.row_security import whole

#: So many enterprises an assessment has at most.
MOST_ENTERPRISES = 500
#: The organisations on the list of an assessment.
_LISTED = text("""
    SELECT coalesce(o.merged_into, o.id)::text AS id FROM assessment_enterprises e JOIN organisations o ON o.id = e.organisation_id
    WHERE e.assessment_id = CAST(:id AS uuid)
""")
#: Whether an enterprise of an assessment is asked already: its link runs, or what it sent waits for the office.
_STILL_ASKED = text("""
    SELECT 1 FROM need_statements n JOIN office_link_secrets s ON s.id = n.id WHERE n.enterprise_id = CAST(:id AS uuid)
    AND (n.state = :waits OR n.state = ANY(:writable) AND s.until > casework_now()) LIMIT 1
""")
#: Keeps enterprises that are to be asked.
_ADD_ENTERPRISES = text("""
    INSERT INTO assessment_enterprises (id, programme_id, assessment_id, organisation_id, state)
    SELECT x.id, CAST(:programme AS uuid), CAST(:of AS uuid), x.organisation, 'to_ask'
    FROM unnest(CAST(:ids AS uuid[]), CAST(:organisations AS uuid[])) AS x(id, organisation)
""")


# --- the assessment itself -------------------------------------------------------------------------------------------


def plan_assessment(
    db: Connection, actor: Actor, *, programme: str, fields: JsonMapping, source: str | None = None, request: Request
) -> Done:
    """Plan an assessment. Raises NotFound, NotAllowed and InvalidForm."""
    by = may_assess(actor, programme)
    begins = {"title": None, "starts_on": None, "ends_on": None, "status": PLANNED}
    given = begins | {name: fields[name] for name in FIELDS if fields.get(name) is not None}
    values = cleaned(read_lists(db, programme), given, {})
    words = words_of(source, None, needs_reason=False)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    take_turn(db, programme)
    id = insert_part(db, "needs_assessments", {"programme_id": programme, **values})
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
    row = in_turn(db, actor, row, seen)
    values = _cleaned_change(db, row, {name: fields[name] for name in FIELDS if name in fields})
    words = words_of(None, reason, needs_reason=row.status == CONCLUDED)
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
    insist_open(in_turn(db, actor, row))
    wanted = list(dict.fromkeys(organisations))
    found = {one.named: one for one in db.execute(ORGANISATIONS, {"ids": wanted, "seen": [row.programme]})}
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
    row, by = assessed_of(db, actor, "enterprises", enterprise)
    if state not in STATES:
        raise InvalidForm(fields={"state": reasons.fields.ONE_OF(choices=STATES)})
    words = words_of(source, None, needs_reason=False)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    in_turn(db, actor, row)
    one = open_part(db, actor, "enterprises", enterprise)
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
    row, by = assessed_of(db, actor, "enterprises", enterprise)
    in_turn(db, actor, row)
    if (earlier := find_done(db, actor, request)) is not None:
        return earlier
    one = open_part(db, actor, "enterprises", enterprise)
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


__all__ = ["add_enterprises", "ask_enterprise", "change_assessment", "plan_assessment", "set_enterprise"]
