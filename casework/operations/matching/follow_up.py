"""What follows from decisions on candidates: records that a refusal says are wrong, and how often each rank was accepted. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.kept_records import TOLD_APART, TOOK_OVER
from casework.engine.deadlines.calendars import Calendar, day_in
from casework.errors import InvalidForm
from casework.json_values import JsonObject
from casework.ledger.canonical_json import instant
from casework.operations.catalogue.doubted_fields import DUPLICATE, OF_FACT
from casework.operations.catalogue.kept_records import EDITORS
from casework.operations.core.paging import Page, cursor_id, cursor_time, from_cursor, insist_limit, page
from casework.operations.core.perform import home_calendar
from casework.operations.core.reader_names import entitled
from casework.permissions.actors import Actor
from casework.permissions.visibility import closed_of, reach
from casework.records.access_sql import shows_need
from casework.records.event_log import now

#: So many records to put right are told at once, the longest waiting first.
MOST_TOLD = 50
#: So many weeks are told apart.
WEEKS = 8
#: Technologies of which a match was refused for a reason of fact, and whose record nobody has corrected or confirmed in that since; of a
#: record that is another one's double, until they are merged or somebody says that it is none.
_TO_CORRECT = text(f"""
    SELECT * FROM (SELECT DISTINCT ON (t.id, m.refusal_code) t.id::text, {entitled("t")} AS title, m.id::text AS match,
        m.refusal_code AS code, m.refusal AS reason, m.refused_at
    FROM matches m JOIN technologies t ON t.id = m.technology_id JOIN needs n ON n.id = m.need_id
    WHERE m.programme_id = ANY(CAST(:programmes AS uuid[])) AND m.refused_at IS NOT NULL AND m.refusal_code = ANY(CAST(:facts AS text[]))
    AND {shows_need("n")} AND t.merged_into IS NULL
    AND t.status = 'published' AND (CAST(:technology AS uuid) IS NULL OR t.id = CAST(:technology AS uuid))
    AND NOT EXISTS (
        SELECT FROM unnest(CAST(:codes AS text[]), CAST(:fields AS text[])) g(code, field)
        WHERE g.code = m.refusal_code AND greatest(
            CAST(t.provenance->g.field->>'at' AS timestamptz), CAST(t.provenance->g.field->>'confirmed_at' AS timestamptz)
        ) > m.refused_at
    )
    AND NOT (m.refusal_code = '{DUPLICATE}' AND EXISTS (
        SELECT FROM events e WHERE e.log_id = t.id AND e.kind IN ('{TOLD_APART}', '{TOOK_OVER}') AND e.at > m.refused_at
    ))
    ORDER BY t.id, m.refusal_code, m.refused_at) x
    WHERE CAST(:at AS timestamptz) IS NULL
    OR (x.refused_at, x.id, CAST(x.code AS text)) > (CAST(:at AS timestamptz), CAST(:after AS text), CAST(:code AS text))
    ORDER BY x.refused_at, x.id, x.code LIMIT :most
""")
#: What became of a place of a list, at which twins may stand of which each was decided on: it counts once, by the best of it.
_OF_PLACE = """bool_or(m.case_id IS NOT NULL) AS accepted, bool_or(m.shortlisted_at IS NOT NULL) AS shortlisted,
    bool_or(m.refused_at IS NOT NULL) AS refused"""
#: How many places of lists came to what.
_COUNTED = """count(*) FILTER (WHERE y.accepted) AS accepted,
    count(*) FILTER (WHERE y.refused AND NOT y.accepted AND NOT y.shortlisted) AS refused,
    count(*) FILTER (WHERE y.shortlisted AND NOT y.accepted) AS shortlisted"""
#: Of each rank of the programmes' runs, how many candidates stood there and what became of those that were found there.
_BY_RANK = text(f"""
    WITH listed AS (
        SELECT l.rank, count(*) AS listed FROM match_runs r JOIN needs n ON n.id = r.need_id
        CROSS JOIN LATERAL generate_series(1, json_array_length(CAST(r.list AS json)->'candidates')) l(rank)
        WHERE r.programme_id = ANY(CAST(:all_of AS uuid[])) AND {shows_need("n")} AND left(r.list, 1) = '{{' GROUP BY l.rank
    ), decided AS (
        SELECT y.rank, {_COUNTED} FROM (
            SELECT m.run_rank AS rank, {_OF_PLACE} FROM matches m JOIN needs n ON n.id = m.need_id
            WHERE m.programme_id = ANY(CAST(:all_of AS uuid[])) AND {shows_need("n")} AND m.run_rank IS NOT NULL
            GROUP BY m.run_id, m.run_rank
        ) y GROUP BY y.rank
    )
    SELECT g.low, g.high, coalesce(sum(l.listed), 0) AS listed, coalesce(sum(d.accepted), 0) AS accepted,
        coalesce(sum(d.shortlisted), 0) AS shortlisted, coalesce(sum(d.refused), 0) AS refused
    FROM unnest(CAST(:lows AS integer[]), CAST(:highs AS integer[])) g(low, high)
    LEFT JOIN listed l ON l.rank BETWEEN g.low AND g.high LEFT JOIN decided d ON d.rank = l.rank
    GROUP BY g.low, g.high ORDER BY g.low
