"""What the log of an IP right tells, and which cases are about it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, text

from casework.engine.case_objects.encumbrances import (
    BURDEN_CHANGED,
    BURDEN_INSCRIBED,
    MERGED,
    NUMBER,
    RELEASED,
    TOOK_OVER,
    after,
)
from casework.engine.case_objects.evidence import NAME
from casework.engine.case_objects.ip_rights import REASON, SOURCE, changes
from casework.engine.state.events import RegisterEvent
from casework.engine.state.right_values import Encumbrance
from casework.errors import NotFound
from casework.json_values import JsonObject
from casework.ledger.canonical_json import instant
from casework.ledger.redactable_bodies import ERASED
from casework.operations.catalogue.right_views import CaseOfRight, RightEntry
from casework.operations.core.merged_records import one_with
from casework.operations.core.presenters import names_of
from casework.operations.core.reader_names import titled
from casework.permissions.actors import Actor
from casework.permissions.visibility import reach
from casework.records.event_log import read_register
from casework.records.row_security import whole


def seen_programme(db: Connection, actor: Actor, right: str) -> str:
    """The programme of a right that the actor sees. Raises NotFound."""
    row = db.execute(_PROGRAMME, {"id": right}).one_or_none()
    if row is None or row.programme_id not in reach(actor).all_of:
        raise NotFound("right")
    return str(row.programme_id)


def read_seq(db: Connection, right: str) -> int:
    """How long the log of a right is: whoever fills in a form about it says so with it."""
    return int(db.execute(text("SELECT seq FROM logs WHERE id = CAST(:id AS uuid)"), {"id": right}).scalar_one())


def read_entries(db: Connection, actor: Actor, right: str) -> list[RightEntry]:
    """The history of a right, the newest first: each with what its fields said before and after. Raises NotFound."""
    seen_programme(db, actor, right)
    with whole(db):
        events = list(read_register(db, right))
    causes = {event.effects["cause"]["log"] for event in events if "cause" in event.effects}
    numbers = {case.id: case.number for case in name_cases(db, actor, causes)}
    names = names_of(db, {event.actor for event in events})
    state: JsonObject = {}
    lying: list[Encumbrance] = []
    entries = []
    for event in events:
        burden, cause = _burden_of(event, lying), event.effects.get("cause")
        lying = after(lying, event)
        if burden is None and event.kind in (RELEASED, BURDEN_INSCRIBED, BURDEN_CHANGED):
            # A case speaks of all that it may have laid; where nothing of it lay any more nothing happened.
            continue
        filed, merger = event.effects.get("evidence"), event.effects.get("merger")
        entries.append(
            RightEntry(
                at=instant(event.at),
                kind=event.kind,
                who=names.get(event.actor),
                changes={name: (_bare(state.get(name)), _bare(value)) for name, value in changes(state, event).items()},
                erased=[name for name, value in event.body.items() if value is ERASED],
                source=_bare(event.body.get(SOURCE)),
                reason=_bare(event.body.get(REASON)),
                burden=burden and burden.get("kind"),
                licence=burden and burden.get("licence"),
                case=cause and numbers.get(cause["log"]),
                evidence=filed and filed["id"],
                file=_bare(event.body.get(NAME)) if filed else None,
                number=_bare(event.body.get(NUMBER)),
                other=merger["kept" if event.kind == MERGED else "gone"]
                if merger and event.kind in (MERGED, TOOK_OVER)
                else None,
                inscribed_on=event.effects.get("on") if event.kind in (BURDEN_INSCRIBED, BURDEN_CHANGED) else None,
                amount=(event.effects.get("encumbrance") or event.effects).get("amount"),
                until=event.effects.get("until"),
            )
        )
        state |= changes(state, event)
    return entries[::-1]


def _burden_of(event: RegisterEvent, lying: Sequence[Encumbrance]) -> Encumbrance | None:
    """What an event laid on a right, or which of those that lay there it ended, registered or changed."""
    told: Encumbrance | None = event.effects.get("encumbrance")
    ids = next((event.effects[name] for name in ("ended", "inscribed", "changed") if name in event.effects), ())
    return told or next((burden for burden in lying if burden["id"] in ids), None)


def _bare(value: Any) -> Any:
    return None if value is ERASED else value


def cases_of(db: Connection, actor: Actor, right: str) -> list[CaseOfRight]:
    """The cases that are about a right, as far as the actor sees them: the newest first, fifty at most."""
    rows = db.execute(_ABOUT, {"right": right, "seen": sorted(reach(actor).all_of)})
    return [CaseOfRight(**row._mapping) for row in rows]


def name_cases(db: Connection, actor: Actor, ids: Collection[str]) -> list[CaseOfRight]:
    """Those of some cases that the actor sees."""
    rows = db.execute(_NAMED, {"ids": sorted(ids), "seen": sorted(reach(actor).all_of)})
    return [CaseOfRight(**row._mapping) for row in rows]


#: In which programme a right is recorded.
_PROGRAMME = text("SELECT programme_id FROM rights WHERE id = CAST(:id AS uuid)")
#: Cases that are about a right, or one that was merged with it, the newest first. The right first:
#: few cases are about it, and many have later numbers.
_ABOUT = text(f"""
    WITH about AS MATERIALIZED (
        SELECT * FROM cases WHERE rights && ARRAY{one_with("rights", "CAST(:right AS uuid)")}
    )
    SELECT c.id::text, c.number, {titled("c")} AS title, c.closed_at IS NOT NULL AS closed FROM about c
    WHERE c.programme_id = ANY(CAST(:seen AS uuid[])) ORDER BY c.number DESC LIMIT 50
""")
#: Some cases by id.
_NAMED = text(f"""
    SELECT c.id::text, c.number, {titled("c")} AS title, c.closed_at IS NOT NULL AS closed FROM cases c
    WHERE c.id = ANY(CAST(:ids AS uuid[])) AND c.programme_id = ANY(CAST(:seen AS uuid[])) ORDER BY c.number
""")
