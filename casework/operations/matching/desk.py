"""The match desk of a need: its runs, what stands beside each candidate, and which need comes before and after. Reads only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection, text

from casework.engine.case_objects.technology_details import Restriction, Standard
from casework.ledger.canonical_json import instant
from casework.operations.catalogue.service import read_seen
from casework.operations.core.merged_records import TODAY, ended, one_with
from casework.operations.core.organisations import KNOWN_TO_READERS, STANDING
from casework.operations.core.paging import Page, cursor_id, cursor_time, from_cursor, insist_limit, page
from casework.operations.core.reader_names import called, entitled
from casework.permissions.actors import Actor
from casework.permissions.visibility import closed_of, reach
from casework.records.access_sql import shows_need

#: So many earlier runs of a need are told, the newest first.
RUNS_TOLD = 30
#: The runs of a need and of what was merged into it, as far as it is shown; of one whose words were erased no figures are left.
_RUNS = text(f"""
    SELECT r.id::text, r.made_at, {called("m")} AS made_by,
        CASE WHEN left(r.list, 1) = '{{' THEN json_array_length(CAST(r.list AS json)->'candidates') END AS ranked,
        CASE WHEN left(r.evidence, 1) = '{{' THEN json_array_length(CAST(r.evidence AS json)->'candidates') END AS compared,
        CASE WHEN left(r.list, 1) = '{{' AND left(r.evidence, 1) = '{{' AND CAST(r.evidence AS json)->'twins' IS NOT NULL THEN (
            SELECT coalesce(sum(json_array_length(c->'explanation'->'twins')), 0)
            FROM json_array_elements(CAST(r.list AS json)->'candidates') c
        ) ELSE 0 END AS folded,
        CASE WHEN left(r.evidence, 1) = '{{' THEN CAST(r.evidence AS json)->'relaxed' END AS relaxed
    FROM match_runs r JOIN people m ON m.id = r.made_by JOIN needs n ON n.id = r.need_id
    WHERE r.need_id IN {one_with("needs", "CAST(:need AS uuid)")} AND {shows_need("n")} ORDER BY r.made_at DESC, r.id DESC LIMIT :most
""")
#: Open needs, with when somebody searched for each and how many of its matches wait.
_OPEN = f"""
    SELECT n.id::text, n.programme_id::text AS programme, {entitled("n")} AS title, {called("o")} AS owner, n.created_at,
        n.status = 'matched' AS matched, (
            SELECT max(r.made_at) FROM match_runs r WHERE r.need_id = n.id
        ) AS searched_at,
        (SELECT count(*) FROM matches m WHERE m.need_id = n.id AND m.case_id IS NULL AND m.refused_at IS NULL
            AND m.expired_at IS NULL AND m.shortlisted_at IS NULL) AS to_triage,
        (SELECT count(*) FROM matches m WHERE m.need_id = n.id AND m.shortlisted_at IS NOT NULL AND m.case_id IS NULL) AS shortlisted
    FROM needs n JOIN programmes p ON p.id = n.programme_id LEFT JOIN organisations o ON o.id = n.owner_id
    WHERE n.programme_id = ANY(CAST(:all_of AS uuid[])) AND n.merged_into IS NULL AND n.status IN ('published', 'matched')
    AND {ended("n", TODAY)} IS NULL AND {shows_need("n")}
"""
#: Of the open needs of a programme, in their order, which stands before one and which after it.
_BESIDE = text(f"""
    WITH open AS (
        SELECT n.id, row_number() OVER w AS place, count(*) OVER () AS every, lag(n.id) OVER w AS before, lead(n.id) OVER w AS after
        FROM needs n JOIN programmes p ON p.id = n.programme_id
        WHERE n.programme_id = CAST(:programme AS uuid) AND n.merged_into IS NULL AND n.status IN ('published', 'matched')
        AND {ended("n", TODAY)} IS NULL AND {shows_need("n")} WINDOW w AS (ORDER BY n.created_at DESC, n.id DESC)
    )
    SELECT place, every, before::text, after::text FROM open WHERE id = CAST(:need AS uuid)
""")
#: What stands beside some candidates: whose they are, from where, and what of them decides.
_FACTS = text(f"""
    SELECT t.id::text, {entitled("t")} AS title, t.owner_id::text, {called("o")} AS owner, o.country, t.source,
        t.readiness_low, t.readiness_high,
        t.developed_in, t.deployed_in, json_array_length(CAST(t.reference_sites AS json)) AS sites, t.cost_compared,
        t.cost, t.cost_currency,
        t.ip_text, t.licences, t.standards, t.restrictions,
        t.description, t.problem, t.advantage, t.verification,
        jsonb_path_exists(t.provenance, '$.*.confirmed_by') AS confirmed,
        (SELECT count(*) FROM right_technologies l JOIN rights r ON r.id = l.right_id
            WHERE l.technology_id = t.id AND r.expired_at IS NULL AND r.merged_into IS NULL) AS rights
    FROM technologies t LEFT JOIN organisations o ON o.id = t.owner_id
    WHERE t.id = ANY(CAST(:ids AS uuid[])) ORDER BY t.id
""")
#: What some organisations are called, of those that one has a reason to know.
_KNOWN = text(f"""
    SELECT g.id::text, {called("o")} AS name FROM {STANDING} WHERE g.id = ANY(CAST(:ids AS uuid[])) AND {KNOWN_TO_READERS} ORDER BY g.id
