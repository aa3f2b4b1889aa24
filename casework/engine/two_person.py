"""What one person asks for and another one agrees to: who may say the second word, and in which state.

A role, an erasure, a way back into an account, the opening of a mediation, an auditor's finding, a step of a case that takes
two: each has roles, reasons and events of its own, and asks here whether somebody is the second person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

ASKED, AGREED, REFUSED, DONE = "asked", "agreed", "refused", "done"


class Step(Enum):
    """What becomes of something that is asked for."""

    ASK = "ask"
    AGREE = "agree"
    REFUSE = "refuse"
    CARRY_OUT = "carry_out"


#: From which states each step may follow, and to which it leads. Before anybody has asked there is no state.
_STEPS: Mapping[Step, tuple[frozenset[str | None], str]] = {
    Step.ASK: (frozenset({None}), ASKED),
    Step.AGREE: (frozenset({ASKED}), AGREED),
    # What has come in the way by then refuses by itself what two persons agreed to.
    Step.REFUSE: (frozenset({ASKED, AGREED}), REFUSED),
    Step.CARRY_OUT: (frozenset({AGREED}), DONE),
}


def follows(state: str | None, step: Step) -> bool:
    """Whether a step may follow in a state."""
    return state in _STEPS[step][0]


def state_after(step: Step) -> str:
    return _STEPS[step][1]


class Refusal(Enum):
    """Why somebody's word does not count, the first reason of several."""

    #: Holds no role that decides.
    ROLE = "role"
    #: Asked for it, or it is about them.
    PARTY = "party"
    #: Nobody waits for it any more.
    STATE = "state"


def are_apart(some: Iterable[str | None], others: Iterable[str | None]) -> bool:
    """Whether nobody is on both sides; None is nobody, as where nobody's place is taken."""
    return not set(some) & set(others) - {None}


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that one person asked for, and to which another one must agree."""

    asker: str | None
    #: Whom it is about, and in whose place it was asked for: no more the second person than who asked.
    about: frozenset[str | None] = frozenset()
    state: str = ASKED

    @property
    def waits(self) -> bool:
        """Whether it waits for the second person."""
        return self.state == ASKED

    @property
    def parties(self) -> frozenset[str]:
        return frozenset(person for person in (self.asker, *self.about) if person is not None)

    def is_party(self, *people: str | None) -> bool:
        """Whether one of these asked for it, or is one of those whom it is about."""
        return not are_apart(self.parties, people)


def refusal(
    matter: Matter, person: str, *, in_role: bool, agree: bool = True, withdrawable: bool = False
) -> Refusal | None:
    """Why a person may not agree to a matter, or refuse it; None where they may.

    `in_role`: whether they hold a role that decides. `withdrawable`: who asked may refuse it, which takes it back.
    """
    if not in_role:
        return Refusal.ROLE
    if matter.is_party(person) and not (withdrawable and not agree and person == matter.asker):
        return Refusal.PARTY
    return None if matter.waits else Refusal.STATE
