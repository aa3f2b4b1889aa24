"""Cases that a programme had, as events alone: for tests of what is told from how long they took."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import Connection, insert

from casework.definitions import load_library
from casework.engine.definition.editions import Edition
from casework.engine.parts import MAIN, REFERRAL, SENDS
from casework.engine.state.effects_schema import Effects
from casework.engine.state.events import FIRED, OPENED, Event
from casework.records.event_log import new_log, seal_events
from casework.records.tables.history import events, logs

#: A state, and for how many days a track stands there.
Way = Sequence[tuple[str, float]]


def add_past_cases(db: Connection, programme: str, ways: Iterable[Way], *, until: datetime, apart: float = 0) -> None:
    """Cases that went each its way and then ended: the first at an instant, each of the others some days before."""
    for n, way in enumerate(ways):
        _append(db, programme, _track(way, until - timedelta(days=n * apart), "case", MAIN, ended="closed"))


def add_past_referrals(
    db: Connection, programme: str, provider: str, service: str, ways: Iterable[Way], *, until: datetime
) -> None:
    """Referrals of cases that go on, each of a case of its own: they went their way and were completed."""
    for way in ways:
        took = sum(days for _, days in way)
        case = _track([("assessment", took + 1)], until, "case", MAIN, ended=None)
        main = case[0].track
        referral = _track(
            way, until, "referral", REFERRAL, ended="completed", log=case[0].log, of=(service, provider, str(main))
        )
        _append(db, programme, sorted([*case, *referral], key=lambda event: event.at))


def _edition(workflow: str) -> Edition:
    edition = load_library().latest(workflow)
    assert edition is not None
    return edition


def _track(
    way: Way,
    until: datetime,
    workflow: str,
    part: str,
    *,
    ended: str | None,
    log: str = "",
    of: tuple[str, str | None, str | None] = ("case", None, None),
) -> list[Event]:
    track, at = str(uuid4()), until - timedelta(days=sum(days for _, days in way))
    kind, provider, parent = of
    opened = {
        "id": track,
        "workflow": workflow,
        "edition": _edition(workflow).fingerprint,
        "kind": kind,
        "part": part,
        "parent": parent,
        "provider": provider,
        "states": [way[0][0]],
    }
    made = [_event(log or str(uuid4()), at, track, (), {"tracks": [opened]})]
    for (_, days), following in zip(way, [*(state for state, _ in way[1:]), ended], strict=True):
        at += timedelta(days=days)
        if following is None:
            break
        effects: dict[str, Any] = {"transition": "on"}
        if following == "sent":
            effects["part"] = SENDS
        if following == ended:
            effects["ended"] = "done"
        made.append(_event(made[0].log, at, track, (following,), effects))
    return made


def _event(log: str, at: datetime, track: str, to: tuple[str, ...], effects: dict[str, Any]) -> Event:
    kind = FIRED if to else OPENED
    return Event(log, 0, at, kind, "system", track=track, to=to, role="system", effects=cast(Effects, effects))


def _append(db: Connection, programme: str, made: Sequence[Event]) -> None:
    log = new_log(made[0].log, "case", programme, made[0].at)
    numbered = [
        Event(one.log, n, one.at, one.kind, one.actor, track=one.track, to=one.to, role=one.role, effects=one.effects)
        for n, one in enumerate(made, 1)
    ]
    rows, head = seal_events(log, numbered)
    last = numbered[-1]
    db.execute(
        insert(logs).values(id=log.id, kind="case", programme_id=programme, seq=last.seq, head=head, last_at=last.at)
    )
    db.execute(insert(events), rows)
