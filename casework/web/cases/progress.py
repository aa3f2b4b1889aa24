"""The line of steps that people read a track as: which are behind, where it stands, what lies ahead."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext, pgettext

from casework.engine.definition.editions import Edition
from casework.engine.definition.grammar import MAIN, PREVIOUS_STEP
from casework.operations.cases.views import TrackView
from casework.web.shell.i18n import N_

#: Of all other places this is the word for what lies in a folder: it has an entry of its own.
_FILE = "File"
#: The steps of all workflows, for the catalogue.
STEPS = (
    N_("Triage"), N_("Introduce"), N_("Consent"), N_("Plan"), N_("Assess"), N_("Structure"), N_("Sign"), N_("Deploy"), N_("Monitor"),
    N_("Close"), N_("Draft"), N_("Negotiate"), N_("Clearance"), N_("In force"), N_("Check"), N_("Put right"), N_("Rights clear"),
    N_("Apply"), N_("Review"), N_("Approve"), N_("Register"), N_("Pay"), N_("Repay"), N_("Screen"), N_("Match"), N_("Terms"),
    N_("Class"), N_("Fund"), N_("Data"), N_("Panel"), N_("Report"), N_("Request"), N_("Answer"), N_("Start"), N_("Work"),
    N_("Deliver"), N_("Install"), N_("Test"), N_("Accept"), N_("Choose"), N_("Agree"), _FILE, N_("Appoint"), N_("Mediate"),
)  # fmt: skip
#: In words, for those who do not see the marks.
STANDINGS = {"done": N_("done"), "skipped": N_("left out"), "now": N_("here"), "ahead": N_("to come")}


@dataclass(frozen=True)
class Step:
    name: str
    #: done, skipped, now or ahead.
    standing: str

    @property
    def label(self) -> str:
        return step_name(self.name)

    @property
    def words(self) -> str:
        return gettext(STANDINGS[self.standing])


def step_name(name: str | None) -> str:
    if name == _FILE:
        return pgettext("step", "File")
    return gettext(name) if name else ""


def order_of(edition: Edition) -> list[str]:
    """The steps of a workflow, in the order of its definition."""
    steps = (edition.states[path].step for path in edition.rules["order"])
    return list(dict.fromkeys(step for step in steps if step is not None and step != PREVIOUS_STEP))


def steps_of(edition: Edition, track: TrackView) -> list[Step]:
    """The steps of a track as operations show it."""
    visited = set(track.visited)
    order = _on_the_way(edition, track, visited)
    here = order.index(track.step) if track.step in order else len(order)
    steps = []
    for at, name in enumerate(order):
        if at == here and not track.ended:
            standing = "now"
        elif at <= here:
            standing = "done" if name in visited else "skipped"
        else:
            standing = "ahead"
        steps.append(Step(name, standing))
    return steps


def _on_the_way(edition: Edition, track: TrackView, visited: set[str]) -> list[str]:
    """The steps that tell of a track: those aside of the main way only where it went there, and then what may follow."""
    order = order_of(edition)
    aside = set(order) - _reached(edition, {edition.initial[0]})
    if track.ended and aside & visited:
        return [name for name in order if name in visited]
    if track.step not in aside:
        behind = order[: order.index(track.step)] if track.step in order else order
        return [name for name in order if name not in aside or (name in visited and name in behind)]
    here = {path for path, state in edition.states.items() if state.step == track.step}
    following = _reached(edition, here)
    return [name for name in order if name in visited or name == track.step or name in following]


def _reached(edition: Edition, states: set[str]) -> set[str]:
    """The steps to which the main way leads on from some states, their own with them."""
    known, new = set(states), set(states)
    while new:
        new = {
            rule.target
            for rule in edition.transitions
            if rule.kind == MAIN and rule.target in edition.states and known & set(rule.sources)
        } - known
        known |= new
    return {step for path in known if (step := edition.states[path].step) is not None}


__all__ = ["STEPS", "Step", "order_of", "step_name", "steps_of"]
