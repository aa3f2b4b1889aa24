"""Needs and technologies that may be the same one twice: found by a job, listed for who keeps them, and said to be two.

Which two are one is for a person to say: that is a merging (`record_merging`). Twins that somebody said to be two are proposed no more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, TextClause, text

from casework import reasons
from casework.engine.analysis.twins import ALIKE, Told, alike, bands_of, compare, groups_of
from casework.engine.case_objects.kept_records import REASON, TOLD_APART
from casework.engine.execution.guards import line
from casework.errors import InvalidForm, NotAllowed, NotFound, Refused
from casework.operations.catalogue.kept_records import EDITORS, editable
from casework.operations.catalogue.service import read_seen
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.paging import Page, cursor_id, from_cursor, insist_limit, page
from casework.operations.core.pending_searches import TWINS, end_pending, first_pending, list_pending
from casework.operations.core.reader_names import entitled
from casework.operations.core.record_log import TABLES, Change, Kept, lock_records, write_records
from casework.operations.core.twin_marks import TEXTS, read_states, told_of
from casework.permissions.actors import Actor
from casework.permissions.visibility import closed_of, reach
from casework.records.access_sql import shows_need
from casework.records.database import transaction
from casework.records.event_log import lock_log
from casework.records.row_security import whole
from casework.records.search_terms import rarest_terms

#: So many records are looked at together, for each time costs the same trips, and each is compared with so many at most, the oldest first.
_AT_ONCE, _COMPARED = 200, 60
#: By so many of its longest words a title is looked for.
_TITLE_WORDS = 2
#: So many groups stand on a page, and so many likely twins beside a form.
MOST_GROUPS, MOST_LIKELY = 50, 5


# --- finding them ----------------------------------------------------------------------------------------------------


def list_unsearched(db: Connection) -> list[str]:
    """The programmes with records whose twins were not looked for since they changed."""
    return list_pending(db, TWINS)


def search_twins(engine: Engine, programme: str) -> int:
    """Look for the twins of all records of a programme that have changed, a few at once; gives how many it looked at.

    They are compared between two transactions, for what they tell may be long. What changes meanwhile is left to the next search.
    """
    looked = 0
    while True:
        with transaction(engine) as db:
            some = _read_some(db, programme)
        found = _compare(some)
        with transaction(engine) as db:
            done = _propose(db, programme, some, found)
        if not done:
            return looked
        looked += done


@dataclass(frozen=True, kw_only=True, slots=True)
class _Some:
    """A few records whose twins are looked for."""

    taken: Collection[str]
    #: Each with one that shares a band with it, once.
    pairs: Collection[tuple[str, str]]
    #: How far the log of each of them had come when it was read.
    states: Mapping[str, int]
    told: Mapping[tuple[Kept, str], Told]


def _read_some(db: Connection, programme: str) -> _Some:
    taken = first_pending(db, TWINS, programme, most=_AT_ONCE)
    rows = db.execute(_SHARING, {"ids": taken, "most": _COMPARED}).all()
    pairs = sorted({(min(row.one, row.other), max(row.one, row.other)) for row in rows})
    # Before what they tell: what is told later is compared again.
    states = read_states(db, {*taken, *(row.other for row in rows)})
    told = {
        (noun, row.id): told_of(noun, dict(row._mapping))
        for noun, query in _TOLD.items()
        for row in db.execute(query, {"ids": sorted({id for pair in pairs for id in pair})})
    }
    return _Some(taken=taken, pairs=pairs, states=states, told=told)


def _compare(some: _Some) -> list[dict[str, Any]]:
    found = []
    for one, other in some.pairs:
        for noun in _NOUNS:
            if (noun, one) in some.told and (noun, other) in some.told:
                twins = compare(some.told[noun, one], some.told[noun, other])
                if twins is not None:
                    found.append({"one": one, "other": other, **asdict(twins)})
    return found


def _propose(db: Connection, programme: str, some: _Some, found: Collection[Mapping[str, Any]]) -> int:
    """Keep what was found of those that stand with all their pairs as they were read; gives how many these are."""
    held = list(db.execute(_STANDING, {"ids": sorted(some.states)}).scalars())
    moved = some.states.keys() - {id for id, state in read_states(db, held).items() if state == some.states[id]}
    moved |= {id for pair in some.pairs if not moved.isdisjoint(pair) for id in pair}
    done = sorted(set(some.taken) - moved)
    if done:
        pairs = [pair for pair in found if pair["one"] in done or pair["other"] in done]
        db.execute(_FORGET, {"ids": done})
        db.execute(_PROPOSE, {"programme": programme, "pairs": orjson.dumps(pairs).decode()})
        end_pending(db, TWINS, programme, done)
    return len(done)


#: Each of some records with the oldest that share a band with it. Those that share one are found first, by the index (OFFSET 0): in the
#: order of their ids the planner would read all others.
_SHARING = text("""
    SELECT m.record_id::text AS one, o.record_id::text AS other FROM twin_marks m CROSS JOIN LATERAL (
        SELECT y.record_id FROM (
            SELECT x.record_id FROM twin_marks x WHERE x.bands && m.bands AND x.programme_id = m.programme_id
            AND x.record_id <> m.record_id OFFSET 0
        ) y ORDER BY y.record_id LIMIT :most
    ) o WHERE m.record_id = ANY(CAST(:ids AS uuid[])) ORDER BY 1, 2
