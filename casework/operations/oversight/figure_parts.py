"""Figures of a large programme that are not counted ahead: of a part of its cases, or as of a day.

Nobody waits for them: whoever asks is told that they are being counted, a worker counts them, and whoever asks again is told what it
counted, as of the moment up to which the whole programme was. What nobody has asked for lately is forgotten.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Literal

import orjson
from sqlalchemy import Connection, Engine, text

from casework.engine.figures.counting import Figure
from casework.engine.figures.kept_facts import write
from casework.errors import NotFound
from casework.operations.oversight.figure_scope import insist_readable
from casework.operations.oversight.figures import (
    Counted,
    count_for_reader,
    count_programme,
    count_world,
    programme_of_reader,
    read_ahead,
    read_told,
    read_world,
    rules,
    told_to,
    with_lines,
)
from casework.permissions.actors import Actor
from casework.records.database import transaction
from casework.records.event_log import by_now
from casework.records.row_security import in_snapshot, whole

_note = logging.getLogger(__name__)
#: A programme with more cases is large: those of others are counted when somebody asks, and nothing of them is kept.
LARGE = 200
#: A programme `p` is large.
MANY = "(SELECT count(*) FROM (SELECT FROM cases c WHERE c.programme_id = p.id LIMIT :large + 1) c) > :large"
#: Whether one is.
_LARGE = text(f"SELECT {MANY} FROM programmes p WHERE p.id = CAST(:programme AS uuid)")
#: So many of a programme wait at most, so many of one person, and so many are counted at once.
MOST, OF_ONE, AT_ONCE = 50, 5, 10
#: So many of a programme are kept at most: those that were asked for last.
KEPT_PARTS = 200
#: What was counted so long before the whole programme was is still told, while it is counted again.
STILL_TOLD = timedelta(hours=1)
#: The parts `p` of a programme that were never counted.
_WAITING = "FROM kept_figure_parts p WHERE p.programme_id = CAST(:programme AS uuid) AND p.told IS NULL"
#: Says that somebody asks for something, where not too many others wait. What is to be counted keeps its place: whoever looks again and
#: again does not move it to the end.
_ASK = text(f"""
    INSERT INTO kept_figure_parts AS k (programme_id, asked, asked_at, asked_by)
    SELECT CAST(:programme AS uuid), :asked, casework_now(), CAST(:person AS uuid) WHERE EXISTS (
        SELECT FROM kept_figure_parts p WHERE p.programme_id = CAST(:programme AS uuid) AND p.asked = :asked
    ) OR (
        (SELECT count(*) {_WAITING}) < :most AND (SELECT count(*) {_WAITING} AND p.asked_by = CAST(:person AS uuid)) < :of_one
    )
    ON CONFLICT (programme_id, asked) DO UPDATE SET asked_at = excluded.asked_at WHERE k.told IS NOT NULL AND k.asked_at <= k.at
    RETURNING asked
""")
#: Whether something is there that was asked for, and of how many parts one person waits.
_STANDS = text(f"""
    SELECT EXISTS (
        SELECT FROM kept_figure_parts p WHERE p.programme_id = CAST(:programme AS uuid) AND p.asked = :asked
    ) AS there, (SELECT count(*) {_WAITING} AND p.asked_by = CAST(:person AS uuid)) AS own
""")
#: What was counted of something, and by which rules.
_PART = text("""
    SELECT p.at, p.told FROM kept_figure_parts p
    WHERE p.programme_id = CAST(:programme AS uuid) AND p.asked = :asked AND p.rules = :rules
""")
#: A part `p` is to be counted: it was not by the rules of now, or somebody has asked for it since the whole programme was counted again and
#: it tells of no day that has passed.
_IS_DUE = """p.rules IS DISTINCT FROM :rules OR p.at < coalesce(CAST(CAST(p.asked AS jsonb) ->> 'until' AS timestamptz), 'infinity')
    AND p.asked_at > p.at AND p.at < (SELECT k.at FROM kept_figures k WHERE k.programme_id = p.programme_id AND k.rules = :rules)"""
#: When a programme began.
_BEGAN = text("SELECT e.at FROM events e WHERE e.log_id = CAST(:programme AS uuid) ORDER BY e.seq LIMIT 1")
#: The cases behind all lines of a part.
_LINES = text("""
    SELECT l.figure, l.line, l.cases FROM kept_figure_lines l
    WHERE l.programme_id = CAST(:programme AS uuid) AND l.asked = :asked
""")
#: The programmes of which parts are to be counted.
_DUE_IN = text(f"SELECT DISTINCT p.programme_id::text FROM kept_figure_parts p WHERE {_IS_DUE} ORDER BY 1")
#: The parts of one, those first that were asked for first.
_DUE = text(f"""
    SELECT p.asked, (SELECT k.at FROM kept_figures k WHERE k.programme_id = p.programme_id AND k.rules = :rules) AS moment
    FROM kept_figure_parts p WHERE p.programme_id = CAST(:programme AS uuid) AND ({_IS_DUE}) ORDER BY p.asked_at, p.asked LIMIT :most
