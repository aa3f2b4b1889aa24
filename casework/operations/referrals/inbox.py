"""A provider's inbox: the referrals sent to its organisation, by what it must do with them. Reads only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, TextClause, text

from casework import reasons
from casework.definitions import side_states_of
from casework.engine.case_objects.inbox import DELIVERED, OFFERS, WORKING
from casework.engine.deadlines.calendars import Calendar
from casework.engine.parts import ACCEPTS, REFERRAL, SENDS
from casework.engine.state.case import Case
from casework.errors import InvalidForm
from casework.json_values import JsonObject
from casework.ledger.canonical_json import instant
from casework.operations.core.paging import Page, cursor_id, cursor_time, from_cursor, insist_limit, page
from casework.operations.core.perform import calendar_of
from casework.operations.core.presenters import names_of, when
from casework.operations.core.reader_names import titled
from casework.operations.core.unread import looks
from casework.operations.core.views import Names, TaskKey, row_as
from casework.operations.deadlines.views import SideAccount
from casework.operations.referrals.service import describe_referral, find_referral
from casework.operations.referrals.views import InboxRow, ReferralOnPage, SideToDo
from casework.permissions.actors import Actor
from casework.permissions.visibility import reach
from casework.records.access_sql import is_referral, not_shut_out, reach_values, sent
from casework.records.event_log import now

TABS = (OFFERS, WORKING, DELIVERED)
#: A referral `t` of the provider `o` that is shown to it, and to who asks among its people: neither barred nor with an interest in the
#: case, as the row itself says. So no head, page or count is of what one may not see.
_OWN = f"t.provider_id = o.id AND t.shown_to IS NOT NULL AND {not_shut_out('t', 'CAST(:person AS text)')}"
#: The organisations of the person.
_ORGANISATIONS = "unnest(CAST(:organisations AS uuid[])) o(id)"
#: The first referrals of a tab over all organisations, as `tasks.queues` has it of many queues: each inbox has its head, found by the
#: index, and the page lies before the edge, the head that so many others come before. The edge is found apart: under a policy only what
#: is compared with a plain value leads through an index.
_FIRST = f"""
    WITH heads AS MATERIALIZED (
        SELECT o.id AS provider, f.inbox_at, f.id FROM {_ORGANISATIONS} CROSS JOIN LATERAL (
            SELECT t.inbox_at, t.id FROM tracks t WHERE t.inbox = '{{tab}}' {{after}} AND {_OWN}
            ORDER BY t.inbox_at {{order}}, t.id {{order}} LIMIT 1
        ) f
    ), edge AS (SELECT h.inbox_at, h.id FROM heads h ORDER BY h.inbox_at {{order}}, h.id {{order}} OFFSET :most - 1 LIMIT 1),
    near AS MATERIALIZED (
        SELECT h.provider AS id, coalesce(e.inbox_at, '{{end}}') AS edge_at, coalesce(e.id, '{{last}}') AS edge
        FROM heads h LEFT JOIN edge e ON true WHERE e.id IS NULL OR (h.inbox_at, h.id) {{until}} (e.inbox_at, e.id)
    ), chosen AS MATERIALIZED (
        SELECT x.* FROM near o CROSS JOIN LATERAL (
            SELECT t.* FROM tracks t WHERE t.inbox = '{{tab}}' {{after}} AND (t.inbox_at, t.id) {{until}} (o.edge_at, o.edge) AND {_OWN}
            ORDER BY t.inbox_at {{order}}, t.id {{order}} LIMIT :most
        ) x ORDER BY x.inbox_at {{order}}, x.id {{order}} LIMIT :most
    )
