"""Claim a task and complete it (fire the transition that ends its step), one worker, beside the same rows written by hand."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from statistics import median
from typing import Any

from benchmarks import ours
from benchmarks.figures import Figure, Scale, ms, spread, timed
from benchmarks.one_statement import OneStatement
from benchmarks.world import STEPS, World, teach_standard
from benchmarks.yardstick import Constants, SameRows, constants_of

ACTIONS = ("open", "claim", "complete")
AIM = 0.6
#: By hand with one statement an action, and with several.
BY_HAND = {"one statement": OneStatement, "several": SameRows}


def measure(world: World, scale: Scale) -> Iterator[Figure]:
    mine = ours.Ours(world)
    constants = first_case(world, mine)
    hands: dict[str, Any] = {"ours": mine, **{who: make(world, constants) for who, make in BY_HAND.items()}}
    ratios: dict[tuple[str, str], list[float]] = {(who, name): [] for who in BY_HAND for name in ACTIONS}
    last: dict[tuple[str, str], float] = {}
    for repetition in range(scale.repetitions + 1):
        times = _repetition(world, hands, scale.cases)
        if repetition:
            last = {key: median(taken) for key, taken in times.items()}
            for who, name in ratios:
                ratios[who, name].append(last[who, name] / last["ours", name])
    for hand in hands.values():
        hand.close()
    words = {"open": "open a case", "claim": "claim a task", "complete": "complete a task"}
    for name in ACTIONS:
        strong = ratios["one statement", name]
        took = " against ".join(ms(last[who, name]) for who in hands)
        detail = f"{spread(strong)}; {took}; {median(ratios['several', name]):.2f} of several statements"
        yield Figure(words[name], median(strong), "of one statement", AIM, detail=detail)


def first_case(world: World, mine: ours.Ours) -> Constants:
    """A whole case through the operations; the yardstick's constants are taken from it."""
    hand = mine.open(world.make_matches(mine.engine, 1)[0])
    for _ in range(STEPS):
        mine.find_task(hand)
        mine.claim(hand)
        mine.complete(hand)
    return constants_of(world, hand.log, teach_standard().fingerprint)


def _repetition(world: World, hands: Mapping[str, Any], cases: int) -> dict[tuple[str, str], list[float]]:
    times: dict[tuple[str, str], list[float]] = {(who, name): [] for who in hands for name in ACTIONS}
    matches = iter(world.make_matches(hands["ours"].engine, len(hands) * cases))
    for _ in range(cases):
        held: dict[str, Any] = {}
        for who, hand in hands.items():
            begun = time.perf_counter()
            held[who] = hand.open(next(matches))
            times[who, "open"].append(time.perf_counter() - begun)
        for _ in range(STEPS):
            hands["ours"].find_task(held["ours"])
            for name in ACTIONS[1:]:
                for who, hand in hands.items():
                    given = (held[who],) if name == "claim" else (held[who], STEPS)
                    times[who, name].append(timed(getattr(hand, name), *given))
    return times
