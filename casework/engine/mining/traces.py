"""A case as process mining sees it: the steps of its log in order, each an action or what became of a task, told in codes alone.

No words of a form, no title and no name is read. A person is a code that tells the same person apart in one programme.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from casework.engine.state.case import (
    COMPLETED,
    CREATED,
    ERROR,
    EXITED,
    FAILED,
    HELD,
    IN_PROGRESS,
    OBSOLETE,
    OPEN,
    READY,
    RESERVED,
    SUSPENDED,
)
from casework.engine.state.effects_schema import OpenedCase, OpenedTask, OpenedTrack
from casework.engine.state.events import FIRED, MOVED, NO_PERSONS, OPENED, PROPOSED, REFUSED, SKIPPED, Event
from casework.ledger.canonical_json import digest, parse_instant

#: The words of the standard life cycle of XES.
SCHEDULE, ASSIGN, REASSIGN, START, SUSPEND, RESUME, COMPLETE, WITHDRAW, AUTOSKIP, MANUALSKIP, ABORT, FAIL = (
    "schedule", "assign", "reassign", "start", "suspend", "resume", "complete", "withdraw", "autoskip", "manualskip",
    "ate_abort", "pi_abort",
)  # fmt: skip
#: What a step is: an action, a task, or anything else that is logged.
TRANSITION, TASK, OTHER = "transition", "task", "event"

#: By the state that a task comes to, whatever it was before.
_COMES_TO = {
    SUSPENDED: SUSPEND,
    COMPLETED: COMPLETE,
    FAILED: ABORT,
    ERROR: FAIL,
    EXITED: WITHDRAW,
    OBSOLETE: AUTOSKIP,
}
#: By the state before and the one that it comes to; from what was suspended it goes on, wherever that is.
_GOES = {
    (CREATED, READY): (SCHEDULE,),
    (CREATED, RESERVED): (SCHEDULE, ASSIGN),
    (CREATED, IN_PROGRESS): (SCHEDULE, ASSIGN, START),
    (READY, RESERVED): (ASSIGN,),
    (READY, IN_PROGRESS): (ASSIGN, START),
    (RESERVED, IN_PROGRESS): (START,),
    (RESERVED, READY): (REASSIGN,),
    (IN_PROGRESS, RESERVED): (SUSPEND,),
    (IN_PROGRESS, READY): (SUSPEND, REASSIGN),
}


def life_cycle(before: str, after: str) -> tuple[str, ...]:
    """The words of XES for what a task goes through from one state to another."""
    if before == after:
        return ()
    if after in _COMES_TO:
        return (_COMES_TO[after],)
    return (RESUME,) if before == SUSPENDED else _GOES.get((before, after), ())


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One thing that happened in a case."""

    #: The event that tells of it, and which of its steps it is.
    seq: int
    n: int
    at: datetime
    #: The kind of the event.
    kind: str
    #: `TRANSITION`, `TASK` or `OTHER`, and its name.
    what: str
    name: str
    life_cycle: str
    #: The workflow and the edition of the track that it happened on; none of what belongs to the case alone.
    workflow: str | None
    edition: str | None
    track: str | None
    task: str | None
    actor: str
    acting_for: str | None
    role: str | None
    organisation: str | None
    #: Where the track stood before and after it; nothing of a task.
    frm: tuple[str, ...] = ()
    to: tuple[str, ...] = ()

    @property
    def activity(self) -> str:
        """What tools call it: an action and a task by their names in their workflow, anything else by its kind."""
        return self.name if self.what == OTHER else f"{self.workflow}.{self.name}"


@dataclass(frozen=True, slots=True)
class Stay:
    """That a track stood in a state; without an end it stands there still."""

    track: str
    state: str
    since: datetime
    until: datetime | None
    #: By which the track ran then.
    edition: str = ""