""")
#: The marks of some records, kept as they are until the end; one that is being changed is not among them.
_STANDING = text("""
    SELECT record_id::text FROM twin_marks WHERE record_id = ANY(CAST(:ids AS uuid[])) ORDER BY record_id FOR UPDATE SKIP LOCKED
""")


def _told(noun: Kept) -> TextClause:
    """What some records tell that stand for themselves."""
    texts = ", ".join(TEXTS[noun])
    return text(
        f"SELECT id::text, {texts} FROM {TABLES[noun]} WHERE id = ANY(CAST(:ids AS uuid[])) AND merged_into IS NULL ORDER BY id"
    )


_NOUNS: tuple[Kept, ...] = ("need", "technology")
_TOLD: Mapping[Kept, TextClause] = {noun: _told(noun) for noun in _NOUNS}
#: Takes away what was proposed of some records as they were.
_FORGET = text("""
    DELETE FROM twin_pairs WHERE NOT apart AND (one_id = ANY(CAST(:ids AS uuid[])) OR other_id = ANY(CAST(:ids AS uuid[])))
""")
#: Proposes pairs; those of which somebody said that they are two stay so.
_PROPOSE = text("""
    INSERT INTO twin_pairs (one_id, other_id, programme_id, likeness, titles, in_order)
    SELECT one, other, CAST(:programme AS uuid), round(likeness, 4), round(titles, 4), round("order", 4)
    FROM jsonb_to_recordset(CAST(:pairs AS jsonb)) AS p(one uuid, other uuid, likeness numeric, titles numeric, "order" numeric)
    ON CONFLICT (one_id, other_id) DO UPDATE
    SET likeness = excluded.likeness, titles = excluded.titles, in_order = excluded.in_order WHERE NOT twin_pairs.apart