""")
#: The same of the lists of each of some weeks, with what became of their own candidates.
_BY_WEEK = text(f"""
    WITH weeks AS (
        SELECT w.since, w.until FROM unnest(CAST(:since AS timestamptz[]), CAST(:until AS timestamptz[])) w(since, until)
    ), made AS (
        SELECT w.since, r.id, r.list FROM weeks w JOIN match_runs r ON r.made_at >= w.since AND r.made_at < w.until
        JOIN needs n ON n.id = r.need_id WHERE r.programme_id = ANY(CAST(:all_of AS uuid[])) AND {shows_need("n")}
    ), listed AS (
        SELECT r.since, l.rank, count(*) AS listed FROM made r
        CROSS JOIN LATERAL generate_series(1, json_array_length(CAST(r.list AS json)->'candidates')) l(rank)
        WHERE left(r.list, 1) = '{{' GROUP BY r.since, l.rank
    ), decided AS (
        SELECT y.since, y.rank, {_COUNTED} FROM (
            SELECT r.since, m.run_rank AS rank, {_OF_PLACE} FROM made r JOIN matches m ON m.run_id = r.id
            WHERE m.run_rank IS NOT NULL GROUP BY r.since, m.run_id, m.run_rank
        ) y GROUP BY y.since, y.rank
    )
    SELECT l.since, g.low, g.high, sum(l.listed) AS listed, coalesce(sum(d.accepted), 0) AS accepted,
        coalesce(sum(d.shortlisted), 0) AS shortlisted, coalesce(sum(d.refused), 0) AS refused
    FROM listed l JOIN unnest(CAST(:lows AS integer[]), CAST(:highs AS integer[])) g(low, high) ON l.rank BETWEEN g.low AND g.high
    LEFT JOIN decided d ON d.since = l.since AND d.rank = l.rank
    GROUP BY l.since, g.low, g.high ORDER BY l.since DESC, g.low
""")
#: Ranks that are counted together.
_GROUPS = ((1, 1), (2, 2), (3, 3), (4, 5), (6, 10), (11, 20), (21, 100))


@dataclass(frozen=True, kw_only=True, slots=True)
class ToCorrect:
    """A record that a refusal says is wrong."""

    technology: str
    title: str
    #: The match that was refused, why as the programme's list has it, and in words.
    match: str
    code: str
    reason: str
    since: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OfRank:
    """What became of candidates of some ranks."""

    low: int
    high: int
    listed: int
    accepted: int
    shortlisted: int
    refused: int


@dataclass(frozen=True, kw_only=True, slots=True)
class WeekOfRanks:
    """What became of the candidates of one week's lists."""

    #: Its Monday.
    week: str
    ranks: list[OfRank]


@dataclass(frozen=True, kw_only=True, slots=True)
class RanksTold:
    """How often candidates of each rank were accepted, in all and week by week."""

    items: list[OfRank]
    #: The newest first; those without a list are left out.
    weeks: list[WeekOfRanks]


def list_to_correct(db: Connection, actor: Actor, technology: str | None = None) -> list[ToCorrect]:
    """Records that refusals say are wrong, of one technology or of all; each until somebody corrects or confirms what is meant."""
    return page_to_correct(db, actor, technology=technology, limit=MOST_TOLD).items


