"""Two records of one IP right made into one: which look alike, what would move, and the merging itself.

Cases name their rights by id, and their histories only grow: so a case keeps those by which it knows them, and is shown and judged by
the ones that stand in their places (`operations.core.merged_records`). What lies on the right that goes lies on the one that stays.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.encumbrances import MERGED, TOOK_OVER, after, number_of
from casework.engine.case_objects.ip_rights import REASON, SOURCE
from casework.engine.case_objects.right_merging import (
    OWNERS,
    Clash,
    clashes,
    differing,
    refusals,
    stands_then,
    taken,
)
from casework.engine.execution.context import By
from casework.engine.execution.guards import line
from casework.engine.state.events import RegisterEvent
from casework.engine.state.register_effects import Merger, RegisterEffects
from casework.engine.state.right_values import Encumbrance
from casework.errors import InvalidForm, NotFound, RecordHasMoved, Refused
from casework.json_values import JsonMapping, JsonObject
from casework.operations.catalogue.ip_rights import (
    editable,
    insist_new,
    insist_sound,
    insist_stands,
    take_turn,
    today_of,
    write_columns,
)
from casework.operations.catalogue.right_history import seen_programme
from casework.operations.core.encumbrances import write_encumbrances
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.merged_records import one_with
from casework.operations.core.reader_names import entitled
from casework.operations.core.register_log import append_each
from casework.operations.core.right_links import whose, with_links, write_owners, write_technologies
from casework.operations.core.views import NamedInBoth, row_as, rows_as
from casework.permissions.actors import Actor
from casework.reasons import Why
from casework.records.event_log import Log, lock_logs
from casework.records.row_security import whole

#: So many are offered, and so many are compared.
_OFFERED, _COMPARED = 20, 20_000
#: A number of fewer digits tells no two rights apart.
_DIGITS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class RightDouble:
    """Another right that may be the same one."""

    id: str
    kind: str
    office: str | None
    number: str | None
    owner: str | None
    confirmed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class RightMergePreview:
    """What would become of a right that is merged into another one."""

    #: The technologies that the one that stays would protect as well.
    technologies: list[NamedInBoth]
    #: The cases that are about it, by number; each keeps its id and goes on with the one in its place.
    cases: list[NamedInBoth]
    #: What stands on it and would lie on that one.
    encumbrances: list[Encumbrance]
    #: How many files show what lies on it.
    evidence: int
    #: What the one that stays would take over.
    taken: JsonObject
    #: Of what they say differently, by field: of these one chooses.
    differing: list[str]
    #: What stands on both and cannot stand on one right together: it is no bar, for it is so already.
    clashes: list[Clash]
    #: Whether rules may rely on the one that stays, without anything being chosen.
    confirmed: bool
    #: What speaks against it.
    refused: list[Why]


# --- before it -------------------------------------------------------------------------------------------------------


def list_doubles(db: Connection, actor: Actor, right: str, words: str = "") -> list[RightDouble]:
    """Into which a right may be merged: those with a number or a technology like its own, or those that `words` find.

    Raises NotFound and NotAllowed.
    """
    programme, _ = editable(db, actor, right)
    insist_stands(db, right)
    given = {"id": right, "programme": programme, "most": _COMPARED, "words": words}
    rows = db.execute(_CALLED if words else _OTHERS, given).all()
    one = db.execute(_ONE, {"id": right}).one()
    found = rows if words else [row for row in rows if _may_be(one, row)]
    return [row_as(RightDouble, row, number=row.number or row.application_number) for row in found[:_OFFERED]]


def _may_be(one: Any, other: Any) -> bool:
    if set(_marks(one)) & set(_marks(other)):
        return True
    named = (one.number or one.application_number) and (other.number or other.application_number)
    return one.kind == other.kind and not named and bool(set(one.technologies) & set(other.technologies))


def _marks(right: Any) -> Iterator[str]:
    """Its numbers as digits alone, with and without the digit that checks them."""
    for number in (right.number, right.application_number):
        for part in (number or "", (number or "").partition(".")[0]):
            if len(digits := re.sub(r"\D", "", part)) >= _DIGITS:
                yield digits


#: A right with what it belongs to.
_ONE = text(f"SELECT x.*, {with_links('x')} FROM rights x WHERE x.id = CAST(:id AS uuid)")
#: Another right of a programme that stands for itself.
_FOUND = f"""
    SELECT x.id::text, x.kind, x.office, x.number, x.application_number, {whose("x")} AS owner, x.confirmed, {with_links("x")}
    FROM rights x WHERE x.programme_id = CAST(:programme AS uuid) AND x.merged_into IS NULL AND x.id <> CAST(:id AS uuid)
