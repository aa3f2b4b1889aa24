"""Organisations as their readers see them: in a list, one with all that belongs to it, and what its log tells."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from casework.engine.case_objects.evidence import EVIDENCE_FILED
from casework.engine.case_objects.organisations import (
    CONFIRMED,
    CONTACT,
    FIELDS,
    KEPT,
    MERGED,
    OWNER,
    REASON,
    REMOVED,
    ROW_MERGED,
    SCREENED,
    SOURCE,
    TOOK_OVER,
)
from casework.engine.case_objects.record_expiry import BROUGHT_BACK, EXPIRED
from casework.engine.state.events import ERASED as ERASURE
from casework.engine.state.events import RegisterEvent
from casework.json_values import JsonObject, JsonValue
from casework.ledger.canonical_json import instant
from casework.ledger.redactable_bodies import ERASED
from casework.operations.catalogue.organisations import read_seen
from casework.operations.catalogue.right_history import name_cases
from casework.operations.catalogue.right_views import CaseOfRight
from casework.operations.catalogue.views import (
    OrganisationEntry,
    OrganisationRecord,
    OrganisationRow,
    Owner,
)
from casework.operations.core.organisations import CALLED, IS_PARTY, KNOWN_TO_READERS, contacts_of
from casework.operations.core.paging import Page, cursor_id, cursor_time, from_cursor, insist_limit, page
from casework.operations.core.presenters import names_of
from casework.operations.core.reader_names import called, entitled, titled
from casework.operations.core.register_log import REGISTERED
from casework.operations.core.views import NamedInBoth, rows_as
from casework.permissions.actors import Actor
from casework.permissions.visibility import closed_of, reach
from casework.records.access_sql import shows_need
from casework.records.event_log import read_register
from casework.records.register_entries import MARK
from casework.records.row_security import whole

#: What some programmes are called.
_PROGRAMMES = text(f"SELECT p.id::text, {called('p')} FROM programmes p WHERE p.id = ANY(CAST(:ids AS uuid[]))")


def programme_names(db: Connection, programmes: Collection[str]) -> dict[str, str]:
    """By id what programmes are called, in the language of whoever reads."""
    return {row[0]: row[1] for row in db.execute(_PROGRAMMES, {"ids": sorted(programmes)})}


#: A condition for each filter of the list.
_FILTERS: Mapping[str, str] = {
    "words": CALLED,
    "country": "o.country = :country",
    "kind": "o.kind = :kind",
    "programme": "o.programme_id = CAST(:programme AS uuid)",
    "confirmed": "o.confirmed = CAST(:confirmed AS boolean)",
    "expired": "(o.expired_at IS NOT NULL) = CAST(:expired AS boolean)",
}


def list_organisations(
    db: Connection,
    actor: Actor,
    *,
    filters: Mapping[str, Any] | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> Page[OrganisationRow]:
    """Organisations that the actor has a reason to know, the newest first; of those that were merged the ones in their places."""
    most = insist_limit(limit)
    seen, closed = sorted(reach(actor).all_of), sorted(closed_of(actor))
    given: dict[str, Any] = {"seen": seen, "closed_of": closed, "most": most + 1}
    more = ""
    for name, value in (filters or {}).items():
        more += f" AND {_FILTERS[name]}"
        given[name] = value
    if keys := from_cursor(cursor, 2):
        more += " AND (o.created_at, o.id) < (:at, CAST(:after AS uuid))"
        given |= {"at": cursor_time(keys[0]), "after": cursor_id(keys[1])}
    rows = db.execute(
        text(
            f"SELECT o.* FROM organisations o WHERE o.merged_into IS NULL AND {KNOWN_TO_READERS}{more}"
            " ORDER BY o.created_at DESC, o.id DESC LIMIT :most"
        ),
        given,
    ).all()
    shown, following = page(rows, most, lambda row: (row.created_at, str(row.id)))
    return Page(items=[OrganisationRow(**_outline(row)) for row in shown], next=following)


def _outline(row: Any) -> JsonObject:
    return {
        "id": str(row.id),
        "name": row.name,
        "name_zh": row.name_zh,
        "country": row.country,
        "kind": row.kind,
        "register_number": row.register_number,
        "confirmed": row.confirmed,
        "programme": row.programme_id,
        "expired_at": instant(row.expired_at) if row.expired_at else None,
    }


def show_organisation(db: Connection, actor: Actor, organisation: str) -> OrganisationRecord:
    """One organisation, with its contacts and owners in the programmes that the actor reads. Raises NotFound."""
    row = read_seen(db, actor, organisation)
    seen = sorted(reach(actor).all_of)
    owners = db.execute(_OWNERS, {"id": organisation, "seen": seen})
    return OrganisationRecord(
        **_outline(row),
        language=row.language,
        address=row.address,
        size=row.size,
        state_owned=row.state_owned,
        services=list(row.services),
        merged_into=row.merged_into,
        contacts=contacts_of(db, [str(row.id)], seen)[str(row.id)],
        owners=[_owner(one) for one in owners],
    )


#: The owners of an organisation as the people of some programmes have entered them, the largest first.
_OWNERS = text("""
    SELECT x.id::text, x.name, x.kind, x.country, x.share, x.screened, x.screened_on FROM organisation_owners x
    WHERE x.organisation_id = CAST(:id AS uuid) AND x.programme_id = ANY(CAST(:seen AS uuid[]))
    ORDER BY x.share DESC NULLS LAST, x.name, x.id