@dataclass(kw_only=True, slots=True)
class Trace:
    """One case up to an instant."""

    log: str
    programme: str
    opened_at: datetime
    case: OpenedCase
    #: The steps in order.
    steps: list[Step] = field(default_factory=list)
    tracks: dict[str, OpenedTrack] = field(default_factory=dict)
    tasks: dict[str, OpenedTask] = field(default_factory=dict)
    tasks_opened: dict[str, datetime] = field(default_factory=dict)
    tracks_opened: dict[str, datetime] = field(default_factory=dict)
    #: By task until when it is to be done, and when it ended.
    due: dict[str, datetime | None] = field(default_factory=dict)
    ended: dict[str, datetime] = field(default_factory=dict)
    #: What was left, in the order in which it was; and what each track stands in, with since when.
    left: list[Stay] = field(default_factory=list)
    standing: dict[str, dict[str, datetime]] = field(default_factory=dict)
    outcome: str | None = None
    closed_at: datetime | None = None
    #: By the number of the event where tracks stood after they had moved to another edition, or were moved by two persons.
    moves: dict[int, dict[str, tuple[str, ...]]] = field(default_factory=dict)

    @property
    def number(self) -> str:
        return self.case.get("number") or self.log

    @property
    def main(self) -> OpenedTrack:
        return next(iter(self.tracks.values()))

    def stays(self) -> Iterator[Stay]:
        """All that its tracks stood in."""
        yield from self.left
        for track, states in self.standing.items():
            edition = self.tracks[track]["edition"]
            yield from (Stay(track, state, since, None, edition) for state, since in states.items())

    def known(self) -> Mapping[str, str]:
        """What was known of it at its opening, as codes."""
        told = self.case.get("as_opened")
        found = {"phase": self.case.get("phase")}
        if told is not None:
            found |= {"sector": told["sector"], "district": told["district"], "source": told["source"]}
            found["technology_field"] = told.get("technology_field")
        return {key: value for key, value in found.items() if value is not None}

    def above(self, track: str | None) -> Iterator[OpenedTrack]:
        """A track and those that it lies below."""
        while track is not None and track in self.tracks:
            yield self.tracks[track]
            track = self.tracks[track]["parent"]


def person_code(programme: str, actor: str) -> str:
    """What stands for a person; whatever acts by itself, and a party by its link, stand for themselves."""
    return actor if actor in NO_PERSONS else f"person-{digest({'programme': programme, 'person': actor})[:12]}"


def read_trace(events: Iterable[Event], until: datetime) -> Trace | None:
    """A case as its log tells it up to an instant; None before its opening, and of what is no case."""
    trace: Trace | None = None
    states: dict[str, str] = {}
    holders: dict[str, str | None] = {}
    for event in events:
        if event.at > until:
            break
        if event.kind == OPENED:
            case = event.effects["case"]
            if case["kind"] != "case":
                return None
            trace = Trace(log=event.log, programme=case["programme"], opened_at=event.at, case=case)
        if trace is None:
            raise ValueError("a log begins with what opened it")
        for track in event.effects.get("tracks", ()):
            trace.tracks[track["id"]], trace.tracks_opened[track["id"]] = track, event.at
            trace.standing[track["id"]] = dict.fromkeys(track["states"], event.at)
        _move(trace, event)
        if event.kind == MOVED and event.track is not None:
            trace.moves.setdefault(event.seq, {})[event.track] = event.to
        _migrate(trace, event)
        moved = list(_task_steps(trace, event, states, holders))
        told = _told(event) or (None if moved else _other(event))
        said = moved if told is None else [told, *moved]
        trace.steps += [_step(trace, event, n, one) for n, one in enumerate(said)]
        trace.outcome = event.effects.get("outcome", trace.outcome)
        if "closed" in event.effects:
            trace.closed_at = event.at if event.effects["closed"] else None
    return trace


def _move(trace: Trace, event: Event) -> None:
    """Where the event's own track stands after it. What has ended stands nowhere."""
    if event.track is None or event.track not in trace.standing:
        return
    standing = trace.standing[event.track]
    after = () if "ended" in event.effects else event.to or tuple(standing)
    for state in [state for state in standing if state not in after]:
        edition = trace.tracks[event.track]["edition"]
        trace.left.append(Stay(event.track, state, standing.pop(state), event.at, edition))
    for state in after:
        standing.setdefault(state, event.at)