"""
#: The others, the newest first.
_OTHERS = text(f"{_FOUND} ORDER BY x.created_at DESC, x.id LIMIT :most")
#: Those of them that some words find.
_CALLED = text(
    f"{_FOUND} AND (strpos(lower(x.number), lower(:words)) > 0 OR strpos(lower(x.application_number), lower(:words)) > 0"
    " OR strpos(lower(x.owner), lower(:words)) > 0) ORDER BY x.created_at DESC, x.id LIMIT :most"
)


def preview_merging(db: Connection, actor: Actor, right: str, into: str) -> RightMergePreview:
    """What would move, what the one that stays would take over, in what they differ, what lies on both, and what speaks against it.

    Raises NotFound and NotAllowed.
    """
    programme, _ = editable(db, actor, right)
    insist_stands(db, right)
    seen_programme(db, actor, into)
    gone, kept = _columns(db, right, into)
    given = {"gone": right, "kept": into, "programme": programme}
    fields = taken(gone, kept, ())
    return RightMergePreview(
        technologies=rows_as(NamedInBoth, db.execute(_TECHNOLOGIES, given)),
        cases=rows_as(NamedInBoth, db.execute(_CASES, given)),
        encumbrances=[one for one in gone["encumbrances"] if one["to"] is None],
        evidence=db.execute(_EVIDENCE, given).scalar_one(),
        taken=fields,
        differing=differing(gone, kept),
        clashes=clashes(gone["encumbrances"], kept["encumbrances"]),
        confirmed=kept["confirmed"] or stands_then(gone, kept, fields),
        refused=refusals(gone, kept),
    )


def _columns(db: Connection, *ids: str) -> list[dict[str, Any]]:
    """Some rights by column, as an event tells them."""
    return [{name: _plain(value) for name, value in db.execute(_ONE, {"id": id}).one()._mapping.items()} for id in ids]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


#: What the one that goes protects and the one that stays does not.
_TECHNOLOGIES = text(f"""
    SELECT x.id::text, {entitled("x")} AS name, NULL AS name_zh FROM technologies x
    WHERE x.id IN (SELECT technology_id FROM right_technologies WHERE right_id = CAST(:gone AS uuid))
    AND x.id NOT IN (SELECT technology_id FROM right_technologies WHERE right_id = CAST(:kept AS uuid)) ORDER BY 2, 1
""")
#: The cases that are about the right that goes, or about one in whose place it stands.
_CASES = text(f"""
    SELECT c.id::text, c.number AS name, NULL AS name_zh FROM cases c
    WHERE c.rights && ARRAY{one_with("rights", "CAST(:gone AS uuid)")} AND c.programme_id = CAST(:programme AS uuid) ORDER BY c.number