""")


def _owner(row: Any) -> Owner:
    return Owner(
        id=row.id,
        name=row.name,
        kind=row.kind,
        country=row.country,
        share=format(row.share.normalize(), "f") if isinstance(row.share, Decimal) else None,
        screened=row.screened,
        screened_on=row.screened_on.isoformat() if row.screened_on else None,
    )


# --- what belongs to it ----------------------------------------------------------------------------------------------


def _records_of(table: str) -> Any:
    shown = shows_need("x") if table == "needs" else "true"
    return text(
        f"SELECT x.id::text, {entitled('x')} AS name, NULL AS name_zh FROM {table} x WHERE x.owner_id = CAST(:id AS uuid)"
        f" AND x.merged_into IS NULL AND x.programme_id = ANY(CAST(:seen AS uuid[])) AND {shown} ORDER BY x.created_at DESC, x.id LIMIT 50"
    )


_NEEDS, _TECHNOLOGIES = _records_of("needs"), _records_of("technologies")
#: The IP rights that it owns, and those of its technologies.
_RIGHTS = text("""
    SELECT r.id::text, r.kind, r.office, coalesce(r.number, r.application_number) AS number FROM rights r
    WHERE r.programme_id = ANY(CAST(:seen AS uuid[])) AND r.merged_into IS NULL AND r.id IN (
        SELECT w.right_id FROM right_owners w WHERE w.organisation_id = CAST(:id AS uuid) UNION
        SELECT l.right_id FROM right_technologies l JOIN technologies h ON h.id = l.technology_id WHERE h.owner_id = CAST(:id AS uuid)
    ) ORDER BY r.created_at DESC, r.id LIMIT 50
""")
#: The cases that were opened with it, or with one in whose place it stands, and those whose need or technology it owns now; the
#: newest first.
_CASES = text(f"""
    WITH one AS (SELECT o.id FROM organisations o WHERE CAST(:id AS uuid) IN (o.id, o.merged_into))
    SELECT c.id::text, c.number, {titled("c")} AS title, c.closed_at IS NOT NULL AS closed FROM cases c
    WHERE c.programme_id = ANY(CAST(:seen AS uuid[])) AND c.id IN (
        SELECT c.id FROM one o JOIN cases c ON {IS_PARTY}
        UNION SELECT x.id FROM needs n JOIN needs g ON g.merged_into = n.id OR g.id = n.id AND n.merged_into IS NULL
        JOIN cases x ON x.need_id = g.id
        WHERE n.owner_id IN (SELECT id FROM one)
        UNION SELECT x.id FROM technologies t JOIN technologies g ON g.merged_into = t.id OR g.id = t.id AND t.merged_into IS NULL
        JOIN cases x ON x.technology_id = g.id
        WHERE t.owner_id IN (SELECT id FROM one)
    ) ORDER BY c.number DESC LIMIT 50
