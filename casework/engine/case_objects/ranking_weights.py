"""How a programme comes to other weights of its ranked lists: one person proposes them with a reason, and a second one agrees.

What was proposed stands in the programme's own log, and the versions are what its events add up to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from casework.engine.roles import Role
from casework.engine.state.events import RegisterEvent
from casework.engine.two_person import AGREED, ASKED, REFUSED, Matter

#: What the log of a programme says was done.
WEIGHTS_ASKED, WEIGHTS_SET, WEIGHTS_REFUSED = "weights_asked", "weights_set", "weights_refused"
#: All of them.
OF_WEIGHTS = (WEIGHTS_ASKED, WEIGHTS_SET, WEIGHTS_REFUSED)
#: Who proposes others, and who agrees: never who proposed them.
PROPOSERS, DECIDERS = (Role.SUPERVISOR,), (Role.SUPERVISOR, Role.ADMINISTRATOR)
#: What became of a proposal in whose place another one was made.
REPLACED = "replaced"
#: Of what is in force: its number, beside its values.
VERSION = "version"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Weights that somebody proposed, and what became of them."""

    asked: RegisterEvent
    state: str = ASKED
    decided: RegisterEvent | None = None

    @property
    def values(self) -> Mapping[str, str]:
        return self.asked.effects.get("weights_asked", {})

    @property
    def matter(self) -> Matter:
        return Matter(self.asked.actor, frozenset({self.asked.acting_for}), self.state)


def fold(events: Iterable[RegisterEvent]) -> list[Proposal]:
    """The proposals that a programme's log adds up to, in order; only the last one can wait for the second person."""
    found: list[Proposal] = []
    for event in events:
        waits = found and found[-1].state == ASKED
        if event.kind == WEIGHTS_ASKED:
            if waits:
                found[-1] = replace(found[-1], state=REPLACED, decided=event)
            found.append(Proposal(event))
        elif event.kind in (WEIGHTS_SET, WEIGHTS_REFUSED) and waits:
            state = AGREED if event.kind == WEIGHTS_SET else REFUSED
            found[-1] = replace(found[-1], state=state, decided=event)
    return found


def why_not_agreed(proposal: Proposal | None, before: int, event: RegisterEvent) -> str | None:
    """What speaks against an event that sets weights, where the version `before` was in force; None where it may be."""
    if proposal is None or not proposal.matter.waits:
        return "nobody had proposed these weights"
    if event.effects.get("weights") != {VERSION: before + 1, **proposal.values}:
        return "other weights were set than those that were proposed, or with another number"
    if proposal.matter.is_party(event.actor):
        return "the person who proposed the weights also agreed to them"
    return None


__all__ = [
    "DECIDERS", "OF_WEIGHTS", "PROPOSERS", "REPLACED", "VERSION", "WEIGHTS_ASKED", "WEIGHTS_REFUSED", "WEIGHTS_SET", "Proposal",
    "fold", "why_not_agreed",
]  # fmt: skip
