"""Whether a case ran as its own edition says: each of its actions tried again on the edition of its track."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from casework.engine.definition.editions import Edition, TransitionRule, ancestors
from casework.engine.execution.context import Library
from casework.engine.mining.traces import COMPLETE, OTHER, TRANSITION, Step, Trace
from casework.engine.state.events import MOVED

#: What is wrong with an action: the edition has none of this name, or none that leads out of where the track stood; the track did not
#: stand there; or it came to where this action does not lead. And an edition that nobody has.
NO_SUCH_ACTION, NOT_FROM_THERE, STOOD_ELSEWHERE, CAME_ELSEWHERE, NO_SUCH_EDITION, MOVED_BY_TWO = (
    "no_such_action", "not_from_there", "stood_elsewhere", "came_elsewhere", "no_such_edition", "moved_by_two",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Deviation:
    """An action that is not as the edition says."""

    seq: int
    workflow: str
    action: str
    what: str


@dataclass(frozen=True, slots=True)
class Conformance:
    """How far a case ran as its editions say."""

    case: str
    actions: int
    deviations: tuple[Deviation, ...]

    @property
    def fits(self) -> Fraction:
        """The part of its actions that are as the edition says; one of a case without any."""
        return 1 - Fraction(len({one.seq for one in self.deviations}), self.actions) if self.actions else Fraction(1)


def conformance(library: Library, traces: Iterable[Trace]) -> tuple[Conformance, ...]:
    """Every case, in their order; of each action the first thing that is wrong."""
    return tuple(_of(library, trace) for trace in traces)


def _of(library: Library, trace: Trace) -> Conformance:
    standing = {id: tuple(track["states"]) for id, track in trace.tracks.items()}
    found: list[Deviation] = []
    count = 0
    for step in trace.steps:
        standing |= trace.moves.get(step.seq, {})
        if (step.what, step.name) == (OTHER, MOVED):
            # Two persons moved it past steps: it is counted as an action, and as none that the edition knows.
            count += 1
            found.append(Deviation(step.seq, step.workflow or "", step.name, MOVED_BY_TWO))
        if (step.what, step.life_cycle) != (TRANSITION, COMPLETE) or step.track is None:
            continue
        count += 1
        edition = library.editions.get(step.edition or "")
        what = NO_SUCH_EDITION if edition is None else _wrong(edition, step, standing[step.track])
        if what is not None:
            found.append(Deviation(step.seq, step.workflow or "", step.name, what))
        standing[step.track] = step.to or standing[step.track]
    return Conformance(trace.number, count, tuple(found))


def _wrong(edition: Edition, step: Step, stood: tuple[str, ...]) -> str | None:
    if set(step.frm) != set(stood):
        return STOOD_ELSEWHERE
    rules = [rule for rule in edition.transitions if rule.name == step.name]
    if not rules:
        return NO_SUCH_ACTION
    places = {place for leaf in stood for place in ancestors(leaf)}
    leading = [rule for rule in rules if places & set(rule.sources)]
    if not leading:
        return NOT_FROM_THERE
    return None if any(_leads(edition, rule, step) for rule in leading) else CAME_ELSEWHERE


def _leads(edition: Edition, rule: TransitionRule, step: Step) -> bool:
    """Whether a way leads to where the track came. One that goes back leads to where it was before."""
    return rule.target.startswith("=") or set(edition.entered(rule.target)) <= set(step.to)
