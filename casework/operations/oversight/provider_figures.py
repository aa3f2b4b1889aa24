"""What became of the referrals that were sent to a provider, for itself: the figure of referrals, of its own alone.

Counted are those that stand in the reader's inbox, whatever became of their cases; sealed ones are not.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from sqlalchemy import Connection, text

from casework.engine.figures.counting import Figure
from casework.engine.figures.referrals import own_referrals, referrals_of
from casework.engine.roles import Role
from casework.errors import NotFound
from casework.json_values import JsonObject
from casework.ledger.canonical_json import instant
from casework.operations.core.reader_names import titled
from casework.operations.oversight.figures import in_its_time, read_cases, show_row
from casework.permissions.actors import Actor
from casework.permissions.visibility import reach
from casework.records.access_sql import not_shut_out, reach_values
from casework.records.event_log import now

#: Who reads them.
PROVIDERS = frozenset({Role.PROVIDER, Role.PROVIDER_LEAD, Role.VERIFIER})
#: A referral `t` of a case `c` that was sent to the reader's organisation, and is shown to it and to the reader.
_OWN = f"""t.provider_id = ANY(CAST(:organisations AS uuid[])) AND t.shown_to IS NOT NULL
    AND {not_shut_out("t", "CAST(:person AS text)")}"""
#: All of them, programme by programme.
_REFERRALS = text(f"""
    SELECT c.programme_id::text AS programme, t.log_id::text AS log, t.id::text AS id
    FROM tracks t JOIN cases c ON c.id = t.log_id WHERE {_OWN} ORDER BY c.programme_id, t.id
""")
#: Some of them, as a list has them: the last ones first.
_SOME = text(f"""
    SELECT t.id::text AS id, t.kind, c.number, {titled("c")} AS title, t.opened_at, t.edition, t.states
    FROM tracks t JOIN cases c ON c.id = t.log_id WHERE {_OWN} AND t.id = ANY(CAST(:ids AS uuid[]))
    ORDER BY t.opened_at DESC, t.id DESC LIMIT :most
""")
#: So many referrals behind a line are listed.
MOST = 200


@dataclass(frozen=True, kw_only=True)
class OwnFigures:
    """The figure of referrals; what stands behind its lines are ids of referrals."""

    at: datetime
    figure: Figure


@dataclass(frozen=True, kw_only=True)
class CountedReferral:
    """A referral behind a line."""

    id: str
    service: str
    number: str
    #: None where it was erased.
    title: str | None
    opened_at: str
    edition: str
    states: list[str]


def count_own(db: Connection, actor: Actor) -> OwnFigures:
    """Fold the cases in which the reader's organisation was asked, by the calendar of each programme. Raises NotFound for others."""
    _insist_provider(actor)
    in_its_time(db)
    told = []
    own = db.execute(_REFERRALS, reach_values(reach(actor))).all()
    for programme, rows in groupby(own, key=attrgetter("programme")):
        mine = {row.id: row.log for row in rows}
        world = read_cases(db, programme, set(mine.values()))
        told += [one for case in world.cases for one in referrals_of(case, world) if one.id in mine]
    return OwnFigures(at=now(db), figure=own_referrals(told))


def list_own(db: Connection, actor: Actor, ids: Collection[str]) -> list[CountedReferral]:
    """The last of some referrals that were counted. Raises NotFound for who is of no provider."""
    _insist_provider(actor)
    given = {**reach_values(reach(actor)), "ids": list(ids), "most": MOST}
    return [
        CountedReferral(
            id=row.id,
            service=row.kind,
            number=row.number,
            title=row.title,
            opened_at=instant(row.opened_at),
            edition=row.edition,
            states=list(row.states),
        )
        for row in db.execute(_SOME, given)
    ]


def show_own(own: OwnFigures) -> JsonObject:
    """The same as the API tells it."""
    return {
        "at": instant(own.at),
        "unit": own.figure.unit,
        "rows": [show_row(row) | {"referrals": list(row.cases)} for row in own.figure.rows],
    }


def _insist_provider(actor: Actor) -> None:
    if not actor.roles() & PROVIDERS:
        raise NotFound("page")
