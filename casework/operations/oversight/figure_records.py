"""What stands behind the numbers of figures that count no cases: needs, technologies, and the visits and events of assessments.

None of it is kept with the figures: it is folded again from the logs that the figure reads, up to the instant that the number is as of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from casework.engine.case_objects.kept_records import NEED, TECHNOLOGY
from casework.engine.figures.behind import VISIT, noun_behind
from casework.engine.figures.counting import Row
from casework.engine.figures.every import FIGURES
from casework.operations.core.paging import FIRST_ID, PAGE, Page, cursor_id, from_cursor, page
from casework.operations.core.reader_names import entitled
from casework.operations.oversight.figures import CASE, RIGHT, AsOf, in_its_time, read_world
from casework.permissions.actors import Actor
from casework.permissions.visibility import closed_of, reach
from casework.records.access_sql import shows_need
from casework.records.row_security import whole

_OWN = "programme"
#: The logs that a figure reads of what it counts so, the programme's own among them.
_KINDS: Mapping[str, tuple[str, ...]] = {
    "funnel": (_OWN, NEED),
    "endings": (_OWN, NEED, CASE),
    "data_quality": (_OWN, TECHNOLOGY, RIGHT),
    "activities": (_OWN, NEED),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Behind:
    """A need, a technology, or a visit or event, as it is called now."""

    id: str
    title: str
    #: How a need or a technology stands.
    status: str | None
    #: Of a visit or event its day, which of both it is, and the assessment that it belongs to.
    day: str | None
    kind: str | None
    assessment: str | None


def _records_of(table: str) -> Any:
    shown = shows_need("x") if table == "needs" else "true"
    return text(f"""
        SELECT x.id::text, {entitled("x")} AS title, x.status, NULL AS day, NULL AS kind, NULL AS assessment FROM {table} x
        WHERE x.id = ANY(CAST(:ids AS uuid[])) AND x.programme_id = ANY(CAST(:seen AS uuid[])) AND {shown}
        AND x.id > CAST(:after AS uuid) ORDER BY x.id LIMIT :most
    """)


#: Those of some needs, and of some technologies, that a person sees, in the order in which they were entered.
_NEEDS, _TECHNOLOGIES = _records_of("needs"), _records_of("technologies")
#: The same of visits and events of assessments.
_VISITS = text("""
    SELECT v.id::text, v.title, NULL AS status, v.day::text AS day, v.kind, v.assessment_id::text AS assessment
    FROM assessment_visits v JOIN needs_assessments a ON a.id = v.assessment_id
    WHERE v.id = ANY(CAST(:ids AS uuid[])) AND a.programme_id = ANY(CAST(:closed_of AS uuid[]))
    AND v.id > CAST(:after AS uuid) ORDER BY v.id LIMIT :most
""")


def list_behind(
    db: Connection, actor: Actor, as_of: AsOf, *, figure: str, row: Row, cursor: str | None = None
) -> Page[Behind]:
    """What stands behind a line of a figure that its reader was told, as far as the reader sees it.

    Raises InvalidForm for a cursor of something else.
    """
    noun, keys = noun_behind(figure, row), from_cursor(cursor, 1)
    ids = _ids(db, as_of, figure, row)
    given = {
        "ids": ids,
        "seen": sorted(reach(actor).all_of),
        "closed_of": sorted(closed_of(actor)),
        "after": cursor_id(keys[0]) if keys else FIRST_ID,
        "most": PAGE + 1,
    }
    if noun == VISIT:
        with whole(db):
            rows = db.execute(_VISITS, given).all()
    else:
        rows = db.execute(_NEEDS if noun == NEED else _TECHNOLOGIES, given).all()
    shown, following = page(rows, PAGE, lambda one: (one.id,))
    return Page(items=[Behind(**one._mapping) for one in shown], next=following)


def _ids(db: Connection, as_of: AsOf, figure: str, row: Row) -> list[str]:
    """Of all that stands behind a line; none where the logs tell no such line."""
    in_its_time(db)
    world, _ = read_world(db, as_of.programme, as_of.at, kinds=_KINDS[figure])
    return next(([*one.records] for one in FIGURES[figure](world).rows if one.line == row.line), [])


__all__ = ["Behind", "list_behind"]