""")
#: How many files show what lies on it.
_EVIDENCE = text(f"SELECT count(*) FROM evidence x WHERE x.log_id IN {one_with('rights', 'CAST(:gone AS uuid)')}")


# --- the merging -----------------------------------------------------------------------------------------------------


def merge_rights(
    db: Connection,
    actor: Actor,
    right: str,
    *,
    into: str,
    reason: str,
    chosen: Collection[str] = (),
    request: Request,
    seen: int | None = None,
) -> Done:
    """From now on `into` stands in the place of the right: what belonged to it and lay on it is of that one.

    That one takes over what it does not say, and what `chosen` names of that in which the two differ. Raises Refused with what speaks
    against it, NotAllowed where the right was merged already, InvalidForm where what it would say cannot be, and RecordHasMoved where
    the log of the right is longer than when `seen`.
    """
    programme, by = editable(db, actor, right)
    words = {REASON: line(reason, REASON)}
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    try:
        seen_programme(db, actor, into)
    except NotFound:
        raise InvalidForm(fields={"into": reasons.fields.NOT_KNOWN}) from None
    take_turn(db, programme)
    before = list(db.execute(_STOOD_IN_FOR, {"gone": right}).scalars())
    with whole(db):
        logs = lock_logs(db, sorted({right, into, *before}))
    if seen not in (None, logs[right].seq):
        raise RecordHasMoved
    insist_stands(db, right)
    gone, kept = _columns(db, right, into)
    if why := refusals(gone, kept):
        raise Refused(*why)
    fields = taken(gone, kept, chosen)
    merger: Merger = {"gone": right, "kept": into}
    cases = [row.id for row in db.execute(_CASES, {"gone": right, "programme": programme})]
    told = _Told(by, words, {"merger": {**merger, "cases": cases}}, {"merger": merger})
    _let_go(db, told, [logs[id] for id in sorted({right, *before})], right, into)
    _take_over(db, told, logs[into], (gone, kept), fields)
    return finish(db, actor, request, Done({"id": into, "gone": right}))


#: Those in whose place a right stands: whoever stands in its own place stands in theirs.
_STOOD_IN_FOR = text("SELECT id::text FROM rights WHERE merged_into = CAST(:gone AS uuid) ORDER BY id")


@dataclass(frozen=True)
class _Told:
    """Who merges and why, and what the logs say of it: those of the two, and of those in whose place the one stood."""

    by: By
    words: Mapping[str, str]
    moved: RegisterEffects
    merger: RegisterEffects

    def event(self, log: Log, kind: str, effects: RegisterEffects, body: JsonMapping) -> RegisterEvent:
        by = self.by
        return log.next_event(
            kind, by.person, role=by.role, acting_for=by.acting_for, effects=effects, body={**body, **self.words}
        )


def _let_go(db: Connection, told: _Told, logs: list[Log], right: str, into: str) -> None:
    """The right that goes protects nothing more, is nobody's, and nothing lies on it; those in whose place it stood follow."""
    moved: RegisterEffects = {**told.moved, "technologies": [], "owners": []}
    events = [(log, told.event(log, MERGED, moved if log.id == right else told.merger, {})) for log in logs]
    with whole(db):
        append_each(db, events)
    for log in logs:
        write_columns(db, log.id, {"merged_into": into})
    write_technologies(db, right, [])
    write_owners(db, right, [])
    write_encumbrances(db, right, [])


def _take_over(
    db: Connection, told: _Told, log: Log, both: tuple[dict[str, Any], dict[str, Any]], fields: JsonMapping
) -> None:
    """The one that stays says what it takes over, and has what belonged to the other one and lay on it."""
    gone, kept = both
    effects: RegisterEffects = {**told.moved, "burdens": [_numberless(one) for one in gone["encumbrances"]]}
    body: JsonObject = {name: value for name, value in fields.items() if name != OWNERS}
    body |= {number_of(one["id"]): one["number"] for one in gone["encumbrances"] if one.get("number")}
    protects = sorted({*kept["technologies"], *gone["technologies"]})
    if protects != sorted(kept["technologies"]):
        effects["technologies"] = protects
    if OWNERS in fields:
        effects["owners"] = fields[OWNERS]
    columns: JsonObject = {name: value for name, value in fields.items() if name != OWNERS}
    if stands_then(gone, kept, fields):
        effects["stands"], columns["confirmed"] = True, True
        if gone["checked_on"]:
            effects["checked_on"] = columns["checked_on"] = gone["checked_on"]
        if gone[SOURCE]:
            body[SOURCE] = columns[SOURCE] = gone[SOURCE]
    event = told.event(log, TOOK_OVER, effects, body)
    lying = after(kept["encumbrances"], event)
    insist_sound(
        kept["kind"],
        columns,
        {**kept, **fields},
        today=today_of(db, str(log.programme)),
        burdens=lying,
        whole=bool(kept["confirmed"] or "stands" in effects),
    )
    insist_new(db, str(log.programme), log.id, {**kept, **fields})
    with whole(db):
        append_each(db, [(log, event)])
    if columns:
        write_columns(db, log.id, columns)
    if "technologies" in effects:
        write_technologies(db, log.id, effects["technologies"])
    if "owners" in effects:
        write_owners(db, log.id, effects["owners"])
    write_encumbrances(db, log.id, lying)


def _numberless(burden: Encumbrance) -> Encumbrance:
    """An encumbrance without its number, which is a word of the event's body and may be erased."""
    told: Any = {name: value for name, value in burden.items() if name != "number" or value is None}
    return told  # type: ignore[no-any-return]  # the same keys, but for the number
