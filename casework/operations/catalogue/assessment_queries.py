"""Assessments of a city's needs as their readers see them: in a list with how far each has come, one whole, and its history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.organisations import REASON, SOURCE
from casework.engine.state.events import ERASED as ERASURE
from casework.engine.state.events import RegisterEvent
from casework.errors import InvalidForm, NotFound
from casework.json_values import JsonObject, JsonValue
from casework.ledger.canonical_json import instant
from casework.ledger.redactable_bodies import ERASED
from casework.operations.catalogue.assessment_needs import TELLING, TELLS
from casework.operations.catalogue.assessment_values import FIELDS, VISIT_FIELDS
from casework.operations.catalogue.assessment_views import (
    AskedEnterprise,
    AssessedNeed,
    Assessment,
    AssessmentEntry,
    AssessmentRow,
    Participant,
    Progress,
    Visit,
)
from casework.operations.core.organisations import STANDING
from casework.operations.core.paging import Page, cursor_id, from_cursor, insist_limit, page
from casework.operations.core.presenters import names_of
from casework.operations.core.reader_names import called, entitled
from casework.operations.core.views import NamedInBoth
from casework.permissions.actors import Actor
from casework.permissions.visibility import closed_of
from casework.records.event_log import register_event_of
from casework.records.register_entries import MARK, name_of
from casework.records.row_security import whole

#: How an enterprise `e` stands: one that was asked by a link has answered once it has sent a need.
_STATE = """CASE WHEN e.state IN ('to_ask', 'asked') AND EXISTS (
        SELECT FROM need_statements s WHERE s.enterprise_id = e.id AND s.sent_at IS NOT NULL AND s.state <> 'withdrawn'
    ) THEN 'answered' ELSE e.state END"""
#: The needs `n` that came of an assessment `a`, each once: of those that were merged the ones in their places.
_NEEDS = """assessment_needs x JOIN needs g ON g.id = x.need_id JOIN needs n ON n.id = coalesce(g.merged_into, g.id)"""
#: How far an assessment `a` has come.
_PROGRESS = f"""
    (SELECT jsonb_build_object('enterprises', count(*), 'asked', count(*) FILTER (WHERE y.state <> 'to_ask'),
        'answered', count(*) FILTER (WHERE y.state = 'answered'), 'refused', count(*) FILTER (WHERE y.state = 'refused'))
     FROM (SELECT {_STATE} AS state FROM assessment_enterprises e WHERE e.assessment_id = a.id) y)
    || jsonb_build_object('visits', (SELECT count(*) FROM assessment_visits v WHERE v.assessment_id = a.id))
    || (SELECT jsonb_build_object('needs', count(DISTINCT n.id),
            'published', count(DISTINCT n.id) FILTER (WHERE n.status IN ('published', 'matched', 'met')))
        FROM {_NEEDS} WHERE x.assessment_id = a.id) AS progress
"""
#: Assessments of the programmes `:closed_of`, each with how far it has come.
_SELECT = f"""
    SELECT a.id::text, a.programme_id::text AS programme, a.title, a.title_zh, a.starts_on, a.ends_on, a.sectors, a.districts, a.status,
        a.enterprises_target, a.needs_target, a.conclusion, {_PROGRESS}
    FROM needs_assessments a WHERE a.programme_id = ANY(CAST(:closed_of AS uuid[]))
"""
#: One of them.
_ONE = text(f"{_SELECT} AND a.id = CAST(:id AS uuid)")
#: The enterprises of an assessment: those first that have not been asked.
_ENTERPRISES = text(f"""
    SELECT e.id::text, o.id::text AS organisation, {called("o")} AS name, {_STATE} AS state,
        (SELECT s.id::text FROM need_statements s WHERE s.enterprise_id = e.id ORDER BY s.invited_at DESC, s.id DESC LIMIT 1) AS statement
    FROM assessment_enterprises e JOIN (SELECT o.*, g.id AS party FROM {STANDING}) o ON o.party = e.organisation_id
    WHERE e.assessment_id = CAST(:id AS uuid)
    ORDER BY array_position(ARRAY['to_ask', 'asked', 'answered', 'refused'], {_STATE}), 3, e.id
""")
#: Its visits and events, the newest first.
_VISITS = text("""
    SELECT v.id::text, v.kind, v.day, v.title, v.place, v.district, v.notes, v.participants, v.staff::text[] AS staff
    FROM assessment_visits v WHERE v.assessment_id = CAST(:id AS uuid) ORDER BY v.day DESC, v.id DESC
