"""Two records of one organisation made into one: which look alike, what would move, and the merging itself.

Cases name their parties by id, and their histories only grow: so the parties of a case stay whom they were, and are shown and
compared as the one that stands in their place (`operations.core.organisations`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.kept_records import CORRECTED, SOURCE, is_confirmed
from casework.engine.case_objects.merging import Facts, filled, owners_after, refusals
from casework.engine.case_objects.organisations import (
    MERGED,
    MERGERS,
    PROVIDER,
    REASON,
    TOOK_OVER,
    are_alike,
    plain_number,
)
from casework.engine.execution.context import By
from casework.engine.execution.guards import line
from casework.engine.state.register_effects import Merger, RegisterEffects
from casework.errors import InvalidForm, NotFound, RecordHasMoved, Refused
from casework.json_values import JsonMapping, JsonObject
from casework.ledger.canonical_json import instant
from casework.ledger.redactable_bodies import ERASED_WORDS
from casework.operations.catalogue.merging_views import MergePreview
from casework.operations.catalogue.organisations import (
    insist_home,
    read_seen,
    take_turn,
    tell,
    write_columns,
)
from casework.operations.catalogue.views import OrganisationRow
from casework.operations.core.case_parties import OF_CASE
from casework.operations.core.idempotency import Done, Request, ask, find_done, finish
from casework.operations.core.organisations import CALLED, IS_PARTY
from casework.operations.core.reader_names import entitled
from casework.operations.core.record_log import Change, Kept, lock_records, write_records
from casework.operations.core.right_links import relink
from casework.operations.core.views import NamedInBoth, rows_as
from casework.permissions.actors import Actor
from casework.records.event_log import lock_logs
from casework.records.row_security import whole

#: What of an organisation comes row by row, and goes over with it.
_ROWS = ("organisation_contacts", "organisation_owners", "organisation_screenings")
#: So many are offered, and so many are compared.
_OFFERED, _COMPARED = 20, 20_000


# --- before it -------------------------------------------------------------------------------------------------------


def list_doubles(db: Connection, actor: Actor, organisation: str, words: str = "") -> list[OrganisationRow]:
    """Into which an organisation may be merged: those of its number or of a name like it first, or those that `words` find.

    Raises NotFound and NotAllowed.
    """
    programme, _ = insist_home(db, actor, organisation, MERGERS, itself=True)
    one = read_seen(db, actor, organisation)
    given: JsonObject = {"id": organisation, "seen": [programme], "most": _COMPARED, "words": words}
    rows = db.execute(_CALLED if words else _OTHERS, given).all()
    found = rows if words else [row for row in rows if _may_be(one, row)]
    return [_row(row) for row in found[:_OFFERED]]


def _may_be(one: Any, other: Any) -> bool:
    numbers = [plain_number(row.register_number) for row in (one, other) if row.register_number]
    if len(numbers) == 2 and len(set(numbers)) == 1:
        return True
    pairs = ((mine, theirs) for mine in (one.name, one.name_zh) for theirs in (other.name, other.name_zh))
    return any(mine and theirs and are_alike(mine, theirs) for mine, theirs in pairs)


def _row(row: Any) -> OrganisationRow:
    return OrganisationRow(
        id=str(row.id),
        name=row.name,
        name_zh=row.name_zh,
        country=row.country,
        kind=row.kind,
        register_number=row.register_number,
        confirmed=row.confirmed,
        programme=row.programme_id,
        expired_at=instant(row.expired_at) if row.expired_at else None,
    )


#: Another organisation that a programme keeps, which stands for itself and is no provider.
_FOUND = f"""
    SELECT o.* FROM organisations o WHERE o.id <> CAST(:id AS uuid) AND o.merged_into IS NULL AND o.kind <> '{PROVIDER}'
    AND o.programme_id = ANY(CAST(:seen AS uuid[]))
