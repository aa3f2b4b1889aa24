"""What is new to a person, and what has changed since that person looked at it: marks on rows, cleared by looking.

Whoever reads a case whole looks at its log; a provider's people look at their referral, and only what its history shows
them marks it. So a mark says nothing that the page behind it does not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from casework.engine.parts import SENDS
from casework.engine.state.events import RECOUNTED, TIMER_FIRED
from casework.permissions.actors import Actor
from casework.records.access_sql import referral_of

NEW, CHANGED = "new", "changed"
#: A clock that fires or is counted again moves nothing: its reminders are told elsewhere.
_SILENT = f"('{TIMER_FIRED}', '{RECOUNTED}')"

#: Which events of its tracks a provider is shown: from the one by which it was asked, and nothing of the office's own
#: tasks, whose notes and reasons are the office's, but for the answers.
SHOWN_TO_PROVIDERS = f"""
    (e.header->>'from') IS NOT NULL AND EXISTS (
        SELECT FROM tracks a WHERE a.id = e.track_id AND (
            a.parent_id IS NOT NULL OR e.at >= CAST(a.fired -> (a.played ->> '{SENDS}') ->> 'at' AS timestamptz)
        )
    )
    AND (e.kind = 'completed' AND e.effects -> 'answers' = 'true' OR NOT EXISTS (
        SELECT FROM tasks o WHERE o.id = CAST(e.effects->>'task' AS uuid) AND o.organisation_id IS NULL
    ))
    AND NOT (e.kind = 'added' AND EXISTS (
        SELECT FROM jsonb_array_elements(e.effects->'tasks') o WHERE o->>'organisation' IS NULL
    ))
"""

#: Notes that a person looks at something now, up to the last event of its log, and says whether that person follows the log.
#: Nothing is written where nothing has happened since.
_LOOK = text("""
    WITH looked AS (
        INSERT INTO looks (person_id, thing_id, seq, at)
        SELECT CAST(:person AS uuid), CAST(:thing AS uuid), l.seq, casework_now() FROM logs l WHERE l.id = CAST(:log AS uuid)
        ON CONFLICT (person_id, thing_id) DO UPDATE SET seq = excluded.seq, at = excluded.at WHERE looks.seq < excluded.seq
    )
    SELECT EXISTS (SELECT FROM follows f WHERE f.person_id = CAST(:person AS uuid) AND f.log_id = CAST(:log AS uuid))
""")
#: What others did that is worth a mark, in an event `e`.
_OTHERS = f"e.actor_id <> CAST(:person AS text) AND e.kind NOT IN {_SILENT}"
#: When a person looked at each case and referral last, and whether something changed since.
#: Of a referral the same events as `case_events.list_events` shows to its provider.
_MARKS = text(f"""
    SELECT l.id AS thing, k.at, k.seq IS NOT NULL AND EXISTS (
        SELECT FROM events e WHERE e.log_id = l.id AND e.seq > k.seq AND {_OTHERS}
    ) AS changed
    FROM logs l LEFT JOIN looks k ON k.person_id = CAST(:person AS uuid) AND k.thing_id = l.id
    WHERE l.id = ANY(CAST(:logs AS uuid[]))
    UNION ALL
    SELECT r.id, k.at, k.seq IS NOT NULL AND EXISTS (
        SELECT FROM events e JOIN tracks t ON t.id = e.track_id AND (t.id = r.id OR t.parent_id = r.id)
        WHERE e.log_id = r.log_id AND e.seq > k.seq AND {_OTHERS}
        AND {SHOWN_TO_PROVIDERS}
    )
    FROM tracks r LEFT JOIN looks k ON k.person_id = CAST(:person AS uuid) AND k.thing_id = r.id
    WHERE r.id = ANY(CAST(:referrals AS uuid[]))
""")
#: What is looked at for a task: its case, or for a provider its referral.
#: The same beside a list of tasks `t` with their tracks `r`, so that it needs no statement of its own.
_THING = f"""CASE WHEN t.organisation_id IS NULL OR t.programme_id = ANY(CAST(:all_of AS uuid[])) THEN t.log_id
    ELSE {referral_of("r")} END"""
#: What the list joins, and the columns that `mark_of` reads; they take `person` and `all_of`.
LOOKED = f"LEFT JOIN looks m ON m.person_id = CAST(:person AS uuid) AND m.thing_id = {_THING}"
#: When a person looked at it last, and whether something changed since, beside a list of tasks.
SINCE = f"""m.at AS looked_at, m.seq IS NOT NULL AND CASE WHEN m.thing_id = t.log_id THEN EXISTS (
        SELECT FROM events e WHERE e.log_id = t.log_id AND e.seq > m.seq AND {_OTHERS}
    ) ELSE EXISTS (
        SELECT FROM events e JOIN tracks x ON x.id = e.track_id AND (x.id = m.thing_id OR x.parent_id = m.thing_id)
        WHERE e.log_id = t.log_id AND e.seq > m.seq AND {_OTHERS} AND {SHOWN_TO_PROVIDERS}
    ) END AS changed"""


@dataclass(frozen=True, slots=True)
class Look:
    """When a person last looked at a thing, if ever, and whether somebody has changed it since."""

    at: datetime | None
    changed: bool

    def mark(self, since: datetime | None = None) -> str | None:
        """The mark of what is there `since` a moment: new to who never looked, or not since then."""
        if self.at is None or since is not None and since > self.at:
            return NEW
        return CHANGED if self.changed else None


def look(db: Connection, actor: Actor, log: str, referral: str | None = None) -> bool:
    """Keep that a person has looked at a case or mediation, or at a referral in it; gives whether the person follows its log."""
    follows: bool = db.execute(_LOOK, {"person": actor.person, "thing": referral or log, "log": log}).scalar_one()
    return follows


def looks(db: Connection, actor: Actor, logs: Iterable[str], referrals: Iterable[str] = ()) -> dict[str, Look]:
    """Of logs and referrals by id, all of which the person may see; one query."""
    given = {"person": actor.person, "logs": sorted(set(logs)), "referrals": sorted(set(referrals))}
    if not given["logs"] and not given["referrals"]:
        return {}
    return {row.thing: Look(row.at, row.changed) for row in db.execute(_MARKS, given)}


def mark_of(row: Any) -> str | None:
    """The mark of a row of tasks that was read with `SINCE`: of a provider's that of the referral."""
    return Look(row.looked_at, row.changed).mark(row.opened_at)


__all__ = ["CHANGED", "LOOKED", "NEW", "SHOWN_TO_PROVIDERS", "SINCE", "Look", "look", "looks", "mark_of"]