""")
#: The needs that came of it.
_CAME = text(f"""
    SELECT DISTINCT ON (n.id) n.id::text, {entitled("n")} AS title, n.status, x.visit_id::text AS visit
    FROM {_NEEDS} WHERE x.assessment_id = CAST(:id AS uuid) ORDER BY n.id, x.visit_id NULLS LAST, x.id
""")
#: The events of a programme's log that tell of one.
_TOLD = text(f"""
    SELECT header, effects, body FROM events WHERE log_id = CAST(:programme AS uuid) AND {TELLS} ORDER BY seq
""")


def list_assessments(
    db: Connection, actor: Actor, *, cursor: str | None = None, limit: int | None = None
) -> Page[AssessmentRow]:
    """The assessments of the programmes whose closed needs the actor reads, those first that begin last.

    Raises NotFound for who reads none.
    """
    most = insist_limit(limit)
    given: dict[str, Any] = {"closed_of": _seen(actor), "most": most + 1}
    more = ""
    if keys := from_cursor(cursor, 2):
        more = " AND (a.starts_on, a.id) < (CAST(:at AS date), CAST(:after AS uuid))"
        given |= {"at": _day(keys[0]), "after": cursor_id(keys[1])}
    query = text(f"{_SELECT}{more} ORDER BY a.starts_on DESC, a.id DESC LIMIT :most")
    with whole(db):
        rows = db.execute(query, given).all()
    shown, following = page(rows, most, lambda row: (row.starts_on.isoformat(), row.id))
    return Page(items=[AssessmentRow(**_outline(row)) for row in shown], next=following)


def _seen(actor: Actor) -> list[str]:
    if not (seen := sorted(closed_of(actor))):
        raise NotFound("needs assessment")
    return seen


def _day(key: Any) -> str:
    try:
        return date.fromisoformat(key).isoformat()
    except (TypeError, ValueError):
        raise InvalidForm(fields={"cursor": reasons.fields.NOT_OURS}) from None


def _outline(row: Any) -> JsonObject:
    return {
        "id": row.id,
        "programme": row.programme,
        "title": row.title,
        "title_zh": row.title_zh,
        "starts_on": row.starts_on.isoformat(),
        "ends_on": row.ends_on.isoformat(),
        "sectors": list(row.sectors),
        "districts": list(row.districts),
        "status": row.status,
        "enterprises_target": row.enterprises_target,
        "needs_target": row.needs_target,
        "progress": Progress(**row.progress),
    }


def show_assessment(db: Connection, actor: Actor, id: str) -> Assessment:
    """One with whom it asks, its visits and events, and the needs that came of it. Raises NotFound."""
    with whole(db):
        row = db.execute(_ONE, {"closed_of": _seen(actor), "id": id}).one_or_none()
        if row is None:
            raise NotFound("needs assessment")
        enterprises = [AskedEnterprise(**one._mapping) for one in db.execute(_ENTERPRISES, {"id": id})]
        visits = db.execute(_VISITS, {"id": id}).all()
        needs = [AssessedNeed(**one._mapping) for one in db.execute(_CAME, {"id": id})]
    people = {person for visit in visits for person in visit.staff}
    organisations = {one.get("organisation") for visit in visits for one in visit.participants}
    names = names_of(db, people, organisations)
    return Assessment(
        **_outline(row),
        conclusion=row.conclusion,
        enterprises=enterprises,
        visits=[_visit(visit, names) for visit in visits],
        needs=needs,
    )


def _visit(row: Any, names: Mapping[str, str]) -> Visit:
    return Visit(
        id=row.id,
        kind=row.kind,
        day=row.day.isoformat(),
        title=row.title,
        place=row.place,
        district=row.district,
        notes=row.notes,
        participants=[
            Participant(
                organisation=one.get("organisation"),
                organisation_name=names.get(one.get("organisation") or ""),
                name=one.get("name"),
                role=one.get("role"),
            )
            for one in row.participants
        ],
        staff=[NamedInBoth(id=person, name=names.get(person, ""), name_zh=None) for person in row.staff],
    )


# --- its history -----------------------------------------------------------------------------------------------------

#: The tables of which an entry tells, each with its fields in the order of a page.
TOLD: Mapping[str, tuple[str, ...]] = {
    "needs_assessments": FIELDS,
    "assessment_enterprises": ("organisation_id", "state"),
    "assessment_visits": VISIT_FIELDS,
    "assessment_needs": ("need_id", "visit_id"),
}
#: By what an entry's row is called, in its table.
_CALLED = {"assessment_enterprises": "organisation_id", "assessment_visits": "title", "assessment_needs": "need_id"}


#: Of needs and visits what they are called.
_TITLES = text(f"""
    SELECT n.id::text, {entitled("n")} AS title FROM needs n WHERE n.id = ANY(CAST(:ids AS uuid[]))
    UNION ALL SELECT v.id::text, v.title FROM assessment_visits v WHERE v.id = ANY(CAST(:ids AS uuid[]))
