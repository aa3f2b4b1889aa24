"""How a programme comes to other weights of its ranked lists: one person proposes them with a reason, and a second one agrees.

What was proposed stands in the programme's own log, and the versions are what its events add up to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from casework.engine import setting_proposals
from casework.engine.setting_proposals import Proposal
from casework.engine.state.events import RegisterEvent

#: What the log of a programme says was done.
WEIGHTS_ASKED, WEIGHTS_SET, WEIGHTS_REFUSED = "weights_asked", "weights_set", "weights_refused"
#: All of them.
OF_WEIGHTS = (WEIGHTS_ASKED, WEIGHTS_SET, WEIGHTS_REFUSED)
#: Of what is in force: its number, beside its values.
VERSION = "version"


def values_in(proposal: Proposal) -> Mapping[str, str]:
    """The weights that somebody proposed."""
    values: Mapping[str, str] = proposal.asked.effects.get("weights_asked", {})
    return values


def fold(events: Iterable[RegisterEvent]) -> list[Proposal]:
    """The proposals that a programme's log adds up to, in order; only the last one can wait for the second person."""
    return setting_proposals.fold(events, OF_WEIGHTS)


def why_not_agreed(proposal: Proposal | None, before: int, event: RegisterEvent) -> str | None:
    """What speaks against an event that sets weights, where the version `before` was in force; None where it may be."""
    if proposal is None or not proposal.matter.waits:
        return "nobody had proposed these weights"
    if event.effects.get("weights") != {VERSION: before + 1, **values_in(proposal)}:
        return "other weights were set than those that were proposed, or with another number"
    if proposal.matter.is_party(event.actor):
        return "the person who proposed the weights also agreed to them"
    return None


__all__ = [
    "OF_WEIGHTS", "VERSION", "WEIGHTS_ASKED", "WEIGHTS_REFUSED", "WEIGHTS_SET",
    "fold", "values_in", "why_not_agreed",
]  # fmt: skip