"""
#: The other organisations that a programme keeps, the newest first.
_OTHERS = text(f"{_FOUND} ORDER BY o.created_at DESC, o.id LIMIT :most")
#: Those of them that some words find.
_CALLED = text(f"{_FOUND} AND {CALLED} ORDER BY o.created_at DESC, o.id LIMIT :most")


def preview_merging(db: Connection, actor: Actor, organisation: str, into: str) -> MergePreview:
    """What would move, what the one that stays would take over, and what speaks against it. Raises NotFound and NotAllowed."""
    programme, _ = insist_home(db, actor, organisation, MERGERS, itself=True)
    gone, kept = read_seen(db, actor, organisation), read_seen(db, actor, into)
    facts = _facts(db, actor, programme, gone, kept)
    given = {"gone": organisation, "programme": programme}
    return MergePreview(
        needs=rows_as(NamedInBoth, db.execute(_NEEDS, given)),
        technologies=rows_as(NamedInBoth, db.execute(_TECHNOLOGIES, given)),
        rights=[dict(row._mapping) for row in db.execute(_NAMED_RIGHTS, given)],
        cases=[row.number for row in db.execute(_CASES, given)],
        matches=db.execute(_MATCHES, given).scalar_one(),
        contacts=_names(db, "organisation_contacts", given),
        owners=_names(db, "organisation_owners", given),
        screenings=len(_keys(db, "organisation_screenings", organisation)),
        taken=filled(facts.gone, facts.kept),
        refused=refusals(facts),
    )


def _facts(db: Connection, actor: Actor, programme: str, gone: Any, kept: Any) -> Facts:
    both = {"gone": gone.id, "kept": kept.id, "programme": programme}
    return Facts(
        gone=_columns(gone),
        kept=_columns(kept),
        accounts=db.execute(_ACCOUNTS, both).scalar_one(),
        # What no single programme keeps says nothing new by what one of them finds.
        elsewhere={gone.programme_id, kept.programme_id} != {programme},
        cases=[row.number for row in db.execute(_BOTH_PARTIES, both)],
    )


def _columns(row: Any) -> dict[str, Any]:
    return dict(row._mapping)


#: Whether anybody has, or had, an account with one of two organisations.
_ACCOUNTS = text("""
    SELECT EXISTS (SELECT FROM memberships m WHERE m.organisation_id IN (CAST(:gone AS uuid), CAST(:kept AS uuid)))
    OR EXISTS (SELECT FROM service_accounts s WHERE s.organisation_id IN (CAST(:gone AS uuid), CAST(:kept AS uuid)))
    OR EXISTS (SELECT FROM invitations i WHERE i.scope_id IN (CAST(:gone AS uuid), CAST(:kept AS uuid)))
""")
#: The cases of which both are parties now, also as those that stand in somebody's place already.
_BOTH_PARTIES = text(f"""
    SELECT c.number FROM cases c CROSS JOIN LATERAL {OF_CASE} JOIN organisations g ON g.id = p.id
    WHERE coalesce(g.merged_into, g.id) IN (CAST(:gone AS uuid), CAST(:kept AS uuid)) AND c.programme_id = CAST(:programme AS uuid)
    GROUP BY c.id, c.number HAVING count(DISTINCT coalesce(g.merged_into, g.id)) = 2 ORDER BY c.number LIMIT 5
""")
#: A need or a technology of the one that goes.
_OWNED = "x.owner_id = CAST(:gone AS uuid) AND x.programme_id = CAST(:programme AS uuid)"
#: The needs that would move.
_NEEDS = text(
    f"SELECT x.id::text, {entitled('x')} AS name, NULL AS name_zh FROM needs x WHERE {_OWNED} ORDER BY x.created_at DESC, x.id"
)
#: The technologies that would move.
_TECHNOLOGIES = text(
    f"SELECT x.id::text, {entitled('x')} AS name, NULL AS name_zh FROM technologies x WHERE {_OWNED} ORDER BY x.created_at DESC, x.id"
)
#: The rights of which it is an owner.
_NAMED_RIGHTS = text("""
    SELECT r.id::text, r.kind, r.office, coalesce(r.number, r.application_number) AS number FROM rights r
    JOIN right_owners w ON w.right_id = r.id WHERE w.organisation_id = CAST(:gone AS uuid)
    AND r.programme_id = CAST(:programme AS uuid) ORDER BY r.created_at DESC, r.id
""")
#: The cases of which it is a party, or one in whose place it stands.
_CASES = text(f"""
    SELECT DISTINCT c.id::text, c.number FROM organisations o JOIN cases c ON {IS_PARTY}
    WHERE coalesce(o.merged_into, o.id) = CAST(:gone AS uuid) AND c.programme_id = CAST(:programme AS uuid) ORDER BY c.number
""")
#: How many matches are about its needs and technologies.
_MATCHES = text("""
    SELECT count(*) FROM matches m JOIN needs n ON n.id = m.need_id JOIN technologies t ON t.id = m.technology_id
    WHERE CAST(:gone AS uuid) IN (n.owner_id, t.owner_id) AND m.programme_id = CAST(:programme AS uuid)
