"""Follow-up after closing: how many of the parties that were due to be asked have answered, and whom to ask now. Reads only.

Counted by a query as `engine.figures.follow_up` folds it from the logs: the front page shows the figure's own number. That of a large
programme is counted ahead with its other figures, so that no page waits for all cases that were ever closed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, text

from casework import reasons
from casework.definitions import load_figure_names
from casework.errors import InvalidForm
from casework.operations.core.paging import Page, cursor_id, cursor_time, from_cursor, insist_limit, page
from casework.operations.core.presenters import names_of, when
from casework.operations.core.reader_names import titled
from casework.operations.core.views import Named
from casework.operations.oversight.figures import READ_BY, rules
from casework.operations.oversight.views import FollowUp, FollowUpRung, LastLink
from casework.permissions.actors import Actor
from casework.permissions.visibility import reach
from casework.records.row_security import whole
from casework.records.tables.cases import UNANSWERED

#: What is asked now, and what came to its day, or was closed, without an answer.
WAITING, SILENT = "waiting", "silent"
TABS = (WAITING, SILENT)
#: Of a rung, by its place on the ladder: how many are due, were answered in time, and ever, are asked now, and late.
Followed = tuple[int, ...]
_NUMBERS = 5

#: A question `t` is open.
_OPEN = "t.state IN ('Ready', 'Reserved', 'InProgress', 'Suspended')"
#: An answer was given to it.
_ANSWERED = "(t.state = 'Completed' AND coalesce(t.result ->> CAST(:answer AS text) <> :silent, false))"
#: A task `t` is a question that was opened at the closing of its case `c`.
_QUESTION = """t.aftercare AND t.name = :name AND c.closed_at IS NOT NULL AND t.opened_at >= c.closed_at
    AND c.outcome IS DISTINCT FROM :duplicate"""
#: Of the closed cases of some programmes the questions that were opened at their closing, each with its place on the ladder.
_ASKED = f"""
    SELECT t.id, t.log_id, t.state, t.due_at, t.closed_at, c.number, c.title, c.need_id, c.owner_id,
        row_number() OVER (PARTITION BY t.log_id ORDER BY t.opened_at, t.position, t.id) AS rung,
        {_OPEN} AS open, {_ANSWERED} AS answered
    FROM tasks t JOIN cases c ON c.id = t.log_id
    WHERE t.programme_id = ANY(CAST(:programmes AS uuid[])) AND {_QUESTION}
"""
#: Of each rung how many are due by a moment, how many were answered in time, and ever; and how many are asked now, and late.
_COUNT = text(f"""
    SELECT a.rung, count(*) FILTER (WHERE a.answered OR a.due_at <= :at) AS due,
        count(*) FILTER (WHERE a.answered AND coalesce(a.closed_at <= a.due_at, true)) AS in_time,
        count(*) FILTER (WHERE a.answered) AS answered, count(*) FILTER (WHERE a.open) AS waiting,
        count(*) FILTER (WHERE a.open AND a.due_at <= :at) AS late
    FROM ({_ASKED}) a WHERE a.rung <= :rungs GROUP BY a.rung ORDER BY a.rung
""")
#: The same of the programmes of which it was counted ahead by the rules of now, and up to when; and of the others as of now. One
#: statement, for each of a front page is a way to the server and back; where there are no others it looks at no task.
_KEPT_OR_COUNTED = text(f"""
    WITH kept AS MATERIALIZED (
        SELECT k.programme_id, k.at, k.followed FROM kept_figures k
        WHERE k.programme_id = ANY(CAST(:programmes AS uuid[])) AND k.rules = :rules
    ), others AS MATERIALIZED (
        SELECT x.id FROM unnest(CAST(:programmes AS uuid[])) x(id) WHERE NOT EXISTS (SELECT FROM kept k WHERE k.programme_id = x.id)
    )
    SELECT k.at, k.followed, 0 AS rung, 0 AS due, 0 AS in_time, 0 AS answered, 0 AS waiting, 0 AS late FROM kept k
    UNION ALL
    SELECT NULL, NULL, a.rung, count(*) FILTER (WHERE a.answered OR a.due_at <= casework_now()),
        count(*) FILTER (WHERE a.answered AND coalesce(a.closed_at <= a.due_at, true)),
        count(*) FILTER (WHERE a.answered), count(*) FILTER (WHERE a.open),
        count(*) FILTER (WHERE a.open AND a.due_at <= casework_now())
    FROM ({_ASKED} AND EXISTS (SELECT FROM others) AND t.programme_id = ANY(ARRAY(SELECT o.id FROM others o))) a
    WHERE a.rung <= :rungs GROUP BY a.rung
