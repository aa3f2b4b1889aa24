"""How long stays in a step last: what ended is drawn from, and what goes on counts as far as it has come (Kaplan and Meier)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import groupby

from casework.engine.forecast.past_stays import Stay


class Lasting:
    """The stays in a step, as one draws from them: how long it lasts, and what comes after it.

    With `without` a provider, whoever of the others was asked stands in for it; where there is nobody else, such a stay never ends.
    With `asked` only those count in which a provider was asked.
    """

    def __init__(self, stays: Sequence[Stay], without: str | None = None, *, asked: bool = False) -> None:
        weighed = _weighed(stays, without, asked=asked)
        ended = [stay for stay, weight in weighed if weight and stay.end is not None]
        self.ended = len(ended)
        self.cases = frozenset(stay.case for stay in ended)
        #: Some of its stays had the provider that stops, and none had another one.
        theirs = sum(without in stay.providers for stay in stays)
        self.no_other = theirs > 0 and not any(stay.turns for stay, _ in weighed)
        self.by_office = 2 * sum(stay.outside for stay in ended) <= sum(stay.minutes for stay in ended)
        self._minutes, self._until, self._stays = _product_limit(weighed, theirs if self.no_other else 0)

    def beyond(self, elapsed: int) -> int:
        """How many stays ended that had lasted longer."""
        return sum(minutes > elapsed for minutes in self._minutes)

    def draw(self, chance: float, elapsed: int = 0) -> Stay | None:
        """The stay at a chance from 0 to 1, among those that last longer than `elapsed`; None: longer than any that ended."""
        first = self._after(elapsed)
        passed = self._until[first - 1] if first else 0.0
        place = bisect_left(self._until, passed + chance * (1.0 - passed), lo=first)
        return self._stays[place] if place < len(self._stays) else None

    def _after(self, elapsed: int) -> int:
        # A stay of no minutes at all is drawn where nothing has passed.
        return bisect_left(self._minutes, elapsed + 1) if elapsed else 0


def _weighed(stays: Sequence[Stay], without: str | None, *, asked: bool) -> list[tuple[Stay, float]]:
    theirs = [stay for stay in stays if stay.turns]
    others = [stay for stay in theirs if without not in stay.providers]
    share = len(theirs) / len(others) if others else 0.0
    return [
        (stay, share if stay.turns else 1.0)
        for stay in stays
        if (stay.turns or not asked) and (without is None or without not in stay.providers)
    ]


def _product_limit(weighed: Sequence[tuple[Stay, float]], never: int) -> tuple[list[int], list[float], list[Stay]]:
    """Of the stays that ended, the shortest first: their minutes, the chance of a stay up to them, and themselves."""
    ordered = sorted(
        weighed, key=lambda one: (one[0].minutes, one[0].end is None, one[0].case, one[0].track, one[0].begin)
    )
    at_risk, lasting = sum(weight for _, weight in ordered) + never, 1.0
    minutes: list[int] = []
    until: list[float] = []
    found: list[Stay] = []
    for length, group in groupby(ordered, key=lambda one: one[0].minutes):
        mine = list(group)
        ended = [one for one in mine if one[0].end is not None]
        passed, left = 0.0, lasting
        for stay, weight in ended:
            passed += weight
            lasting = left * max(0.0, 1.0 - passed / at_risk)
            minutes.append(length)
            until.append(1.0 - lasting)
            found.append(stay)
        at_risk -= sum(weight for _, weight in mine)
    if found and not never and ordered[-1][0].end is not None:
        # Everything has ended: no crumb of arithmetic is left over.
        until[-1] = 1.0
    return minutes, until, found
