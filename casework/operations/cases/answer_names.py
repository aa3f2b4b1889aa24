"""The names of what answers speak of: people, organisations and their owners, rights, documents and items of catalogues.

An answer is shown with its ids; who may read the one may read the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, text

from casework.engine.definition.list_names import is_key
from casework.engine.state.case import Case, Track
from casework.json_values import JsonValue, is_id
from casework.operations.cases.queries import titles_of
from casework.operations.core.merged_records import OF_RIGHTS
from casework.operations.core.organisations import STANDING
from casework.operations.core.programme_lists import items_named
from casework.operations.core.reader_names import called
from casework.permissions.actors import Actor
from casework.permissions.visibility import own_tracks, reach

#: People, organisations with their owners, and rights by their ids; a right by its office and number.
_NAMES = text(f"""
    SELECT p.id::text, {called("p")} FROM people p WHERE p.id = ANY(CAST(:ids AS uuid[]))
    UNION ALL SELECT g.id::text, {called("o")} FROM {STANDING} WHERE g.id = ANY(CAST(:ids AS uuid[]))
    UNION ALL SELECT g.id::text, coalesce(nullif(concat_ws(' ', r.office, coalesce(r.number, r.application_number)), ''), r.kind)
        FROM {OF_RIGHTS} WHERE g.id = ANY(CAST(:ids AS uuid[]))
    UNION ALL SELECT w.id::text, w.name FROM organisation_owners w WHERE w.id = ANY(CAST(:ids AS uuid[]))
""")
#: What lies on some rights by its id: by the right, and since when.
_BURDENS = text(f"""
    SELECT b->>'id', concat_ws(' · ', coalesce(nullif(concat_ws(' ', r.office, r.number), ''), r.kind), b->>'from')
    FROM {OF_RIGHTS} CROSS JOIN LATERAL jsonb_array_elements(r.encumbrances) b
    WHERE g.id = ANY(CAST(:rights AS uuid[])) AND b->>'id' = ANY(CAST(:ids AS text[]))
""")
#: What some entries are called to the reader.
_ITEMS = text(f"""
    SELECT e.key, {called("e")}
    FROM unnest(CAST(:keys AS text[]), CAST(:labels AS text[]), CAST(:labels_zh AS text[])) e(key, name, name_zh)
""")
#: The people of some organisations, and these, by their ids.
_OF_PROVIDERS = text(f"""
    SELECT p.id::text, {called("p")} FROM people p WHERE p.id = ANY(CAST(:ids AS uuid[])) AND EXISTS (
        SELECT FROM memberships m WHERE m.person_id = p.id AND m.organisation_id = ANY(CAST(:organisations AS uuid[]))
    )
    UNION ALL SELECT o.id::text, {called("o")} FROM organisations o
    WHERE o.id = ANY(CAST(:ids AS uuid[])) AND (o.id = ANY(CAST(:organisations AS uuid[])) OR o.id = ANY(CAST(:named AS uuid[])))
""")


def names_in_answers(db: Connection, case: Case | None, ids: Iterable[str]) -> dict[str, str]:
    """To somebody who sees a case whole. A document whose title is erased goes by the code of its kind."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    listed = {id for id in wanted if is_key(id)}
    wanted = [id for id in wanted if id not in listed]
    names = {row[0]: row[1] for row in db.execute(_NAMES, {"ids": wanted})} | _items(db, case, listed)
    missing = [id for id in wanted if id not in names]
    if case is not None and case.rights and missing:
        names |= {row[0]: row[1] for row in db.execute(_BURDENS, {"rights": list(case.rights), "ids": missing})}
    return names | _papers(db, case, {id for id in missing if case and id in case.documents})


def names_for_provider(db: Connection, actor: Actor, case: Case, ids: Iterable[str]) -> dict[str, str]:
    """To people of a provider: of their own organisation, of those that its service names, and of the papers that it handed in or
    was given."""
    wanted = set(ids)
    if not wanted:
        return {}
    given = {"ids": sorted(wanted), "organisations": sorted(reach(actor).organisations)}
    tracks = own_tracks(actor, case)
    mine = {track.id for track in tracks}
    given["named"] = sorted(_named_in_services(case, tracks))
    papers = {grant.document for grant in case.grants.values() if grant.track in mine}
    listed = {id for id in wanted if is_key(id)}
    given["ids"] = sorted(wanted - listed)
    papers |= {document.id for document in case.documents.values() if document.track in mine}
    names = {row[0]: row[1] for row in db.execute(_OF_PROVIDERS, given)} | _items(db, case, listed)
    return names | _papers(db, case, papers & wanted)


def _named_in_services(case: Case, tracks: Iterable[Track]) -> set[str]:
    """What answers of a provider's own service name: its lender, say. Not whom the office asked beside it: the request says that."""
    services = [track for track in tracks if not track.is_referral]
    return {id for track in services for fired in track.fired.values() for id in ids_in(fired.data) if is_id(id)}


def _papers(db: Connection, case: Case | None, ids: set[str]) -> dict[str, str]:
    if case is None or not ids:
        return {}
    titles = titles_of(db, case)
    return {id: titles.get(id) or case.documents[id].kind for id in sorted(ids)}


def _items(db: Connection, case: Case | None, keys: set[str]) -> dict[str, str]:
    """What the programme calls entries of its lists, retired ones too: of a printed catalogue with version and code."""
    entries = list(items_named(db, case.programme, keys).values()) if case is not None else []
    if not entries:
        return {}
    given = {
        "keys": [one.key for one in entries],
        "labels": [one.called(one.label) for one in entries],
        "labels_zh": [one.called(one.label_zh) for one in entries],
    }
    return {row[0]: row[1] for row in db.execute(_ITEMS, given)}


def ids_in(value: JsonValue) -> set[str]:
    """The ids, and the keys of items of catalogues, that stand in an answer, however deep."""
    if isinstance(value, str):
        return {value} if is_id(value) or is_key(value) else set()
    if isinstance(value, Mapping):
        return set().union(*(ids_in(part) for part in value.values()))
    if isinstance(value, list | tuple):
        return set().union(*(ids_in(part) for part in value))
    return set()


__all__ = ["ids_in", "names_for_provider", "names_in_answers"]