""")


# --- what was found --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Twin:
    """A record of a group of twins."""

    id: str
    name: str
    source: str
    external_id: str
    #: Id of the organisation.
    owner: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TwinPair:
    """Two records that may be one, each by its id, and how alike they are, from 0 to 1."""

    one: str
    other: str
    likeness: float
    #: Of their titles alone.
    titles: float
    #: How much of the shorter stands in the other in the same order.
    order: float


@dataclass(frozen=True, kw_only=True, slots=True)
class TwinGroup:
    """Records of one kind that may all be one: each is alike to another of them."""

    noun: str
    #: The oldest first.
    records: list[Twin]
    pairs: list[TwinPair]


def list_groups(db: Connection, actor: Actor, *, about: str | None = None, noun: Kept | None = None) -> list[TwinGroup]:
    """The first of them, as many as stand on a page."""
    return list_group_page(db, actor, about=about, noun=noun, limit=MOST_GROUPS).items


def list_group_page(
    db: Connection,
    actor: Actor,
    *,
    about: str | None = None,
    noun: Kept | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> Page[TwinGroup]:
    """The groups of twins that are proposed to who keeps records, the most alike first; or those that a record is `about`, or of a kind.

    Raises NotFound for who reads no register, and NotAllowed for who keeps none.
    """
    if not reach(actor).all_of:
        raise NotFound("programme")
    kept = sorted({m.programme for m in actor.memberships if m.programme and m.role in EDITORS})
    if not kept:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=EDITORS))
    most, keys = insist_limit(limit), from_cursor(cursor, 3)
    after = None if keys is None else (-_likeness(keys[0]), cursor_id(keys[1]), cursor_id(keys[2]))
    rows = db.execute(_OPEN, {"programmes": kept}).all()
    groups = groups_of((row.one, row.other) for row in rows)
    place = {id: at for at, group in enumerate(groups) for id in group}
    inside: dict[int, list[Any]] = {}
    for row in rows:
        inside.setdefault(place[row.one], []).append(row)
    # A group stands where its most alike pair does.
    waiting = [at for at, of in inside.items() if (about is None or about in groups[at]) and _comes_after(of[0], after)]
    found: list[tuple[TwinGroup, Any]] = []
    for some in (waiting[at : at + most + 1] for at in range(0, len(waiting), most + 1)):
        known = _records(db, {id for at in some for id in groups[at]})
        whole_ones = [at for at in some if all(id in known for id in groups[at])]
        of_noun = [at for at in whole_ones if noun is None or known[groups[at][0]][0] == noun]
        found += [(_group(groups[at], inside[at], known), inside[at][0]) for at in of_noun]
        if len(found) > most:
            break
    shown, following = page(found[: most + 1], most, lambda one: (str(one[1].likeness), one[1].one, one[1].other))
    return Page(items=[group for group, _ in shown], next=following)


def _group(ids: Sequence[str], rows: Sequence[Any], known: Mapping[str, tuple[Kept, Twin]]) -> TwinGroup:
    pairs = [
        TwinPair(
            one=row.one,
            other=row.other,
            likeness=float(row.likeness),
            titles=float(row.titles),
            order=float(row.in_order),
        )
        for row in rows
    ]
    return TwinGroup(noun=known[ids[0]][0], records=[known[id][1] for id in ids], pairs=pairs)


def _comes_after(row: Any, after: tuple[Decimal, str, str] | None) -> bool:
    return after is None or (-row.likeness, row.one, row.other) > after


def _likeness(key: Any) -> Decimal:
    try:
        likeness = Decimal(key)
    except (TypeError, ArithmeticError):
        raise InvalidForm(fields={"cursor": reasons.fields.NOT_OURS}) from None
    if not likeness.is_finite():
        raise InvalidForm(fields={"cursor": reasons.fields.NOT_OURS})
    return likeness


#: The proposed pairs of some programmes, the most alike first.
_OPEN = text("""
    SELECT p.one_id::text AS one, p.other_id::text AS other, p.likeness, p.titles, p.in_order FROM twin_pairs p
    WHERE p.programme_id = ANY(CAST(:programmes AS uuid[])) AND NOT p.apart
    ORDER BY p.likeness DESC, p.one_id, p.other_id
""")


def _named(noun: Kept) -> TextClause:
    """What some records are called, and where they come from."""
    return text(f"""
        SELECT x.id::text, {entitled("x")} AS name, x.source, x.external_id, x.owner_id::text AS owner FROM {TABLES[noun]} x
        WHERE x.id = ANY(CAST(:ids AS uuid[])) AND x.merged_into IS NULL ORDER BY x.id
    """)


_NAMED: Mapping[Kept, TextClause] = {noun: _named(noun) for noun in _NOUNS}


def _records(db: Connection, ids: Collection[str]) -> dict[str, tuple[Kept, Twin]]:
    given = {"ids": sorted(ids)}
    return {row.id: (noun, Twin(**row._mapping)) for noun in _NOUNS for row in db.execute(_NAMED[noun], given)}


def _beside(noun: Kept) -> TextClause:
    """Of some records that may be the same as another, each with the one that is most alike of those that are shown to who asks."""
    shown = shows_need("x") if noun == "need" else "true"
    return text(f"""
        SELECT DISTINCT ON (y.id) y.id::text, y.other::text FROM (
            SELECT p.one_id AS id, p.other_id AS other, p.likeness FROM twin_pairs p
            WHERE p.one_id = ANY(CAST(:ids AS uuid[])) AND NOT p.apart
            UNION ALL
            SELECT p.other_id, p.one_id, p.likeness FROM twin_pairs p WHERE p.other_id = ANY(CAST(:ids AS uuid[])) AND NOT p.apart
        ) y JOIN {TABLES[noun]} x ON x.id = y.other
        WHERE x.programme_id = ANY(CAST(:all_of AS uuid[])) AND x.merged_into IS NULL AND {shown} ORDER BY y.id, y.likeness DESC, y.other
    """)


_BESIDE: Mapping[Kept, TextClause] = {noun: _beside(noun) for noun in _NOUNS}


def likely_twins(db: Connection, actor: Actor, noun: Kept, ids: Collection[str]) -> dict[str, str]:
    """By record the one with which it may be the same, of those records that may be, as far as the actor reads both."""
    given = {"ids": sorted(ids), "all_of": sorted(reach(actor).all_of), "closed_of": sorted(closed_of(actor))}
    return {row.id: row.other for row in db.execute(_BESIDE[noun], given)}


def tell_apart(db: Connection, actor: Actor, noun: Kept, id: str, *, other: str, reason: str, request: Request) -> Done:
    """Say that two records that are alike are two: they are proposed as twins no more, and both logs say why.

    Raises InvalidForm where the other one is not there.
    """
    programme, by = editable(db, actor, noun, id)
    words = {REASON: line(reason, REASON)}
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    try:
        row = read_seen(db, actor, noun, other)
    except NotFound:
        raise InvalidForm(fields={"other": reasons.fields.NOT_KNOWN}) from None
    if other == id or str(row.programme_id) != programme or row.merged_into is not None:
        raise InvalidForm(fields={"other": reasons.fields.NOT_KNOWN})
    with whole(db):
        lock_log(db, programme)
    standing = lock_records(db, noun, sorted({id, other}))
    if any(one.altered for one in standing.values()):
        raise Refused(reasons.catalogue.RECORD_ALTERED)
    changes = [
        (standing[one], Change(TOLD_APART, {}, words, {"apart": theirs})) for one, theirs in ((id, other), (other, id))
    ]
    write_records(db, by, changes)
    keep_apart(db, programme, id, other)
    return finish(db, actor, request, Done({"id": id, "other": other}))


def keep_apart(db: Connection, programme: str, id: str, other: str) -> None:
    """These two are proposed no more."""
    one, two = sorted((id, other))
    db.execute(_APART, {"one": one, "other": two, "programme": programme})


#: Keeps that two records are two.
_APART = text("""
    INSERT INTO twin_pairs (one_id, other_id, programme_id, likeness, titles, in_order, apart)
    VALUES (CAST(:one AS uuid), CAST(:other AS uuid), CAST(:programme AS uuid), 0, 0, 0, true)
    ON CONFLICT (one_id, other_id) DO UPDATE SET apart = true
