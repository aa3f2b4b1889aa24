"""How a track goes on, drawn many times from what others did: through which steps, and when it ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from casework.engine.forecast.past import Known, Past
from casework.engine.forecast.past_stays import Step, moved
from casework.ledger.canonical_json import digest

#: So often a course is drawn; one that goes through more steps does not end.
DRAWS, MOST_STEPS = 1000, 200
#: A step counts to which at least one course in so many comes.
SELDOM = 10
#: Working minutes from now on, from one until another, in which nobody of the office works.
Gap = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Start:
    """Where a track stands: the step, the way behind it, and the working minutes that it has been there."""

    step: Step
    path: tuple[Step, ...] = ()
    elapsed: int = 0
    #: What it waits for is done by a provider, whoever that will be.
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Courses:
    """Where many courses came to."""

    #: Working minutes until the end, the earliest first; of those that can be told.
    ends: tuple[int, ...]
    #: Courses that do not end within what is known.
    endless: int
    #: By step the courses that came to it and could not go on, since too little is known of it.
    stuck: Counter[Step]
    #: The cases that they were drawn from.
    cases: frozenset[str]
    #: Of the steps that many of them came to, how many stays ended in the one of which the fewest did.
    fewest: int
    #: Whether any of them came to what nobody else does once a provider stops.
    no_other: bool

    @property
    def drawn(self) -> int:
        return len(self.ends) + self.endless + self.stuck.total()

    def at(self, share: float) -> int | None:
        """The end that this share of the courses does not exceed; None where they do not end within what is known.

        What could not go on has not ended: left out, only what is quick would be known.
        """
        place = min(int(share * self.drawn), self.drawn - 1)
        return self.ends[place] if place < len(self.ends) else None


_64_BITS = 2**64 - 1


def chances(seed: str) -> Callable[[], float]:
    """Even chances from 0 up to 1, the same for the same seed for ever (SplitMix64): a library's may change."""
    state = int(digest(seed)[:16], 16)

    def chance() -> float:
        nonlocal state
        state = (state + 0x9E3779B97F4A7C15) & _64_BITS
        mixed = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _64_BITS
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _64_BITS
        return float((mixed ^ (mixed >> 31)) >> 11) / 2.0**53

    return chance


def draw(past: Past, start: Start, seed: str, gaps: Sequence[Gap] = (), draws: int = DRAWS) -> Courses:
    """The same past, start and seed give the same courses."""
    dice = chances(seed)
    stuck: Counter[Step] = Counter()
    rests_on: Counter[Known] = Counter()
    ends = []
    for _ in range(draws):
        end = _course(past, start, dice, gaps, rests_on)
        if isinstance(end, Step):
            stuck[end] += 1
        else:
            ends.append(end)
    told = sorted(end for end in ends if end is not None)
    cases = frozenset(case for known in rests_on for case in known.lasting.cases)
    no_other = any(known.lasting.no_other for known in rests_on)
    fewest = min((known.lasting.ended for known, often in rests_on.items() if often * SELDOM >= draws), default=0)
    return Courses(tuple(told), len(ends) - len(told), stuck, cases, fewest, no_other)


def _course(
    past: Past, start: Start, dice: Callable[[], float], gaps: Sequence[Gap], rests_on: Counter[Known]
) -> int | Step | None:
    """The minutes until the end of one course; None if it does not end, a step if too little is known of it."""
    now, step, path, elapsed, asked = 0, start.step, start.path, start.elapsed, start.asked
    for _ in range(MOST_STEPS):
        known = past.known(step, asked=asked)
        if known.why_not is not None:
            return step
        rests_on[known] += 1
        stay = known.lasting.draw(dice(), elapsed)
        if stay is None:
            return None
        now = after(now, stay.minutes - elapsed, gaps if known.lasting.by_office else ())
        if stay.then is None:
            return now
        # Whoever goes back goes to where the course was, and not to where the other case was.
        step, path = path[-1] if stay.back and path else stay.then, tuple(moved(path, stay))
        elapsed, asked = 0, False
    return None


def after(now: int, minutes: int, gaps: Iterable[Gap]) -> int:
    """When so many minutes have been worked from a moment on; the gaps do not count, and lie in order."""
    for begin, end in gaps:
        if end <= now:
            continue
        if now + minutes <= begin:
            break
        minutes -= max(0, begin - now)
        now = end
    return now + minutes