def page_to_correct(
    db: Connection, actor: Actor, *, technology: str | None = None, cursor: str | None = None, limit: int | None = None
) -> Page[ToCorrect]:
    """The same in parts, the longest waiting first."""
    most = insist_limit(limit)
    after: JsonObject = {"at": None, "after": None, "code": None}
    if keys := from_cursor(cursor, 3):
        after = {"at": cursor_time(keys[0]), "after": cursor_id(keys[1]), "code": _cursor_code(keys[2])}
    rows = _to_correct(db, actor, sorted(reach(actor).all_of), technology, most=most + 1, after=after)
    shown, following = page(rows, most, lambda row: (row.refused_at, row.id, row.code))
    return Page(items=[_told(row) for row in shown], next=following)


def _cursor_code(key: Any) -> str:
    if not isinstance(key, str) or key not in OF_FACT:
        raise InvalidForm(fields={"cursor": reasons.fields.NOT_OURS})
    return key


def list_mine_to_correct(db: Connection, actor: Actor) -> list[ToCorrect]:
    """The same of the programmes whose records the actor puts right."""
    kept = sorted({one.programme for one in actor.memberships if one.role in EDITORS and one.programme})
    nowhere: JsonObject = {"at": None, "after": None, "code": None}
    rows = _to_correct(db, actor, kept, None, most=MOST_TOLD, after=nowhere) if kept else []
    return [_told(row) for row in rows]


def _to_correct(
    db: Connection, actor: Actor, programmes: Sequence[str], technology: str | None, *, most: int, after: JsonObject
) -> Sequence[Any]:
    pairs = [(code, field) for code, fields in OF_FACT.items() for field in fields]
    return db.execute(
        _TO_CORRECT,
        {
            "programmes": list(programmes),
            "closed_of": sorted(closed_of(actor)),
            "technology": technology,
            "facts": sorted(OF_FACT),
            "codes": [code for code, _ in pairs],
            "fields": [field for _, field in pairs],
            "most": most,
            **after,
        },
    ).all()


def _told(row: Any) -> ToCorrect:
    return ToCorrect(
        technology=row.id,
        title=row.title,
        match=row.match,
        code=row.code,
        reason=row.reason,
        since=instant(row.refused_at),
    )


def _asking(actor: Actor) -> JsonObject:
    return {
        "all_of": sorted(reach(actor).all_of),
        "closed_of": sorted(closed_of(actor)),
        "lows": [low for low, _ in _GROUPS],
        "highs": [high for _, high in _GROUPS],
    }


def _of_rank(row: Any) -> OfRank:
    counts = {name: int(getattr(row, name)) for name in ("listed", "accepted", "shortlisted", "refused")}
    return OfRank(low=row.low, high=row.high, **counts)


def count_by_rank(db: Connection, actor: Actor) -> list[OfRank]:
    """How often candidates of each rank were accepted; it changes no ranking by itself."""
    return [_of_rank(row) for row in db.execute(_BY_RANK, _asking(actor)) if row.listed]


def count_by_week(db: Connection, actor: Actor) -> list[WeekOfRanks]:
    """The same of the lists of each of the last weeks, as the actor's own programme counts days; the newest first."""
    zone = ZoneInfo((home_calendar(db, actor) or Calendar("none")).zone)
    today = day_in(now(db), zone)
    monday = today - timedelta(days=today.weekday())
    days = [monday - timedelta(weeks=n) for n in range(WEEKS)]
    begins = {datetime.combine(day, time(0), zone): day for day in days}
    ends = [datetime.combine(day + timedelta(weeks=1), time(0), zone) for day in days]
    found: dict[str, list[OfRank]] = {}
    for row in db.execute(_BY_WEEK, {**_asking(actor), "since": list(begins), "until": ends}):
        found.setdefault(begins[row.since].isoformat(), []).append(_of_rank(row))
    return [WeekOfRanks(week=week, ranks=ranks) for week, ranks in found.items()]


def tell_ranks(db: Connection, actor: Actor) -> RanksTold:
    """Both."""
    return RanksTold(items=count_by_rank(db, actor), weeks=count_by_week(db, actor))
