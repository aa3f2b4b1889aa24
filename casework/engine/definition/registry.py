"""Guards and effects by name: the functions that an edition can only name.

A published guard or effect never changes its meaning; a new meaning gets a new name, and golden tables pin the old.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from casework.engine.definition.consequences import Follows
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.limits import GuardLimit
from casework.reasons import Why


@dataclass(frozen=True, slots=True)
class Told:
    """What the record of one right says to a guard's question, and by which of its entries."""

    #: Whether the rule holds of it; None where the record does not tell, so that a person is asked or a later form decides.
    holds: bool | None
    by: Why


#: What the record of one right tells, as a guard reads it.
Tells = Callable[[Facts, Mapping[str, Any]], Told]


class Law(StrEnum):
    """What a guard of law keeps. The rest are the office's own rules, over which it may move a case by two persons' word."""

    #: That those have agreed who must: parties, co-owners, a pledgee; that there is a contract.
    CONSENT = "consent"
    #: That nobody decides in a matter in which they have an interest.
    INTEREST = "interest"
    #: That what is confidential stays so.
    SECRECY = "secrecy"
    #: Screenings, the compliance gate, a stop.
    COMPLIANCE = "compliance"
    #: Prohibitions and licences for what crosses the border.
    BORDER = "border"
    #: That who gives a right has it, and nobody else's stands against it.
    RIGHTS = "rights"


@dataclass(frozen=True)
class Guard:
    """A question about the facts, with the rule it keeps and the sentence a person reads when the answer is no."""

    name: str
    #: What must be so, as history and definitions tell it.
    rule: str
    #: Why it refuses, as the person reads it who is refused.
    refusal: str
    holds: Callable[[Facts], bool]
    #: Keys of the facts from outside the log that it reads; the event keeps them.
    reads: tuple[str, ...] = ()
    #: True where it would look into a sealed log. No case may use such a guard; `faults` refuses it.
    sealed: bool = False
    #: What exactly is in the way, told after the refusal.
    because: Callable[[Facts], Sequence[Why]] | None = None
    #: What the record of each right tells of it, for whoever is about to act.
    tells: Tells | None = None
    #: What it compares with, where a programme may set that for itself.
    limits: tuple[GuardLimit, ...] = ()
    #: The fields whose answer it speaks of: the first that the form asks is told of it.
    at: tuple[str, ...] = ()
    #: What of the law it keeps, past which no case is moved; None where the rule is the office's own.
    law: Law | None = None


@dataclass(frozen=True)
class Effect:
    """What follows from an action beside the move itself: changes in the vocabulary that `evolve` knows."""

    name: str
    follows: Callable[[Facts], Follows]
    reads: tuple[str, ...] = ()


GUARDS: dict[str, Guard] = {}
EFFECTS: dict[str, Effect] = {}


def guard(
    *,
    rule: str,
    refusal: str,
    reads: tuple[str, ...] = (),
    sealed: bool = False,
    because: Callable[[Facts], Sequence[Why]] | None = None,
    tells: Tells | None = None,
    limits: tuple[GuardLimit, ...] = (),
    at: tuple[str, ...] = (),
    law: Law | None = None,
) -> Callable[[Callable[[Facts], bool]], Guard]:
    """Register the function below as a guard: `rule` says what must be so, `refusal` what is not, `because` what is in the way,
    `tells` what the record of a right says to it, `limits` what it compares with and a programme may set, `at` the fields of forms
    whose answer it speaks of, `law` what of the law it keeps."""

    def register(holds: Callable[[Facts], bool]) -> Guard:
        name = holds.__name__
        if name in GUARDS and GUARDS[name].holds.__module__ != holds.__module__:
            raise ValueError(f"two guards are called {name}")
        GUARDS[name] = Guard(name, rule, refusal, holds, reads, sealed, because, tells, limits, at, law)
        return GUARDS[name]

    return register


def guards_of(law: Law) -> Callable[..., Callable[[Callable[[Facts], bool]], Guard]]:
    """What registers guards of one part of the law, for a module that holds no others."""
    return partial(guard, law=law)


def effect(*, reads: tuple[str, ...] = ()) -> Callable[[Callable[[Facts], Follows]], Effect]:
    """Register the function below as an effect."""

    def register(follows: Callable[[Facts], Follows]) -> Effect:
        name = follows.__name__
        if name in EFFECTS and EFFECTS[name].follows.__module__ != follows.__module__:
            raise ValueError(f"two effects are called {name}")
        EFFECTS[name] = Effect(name, follows, reads)
        return EFFECTS[name]

    return register