""")


def needs_of(db: Connection, actor: Actor, organisation: str) -> list[NamedInBoth]:
    """Its needs, as far as the actor sees them: the newest first, fifty at most; so are the others."""
    return rows_as(NamedInBoth, db.execute(_NEEDS, _given(actor, organisation)))


def technologies_of(db: Connection, actor: Actor, organisation: str) -> list[NamedInBoth]:
    return rows_as(NamedInBoth, db.execute(_TECHNOLOGIES, _given(actor, organisation)))


def rights_of(db: Connection, actor: Actor, organisation: str) -> list[JsonObject]:
    """The rights that it owns and those of its technologies: id, kind, office and number."""
    return [dict(row._mapping) for row in db.execute(_RIGHTS, _given(actor, organisation))]


def cases_of(db: Connection, actor: Actor, organisation: str) -> list[CaseOfRight]:
    return rows_as(CaseOfRight, db.execute(_CASES, _given(actor, organisation)))


def _given(actor: Actor, organisation: str) -> JsonObject:
    return {"id": organisation, "seen": sorted(reach(actor).all_of), "closed_of": sorted(closed_of(actor))}


# --- what its log tells ----------------------------------------------------------------------------------------------

#: The tables of which an entry tells, each with its fields in the order of a page.
TOLD: Mapping[str, tuple[str, ...]] = {
    "organisations": FIELDS,
    "organisation_contacts": CONTACT,
    "organisation_owners": (*OWNER, "screened", "screened_on", "lists"),
    "organisation_screenings": ("result", "checked_on", "valid_until", "lists", "evidence", "finding"),
}
_TELLS = frozenset(
    {
        REGISTERED,
        CONFIRMED,
        KEPT,
        REMOVED,
        ROW_MERGED,
        SCREENED,
        EVIDENCE_FILED,
        MERGED,
        TOOK_OVER,
        EXPIRED,
        BROUGHT_BACK,
        ERASURE,
    }
)


def read_entries(db: Connection, actor: Actor, organisation: str) -> list[OrganisationEntry]:
    """The history of an organisation, the newest first, as far as it was written for programmes that the actor reads.

    Raises NotFound. Roles and accounts of its people are administrators' business, and stand elsewhere.
    """
    read_seen(db, actor, organisation)
    with whole(db):
        events = list(read_register(db, organisation))
    seen = reach(actor).all_of
    names = names_of(db, {event.actor for event in events})
    mergers: list[Mapping[str, Any]] = [event.effects["merger"] for event in events if "merger" in event.effects]
    names |= _names_moved(db, actor, mergers)
    causes = {event.effects["cause"]["log"] for event in events if "cause" in event.effects}
    names |= {case.id: case.number for case in name_cases(db, actor, causes)} if causes else {}
    state: dict[str, JsonObject] = {}
    entries = []
    for event in events:
        told = list(_changes(state, event))
        if event.kind in _TELLS and event.effects.get("programme") in (None, *seen):
            entries.append(_entry(event, told, names))
    return entries[::-1]


def _names_moved(db: Connection, actor: Actor, mergers: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What those are called that mergings are about: the organisations as they are registered."""
    if not mergers:
        return {}
    names = names_of(
        db, set(), {id for merger in mergers for id in (merger["gone"], merger["kept"])}, as_registered=True
    )
    given = {name: sorted({id for merger in mergers for id in merger.get(name, [])}) for name in _MOVED}
    asking = {"seen": sorted(reach(actor).all_of), "closed_of": sorted(closed_of(actor))}
    return names | {row.id: row.name for row in db.execute(_NAMES_MOVED, {**given, **asking})}