""")
#: Keeps what was counted of a part, as long as it is asked for; gives whether it is.
_KEEP = text("""
    UPDATE kept_figure_parts SET at = :at, rules = :rules, told = :told
    WHERE programme_id = CAST(:programme AS uuid) AND asked = :asked RETURNING asked
""")
#: Keeps the cases behind a line.
_KEEP_LINE = text("""
    INSERT INTO kept_figure_lines (programme_id, asked, figure, line, cases)
    VALUES (CAST(:programme AS uuid), :asked, :figure, :line, CAST(:cases AS text[]))
""")
#: Gives up a part: whoever still wants it asks again.
_DROP = text("DELETE FROM kept_figure_parts WHERE programme_id = CAST(:programme AS uuid) AND asked = :asked")
#: Forgets what was counted beyond so many parts of a programme, those that were asked for first, with the cases behind their lines.
_TRIM = text("""
    WITH beyond AS (
        SELECT p.asked FROM kept_figure_parts p WHERE p.programme_id = CAST(:programme AS uuid) AND p.told IS NOT NULL
        ORDER BY p.asked_at DESC, p.asked OFFSET :kept
    ), lines AS (
        DELETE FROM kept_figure_lines WHERE programme_id = CAST(:programme AS uuid) AND asked IN (SELECT asked FROM beyond)
    )
    DELETE FROM kept_figure_parts WHERE programme_id = CAST(:programme AS uuid) AND asked IN (SELECT asked FROM beyond)
""")
#: Forgets the cases behind the lines of something.
_FORGET_LINES = text("DELETE FROM kept_figure_lines WHERE programme_id = CAST(:programme AS uuid) AND asked = :asked")
#: Forgets the parts of a programme, with the cases behind their lines.
_FORGET = text("""
    WITH parts AS (DELETE FROM kept_figure_parts WHERE programme_id = CAST(:programme AS uuid))
    DELETE FROM kept_figure_lines WHERE programme_id = CAST(:programme AS uuid) AND asked <> ''
""")


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What somebody asks for, and what there is of it."""

    #: None as long as they are being counted.
    counted: Counted | None
    #: The whole programme as it was counted last; None where it was not yet.
    ahead: Counted | None = None
    #: Why nobody counts them: too many wait of this person, or of all.
    refused: Literal["", "own", "all"] = ""


def is_large(db: Connection, programme: str) -> bool:
    """Whether a programme has so many cases that its figures are counted by a worker."""
    with whole(db):
        large: bool = db.execute(_LARGE, {"programme": programme, "large": LARGE}).scalar_one()
    return large


def count_or_ask(
    db: Connection,
    actor: Actor,
    *,
    programme: str | None = None,
    until: datetime | None = None,
    among: Mapping[str, str] | None = None,
) -> Asked:
    """The figures of a programme for one of its readers, of each line how many cases are behind it; of a large one what a worker has
    counted, and where that is nothing yet it is asked to.

    Raises NotFound for others than its officers, supervisors, managers and auditors, and before the programme began.
    """
    chosen = programme_of_reader(actor, programme)
    insist_readable(actor, chosen, among or {})
    large, ahead = is_large(db, chosen), read_ahead(db, chosen, with_cases=False)
    told = None if ahead is None else told_to(actor, ahead)
    if not until and not among and (large or told):
        # A worker counts it without being asked.
        return Asked(counted=told, ahead=told)
    if not large:
        return Asked(counted=told_to(actor, count_programme(db, chosen, until, among)))
    if until and until < _began(db, chosen):
        raise NotFound("programme")
    of = {"programme": chosen, "asked": key_of(among or {}, until)}
    refused = _ask(db, actor, of)
    part = _read_part(db, of, ahead)
    return Asked(counted=None if part is None else told_to(actor, part), ahead=told, refused=refused)


def _ask(db: Connection, actor: Actor, of: Mapping[str, str]) -> Literal["", "own", "all"]:
    """Have something counted; gives why it is not to be."""
    asked = {**of, "person": actor.person}
    with whole(db):
        if db.execute(_ASK, {**asked, "most": MOST, "of_one": OF_ONE}).one_or_none() is not None:
            return ""
        stands = db.execute(_STANDS, asked).one()
    if stands.there:
        return ""
    return "own" if stands.own >= OF_ONE else "all"


def count_with_cases(
    db: Connection,
    actor: Actor,
    *,
    programme: str | None = None,
    until: datetime | None = None,
    among: Mapping[str, str] | None = None,
) -> Counted:
    """The same with the cases behind each line, for whoever waits for what nobody has counted yet."""
    chosen = programme_of_reader(actor, programme)
    insist_readable(actor, chosen, among or {})
    of = {"programme": chosen, "asked": key_of(among or {}, until)}
    part = _read_part(db, of, read_ahead(db, chosen, with_cases=False)) if until or among else None
    if part is None:
        return count_for_reader(db, actor, programme=chosen, until=until, among=among)
    with whole(db):
        lines = {(row.figure, row.line): tuple(row.cases) for row in db.execute(_LINES, of)}
    return told_to(actor, with_lines(part, lines))


