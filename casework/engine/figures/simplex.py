"""Linear programmes, solved exactly: how many of each kind there can be, under limits to how many those of some kinds are together.

The simplex method with Bland's rule, which comes to an end, in fractions: no number is rounded, and every machine finds the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

#: Kinds by their places, and how many there are of them at least and at most.
Between = tuple[tuple[int, ...], int, int | None]
_Line = dict[int, Fraction]
_ONE = Fraction(1)


class OutOfSteps(Exception):
    """More steps are needed than there are."""


class Steps:
    """How many steps may still be taken, by all programmes together."""

    def __init__(self, left: int) -> None:
        self._left = left

    def take(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise OutOfSteps


class LinearProgramme:
    """All numbers of things of so many kinds that agree with some limits."""

    def __init__(self, kinds: int, limits: Sequence[Between], steps: Steps) -> None:
        self._steps = steps
        rows: list[tuple[tuple[int, ...], int, int]] = []
        #: By row of what kinds it limits the number, where both of its sides are the same.
        self._exact: dict[int, tuple[int, ...]] = {}
        for of, least, most in limits:
            if least == most:
                self._exact[len(rows)] = of
                rows.append((of, least, 0))
            else:
                rows += [(of, n, sign) for n, sign in ((least, -1), (most, 1)) if n is not None and (n or sign > 0)]
        self._kinds = kinds
        #: Of kinds, of what is left of a limit, and of what is added to begin with.
        self._slack, self._added = kinds, kinds + len(rows)
        self._lines: list[_Line] = []
        self._values: list[Fraction] = []
        for n, (of, value, sign) in enumerate(rows):
            line = dict.fromkeys(of, _ONE)
            if sign:
                line[self._slack + n] = Fraction(sign)
            if sign < 0 and not value:
                line = {at: -times for at, times in line.items()}
            line[self._added + n] = _ONE
            self._lines.append(line)
            self._values.append(Fraction(value))
        self._basis = [self._added + n for n in range(len(rows))]
        #: Which kinds there are in some numbers that agree with the limits; None where nothing does.
        self.went = self._begin()

    def _begin(self) -> set[int] | None:
        self._greatest({self._added + n: Fraction(-1) for n in range(len(self._lines))}, None)
        if any(value for at, value in zip(self._basis, self._values, strict=True) if at >= self._added):
            return None
        for n, at in enumerate(self._basis):
            if at >= self._added:
                there = [other for other in self._lines[n] if other < self._added]
                if there:
                    self._pivot(n, min(there))
        return {at for at, value in zip(self._basis, self._values, strict=True) if at < self._kinds and value}

    def proof(self, of: Iterable[int], true: int) -> set[tuple[int, ...]] | None:
        """What follows that of some kinds there are so many and no other number; None where there can be more or fewer.

        It gives of which kinds the exact limits count that it follows from.
        """
        if self.went is None:
            return None
        binding = set[tuple[int, ...]]()
        for sign in (1, -1):
            weights = dict.fromkeys(of, Fraction(sign))
            if self._greatest(weights, sign * true + 1):
                return None
            binding |= {kinds for n, kinds in self._exact.items() if self._price(weights, self._added + n)}
        return binding

    def _price(self, weights: _Line, column: int) -> Fraction:
        zero = Fraction(0)
        prices = (
            weights[at] * line[column]
            for at, line in zip(self._basis, self._lines, strict=True)
            if at in weights and column in line
        )
        return sum(prices, zero)

    def _greatest(self, weights: _Line, enough: int | None) -> bool:
        """Make a sum as great as can be, or until it is enough: gives whether it is."""
        while True:
            known = (weights[at] * value for at, value in zip(self._basis, self._values, strict=True) if at in weights)
            if enough is not None and sum(known, Fraction(0)) >= enough:
                return True
            gains = dict(weights)
            for at, line in zip(self._basis, self._lines, strict=True):
                if weight := weights.get(at):
                    for column, times in line.items():
                        gains[column] = gains.get(column, Fraction(0)) - weight * times
            better = [one for one, gain in gains.items() if gain > 0 and one < self._added]
            if not better:
                return False
            column = min(better)
            ways = [
                (value / line[column], at, n)
                for n, (at, value, line) in enumerate(zip(self._basis, self._values, self._lines, strict=True))
                if line.get(column, 0) > 0
            ]
            if not ways:
                return True
            self._steps.take()
            self._pivot(min(ways)[2], column)

    def _pivot(self, n: int, column: int) -> None:
        by = self._lines[n][column]
        line = self._lines[n] = {at: times / by for at, times in self._lines[n].items()}
        value = self._values[n] = self._values[n] / by
        for m, other in enumerate(self._lines):
            if m == n or not (times := other.get(column)):
                continue
            for at, one in line.items():
                left = other.get(at, Fraction(0)) - times * one
                if left:
                    other[at] = left
                else:
                    other.pop(at, None)
            self._values[m] -= times * value
        self._basis[n] = column


__all__ = ["Between", "LinearProgramme", "OutOfSteps", "Steps"]
