"""What process mining counts of a case, taken out of its trace: the actions, where it stood, and what its tasks did.

It tells codes and moments alone, and of what goes on no end, so that it can be kept and counted up to any later moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from casework.engine.execution.context import Library
from casework.engine.mining.conformance import NO_SUCH_EDITION, Conformance, conformance
from casework.engine.mining.spans import Span, open_spans
from casework.engine.mining.traces import COMPLETE, TRANSITION, Step, Trace


@dataclass(frozen=True, slots=True)
class Stood:
    """That a track, by its place among those of the case, stood in a state; without an end it stands there still."""

    track: int
    state: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class TaskRun:
    """What a task did."""

    track: int
    name: str
    #: The state whose step it is.
    of: str | None
    #: None of a task that was never to be done; the last one has no end while it is open.
    spans: tuple[Span, ...] | None
    due: datetime | None
    ended: datetime | None


@dataclass(frozen=True, slots=True)
class Run:
    """How a case ran."""

    number: str
    opened_at: datetime
    closed_at: datetime | None
    #: Of each track its workflow and its edition; of one that moved to another edition once for each.
    tracks: tuple[tuple[str, str], ...]
    #: The actions that were taken on the main track, and when.
    actions: tuple[tuple[str, datetime], ...]
    stood: tuple[Stood, ...]
    tasks: tuple[TaskRun, ...]


@dataclass(frozen=True, slots=True)
class JudgedRun:
    """The same with how far the case ran as its editions say."""

    run: Run
    conformance: Conformance

    @property
    def for_good(self) -> bool:
        """Whether the same is told of these events always: an edition that nobody has may come yet."""
        return all(one.what != NO_SUCH_EDITION for one in self.conformance.deviations)


def judged(library: Library, trace: Trace) -> JudgedRun:
    (found,) = conformance(library, (trace,))
    return JudgedRun(run_of(trace), found)


def run_of(trace: Trace) -> Run:
    last = {id: track["edition"] for id, track in trace.tracks.items()}
    stays, spans = list(trace.stays()), open_spans(trace)
    # Each track as it is now, and after them as each was before it moved.
    legs = [*last.items(), *sorted({(stay.track, stay.edition) for stay in stays} - set(last.items()))]
    place = {leg: n for n, leg in enumerate(legs)}
    return Run(
        number=trace.number,
        opened_at=trace.opened_at,
        closed_at=trace.closed_at,
        tracks=tuple((trace.tracks[id]["workflow"], edition) for id, edition in legs),
        actions=tuple((step.name, step.at) for step in taken(trace)),
        stood=tuple(Stood(place[stay.track, stay.edition], stay.state, stay.since, stay.until) for stay in stays),
        tasks=tuple(
            TaskRun(
                track=place.get((task["track"], task["edition"]), place[task["track"], last[task["track"]]]),
                name=task["name"],
                of=task["of"] if task["type"] == "step" else None,
                spans=tuple(spans[id]) if id in spans else None,
                due=trace.due[id],
                ended=trace.ended.get(id),
            )
            for id, task in trace.tasks.items()
        ),
    )


def standing(run: Run) -> set[tuple[str, str]]:
    """Where its tracks stand still: of each the fingerprint of the edition, and the state."""
    return {(run.tracks[one.track][1], one.state) for one in run.stood if one.until is None}


def taken(trace: Trace) -> list[Step]:
    """The actions that were taken on the main track of a case."""
    main = trace.main["id"]
    return [step for step in trace.steps if (step.what, step.life_cycle, step.track) == (TRANSITION, COMPLETE, main)]
