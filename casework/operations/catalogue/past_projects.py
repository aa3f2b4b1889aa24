"""Projects that were closed before the programme kept its cases here: list them and count them, always apart from cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import orjson
import uuid_utils
from sqlalchemy import Connection, text

from casework import reasons
from casework.errors import InvalidForm
from casework.operations.catalogue.import_batches import COLUMNS, Item
from casework.operations.catalogue.import_report import Report
from casework.operations.catalogue.views import PastProject, PastProjects
from casework.operations.core.paging import cursor_id, from_cursor, insist_limit, page
from casework.permissions.actors import Actor
from casework.permissions.visibility import reach
from casework.records.event_log import Log


def take_past_projects(
    db: Connection,
    log: Log,
    items: Sequence[Item],
    report: Report,
) -> set[str]:
    """Enter past projects of a file, or what has changed of known ones; gives the ids of those that were written.

    What a row leaves empty stays as it is.
    """
    good = []
    for item in items:
        values = item.record.model_dump(mode="json", exclude_none=True, exclude={"source"})
        good.append({"id": str(uuid_utils.uuid7()), "source": item.source, **values})
    written = db.execute(_WRITE, {"programme": log.id, "rows": orjson.dumps(good).decode()}).all()
    fresh = sum(row.fresh for row in written)
    report.created += fresh
    report.updated += len(written) - fresh
    report.unchanged += len(good) - len(written)
    return {str(row.id) for row in written}


_COLUMNS = tuple(COLUMNS["past_projects"])
_NAMES = ", ".join(_COLUMNS)
_KEPT = ", ".join(f"{name} = coalesce(excluded.{name}, p.{name})" for name in _COLUMNS)
_OLD = ", ".join(f"p.{name}" for name in _COLUMNS)
_NEW = ", ".join(f"coalesce(excluded.{name}, p.{name})" for name in _COLUMNS)
#: What was written: new rows, and those of which something has changed.
_WRITE = text(f"""
    INSERT INTO past_projects AS p (id, programme_id, source, external_id, {_NAMES}, created_at, updated_at)
    SELECT id, CAST(:programme AS uuid), source, external_id, {_NAMES}, casework_now(), casework_now()
    FROM jsonb_populate_recordset(NULL::past_projects, CAST(:rows AS jsonb))
    ON CONFLICT (programme_id, source, external_id) DO UPDATE SET {_KEPT}, updated_at = casework_now()
    WHERE ({_OLD}) IS DISTINCT FROM ({_NEW})
    RETURNING id, xmax = 0 AS fresh
""")


def list_past_projects(
    db: Connection,
    actor: Actor,
    *,
    outcome: str | None = None,
    project: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> PastProjects:
    """Past projects of the actor's programmes, those first that ended last, or one `project` of them; and how many there are of each
    outcome."""
    most = insist_limit(limit)
    given: dict[str, Any] = {"all_of": sorted(reach(actor).all_of), "most": most + 1, "outcome": outcome}
    more = ""
    if project is not None:
        more = " AND id = CAST(:project AS uuid)"
        given["project"] = project
    if keys := from_cursor(cursor, 2):
        more += " AND (ended_on, id) < (CAST(:ended AS date), CAST(:after AS uuid))"
        given |= {"ended": _day(keys[0]), "after": cursor_id(keys[1])}
    rows = db.execute(
        text(
            f"SELECT * FROM past_projects WHERE {_SEEN} AND (CAST(:outcome AS text) IS NULL OR outcome = :outcome){more}"
            " ORDER BY ended_on DESC, id DESC LIMIT :most"
        ),
        given,
    ).all()
    shown, following = page(rows, most, lambda row: (row.ended_on.isoformat(), str(row.id)))
    counts = db.execute(
        text(
            f"SELECT outcome, count(*) AS n FROM past_projects WHERE {_SEEN} GROUP BY outcome ORDER BY n DESC, outcome"
        ),
        given,
    )
    return PastProjects(
        items=[_shown(row) for row in shown], next=following, counts={row.outcome: row.n for row in counts}
    )


#: Those of the actor's programmes.
_SEEN = "programme_id = ANY(CAST(:all_of AS uuid[]))"


def _day(key: Any) -> str:
    try:
        return date.fromisoformat(key).isoformat()
    except (TypeError, ValueError):
        raise InvalidForm(fields={"cursor": reasons.fields.NOT_OURS}) from None


def _shown(row: Any) -> PastProject:
    return PastProject(
        id=str(row.id),
        programme=str(row.programme_id),
        source=row.source,
        external_id=row.external_id,
        title=row.title,
        title_zh=row.title_zh,
        need_owner=row.need_owner,
        technology_owner=row.technology_owner,
        district=row.district,
        started_on=row.started_on.isoformat() if row.started_on else None,
        ended_on=row.ended_on.isoformat(),
        outcome=row.outcome,
        contract_value=format(row.contract_value, "f") if row.contract_value is not None else None,
        contract_currency=row.contract_currency,
        effect=row.effect,
    )