"""
#: By when a task `k` of either side is due; nothing while its clock stands still. What a hold of the case `c` paused is as though it went
#: on (`visibility.as_seen`): a provider learns of none.
_DUE = """CASE WHEN NOT EXISTS (
            SELECT FROM clocks w WHERE w.log_id = k.log_id AND w.task_id = k.id AND w.state = 'paused'
            AND NOT coalesce(c.hold->'paused' ? w.id::text, false) OFFSET 0
        ) THEN k.due_at END"""
#: Of a task on a track `b` that it does not wait for its referral `s`: while that is paused, nothing of its service is anybody's turn, even
#: what was late before and has no clock left that could stand still.
_GOES_ON = "(b.id = s.id OR NOT s.states && ARRAY(SELECT jsonb_array_elements_text(CAST(:paused AS jsonb)->s.edition)))"
#: A provider's referrals, each with what is due next on either side and where its service stands.
_LIST = f"""
    {_FIRST}
    SELECT s.*, c.number, coalesce({titled("c")}, m.title) AS title, coalesce(c.parties, m.parties) AS parties,
        ours.due AS our_due, ours.holder_id, theirs.due AS their_due, b.edition AS service_edition, b.states AS service_states
    FROM chosen s LEFT JOIN cases c ON c.id = s.log_id LEFT JOIN mediations m ON m.id = s.log_id
    LEFT JOIN LATERAL (
        SELECT k.holder_id, {_DUE} AS due FROM tasks k JOIN tracks b ON b.id = k.track_id WHERE k.log_id = s.log_id
        AND (b.id = s.id OR b.parent_id = s.id) AND k.state IN ('Ready', 'Reserved', 'InProgress')
        AND k.organisation_id = s.provider_id AND {_GOES_ON} ORDER BY 2, k.due_at, k.id LIMIT 1
    ) ours ON true
    LEFT JOIN LATERAL (
        SELECT {_DUE} AS due FROM tasks k JOIN tracks b ON b.id = k.track_id WHERE k.log_id = s.log_id
        AND (b.id = s.id OR b.parent_id = s.id) AND k.state IN ('Ready', 'Reserved', 'InProgress')
        AND k.organisation_id IS NULL ORDER BY 1, k.due_at, k.id LIMIT 1
    ) theirs ON true
    LEFT JOIN LATERAL (
        SELECT x.edition, x.states FROM tracks x WHERE x.log_id = s.log_id AND x.parent_id = s.id AND NOT x.replaced
        ORDER BY x.position DESC LIMIT 1
    ) b ON true
    ORDER BY s.inbox_at {{order}}, s.id {{order}}
"""


def list_inbox(
    db: Connection, actor: Actor, *, tab: str = OFFERS, cursor: str | None = None, limit: int | None = None
) -> Page[InboxRow]:
    """The organisation's referrals of a tab: what is due first before the rest, of ended ones the newest first."""
    if tab not in TABS:
        raise InvalidForm(fields={"tab": reasons.fields.ONE_OF(choices=TABS)})
    most, keys = insist_limit(limit), from_cursor(cursor, 2)
    given: JsonObject = {**reach_values(reach(actor)), "most": most + 1, "paused": json.dumps(side_states_of(REFERRAL))}
    if keys:
        given |= {"at": cursor_time(keys[0]), "id": cursor_id(keys[1])}
    rows = db.execute(_list(tab, bool(keys)), given).all()
    shown, following = page(rows, most, lambda row: (row.inbox_at, row.id))
    parties = {party for row in shown for party in row.parties.values()}
    names = names_of(db, {row.holder_id for row in shown}, parties)
    moment = now(db)
    seen = looks(db, actor, (), [row.id for row in shown])
    return Page(items=[_row(row, names, moment, seen[row.id].mark()) for row in shown], next=following)


@cache
def _list(tab: str, later: bool) -> TextClause:
    newest = tab == DELIVERED
    after = f"AND (t.inbox_at, t.id) {'<' if newest else '>'} (:at, CAST(:id AS uuid))" if later else ""
    end, last = ("-infinity", UUID(int=0)) if newest else ("infinity", UUID(int=2**128 - 1))
    order, until = ("DESC", ">=") if newest else ("ASC", "<=")
    return text(_LIST.format(tab=tab, after=after, order=order, until=until, end=end, last=last))


def _row(row: Any, names: Mapping[str, str], moment: datetime, mark: str | None) -> InboxRow:
    return InboxRow(
        id=row.id,
        service=row.kind,
        edition=row.edition,
        states=list(row.states),
        number=row.number,
        title=row.title,
        opened_at=instant(row.opened_at),
        ended=row.outcome,
        parties={side: names.get(party) for side, party in row.parties.items()},
        holder=names.get(row.holder_id) if row.holder_id else None,
        our_due=when(row.our_due),
        their_due=when(row.their_due),
        we_are_late=bool(row.our_due and row.our_due < moment),
        they_are_late=bool(row.their_due and row.their_due < moment),
        service_edition=row.service_edition,
        service_states=list(row.service_states or ()),
        mark=mark,
    )


#: How far each tab is counted, for somebody of so many organisations or of more: each is looked up apart.
_FEW, _COUNTED_TO, _COUNTED_TO_OF_MANY = 8, 1000, 100


def counted_to(actor: Actor) -> int:
    """How far `count_inbox` counts for the actor: what stands at so many are these or more."""
    return _COUNTED_TO if len(reach(actor).organisations) <= _FEW else _COUNTED_TO_OF_MANY


def count_inbox(db: Connection, actor: Actor, *, most: int | None = None) -> dict[str, int]:
    """How many referrals there are in each tab, counted up to `most`; one query."""
    given = {**reach_values(reach(actor)), "most": most or counted_to(actor)}
    return dict(db.execute(_COUNTS, given).one()._mapping)


