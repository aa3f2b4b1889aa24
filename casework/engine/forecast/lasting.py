"""How long stays in a step last: what ended is drawn from, and what goes on counts as far as it has come (Kaplan and Meier)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import groupby

from casework.engine.forecast.past_stays import Stay

#: What arithmetic leaves over is no part of a stay.
CRUMB = 1e-6


class Lasting:
    """The stays in a step, as one draws from them: how long it lasts, and what comes after it.

    With `without` a provider, whoever of the others was asked stands in for it; where there is nobody else, such a stay never ends.
    With `asked` only those count in which a provider was asked. Where those that are still there stand for fewer than `least`, for the
    others go on and nobody knows how long, nothing more is drawn.
    """

    def __init__(
        self, stays: Sequence[Stay], without: str | None = None, *, asked: bool = False, least: int = 0
    ) -> None:
        weighed = _weighed(stays, without, asked=asked)
        ended = [stay for stay, weight in weighed if weight and stay.end is not None]
        self.ended = len(ended)
        self.cases = frozenset(stay.case for stay in ended)
        #: Some of its stays had the provider that stops, and none had another one.
        theirs = sum(without in stay.providers for stay in stays)
        self.no_other = theirs > 0 and not any(stay.turns for stay, _ in weighed)
        self.by_office = 2 * sum(stay.outside for stay in ended) <= sum(stay.minutes for stay in ended)
        self._minutes, self._until, self._stays, self._standing = _product_limit(
            weighed, theirs if self.no_other else 0, least
        )

    def beyond(self, elapsed: int) -> int:
        """How many stays ended that had lasted longer."""
        return sum(minutes > elapsed for minutes in self._minutes)

    def standing(self, share: float, elapsed: int = 0) -> float:
        """For how many stays that lasted longer than `elapsed` those stand that were still there when this share of them had ended.

        As many as there were, where all have ended; fewer, the more of them go on.
        """
        if not self._standing:
            return 0.0
        first = self._after(elapsed)
        passed = self._until[first - 1] if first else 0.0
        place = bisect_left(self._until, passed + share * (1.0 - passed), lo=first)
        # No crumb of arithmetic makes it fewer.
        return self._standing[min(place, len(self._standing) - 1)] * (1.0 - passed) + CRUMB

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


def _product_limit(
    weighed: Sequence[tuple[Stay, float]], never: int, least: int
) -> tuple[list[int], list[float], list[Stay], list[float]]:
    """Of the stays that ended, the shortest first: their minutes, the chance of one up to them, themselves, and for how many they stand."""
    ordered = sorted(
        weighed, key=lambda one: (one[0].minutes, one[0].end is None, one[0].case, one[0].track, one[0].begin)
    )
    at_risk, lasting = sum(weight for _, weight in ordered) + never, 1.0
    minutes: list[int] = []
    until: list[float] = []
    found: list[Stay] = []
    standing: list[float] = []
    for length, group in groupby(ordered, key=lambda one: one[0].minutes):
        mine = list(group)
        ended = [one for one in mine if one[0].end is not None]
        passed, left = 0.0, lasting
        if ended and at_risk + CRUMB < least * left:
            break
        for stay, weight in ended:
            passed += weight
            lasting = left * max(0.0, 1.0 - passed / at_risk)
            minutes.append(length)
            until.append(1.0 - lasting)
            found.append(stay)
            standing.append(at_risk / left)
        at_risk -= sum(weight for _, weight in mine)
    else:
        if found and not never and ordered[-1][0].end is not None:
            # Everything has ended: no crumb of arithmetic is left over.
            until[-1] = 1.0
    return minutes, until, found, standing
