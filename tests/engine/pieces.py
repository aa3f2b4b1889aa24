"""Parts of a case made by hand, for what is asked of a case as it stands: each with what a test says of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from casework.engine.deadlines.deadlines import EscalationStep
from casework.engine.parts import REFERRAL, SENDS
from casework.engine.state.case import READY, Case, Clock, Fired, Proposal, Task, Track
from casework.engine.state.case_documents import Consent, Document, Grant
from casework.engine.state.effects_schema import Effects
from casework.engine.state.events import Event

#: A Monday, ten o'clock in Shanghai.
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def track(id: str = "main", **said: Any) -> Track:
    return replace(Track(id, "toy", "edition", "toy", None, None, ("a",), NOW, NOW), **said)


def referral(id: str = "referral", **said: Any) -> Track:
    """A referral to the laboratory that was sent."""
    sent: dict[str, Any] = {"kind": "fix", "part": REFERRAL, "provider": "lab", "played": {SENDS: "send"}}
    return track(id, **{**sent, **said})


def task(id: str = "task", **said: Any) -> Task:
    return replace(Task(id, "main", "check", "edition", "check", "side", "officer", None, READY, NOW, None), **said)


def step(at: datetime = NOW + DAY, what: str = "due") -> EscalationStep:
    return EscalationStep(at, what, {"n": 1, "unit": "wd"})


def clock(id: str = "clock", **said: Any) -> Clock:
    return replace(Clock(id, "main", "wd", (step(),), NOW, "digest"), **said)


def fired(**said: Any) -> Fired:
    return replace(Fired(1, NOW, "officer-1", None, {}), **said)


def proposal(id: str = "proposal", **said: Any) -> Proposal:
    return replace(Proposal(id, "main", "stop", "officer-1", None, 2, {}, "task"), **said)


def document(id: str = "paper", **said: Any) -> Document:
    return replace(Document(id, "need_owner", "report", NOW), **said)


def consent(id: str = "consent", **said: Any) -> Consent:
    return replace(Consent(id, "need_owner", None, None, "2026-03-01", None), **said)


def grant(id: str = "grant", **said: Any) -> Grant:
    return replace(Grant(id, "referral", "paper", ("consent",), NOW), **said)


def case(*tracks: Track, tasks: tuple[Task, ...] = (), clocks: tuple[Clock, ...] = (), **said: Any) -> Case:
    """A case with these tracks, or with the main one alone."""
    return replace(
        Case("log", "case", "programme", 1, NOW, NOW),
        tracks={one.id: one for one in tracks or (track(),)},
        tasks={one.id: one for one in tasks},
        clocks={one.id: one for one in clocks},
        **said,
    )


def event(kind: str = "fired", effects: Any = None, **said: Any) -> Event:
    """The third event of the log, of an officer's, an hour after the case was opened."""
    return replace(Event("log", 3, NOW + HOUR, kind, "officer-1", effects=cast(Effects, effects or {})), **said)
