"""A merging of two needs or technologies taken back: the record that went stands for itself again.

Its matches and rights are its own again, as far as nothing has come of them since. Cases follow what they named: those opened with it
show it again, those opened with the other one that one. What the other one took over it goes on saying: it may be corrected there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, TextClause, text

from casework import reasons
from casework.engine.case_objects.kept_records import GAVE_BACK, MERGED, REASON, UNMERGED
from casework.engine.execution.context import By
from casework.engine.execution.guards import line
from casework.engine.state.events import RegisterEvent
from casework.engine.state.register_effects import Merger, RegisterEffects
from casework.errors import RecordHasMoved, Refused
from casework.json_values import JsonMapping
from casework.operations.catalogue.kept_records import keeper
from casework.operations.catalogue.matches import MATCH_GIVEN_BACK
from casework.operations.catalogue.twins import keep_apart
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.need_status import stand_anew
from casework.operations.core.record_log import Change, Kept, lock_records, write_records
from casework.operations.core.register_entries import note_entries
from casework.operations.core.right_links import relink
from casework.permissions.actors import Actor
from casework.records.event_log import lock_log, read_register
from casework.records.row_security import whole

_OTHER: Mapping[Kept, Kept] = {"need": "technology", "technology": "need"}


def merged_one(db: Connection, actor: Actor, noun: Kept, id: str) -> tuple[str, By, str]:
    """The programme of a merged record that the actor may have stand again, in which capacity, and what stands in its place.

    Raises NotFound, NotAllowed, and Refused for one that stands for itself.
    """
    programme, by, kept = keeper(db, actor, noun, id)
    if kept is None:
        raise Refused(reasons.catalogue.RECORD_NOT_MERGED)
    return programme, by, kept


def unmerge_record(
    db: Connection, actor: Actor, noun: Kept, id: str, *, reason: str, request: Request, seen: int | None = None
) -> Done:
    """Take a merging back: the record stands for itself again, and is proposed as the other one's twin no more.

    Raises Refused where it was not merged, or others had been merged into it before, and RecordHasMoved where its log is longer than when
    it was `seen`.
    """
    keeper(db, actor, noun, id)
    words = {REASON: line(reason, REASON)}
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    programme, by, kept = merged_one(db, actor, noun, id)
    with whole(db):
        lock_log(db, programme)
    standing = lock_records(db, noun, sorted({id, kept}))
    if seen not in (None, standing[id].log.seq):
        raise RecordHasMoved
    if standing[id].state["merged_into"] != kept:
        raise Refused(reasons.catalogue.RECORD_NOT_MERGED)
    if any(one.altered for one in standing.values()):
        raise Refused(reasons.catalogue.RECORD_ALTERED)
    with whole(db):
        events = list(read_register(db, id))
        followed = [row.id for row in db.execute(_FOLLOWED, {"id": id})]
    if followed:
        raise Refused(reasons.catalogue.MERGED_INTO_IT_BEFORE)
    moved = _moved(id, events)
    both: Merger = {"gone": id, "kept": kept}
    told: RegisterEffects = {"unmerger": both}
    given = {"gone": id, "kept": kept, "programme": programme}
    back: Merger = {
        **both,
        "matches": _give_matches(db, by, noun, {**given, "ids": moved.get("matches", [])}, words=words, told=told),
        "rights": _give_rights(db, by, moved, given, words=words, told=told),
    }
    effects: RegisterEffects = {"unmerger": back}
    changes = [
        (standing[id], Change(UNMERGED, {}, words, effects)),
        (standing[kept], Change(GAVE_BACK, {}, words, effects)),
    ]
    write_records(db, by, changes)
    if noun == "need":
        for one in sorted((id, kept)):
            stand_anew(db, one, by)
    keep_apart(db, programme, id, kept)
    return finish(db, actor, request, Done({"id": id, "kept": kept}))


#: The records that stand elsewhere now because they had been merged into one that was merged then; of one that was taken back since it
#: does not count how it stands.
_FOLLOWED = text("""
    SELECT DISTINCT l.id::text FROM events e JOIN logs l ON l.id = e.log_id
    LEFT JOIN needs n ON n.id = l.id LEFT JOIN technologies t ON t.id = l.id
    WHERE e.log_id <> CAST(:id AS uuid) AND e.kind = 'merged'
    AND e.effects @> jsonb_build_object('merger', jsonb_build_object('gone', CAST(:id AS text)))
    AND coalesce(n.merged_into, t.merged_into) IS NOT NULL
    AND NOT EXISTS (SELECT FROM events u WHERE u.log_id = e.log_id AND u.kind = 'unmerged' AND u.seq > e.seq) ORDER BY 1