""")


@dataclass(frozen=True, kw_only=True, slots=True)
class RunTold:
    """A run in a list of them; what was erased is None."""

    id: str
    made_at: str
    made_by: str
    ranked: int | None
    removed: int | None
    #: The filters that were left out, each with the reason.
    relaxed: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenNeed:
    """A need that waits for a technology."""

    id: str
    programme: str
    title: str
    owner: str | None
    #: Whether a case runs for it already.
    matched: bool
    #: When somebody searched for it last.
    searched_at: str | None
    to_triage: int
    shortlisted: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """Where a need stands among the open ones, and which are before and after it."""

    place: int
    every: int
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CandidateFacts:
    """What a record says that decides; what it does not say is None or empty, and is never shown as no."""

    id: str
    title: str
    owner_id: str | None
    owner: str | None
    country: str | None
    source: str
    confirmed: bool
    readiness: tuple[int, int] | None
    developed_in: list[str]
    deployed_in: list[str]
    sites: int
    cost_compared: str | None
    #: What it costs to put in place, with its currency.
    cost: tuple[Decimal, str] | None
    rights: int
    ip_text: str | None
    licences: list[str]
    standards: list[Standard]
    restrictions: list[Restriction]
    description: str | None
    problem: str | None
    advantage: str | None
    verified: bool


def list_runs(db: Connection, actor: Actor, need: str) -> list[RunTold]:
    """The runs of a need, the newest first. Raises NotFound."""
    read_seen(db, actor, "need", need)
    return [
        RunTold(
            id=row.id,
            made_at=instant(row.made_at),
            made_by=row.made_by,
            ranked=row.ranked,
            removed=None if row.ranked is None or row.compared is None else row.compared - row.ranked - int(row.folded),
            relaxed=row.relaxed or {},
        )
        for row in db.execute(_RUNS, {"need": need, "closed_of": sorted(closed_of(actor)), "most": RUNS_TOLD})
    ]


def list_open_needs(
    db: Connection, actor: Actor, *, cursor: str | None = None, limit: int | None = None
) -> Page[OpenNeed]:
    """Needs of the actor's programmes that wait for a technology, the newest first."""
    most = insist_limit(limit)
    given = {"all_of": sorted(reach(actor).all_of), "closed_of": sorted(closed_of(actor)), "most": most + 1}
    more = ""
    if keys := from_cursor(cursor, 2):
        more = " AND (n.created_at, n.id) < (:at, CAST(:after AS uuid))"
        given |= {"at": cursor_time(keys[0]), "after": cursor_id(keys[1])}
    rows = db.execute(text(f"{_OPEN}{more} ORDER BY n.created_at DESC, n.id DESC LIMIT :most"), given).all()
    shown, following = page(rows, most, lambda row: (row.created_at, row.id))
    return Page(
        items=[
            OpenNeed(
                id=row.id,
                programme=row.programme,
                title=row.title,
                owner=row.owner,
                matched=row.matched,
                searched_at=instant(row.searched_at) if row.searched_at else None,
                to_triage=row.to_triage,
                shortlisted=row.shortlisted,
            )
            for row in shown
        ],
        next=following,
    )


def needs_beside(db: Connection, actor: Actor, programme: str, need: str) -> Beside | None:
    """Where a need stands among those open ones of its programme that the actor reads; None for one that waits for nothing any more."""
    given = {"programme": programme, "need": need, "closed_of": sorted(closed_of(actor))}
    row = db.execute(_BESIDE, given).one_or_none()
    return None if row is None else Beside(place=row.place, every=row.every, before=row.before, after=row.after)


def names_of_excluded(db: Connection, actor: Actor, excluded: Collection[str]) -> dict[str, str]:
    """What the organisations are called that a run left out, by id; of one that the actor has no reason to know nothing."""
    if not excluded:
        return {}
    given = {"ids": sorted(excluded), "seen": sorted(reach(actor).all_of), "closed_of": sorted(closed_of(actor))}
    return {row.id: row.name for row in db.execute(_KNOWN, given)}


def facts_of(db: Connection, ids: Collection[str]) -> dict[str, CandidateFacts]:
    """What the records of some candidates say now, by id."""
    return {
        row.id: CandidateFacts(
            id=row.id,
            title=row.title,
            owner_id=row.owner_id,
            owner=row.owner,
            country=row.country,
            source=row.source,
            confirmed=row.confirmed,
            readiness=_both(row.readiness_low, row.readiness_high),
            developed_in=row.developed_in,
            deployed_in=row.deployed_in,
            sites=row.sites,
            cost_compared=row.cost_compared,
            cost=None if row.cost is None else (row.cost, row.cost_currency or ""),
            rights=row.rights,
            ip_text=row.ip_text,
            licences=list(row.licences),
            standards=row.standards,
            restrictions=row.restrictions,
            description=row.description,
            problem=row.problem,
            advantage=row.advantage,
            verified=row.verification is not None,
        )
        for row in db.execute(_FACTS, {"ids": sorted(set(ids))})
    }


def _both(low: int | None, high: int | None) -> tuple[int, int] | None:
    ends = [end for end in (low, high) if end is not None]
    return (ends[0], ends[-1]) if ends else None
