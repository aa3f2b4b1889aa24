"""What each task of a case did, from when to when: nobody had it, somebody had it in hand, or it was put off."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from casework.engine.mining.traces import ASSIGN, REASSIGN, RESUME, SCHEDULE, START, SUSPEND, TASK, Trace

#: What a task does: nobody has it, somebody has it, or it was put off.
WAITING, IN_HAND, RESTING = "waiting", "in_hand", "resting"
#: What each word of the life cycle brings it to; what goes on again goes on as it was.
_BRINGS = {SCHEDULE: WAITING, REASSIGN: WAITING, ASSIGN: IN_HAND, START: IN_HAND, SUSPEND: RESTING}
#: What a task did, from when to when; without an end it does so still.
Span = tuple[str, datetime, datetime | None]


def spans_of(trace: Trace, until: datetime) -> dict[str, list[tuple[str, datetime, datetime]]]:
    """Of each task that was to be done what it did, from when to when, without a gap from its beginning to its end."""
    return {id: ended_by(spans, until) for id, spans in open_spans(trace).items()}


def ended_by(spans: Iterable[Span], until: datetime) -> list[tuple[str, datetime, datetime]]:
    """Spans up to a moment, by which what goes on has come so far."""
    told = ((what, since, until if end is None else end) for what, since, end in spans)
    return [(what, since, end) for what, since, end in told if end > since]


def open_spans(trace: Trace) -> dict[str, list[Span]]:
    """The same, where what goes on has no end."""
    spans: dict[str, list[Span]] = {}
    at: dict[str, tuple[str, datetime]] = {}
    before: dict[str, str] = {}
    for step in trace.steps:
        if step.what != TASK or step.task is None:
            continue
        id, now = step.task, at.get(step.task)
        if now is not None and step.at > now[1]:
            spans.setdefault(id, []).append((*now, step.at))
        if step.life_cycle == SUSPEND and now is not None and now[0] != RESTING:
            before[id] = now[0]
        comes_to = _next(step.life_cycle, before.get(id, WAITING))
        if comes_to is None:
            at.pop(id, None)
        else:
            at[id] = comes_to, step.at
            spans.setdefault(id, [])
    for id, (what, since) in at.items():
        spans[id].append((what, since, None))
    return spans


def _next(word: str, before: str) -> str | None:
    """What a task does after a word of its life cycle; None: it has ended."""
    if word == RESUME:
        return before
    return _BRINGS.get(word)
