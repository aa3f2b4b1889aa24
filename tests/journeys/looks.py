"""What an auditor was shown of a case at each moment of a journey, held against what is shown as of that moment afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from casework.engine.state.events import Event
from casework.operations.cases.queries import show_case
from casework.operations.deadlines.queries import clocks_of, list_clocks
from casework.operations.history.past_cases import describe_then, fold_until
from casework.permissions.actors import Actor
from casework.records.case_loader import load
from casework.records.event_log import now

#: What may be done is of now, as the registers beside the case stand, and in what is past nothing may be done. All else is equal.
OF_NOW = frozenset({"actions", "requests", "case_actions"})
#: What is told of the past alone.
OF_THEN = frozenset({"as_of", "event_at", "previous_at", "next_at", "erased_at"})


@dataclass(frozen=True)
class Look:
    """What was shown of a case at a moment."""

    log: str
    seq: int
    at: datetime
    case: dict[str, Any]
    clocks: Sequence[object]


def look_at(db: Connection, actor: Actor, log: str) -> Look:
    """What the actor is shown of a case now."""
    case = load(db, log, "case")
    shown = asdict(show_case(db, actor, str(case.number)))
    clocks = list_clocks(db, actor, str(case.number)).items
    return Look(log, case.seq, max(now(db), case.last_at), shown, clocks)


def insist_as_it_was(db: Connection, actor: Actor, look: Look, events: Sequence[Event]) -> None:
    """What is shown as of that moment is what was shown at it, but for what may be done. `events` are those of its log."""
    # The clock of a journey is put back before an action: what was shown by then ends before it.
    later = [event.at for event in events if event.seq > look.seq][:1]
    then = fold_until(
        events, min(look.at, *(moment - timedelta(microseconds=1) for moment in later)) if later else look.at
    )
    assert then is not None
    shown = asdict(describe_then(db, actor, then))
    assert shown.keys() - OF_THEN == look.case.keys()
    for name in sorted(look.case.keys() - OF_NOW):
        assert shown[name] == look.case[name], (name, look.at)
    assert clocks_of(db, actor, then.case, then.at) == look.clocks, look.at