def _began(db: Connection, programme: str) -> datetime:
    with whole(db):
        began: datetime = db.execute(_BEGAN, {"programme": programme}).scalar_one()
    return began


def key_of(among: Mapping[str, str], until: datetime | None) -> str:
    """By what something that is asked for is kept."""
    asked = {"among": dict(among), "until": None if until is None else until.isoformat()}
    return orjson.dumps(asked, option=orjson.OPT_SORT_KEYS).decode()


def _read_part(db: Connection, of: Mapping[str, str], ahead: Counted | None) -> Counted | None:
    """What was counted of a part; None where it was not, or so long ago that it would mislead."""
    with whole(db):
        row = db.execute(_PART, {**of, "rules": rules()}).one_or_none()
    if row is None:
        return None
    until = _read(of["asked"])[1]
    passed = until is not None and until <= row.at
    if not passed and ahead is not None and row.at < ahead.as_of.at - STILL_TOLD:
        return None
    return read_told(row.told)


def _read(asked: str) -> tuple[Mapping[str, str], datetime | None]:
    told = orjson.loads(asked)
    return told["among"], None if told["until"] is None else datetime.fromisoformat(told["until"])


def list_due_parts(db: Connection) -> list[str]:
    """The programmes of which something is to be counted that was asked for."""
    return list(db.execute(_DUE_IN, {"rules": rules()}).scalars())


def count_parts(engine: Engine, programme: str) -> int:
    """Count what was asked for of a programme and keep it; gives how many. Its logs are read once for each moment."""
    with transaction(engine) as db:
        given = {"programme": programme, "rules": rules(), "most": AT_ONCE}
        due = [(row.asked, *_read(row.asked), row.moment) for row in db.execute(_DUE, given)]
    # Of now is of the moment of the whole programme, where that was counted.
    ordered = sorted(((asked, among, until or moment) for asked, among, until, moment in due), key=_moment)
    for until, parts in groupby(ordered, key=lambda one: one[2]):
        for asked, counted in _count(engine, programme, until, [(asked, among) for asked, among, _ in parts]):
            with transaction(engine) as db:
                if counted is None:
                    db.execute(_DROP, {"programme": programme, "asked": asked})
                    db.execute(_FORGET_LINES, {"programme": programme, "asked": asked})
                else:
                    _keep(db, programme, asked, counted)
    with transaction(engine) as db:
        db.execute(_TRIM, {"programme": programme, "kept": KEPT_PARTS})
    return len(due)


def _moment(part: tuple[str, Mapping[str, str], datetime | None]) -> str:
    return "" if part[2] is None else part[2].isoformat()


def _count(
    engine: Engine, programme: str, until: datetime | None, parts: list[tuple[str, Mapping[str, str]]]
) -> Iterator[tuple[str, Counted | None]]:
    """What is counted of each; None of one that cannot be."""
    with in_snapshot(engine) as db:
        world, logs = read_world(db, programme, by_now(db, until))
    for asked, among in parts:
        try:
            counted = count_world(programme, world, logs, among)
        except Exception:  # whatever is wrong with one part is no reason to keep the others waiting
            _note.exception("A part of the figures of programme %s could not be counted.", programme)
            counted = None
        yield asked, counted


def _keep(db: Connection, programme: str, asked: str, counted: Counted) -> None:
    told = replace(without_cases(counted), ahead=True, kept_as=asked)
    given = {"programme": programme, "asked": asked, "at": counted.as_of.at, "rules": rules()}
    # Nobody asks for it any more where it was forgotten meanwhile.
    if db.execute(_KEEP, {**given, "told": orjson.dumps(write(told)).decode()}).one_or_none() is not None:
        write_lines(db, replace(counted, kept_as=asked))


def without_cases(counted: Counted) -> Counted:
    """Figures whose lines say but how many cases are behind them; of which logs is not told either."""
    figures = {name: _bare(figure) for name, figure in counted.figures.items()}
    return replace(counted, as_of=replace(counted.as_of, logs=None), figures=figures)


def _bare(figure: Figure) -> Figure:
    return replace(figure, rows=tuple(replace(row, cases=(), kept_apart=len(row.cases)) for row in figure.rows))


def write_lines(db: Connection, counted: Counted) -> None:
    """Keep the cases behind the lines of figures, in the place of those before."""
    of = {"programme": counted.as_of.programme, "asked": counted.kept_as}
    db.execute(_FORGET_LINES, of)
    lines: list[dict[str, Any]] = [
        {**of, "figure": name, "line": row.line, "cases": list(row.cases)}
        for name, figure in counted.figures.items()
        for row in figure.rows
        if row.cases
    ]
    if lines:
        db.execute(_KEEP_LINE, lines)


def forget_lines(db: Connection, programme: str) -> None:
    """Forget the cases behind the lines of a whole programme."""
    db.execute(_FORGET_LINES, {"programme": programme, "asked": ""})


def forget_parts(db: Connection, programme: str) -> None:
    """Forget what was counted of the parts of a programme: what is still asked for is counted again."""
    db.execute(_FORGET, {"programme": programme})