""")


# --- while somebody types ----------------------------------------------------------------------------------------------


def list_likely(db: Connection, actor: Actor, noun: Kept, programme: str, texts: Mapping[str, str]) -> list[Twin]:
    """The records of a programme that may be the same as what somebody is about to enter, the most alike first.

    Raises NotFound for who does not read its register, and NotAllowed for who enters none.
    """
    if programme not in reach(actor).all_of:
        raise NotFound("programme")
    if not actor.in_programme(programme, EDITORS):
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=EDITORS))
    told = told_of(noun, {name: texts.get(name) for name in TEXTS[noun]})
    bands = bands_of(told.runs)
    if not bands:
        return []
    called = " & ".join(rarest_terms((texts.get("title") or "").split(), _TITLE_WORDS)) or None
    given = {"bands": bands, "programme": programme, "most": _COMPARED, "called": called}
    ids = [row.id for row in db.execute(_LIKELY[noun], given)]
    rows = db.execute(_TOLD[noun], {"ids": ids}).all()
    found = {row.id: _likely(told, told_of(noun, dict(row._mapping))) for row in rows}
    known = _records(db, found)
    best = sorted((id for id in found if found[id] >= ALIKE and id in known), key=lambda id: (-found[id], id))
    return [known[id][1] for id in best[:MOST_LIKELY]]


def _likely(told: Told, other: Told) -> float:
    """How likely two are one while the one is still being typed: by all of their words, or by their titles."""
    return max(alike(told.runs, other.runs), alike(told.title, other.title) if len(told.title) > 1 else 0.0)


def _likely_of(noun: Kept) -> TextClause:
    """Records of a programme that share a band with what is typed, or are called the same."""
    return text(f"""
        SELECT x.id::text FROM (
            (SELECT s.record_id AS id FROM (
                SELECT m.record_id FROM twin_marks m WHERE m.bands && CAST(:bands AS int[]) AND m.programme_id = CAST(:programme AS uuid)
                OFFSET 0
            ) s ORDER BY s.record_id LIMIT :most)
            UNION SELECT y.id FROM {TABLES[noun]} y WHERE y.programme_id = CAST(:programme AS uuid) AND y.merged_into IS NULL
            AND casework_terms_of_both(y.title, y.title_zh) @@ CAST(:called AS tsquery)
        ) x ORDER BY x.id LIMIT :most
    """)


_LIKELY: Mapping[Kept, TextClause] = {noun: _likely_of(noun) for noun in _NOUNS}