""")
#: Table, field, and what it said before and after.
Change: TypeAlias = tuple[str, str, JsonValue, JsonValue]


def read_entries(db: Connection, actor: Actor, id: str) -> list[AssessmentEntry]:
    """The history of an assessment, the newest first. Raises NotFound."""
    with whole(db):
        row = db.execute(_ONE, {"closed_of": _seen(actor), "id": id}).one_or_none()
        if row is None:
            raise NotFound("needs assessment")
        given = {"programme": row.programme, "name": name_of("needs_assessments", id), "kinds": list(TELLING)}
        events = [register_event_of(one.header, one.effects, one.body) for one in db.execute(_TOLD, given)]
    state: dict[str, JsonObject] = {}
    told = [(event, list(_changes(state, event, id))) for event in events]
    ids: set[str | None] = {named for _, changes in told for change in changes for named in _named_in(change)}
    names = names_of(db, ids | {event.actor for event in events}, ids)
    with whole(db):
        names |= {one.id: one.title for one in db.execute(_TITLES, {"ids": sorted(filter(None, ids))})}
    return [_entry(event, changes, names) for event, changes in reversed(told)]


def _changes(state: dict[str, JsonObject], event: RegisterEvent, id: str) -> Iterator[Change]:
    """What of this assessment the event says anew; `state` is brought after it."""
    for name, value in event.body.items():
        table, mark, key = name.partition(MARK)
        if not mark or table not in TOLD or (table == "needs_assessments" and key != id):
            continue
        before = state.get(name, {})
        after = {**before, **value} if isinstance(value, Mapping) else {}
        state[name] = after
        for field in TOLD[table]:
            if before.get(field) != after.get(field) and value is not ERASED:
                yield table, field, before.get(field), after.get(field)


def _named_in(change: Change) -> Iterator[str]:
    """The ids that a change names."""
    for value in change[2:]:
        for part in value if isinstance(value, list) else [value]:
            named = part.get("organisation") if isinstance(part, Mapping) else part
            if isinstance(named, str) and change[1] in _BY_ID:
                yield named


#: Fields that hold ids, and are told as what those are called.
_BY_ID = frozenset({"organisation_id", "need_id", "visit_id", "staff", "participants"})


def _said(field: str, value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_said(field, part, names) for part in value]
    if isinstance(value, Mapping):
        organisation = names.get(value.get("organisation") or "")
        return " · ".join(str(part) for part in (organisation, value.get("name"), value.get("role")) if part)
    return names.get(value, value) if field in _BY_ID and isinstance(value, str) else value


def _entry(event: RegisterEvent, changes: list[Change], names: Mapping[str, str]) -> AssessmentEntry:
    source, reason = (event.body.get(name) for name in (SOURCE, REASON))
    tables = {name.partition(MARK)[0] for name in event.body}
    what = next((table for table in _CALLED if table in tables), None)
    about = [
        str(_said(field, new or old, names))
        for table, field, old, new in changes
        if table == what and field == _CALLED[table]
    ]
    return AssessmentEntry(
        at=instant(event.at),
        kind=event.kind,
        who=names.get(event.actor),
        what=what.removeprefix("assessment_") if what else None,
        about=about,
        # Words that were erased are told anew by what erased them.
        changes={} if event.kind == ERASURE else _together(changes, names),
        erased=any(value is ERASED for value in event.body.values()),
        source=source if isinstance(source, str) else None,
        reason=reason if isinstance(reason, str) else None,
    )


def _together(changes: list[Change], names: Mapping[str, str]) -> JsonObject:
    """By field what it said before and after; of several rows that were written at once, what each says."""
    told: dict[str, list[list[Any]]] = {}
    for _, field, old, new in changes:
        before, after = told.setdefault(field, [[], []])
        before.append(_said(field, old, names))
        after.append(_said(field, new, names))
    return {field: [_one(before), _one(after)] for field, (before, after) in told.items()}


def _one(values: list[Any]) -> Any:
    """What is said once, or several things that are."""
    said = [value for n, value in enumerate(values) if value is not None and value not in values[:n]]
    return said if len(said) > 1 else said[0] if said else None


__all__ = ["TOLD", "list_assessments", "read_entries", "show_assessment"]
