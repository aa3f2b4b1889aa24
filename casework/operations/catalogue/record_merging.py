"""Two records of one need, or of one technology, made into one: which look alike, what would move, and the merging itself.

Cases name their need and technology by id, and their histories only grow: so a case keeps those that it was opened with, and is shown
and judged by the ones that stand in their places (`operations.core.merged_records`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, TextClause, text

from casework import reasons
from casework.engine.case_objects.kept_records import MERGED, REASON, SOURCE, TOOK_OVER, is_confirmed
from casework.engine.case_objects.organisations import are_alike
from casework.engine.case_objects.record_merging import Facts, Pair, differing, given_up, moves, refusals, taken
from casework.engine.execution.context import By
from casework.engine.execution.guards import line
from casework.engine.state.register_effects import Merger, RegisterEffects
from casework.errors import InvalidForm, NotFound, RecordHasMoved, Refused
from casework.json_values import JsonMapping
from casework.operations.catalogue.kept_records import editable, keeper
from casework.operations.catalogue.matches import MATCH_MOVED, MATCH_REFUSED, REFUSE
from casework.operations.catalogue.merging_views import RecordDouble, RecordMergePreview
from casework.operations.catalogue.service import read_seen
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.merged_records import one_with
from casework.operations.core.need_status import stand_anew
from casework.operations.core.reader_names import entitled
from casework.operations.core.record_log import TABLES, Change, Kept, Standing, lock_records, write_records
from casework.operations.core.register_entries import note_entries
from casework.operations.core.right_links import relink
from casework.operations.core.views import NamedInBoth, row_as, rows_as
from casework.permissions.actors import Actor
from casework.records.event_log import lock_log
from casework.records.register_entries import rows_as_told
from casework.records.row_security import whole

#: So many are offered, and so many are compared.
_OFFERED, _COMPARED = 20, 20_000
_OTHER: Mapping[Kept, Kept] = {"need": "technology", "technology": "need"}


# --- before it -------------------------------------------------------------------------------------------------------


def list_doubles(db: Connection, actor: Actor, noun: Kept, id: str, words: str = "") -> list[RecordDouble]:
    """Into which a record may be merged: those with a title like its own first, or those that `words` find.

    Raises NotFound and NotAllowed.
    """
    programme, _ = editable(db, actor, noun, id)
    one = read_seen(db, actor, noun, id)
    given = {"id": id, "programme": programme, "most": _COMPARED, "words": words}
    rows = db.execute(_FOUND[noun, bool(words)], given).all()
    found = rows if words else [row for row in rows if _may_be(one, row)]
    return [row_as(RecordDouble, row) for row in found[:_OFFERED]]


def _may_be(one: Any, other: Any) -> bool:
    pairs = ((mine, theirs) for mine in (one.title, one.title_zh) for theirs in (other.name, other.name_zh))
    return any(mine and theirs and are_alike(mine, theirs) for mine, theirs in pairs)


def _finding(table: str, words: bool) -> TextClause:
    """The other records of a programme that stand for themselves, the newest first; or those of them that some words find."""
    more = ""
    if words:
        more = (
            " AND (strpos(lower(x.title), lower(:words)) > 0 OR strpos(coalesce(x.title_zh, ''), :words) > 0"
            " OR strpos(lower(x.external_id), lower(:words)) > 0)"
        )
    return text(
        "SELECT x.id::text, x.title AS name, x.title_zh AS name_zh, x.owner_id::text AS owner, x.source, x.external_id"
        f" FROM {table} x WHERE x.programme_id = CAST(:programme AS uuid) AND x.merged_into IS NULL AND x.id <> CAST(:id AS uuid){more}"
        " ORDER BY x.created_at DESC, x.id LIMIT :most"
    )


_FOUND: Mapping[tuple[Kept, bool], TextClause] = {
    (noun, words): _finding(TABLES[noun], words) for noun in _OTHER for words in (False, True)
}


def preview_merging(db: Connection, actor: Actor, noun: Kept, id: str, into: str) -> RecordMergePreview:
    """What would move, what the one that stays would take over, in what they differ, and what speaks against it.

    Raises NotFound and NotAllowed.
    """
    programme, _ = editable(db, actor, noun, id)
    read_seen(db, actor, noun, into)
    gone, kept = _columns(db, noun, id, into)
    given = {"gone": id, "kept": into, "programme": programme}
    pairs = _pairs(db, noun, given)
    stays = {pair.gone for pair in pairs if not moves(pair)}
    matches = db.execute(_MATCHES[noun], given).all()
    return RecordMergePreview(
        matches=[NamedInBoth(id=row.id, name=row.name, name_zh=None) for row in matches if row.id not in stays],
        doubles=[NamedInBoth(id=row.id, name=row.name, name_zh=None) for row in matches if row.id in stays],
        rights=[dict(row._mapping) for row in db.execute(_RIGHTS, given)] if noun == "technology" else [],
        cases=rows_as(NamedInBoth, db.execute(_CASES[noun], given)),
        statements=db.execute(_STATEMENTS, given).scalar_one() if noun == "technology" else 0,
        taken=taken(noun, gone, kept, ()),
        differing=differing(noun, gone, kept),
        refused=refusals(_facts(db, noun, gone, kept, given)),
    )


def _columns(db: Connection, noun: Kept, *ids: str) -> list[JsonMapping]:
    rows = rows_as_told(db, TABLES[noun], ids)
    return [rows[id] | {"id": id} for id in ids]


def _facts(db: Connection, noun: Kept, gone: JsonMapping, kept: JsonMapping, given: JsonMapping) -> Facts:
    owners = {gone["owner_id"], kept["owner_id"]} - {None}
    stands = {row.id: row.stands for row in db.execute(_STANDING, {"ids": sorted(owners)})}
    theirs = [{**one, "owner_id": stands.get(one["owner_id"])} for one in (gone, kept)]
    numbers = [row.number for row in db.execute(_BOTH_RUN[noun], given)]
    return Facts(gone=theirs[0], kept=theirs[1], cases=numbers)


#: Which organisation stands in the place of some.
_STANDING = text(
    "SELECT id::text, coalesce(merged_into, id)::text AS stands FROM organisations WHERE id = ANY(CAST(:ids AS uuid[]))"
)


def _both_run(noun: Kept) -> TextClause:
    """The numbers of cases that run for both with the same other side."""
    mine, other = f"{noun}_id", f"{_OTHER[noun]}_id"
    return text(f"""
        SELECT c.number FROM matches g JOIN matches k ON k.{other} = g.{other} AND k.{mine} = CAST(:kept AS uuid)
        JOIN cases a ON a.id = g.case_id AND a.closed_at IS NULL JOIN cases b ON b.id = k.case_id AND b.closed_at IS NULL
        JOIN cases c ON c.id IN (a.id, b.id)
        WHERE g.{mine} = CAST(:gone AS uuid) AND g.programme_id = CAST(:programme AS uuid) ORDER BY c.number LIMIT 6
    """)


_BOTH_RUN: Mapping[Kept, TextClause] = {noun: _both_run(noun) for noun in _OTHER}


def _pairs_of(noun: Kept) -> TextClause:
    """The matches of the record that goes, each with that of the one that stays with the same other side."""
    mine, other = f"{noun}_id", f"{_OTHER[noun]}_id"
    return text(f"""
        SELECT g.id::text AS gone, g.case_id IS NOT NULL AS gone_has_case, k.id::text AS kept,
            coalesce(k.case_id IS NOT NULL, false) AS kept_has_case FROM matches g
        LEFT JOIN matches k ON k.{other} = g.{other} AND k.{mine} = CAST(:kept AS uuid)
        WHERE g.{mine} = CAST(:gone AS uuid) AND g.programme_id = CAST(:programme AS uuid) ORDER BY g.id
    """)


_PAIRS: Mapping[Kept, TextClause] = {noun: _pairs_of(noun) for noun in _OTHER}


def _pairs(db: Connection, noun: Kept, given: JsonMapping) -> list[Pair]:
    return [Pair(**row._mapping) for row in db.execute(_PAIRS[noun], given)]


def _matches_of(noun: Kept) -> TextClause:
    """The matches of the record that goes, each called by its other side."""
    other = _OTHER[noun]
    return text(f"""
        SELECT m.id::text, {entitled("x")} AS name FROM matches m JOIN {TABLES[other]} x ON x.id = m.{other}_id
        WHERE m.{noun}_id = CAST(:gone AS uuid) AND m.programme_id = CAST(:programme AS uuid) ORDER BY m.created_at DESC, m.id
    """)


_MATCHES: Mapping[Kept, TextClause] = {noun: _matches_of(noun) for noun in _OTHER}


def _cases_of(noun: Kept) -> TextClause:
    """The cases that were opened with the record that goes, or with one in whose place it stands."""
    them = one_with(TABLES[noun], "CAST(:gone AS uuid)")
    return text(f"""
        SELECT c.id::text, c.number AS name, NULL AS name_zh FROM cases c WHERE c.{noun}_id IN {them}
        AND c.programme_id = CAST(:programme AS uuid) ORDER BY c.number
    """)


_CASES: Mapping[Kept, TextClause] = {noun: _cases_of(noun) for noun in _OTHER}
#: The rights that protect the technology that goes.
_RIGHTS = text("""
    SELECT r.id::text, r.kind, r.office, coalesce(r.number, r.application_number) AS number FROM rights r
    JOIN right_technologies l ON l.right_id = r.id WHERE l.technology_id = CAST(:gone AS uuid)
    AND r.programme_id = CAST(:programme AS uuid) ORDER BY r.created_at DESC, r.id
