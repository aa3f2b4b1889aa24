"""Proposals of what a programme sets for itself by two persons: what its log says was proposed, and what became of each.

Pure. Which events these are, and what is proposed in them, each setting says for itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from casework.engine.roles import Role
from casework.engine.state.events import RegisterEvent
from casework.engine.two_person import AGREED, ASKED, REFUSED, Matter

#: Who proposes, and who agrees: never who proposed.
PROPOSERS, DECIDERS = (Role.SUPERVISOR,), (Role.SUPERVISOR, Role.ADMINISTRATOR)
#: What became of a proposal in whose place another one was made.
REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody proposed, and what became of it."""

    asked: RegisterEvent
    state: str = ASKED
    decided: RegisterEvent | None = None

    @property
    def matter(self) -> Matter:
        return Matter(self.asked.actor, frozenset({self.asked.acting_for}), self.state)


def fold(events: Iterable[RegisterEvent], kinds: tuple[str, str, str]) -> list[Proposal]:
    """The proposals that events of these `kinds` (asked, set, refused) add up to, in order; only the last one can wait for the second
    person."""
    asked, agreed, refused = kinds
    found: list[Proposal] = []
    for event in events:
        waits = found and found[-1].state == ASKED
        if event.kind == asked:
            if waits:
                found[-1] = replace(found[-1], state=REPLACED, decided=event)
            found.append(Proposal(event))
        elif event.kind in (agreed, refused) and waits:
            state = AGREED if event.kind == agreed else REFUSED
            found[-1] = replace(found[-1], state=state, decided=event)
    return found


__all__ = ["DECIDERS", "PROPOSERS", "REPLACED", "Proposal", "fold"]