def _migrate(trace: Trace, event: Event) -> None:
    """What goes on by another edition: each stay by the earlier one ends, and one by the later one begins."""
    migration = event.effects.get("migration")
    if migration is None:
        return
    for moved in migration["tracks"]:
        id, track = moved["id"], trace.tracks[moved["id"]]
        stood = trace.standing[id]
        trace.left += [Stay(id, state, since, event.at, track["edition"]) for state, since in stood.items()]
        trace.standing[id] = dict.fromkeys(moved["states"], event.at)
        trace.tracks[id] = {**track, "edition": migration["to"]}
        trace.moves.setdefault(event.seq, {})[id] = tuple(moved["states"])
    for task in migration["tasks"]:
        trace.tasks[task["id"]] = {**trace.tasks[task["id"]], "edition": migration["to"], **task["now"]}


#: Of an action the words for what became of it: one person asked for it, it was taken, a second person did not agree.
_ACTIONS = {PROPOSED: SCHEDULE, FIRED: COMPLETE, REFUSED: WITHDRAW}


class _Said(NamedTuple):
    """A step without its event: what, which, the word of the life cycle, and on which track and task."""

    what: str
    name: str
    life_cycle: str
    track: str | None
    task: str | None = None


def _told(event: Event) -> _Said | None:
    """What an event says of itself, beside what it makes of tasks."""
    if event.kind in _ACTIONS:
        return _Said(TRANSITION, event.effects["transition"], _ACTIONS[event.kind], event.track)
    return _other(event) if event.kind in (OPENED, MOVED) else None


def _other(event: Event) -> _Said:
    return _Said(OTHER, event.kind, COMPLETE, event.track)


def _task_steps(trace: Trace, event: Event, states: dict[str, str], holders: dict[str, str | None]) -> Iterator[_Said]:
    """What an event makes of tasks: those that were there, then those that it opens."""
    for change in event.effects.get("task_states", ()):
        id = change["id"]
        before, after = states[id], change.get("state", states[id])
        words = life_cycle(before, after)
        if event.kind == SKIPPED and words == (AUTOSKIP,):
            words = (MANUALSKIP,)
        elif not words and "holder" in change and after in HELD and change["holder"] != holders.get(id):
            # It is given back, and somebody else has it at once.
            words = (REASSIGN, ASSIGN)
        states[id], holders[id] = after, change.get("holder", holders.get(id))
        if "due" in change:
            trace.due[id] = _moment(change["due"])
        if after not in OPEN and before in OPEN:
            trace.ended[id] = event.at
        yield from _each(trace.tasks[id], words)
    for task in event.effects.get("tasks", ()):
        trace.tasks[task["id"]], trace.tasks_opened[task["id"]] = task, event.at
        trace.due[task["id"]] = _moment(task["due"])
        states[task["id"]] = task["state"]
        yield from _each(task, life_cycle(CREATED, task["state"]))


def _moment(written: str | None) -> datetime | None:
    return None if written is None else parse_instant(written)


def _each(task: OpenedTask, words: Iterable[str]) -> Iterator[_Said]:
    return (_Said(TASK, task["name"], word, task["track"], task["id"]) for word in words)


def _step(trace: Trace, event: Event, n: int, said: _Said) -> Step:
    of = trace.tracks.get(said.track or "")
    return Step(
        seq=event.seq,
        n=n,
        at=event.at,
        kind=event.kind,
        what=said.what,
        name=said.name,
        life_cycle=said.life_cycle,
        workflow=of["workflow"] if of else None,
        edition=of["edition"] if of else None,
        track=said.track,
        task=said.task,
        actor=person_code(trace.programme, event.actor),
        acting_for=person_code(trace.programme, event.acting_for) if event.acting_for else None,
        role=None if event.role is None else str(event.role),
        organisation=event.organisation,
        frm=event.frm if said.what == TRANSITION or said.name == MOVED else (),
        to=event.to if said.what == TRANSITION or said.name == MOVED else (),
    )