""")


def _names(db: Connection, table: str, given: JsonMapping) -> list[str]:
    query = f"SELECT x.name FROM {table} x WHERE x.organisation_id = CAST(:gone AS uuid) ORDER BY x.name, x.id"
    return [row.name for row in db.execute(text(query), given) if row.name != ERASED_WORDS]


def _keys(db: Connection, table: str, organisation: str) -> list[str]:
    query = text(f"SELECT x.id::text FROM {table} x WHERE x.organisation_id = CAST(:id AS uuid) ORDER BY x.id")
    return list(db.execute(query, {"id": organisation}).scalars())


# --- the merging -----------------------------------------------------------------------------------------------------


def merge_organisations(
    db: Connection,
    actor: Actor,
    organisation: str,
    *,
    into: str,
    reason: str,
    request: Request,
    seen: int | None = None,
) -> Done:
    """From now on `into` stands in the place of the organisation: what belonged to it is that one's.

    Raises Refused with what speaks against it, and RecordHasMoved where its log is longer than when it was `seen`.
    """
    read_seen(db, actor, organisation)
    if (earlier := find_done(db, actor, request)) is not None:
        return earlier
    programme, by = insist_home(db, actor, organisation, MERGERS, itself=True)
    words = {REASON: line(reason, REASON)}
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    try:
        read_seen(db, actor, into)
    except NotFound:
        raise InvalidForm(fields={"into": reasons.fields.NOT_KNOWN}) from None
    take_turn(db, programme)
    with whole(db):
        logs = lock_logs(db, sorted({organisation, into, *_stood_in_for(db, organisation)}))
    gone, kept = read_seen(db, actor, organisation), read_seen(db, actor, into)
    if seen not in (None, logs[organisation].seq):
        raise RecordHasMoved
    if why := refusals(_facts(db, actor, programme, gone, kept)):
        raise Refused(*why)
    merger: Merger = {"gone": organisation, "kept": into}
    told: RegisterEffects = {"merger": merger}
    given = {"gone": organisation, "kept": into, "programme": programme}
    moved: Merger = {
        **merger,
        "needs": _move_records(db, by, "need", given, words=words, told=told),
        "technologies": _move_records(db, by, "technology", given, words=words, told=told),
        "rights": _move_rights(db, by, given, words=words, told=told),
        "cases": [row.id for row in db.execute(_CASES, given)],
    }
    rows = {table: _keys(db, table, organisation) for table in _ROWS}
    for table in _ROWS:
        db.execute(
            text(
                f"UPDATE {table} SET organisation_id = CAST(:kept AS uuid) WHERE organisation_id = CAST(:gone AS uuid)"
            ),
            {"kept": into, "gone": organisation},
        )
    taken = filled(_columns(gone), _columns(kept))
    for id in logs.keys() - {into}:
        write_columns(db, "organisations", id, {"merged_into": into})
    write_columns(db, "organisations", into, taken)
    both: RegisterEffects = {"merger": moved}
    for id in sorted(logs.keys() - {into}):
        mine = {"organisations": [id]} | (rows if id == organisation else {})
        effects = both if id == organisation else told
        tell(
            db,
            logs[id],
            by,
            MERGED,
            programme=programme,
            entries=mine,
            words=words,
            columns=["merged_into"],
            effects=effects,
        )
    theirs = rows | ({"organisations": [into]} if taken else {})
    tell(
        db, logs[into], by, TOOK_OVER, programme=programme, entries=theirs, words=words, columns=[*taken], effects=both
    )
    return finish(db, actor, request, Done({"id": into, "gone": organisation}))


def _stood_in_for(db: Connection, organisation: str) -> list[str]:
    """Those in whose place an organisation stands: whoever stands in its own place stands in theirs."""
    query = text("SELECT id::text FROM organisations WHERE merged_into = CAST(:id AS uuid) ORDER BY id")
    return list(db.execute(query, {"id": organisation}).scalars())


def _move_records(
    db: Connection, by: By, noun: Kept, given: JsonMapping, *, words: Mapping[str, str], told: RegisterEffects
) -> list[str]:
    """Its needs or technologies become the other one's; whoever stood for the owner before is followed by who merges."""
    ids = sorted(db.execute(_NEEDS if noun == "need" else _TECHNOLOGIES, given).scalars())
    if not ids:
        return []
    changes = []
    for standing in lock_records(db, noun, ids).values():
        if standing.altered:
            raise Refused(reasons.catalogue.RECORD_ALTERED)
        stood = is_confirmed(standing.state, "owner_id")
        source = standing.state["provenance"].get("owner_id", {}).get("source")
        effects: RegisterEffects = told | ({"confirmed": ["owner_id"]} if stood else {})
        changes.append((standing, Change(CORRECTED, {"owner_id": given["kept"]}, {**words, SOURCE: source}, effects)))
    write_records(db, by, changes)
    return ids


def _move_rights(
    db: Connection, by: By, given: JsonMapping, *, words: Mapping[str, str], told: RegisterEffects
) -> list[str]:
    """The rights of which it is an owner become the other one's; a share is added to that one's own."""
    gone, kept = str(given["gone"]), str(given["kept"])
    ids = sorted(row.id for row in db.execute(_NAMED_RIGHTS, given))

    def after(right: Any) -> RegisterEffects:
        return {"owners": owners_after(right.owners, gone, kept)}

    relink(db, by, ids, after, words=words, told=told)
    return ids