#: What moves by a merging, each by its id.
_MOVED = ("needs", "technologies", "rights", "cases")
#: What of it somebody sees who reads some programmes.
_NAMES_MOVED = text(f"""
    SELECT x.id::text AS id, {entitled("x")} AS name FROM needs x
    WHERE x.id = ANY(CAST(:needs AS uuid[])) AND x.programme_id = ANY(CAST(:seen AS uuid[])) AND {shows_need("x")}
    UNION ALL SELECT x.id::text, {entitled("x")} FROM technologies x
    WHERE x.id = ANY(CAST(:technologies AS uuid[])) AND x.programme_id = ANY(CAST(:seen AS uuid[]))
    UNION ALL SELECT x.id::text, coalesce(nullif(concat_ws(' ', x.office, coalesce(x.number, x.application_number)), ''), x.kind)
    FROM rights x
    WHERE x.id = ANY(CAST(:rights AS uuid[])) AND x.programme_id = ANY(CAST(:seen AS uuid[]))
    UNION ALL SELECT x.id::text, x.number FROM cases x
    WHERE x.id = ANY(CAST(:cases AS uuid[])) AND x.programme_id = ANY(CAST(:seen AS uuid[]))
""")


def _changes(state: dict[str, JsonObject], event: RegisterEvent) -> Iterator[tuple[str, str, JsonValue, JsonValue]]:
    """Table, field, and what it said before and after; `state` is brought after the event."""
    for name, value in event.body.items():
        table, mark, _ = name.partition(MARK)
        if not mark or table not in TOLD:
            continue
        before = state.get(name, {})
        after = {**before, **value} if isinstance(value, Mapping) else {}
        state[name] = after
        for field in TOLD[table]:
            if before.get(field) != after.get(field) and value is not ERASED:
                yield table, field, before.get(field), after.get(field)


def _entry(
    event: RegisterEvent, told: list[tuple[str, str, JsonValue, JsonValue]], names: Mapping[str, str]
) -> OrganisationEntry:
    source, reason = (event.body.get(name) for name in (SOURCE, REASON))
    tables = {name.partition(MARK)[0] for name in event.body}
    what = next(
        (table.removeprefix("organisation_") for table in TOLD if table in tables and table != "organisations"), None
    )
    other, moved = _of_merging(event, told, names)
    if other is not None:
        what, told = None, [one for one in told if one[0] == "organisations"]
    # Words that were erased are told anew by what erased them.
    changes = {} if event.kind == ERASURE else {f"{table}.{field}": (old, new) for table, field, old, new in told}
    return OrganisationEntry(
        at=instant(event.at),
        kind=event.kind,
        who=names.get(event.actor),
        what=what,
        other=other,
        moved=moved,
        changes=changes,
        erased=any(value is ERASED for value in event.body.values()),
        case=names.get(event.effects["cause"]["log"]) if "cause" in event.effects else None,
        source=source if isinstance(source, str) else None,
        reason=reason if isinstance(reason, str) else None,
    )


def _of_merging(
    event: RegisterEvent, told: list[tuple[str, str, JsonValue, JsonValue]], names: Mapping[str, str]
) -> tuple[NamedInBoth | None, dict[str, list[str]]]:
    """The other organisation of a merging, and what moved by it."""
    merger: Mapping[str, Any] | None = event.effects.get("merger")
    if merger is None:
        return None, {}
    id = merger["gone"] if event.kind == TOOK_OVER else merger["kept"]
    moved: dict[str, list[str]] = {}
    for name in _MOVED:
        moved[name] = [names[one] for one in merger.get(name, []) if one in names]
    for table, field, old, new in told:
        if field == "name" and table != "organisations":
            moved.setdefault(table.removeprefix("organisation_"), []).append(str(new or old))
    return NamedInBoth(id=id, name=names.get(id, ""), name_zh=None), {
        name: some for name, some in moved.items() if some
    }
