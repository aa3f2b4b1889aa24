"""Claim a task and complete it (fire the transition that ends its step), one worker, against the yardstick."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

from benchmarks import ours
from benchmarks.figures import Figure, Scale, ms, spread, timed
from benchmarks.world import STEPS, World, teach_standard
from benchmarks.yardstick import Constants, Yardstick, constants_of

ACTIONS = ("open", "claim", "complete")
AIM = 0.8


def measure(world: World, scale: Scale) -> Iterator[Figure]:
    mine = ours.Ours(world)
    constants = first_case(world, mine)
    yardstick = Yardstick(world, constants)
    ratios: dict[str, list[float]] = {name: [] for name in ACTIONS}
    last: dict[str, tuple[float, float]] = {}
    for repetition in range(scale.repetitions + 1):
        times = _repetition(world, mine, yardstick, scale.cases)
        if repetition:
            last = {name: (median(times["ours", name]), median(times["theirs", name])) for name in ACTIONS}
            for name in ACTIONS:
                ratios[name].append(last[name][1] / last[name][0])
    yardstick.close()
    mine.close()
    words = {"open": "open a case", "claim": "claim a task", "complete": "complete a task"}
    for name in ACTIONS:
        detail = f"{spread(ratios[name])}; {ms(last[name][0])} against {ms(last[name][1])}"
        yield Figure(words[name], median(ratios[name]), "of hand-written SQL", AIM, detail=detail)


def first_case(world: World, mine: ours.Ours) -> Constants:
    """A whole case through the operations; the yardstick's constants are taken from it."""
    hand = mine.open(world.make_matches(mine.engine, 1)[0])
    for _ in range(STEPS):
        mine.find_task(hand)
        mine.claim(hand)
        mine.complete(hand)
    return constants_of(world, hand.log, teach_standard().fingerprint)


def _repetition(world: World, mine: ours.Ours, yardstick: Yardstick, cases: int) -> dict[tuple[str, str], list[float]]:
    times: dict[tuple[str, str], list[float]] = {(who, name): [] for who in ("ours", "theirs") for name in ACTIONS}
    matches = world.make_matches(mine.engine, 2 * cases)

    def note(who: str, name: str, act: Callable[..., Any], *given: Any) -> None:
        times[who, name].append(timed(act, *given))

    for our_match, their_match in zip(matches[::2], matches[1::2], strict=True):
        hands: dict[str, Any] = {}
        note("ours", "open", lambda match=our_match, hands=hands: hands.update(ours=mine.open(match)))
        note("theirs", "open", lambda match=their_match, hands=hands: hands.update(theirs=yardstick.open(match)))
        for _ in range(STEPS):
            mine.find_task(hands["ours"])
            note("ours", "claim", mine.claim, hands["ours"])
            note("theirs", "claim", yardstick.claim, hands["theirs"])
            note("ours", "complete", mine.complete, hands["ours"])
            note("theirs", "complete", yardstick.complete, hands["theirs"], STEPS)
    return times