""")
#: How many statements of an assessor there are of it.
_STATEMENTS = text(
    f"SELECT count(*) FROM statements s WHERE s.technology_id IN {one_with('technologies', 'CAST(:gone AS uuid)')}"
    " AND s.replaced_by IS NULL"
)


# --- the merging -----------------------------------------------------------------------------------------------------


def merge_records(
    db: Connection,
    actor: Actor,
    noun: Kept,
    id: str,
    *,
    into: str,
    reason: str,
    chosen: Collection[str] = (),
    request: Request,
    seen: int | None = None,
) -> Done:
    """From now on `into` stands in the place of the record: what was of it is of that one.

    That one takes over what it does not say, and what `chosen` names of that in which the two differ. Raises Refused with what speaks
    against it, and RecordHasMoved where the log of the record is longer than when it was `seen`.
    """
    keeper(db, actor, noun, id)
    words = {REASON: line(reason, REASON)}
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    programme, by = editable(db, actor, noun, id)
    try:
        read_seen(db, actor, noun, into)
    except NotFound:
        raise InvalidForm(fields={"into": reasons.fields.NOT_KNOWN}) from None
    with whole(db):
        lock_log(db, programme)
    earlier_ones = [row.id for row in db.execute(_STOOD_IN_FOR[noun], {"gone": id})]
    standing = lock_records(db, noun, sorted({id, into, *earlier_ones}))
    if seen not in (None, standing[id].log.seq):
        raise RecordHasMoved
    given = {"gone": id, "kept": into, "programme": programme}
    _insist(db, noun, standing, given)
    gone, kept = _columns(db, noun, id, into)
    fields = taken(noun, gone, kept, chosen)
    merger: Merger = {"gone": id, "kept": into}
    told: RegisterEffects = {"merger": merger}
    moved: Merger = {
        **merger,
        "matches": _move_matches(db, by, noun, given, words=words, told=told),
        "rights": _move_rights(db, by, given, words=words, told=told) if noun == "technology" else [],
        "cases": [row.id for row in db.execute(_CASES[noun], given)],
    }
    write_records(
        db,
        by,
        [
            (standing[one], Change(MERGED, {}, words, {"merger": moved} if one == id else told))
            for one in sorted({id, *earlier_ones})
        ],
    )
    both = (standing[id], standing[into])
    _take_over(db, by, both, fields, set(chosen), words=words, effects=({"merger": moved}, told))
    if noun == "need":
        stand_anew(db, into, by)
    return finish(db, actor, request, Done({"id": into, "gone": id}))


def _stood_in_for(table: str) -> TextClause:
    """Those in whose place a record stands: whoever stands in its own place stands in theirs."""
    return text(f"SELECT x.id::text FROM {table} x WHERE x.merged_into = CAST(:gone AS uuid) ORDER BY x.id")


_STOOD_IN_FOR: Mapping[Kept, TextClause] = {noun: _stood_in_for(TABLES[noun]) for noun in _OTHER}


def _insist(db: Connection, noun: Kept, standing: Mapping[str, Standing], given: JsonMapping) -> None:
    if any(one.altered for one in standing.values()):
        raise Refused(reasons.catalogue.RECORD_ALTERED)
    gone, kept = _columns(db, noun, given["gone"], given["kept"])
    if why := refusals(_facts(db, noun, gone, kept, given)):
        raise Refused(*why)


def _take_over(
    db: Connection,
    by: By,
    both: tuple[Standing, Standing],
    fields: JsonMapping,
    chosen: Collection[str],
    *,
    words: Mapping[str, str],
    effects: tuple[RegisterEffects, RegisterEffects],
) -> None:
    """The one that stays says what it takes over, from where each came; who stood for it there is followed by who merges."""
    gone, standing = both
    sources: dict[str | None, list[str]] = {}
    for name in fields:
        sources.setdefault(gone.state["provenance"].get(name, {}).get(SOURCE), []).append(name)
    whole_told = effects[0]
    for source in sorted(sources, key=lambda one: one or "") or [None]:
        names = sources.get(source, [])
        stood = sorted(name for name in names if name in chosen or is_confirmed(gone.state, name))
        told: RegisterEffects = {**whole_told, "confirmed": stood} if stood else whole_told
        change = Change(TOOK_OVER, {name: fields[name] for name in names}, {**words, SOURCE: source}, told)
        write_records(db, by, [(standing, change)])
        # The next event follows this one.
        standing, whole_told = lock_records(db, standing.noun, [standing.log.id])[standing.log.id], effects[1]


def _move_matches(
    db: Connection, by: By, noun: Kept, given: JsonMapping, *, words: Mapping[str, str], told: RegisterEffects
) -> list[str]:
    """Its matches become the other one's. Of two with the same other side one that has no case is refused, and both stay."""
    pairs = _pairs(db, noun, given)
    moved = [pair.gone for pair in pairs if moves(pair)]
    refused = sorted({one for pair in pairs if (one := given_up(pair)) is not None})
    open_ones = list(db.execute(_NOT_REFUSED, {"ids": refused}).scalars())
    db.execute(_MOVE[noun], {"ids": moved, "kept": given["kept"]})
    for one in open_ones:
        db.execute(REFUSE, {"id": one, "by": by.person, "reason": words[REASON], "code": None})
    for ids, kind in ((moved, MATCH_MOVED), (open_ones, MATCH_REFUSED)):
        note_entries(
            db, "matches", given["programme"], ids, kind=kind, by=by.person, role=by.role, effects=told, words=words
        )
    return moved


#: Of some matches those that are not refused.
_NOT_REFUSED = text(
    "SELECT id::text FROM matches WHERE id = ANY(CAST(:ids AS uuid[])) AND refused_at IS NULL"
    " AND expired_at IS NULL ORDER BY id FOR NO KEY UPDATE"
)


def _move(noun: Kept) -> TextClause:
    """Some matches are about another record from now on."""
    return text(f"UPDATE matches SET {noun}_id = CAST(:kept AS uuid) WHERE id = ANY(CAST(:ids AS uuid[]))")


_MOVE: Mapping[Kept, TextClause] = {noun: _move(noun) for noun in _OTHER}


def _move_rights(
    db: Connection, by: By, given: JsonMapping, *, words: Mapping[str, str], told: RegisterEffects
) -> list[str]:
    """The rights that protect it protect the other one."""
    ids = sorted(row.id for row in db.execute(_RIGHTS, given))

    def after(right: Any) -> RegisterEffects:
        return {"technologies": sorted({*right.technologies, str(given["kept"])} - {str(given["gone"])})}

    relink(db, by, ids, after, words=words, told=told)
    return ids