""")


def _moved(id: str, events: Iterable[RegisterEvent]) -> Merger:
    """What became the other record's when this one was merged last."""
    mergers = [event.effects["merger"] for event in events if event.kind == MERGED]
    return next(merger for merger in reversed(mergers) if merger["gone"] == id)


def _give_matches(
    db: Connection, by: By, noun: Kept, given: JsonMapping, *, words: Mapping[str, str], told: RegisterEffects
) -> list[str]:
    """Its matches are its own again, but for those of which a case came by the other record since."""
    back = [row.id for row in db.execute(_GIVE[noun], given)]
    note_entries(
        db,
        "matches",
        given["programme"],
        back,
        kind=MATCH_GIVEN_BACK,
        by=by.person,
        role=by.role,
        effects=told,
        words=words,
    )
    return back


def _give(noun: Kept) -> TextClause:
    """Some matches are about the record again that they came with."""
    mine, other = f"{noun}_id", f"{_OTHER[noun]}_id"
    return text(f"""
        UPDATE matches m SET {mine} = CAST(:gone AS uuid) WHERE m.id = ANY(CAST(:ids AS uuid[])) AND m.{mine} = CAST(:kept AS uuid)
        AND (m.case_id IS NULL OR EXISTS (SELECT FROM cases c WHERE c.id = m.case_id AND c.{mine} = CAST(:gone AS uuid)))
        AND NOT EXISTS (SELECT FROM matches x WHERE x.{mine} = CAST(:gone AS uuid) AND x.{other} = m.{other}
            AND x.programme_id = m.programme_id)
        RETURNING m.id::text
    """)


_GIVE: Mapping[Kept, TextClause] = {noun: _give(noun) for noun in _OTHER}


def _give_rights(
    db: Connection, by: By, moved: Merger, given: JsonMapping, *, words: Mapping[str, str], told: RegisterEffects
) -> list[str]:
    """The rights that protected it protect it again, and the other one only if they did before."""
    gone, kept = str(given["gone"]), str(given["kept"])
    ids = [row.id for row in db.execute(_STILL, {"ids": moved.get("rights", []), "kept": kept})]
    with whole(db):
        both = {id for id in ids if _protected(read_register(db, id), gone, kept)}

    def after(right: Any) -> RegisterEffects:
        stays = set() if right.id in both else {kept}
        return {"technologies": sorted({*right.technologies, gone} - stays)}

    relink(db, by, ids, after, words=words, told=told)
    return ids


#: Of some rights those that protect a technology.
_STILL = text("""
    SELECT l.right_id::text AS id FROM right_technologies l
    WHERE l.right_id = ANY(CAST(:ids AS uuid[])) AND l.technology_id = CAST(:kept AS uuid) ORDER BY 1
""")


def _protected(events: Iterable[RegisterEvent], gone: str, kept: str) -> bool:
    """Whether a right protected the one that stayed before the two were merged."""
    before: list[str] = []
    protected = False
    for event in events:
        merger = event.effects.get("merger")
        if merger is not None and merger["gone"] == gone:
            protected = kept in before or merger["kept"] in before
        if "right" in event.effects:
            before = event.effects["right"]["technologies"]
        if "technologies" in event.effects:
            before = event.effects["technologies"]
    return protected