""")
#: A page of what is asked now, or of what nobody answered, with the newest link of each; what is due first comes first. Of each
#: programme as many are read as the page has, in the order of an index, and the place on the ladder is counted of those alone.
_LIST = f"""
    SELECT a.id::text, a.number, {titled("a")} AS title, a.owner_id::text AS owner, a.rung, a.due_at,
        a.open AND a.due_at <= casework_now() AS late, l.party, l.until, l.mail,
        CASE WHEN l.state = 'open' AND (l.until <= casework_now() OR NOT a.open) THEN 'over' ELSE l.state END AS link
    FROM unnest(CAST(:programmes AS uuid[])) p(id) CROSS JOIN LATERAL (
        SELECT t.id, t.due_at, c.number, c.title, c.need_id, c.owner_id, r.rung, {_OPEN} AS open
        FROM tasks t JOIN cases c ON c.id = t.log_id CROSS JOIN LATERAL (
            SELECT 1 + count(*) AS rung FROM tasks e
            WHERE e.programme_id = t.programme_id AND e.name = t.name AND e.aftercare AND e.log_id = t.log_id
            AND e.opened_at >= c.closed_at AND (e.opened_at, e.position, e.id) < (t.opened_at, t.position, t.id)
        ) r
        WHERE t.programme_id = p.id AND {_QUESTION} AND {{tab}} AND t.due_at IS NOT NULL AND r.rung <= :rungs {{after}}
        ORDER BY t.due_at, t.id LIMIT :most
    ) a LEFT JOIN LATERAL (
        SELECT x.* FROM party_links x WHERE x.task_id = a.id ORDER BY x.given_at DESC, x.id DESC LIMIT 1
    ) l ON true
    ORDER BY a.due_at, a.id LIMIT :most
"""
_TABS = {
    WAITING: _OPEN,
    # The last of these is what the index has, in words of the installed workflows.
    SILENT: f"NOT {_ANSWERED} AND t.due_at <= casework_now() AND {UNANSWERED}",
}
#: Of a list what comes after a row of it.
_AFTER = "AND (t.due_at, t.id) > (:at, CAST(:id AS uuid))"
#: The list of each tab, from its beginning and from a row on.
_LISTS = {
    (tab, after): text(_LIST.format(tab=where, after=_AFTER if after else ""))
    for tab, where in _TABS.items()
    for after in (False, True)
}


def count_follow_ups(db: Connection, actor: Actor) -> list[FollowUpRung]:
    """By rung, of all programmes whose figures the actor reads; of whoever reads none, and where nothing was asked yet, none."""
    programmes = _programmes(actor)
    if not programmes:
        return []
    with whole(db):
        rows = db.execute(_KEPT_OR_COUNTED, _given(programmes) | {"rules": rules()}).all()
    ahead = [row for row in rows if row.followed is not None]
    counted = [rung for row in ahead for rung in read_followed(row.followed)]
    counted += [tuple(row[2:]) for row in rows if row.followed is None]
    days = load_figure_names().rungs
    since = when(min((row.at for row in ahead), default=None))
    sums = {rung: [0] * _NUMBERS for rung, *_ in counted}
    for rung, *told in counted:
        sums[rung] = [one + more for one, more in zip(sums[rung], told, strict=True)]
    found = [
        FollowUpRung(
            days=days[rung - 1],
            due=due,
            in_time=in_time,
            answered=answered,
            waiting=waiting,
            late=late,
            counted_at=since,
        )
        for rung, (due, in_time, answered, waiting, late) in sorted(sums.items())
    ]
    return found if any(one.due or one.waiting for one in found) else []


def count_followed(db: Connection, programmes: list[str], at: datetime) -> list[Followed]:
    """The numbers of each rung of some programmes, of all that was ever asked there; for whoever reads all of it."""
    return [tuple(row) for row in db.execute(_COUNT, _given(programmes) | {"at": at})]


def write_followed(counted: list[Followed]) -> str:
    return orjson.dumps(counted).decode()


def read_followed(kept: str) -> list[Followed]:
    """What was written of them."""
    return [tuple(one) for one in orjson.loads(kept)]


def list_follow_ups(
    db: Connection, actor: Actor, *, tab: str = WAITING, cursor: str | None = None, limit: int | None = None
) -> Page[FollowUp]:
    """What is asked now, or what nobody answered, of the cases that the actor reads whole; by the last day."""
    if tab not in TABS:
        raise InvalidForm(fields={"tab": reasons.fields.ONE_OF(choices=TABS)})
    most, keys = insist_limit(limit), from_cursor(cursor, 2)
    given = _given(sorted(set(_programmes(actor)) & set(reach(actor).all_of))) | {"most": most + 1}
    if keys:
        given |= {"at": cursor_time(keys[0]), "id": cursor_id(keys[1])}
    rows, following = page(db.execute(_LISTS[tab, bool(keys)], given).all(), most, lambda row: (row.due_at, row.id))
    names = names_of(db, {row.owner for row in rows})
    rungs = load_figure_names().rungs
    return Page(items=[_shown(row, names, rungs) for row in rows], next=following)


def _shown(row: Any, names: dict[str, str], rungs: tuple[int, ...]) -> FollowUp:
    return FollowUp(
        task=row.id,
        number=row.number,
        title=row.title,
        days=rungs[row.rung - 1],
        due_at=when(row.due_at),
        late=row.late,
        owner=Named(id=row.owner, name=names.get(row.owner, "")) if row.owner else None,
        link=LastLink(party=row.party, state=row.link, until=when(row.until), mail=row.mail) if row.party else None,
    )


def _programmes(actor: Actor) -> list[str]:
    """The programmes whose figures the actor reads."""
    return sorted({m.programme for m in actor.memberships if m.programme and m.role in READ_BY})


def _given(programmes: list[str]) -> dict[str, Any]:
    names = load_figure_names()
    return {
        "programmes": programmes,
        "name": names.follow_up,
        "answer": names.follow_up_answer,
        "silent": names.no_answer,
        "duplicate": names.duplicate,
        "rungs": len(names.rungs),
    }


__all__ = [
    "SILENT",
    "TABS",
    "WAITING",
    "Followed",
    "count_follow_ups",
    "count_followed",
    "list_follow_ups",
    "read_followed",
    "write_followed",
]