def _counted(tab: str) -> str:
    """How many lie under a tab, organisation by organisation."""
    each = f"SELECT t.id FROM tracks t WHERE t.inbox = '{tab}' AND {_OWN} ORDER BY t.inbox_at, t.id LIMIT :most"
    return f"(SELECT count(*) FROM (SELECT FROM {_ORGANISATIONS} CROSS JOIN LATERAL ({each}) x LIMIT :most) y) AS {tab}"


#: How many referrals lie under each tab, up to a most.
_COUNTS = text(f"SELECT {', '.join(map(_counted, TABS))}")


def inbox_calendar(db: Connection, actor: Actor) -> Calendar | None:
    """The calendar of the programme that asked last: what a provider's lists count working days by."""
    programme = db.execute(_LAST_PROGRAMME, reach_values(reach(actor))).scalar_one_or_none()
    return calendar_of(db, programme) if programme else None


#: The newest referral of each organisation.
_NEWEST = f"""
    {_ORGANISATIONS} CROSS JOIN LATERAL (
        SELECT t.log_id, t.opened_at, t.id FROM tracks t WHERE {is_referral("t")} AND {_OWN}
        ORDER BY t.opened_at DESC, t.id DESC LIMIT 1
    ) x
"""
#: The programme of the referral that came last. Where there is but one programme it is that of any referral, and the first that is
#: there will do; else the newest of each organisation are compared.
_LAST_PROGRAMME = text(f"""
    SELECT CASE WHEN (SELECT count(*) FROM (SELECT FROM programmes LIMIT 2) p) < 2
    THEN (SELECT p.id FROM programmes p WHERE EXISTS (SELECT FROM {_NEWEST}))
    ELSE (
        SELECT l.programme_id FROM (SELECT x.* FROM {_NEWEST} ORDER BY x.opened_at DESC, x.id DESC LIMIT 1) y
        JOIN logs l ON l.id = y.log_id
    ) END
""")
#: What `engine.case_objects.inbox` says of a referral `t`, of each that was sent: what is kept is held against it.
PLACES = f"""
    SELECT t.id, p.tab, CASE WHEN p.tab = '{DELIVERED}' THEN t.opened_at ELSE coalesce((
            SELECT min(k.due_at) FROM tasks k JOIN tracks b ON b.id = k.track_id WHERE k.log_id = t.log_id
            AND (b.id = t.id OR b.parent_id = t.id) AND k.state IN ('Ready', 'Reserved', 'InProgress')
            AND k.organisation_id = t.provider_id
        ), '9999-12-31Z') END AS at
    FROM tracks t CROSS JOIN LATERAL (SELECT CASE
        WHEN t.ended_at IS NOT NULL OR t.states && CAST(:handed_in AS text[]) THEN '{DELIVERED}'
        WHEN t.played ? 'accepts' THEN '{WORKING}' ELSE '{OFFERS}' END AS tab) p
    WHERE {is_referral("t")} AND t.provider_id IS NOT NULL AND {sent("t")}
"""


def read_referral(db: Connection, actor: Actor, id: str) -> tuple[Case, ReferralOnPage]:
    """A referral for its page: besides what all are told, what was agreed, who asks, and both sides' clocks."""
    case, track = find_referral(db, actor, id)
    details = describe_referral(db, actor, case, track)
    sent, accepted = track.last_fired(SENDS), track.last_fired(ACCEPTS)
    agreed = accepted.data if accepted else {}
    names = names_of(db, {case.owner, track.named})
    page = row_as(
        ReferralOnPage,
        details,
        log=case.log,
        ours=track.provider in reach(actor).organisations,
        fee=sent.data.get("fee") if sent else None,
        wanted_on=track.given.get("wanted_on"),
        accepted_at=instant(accepted.at) if accepted else None,
        planned_on=agreed.get("planned_on"),
        charge=agreed.get("charge"),
        price=agreed.get("price"),
        named=names.get(track.named or ""),
        officer=names.get(case.owner or ""),
        programme=row_as(Names, db.execute(_PROGRAMME, {"id": case.programme}).one()),
        provider_side=_side(case, details.sides.provider),
        office_side=_side(case, details.sides.office),
    )
    return case, page


#: What a programme is called.
_PROGRAMME = text("SELECT name, name_zh FROM programmes WHERE id = CAST(:id AS uuid)")


def _side(case: Case, side: SideAccount) -> SideToDo:
    """A side with the words of what it must do first."""
    task = case.tasks.get(side.task or "")
    return row_as(SideToDo, side, first=row_as(TaskKey, task, about=None) if task else None)
