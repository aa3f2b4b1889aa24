"""What somebody answered before it came back to be done once more, and why it came back. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.definition.editions import TransitionRule
from casework.engine.definition.grammar import RETURN
from casework.engine.execution.corrections import REASON
from casework.engine.parts import GIVES_BACK
from casework.engine.state.case import Case, Track
from casework.engine.state.events import CORRECTED, FIRED
from casework.json_values import JsonObject
from casework.ledger.redactable_bodies import ERASED, values
from casework.operations.core.presenters import names_of
from casework.operations.core.unread import SHOWN_TO_PROVIDERS
from casework.operations.core.views import Named, to_named
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, reach, sight

#: So far back it is looked for what came back.
MOST = 100
#: What happened on a track, the newest first, as far as its reader sees it.
_LAST = """
    SELECT e.seq, e.kind, e.header, e.effects, e.body FROM events e WHERE e.log_id = CAST(:log AS uuid)
    AND e.track_id = CAST(:track AS uuid) AND e.kind = ANY(CAST(:kinds AS text[])) {seen} ORDER BY e.seq DESC LIMIT :most
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnedAction:
    """An action that somebody has sent back to: to be done once more, or with a question."""

    #: What its form said the last time, where it is to be done once more, its words where they are not erased.
    data: JsonObject
    #: When that was, if it was before; and when, by whom and by which action of which edition it came back.
    answered_at: str | None
    at: str
    by: Named | None
    edition: str
    transition: str
    #: What was said when it came back, None where it is erased.
    said: tuple[str | None, ...]


def find_returned(db: Connection, actor: Actor, case: Case, track: Track, transition: str) -> ReturnedAction | None:
    """For an action that may be done now where somebody has sent the track back to: why, and what its form said before."""
    match = load_library()[track.edition].find(transition, track.states)
    if match is None or match[0].form is None:
        return None
    whole = sight(actor, case) == Sight.ALL
    seen = "" if whole else f"AND {SHOWN_TO_PROVIDERS}"
    given = {"log": case.log, "track": track.id, "kinds": [FIRED, CORRECTED], "most": MOST}
    rows = db.execute(text(_LAST.format(seen=seen)), given).all()
    fired = [(row, rule) for row in rows if row.kind == FIRED and (rule := _rule_of(row)) is not None]
    entered = next(((row, rule) for row, rule in fired if rule.target in track.states), None)
    if entered is None or entered[1].kind != RETURN:
        return None
    back, rule = entered
    before = _before(fired[fired.index(entered) + 1 :], match[0]) if rule.part == GIVES_BACK else None
    data = {} if before is None else _said(track, before, [row for row in rows if row.kind == CORRECTED])
    words = tuple(None if said is ERASED else str(said) for said in values(back.body).values())
    if not words and not data:
        return None
    who = back.header["actor"]
    ours = whole or back.header["organisation"] in reach(actor).organisations
    return ReturnedAction(
        data=data,
        answered_at=before.header["at"] if before is not None else None,
        at=back.header["at"],
        # On the other side of a referral one sees the office, not who in it.
        by=to_named(who, names_of(db, {who})) if ours else Named(id=None, name=back.header["role"]),
        edition=back.header["edition"],
        transition=back.effects["transition"],
        said=words,
    )


def _rule_of(row: Any) -> TransitionRule | None:
    match = load_library()[row.header["edition"]].find(row.effects["transition"], tuple(row.header["from"] or ()))
    return match[0] if match else None


def _before(fired: Sequence[tuple[Any, TransitionRule]], again: TransitionRule) -> Any:
    """The last time that the same was answered, to the same end; None where it never was."""
    return next((row for row, rule in fired if (rule.form, rule.target) == (again.form, again.target)), None)


def _said(track: Track, before: Any, corrected: Sequence[Any]) -> JsonObject:
    """Facts and words as they were corrected since, the newest last."""
    fired = track.fired.get(before.effects["transition"])
    of_it = [row for row in reversed(corrected) if row.header["because"] == before.seq]
    words = {name: said for row in (before, *of_it) for name, said in values(row.body).items() if name != REASON}
    return dict(fired.data if fired else {}) | {name: said for name, said in words.items() if said is not ERASED}


__all__ = ["ReturnedAction", "find_returned"]
