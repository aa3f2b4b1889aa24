"""What is wrong with the rules of a decision table as a whole: inputs that no row decides, and inputs for which several do.

Each input falls into classes, within which no condition of its column turns: a value that is named, what lies between two of them, or
any other text. One value stands for each class, and a set of classes is the bits of a number, so that whether rows meet is an `and`.
A gap is looked for by taking from all inputs what a row covers, box by box, to a set number of steps.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import accumulate, islice

from casework.engine.decision_tables.conditions import Condition, Equal, Range, Test
from casework.engine.decision_tables.tables import COLLECT, FIRST, UNIQUE, Input, Table
from casework.engine.decision_tables.values import BEYOND, BOOLEAN, DAY, STEPPED, TEXT, Value

#: So many of each kind are told at most; and after so often as a box is laid upon a row a check is given up.
MOST, STEPS = 20, 200_000

Box = int


@dataclass(frozen=True, slots=True)
class Overlap:
    """Rows that hold at once, and an input for which they do."""

    rows: tuple[int, int]
    witness: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found. Each `gap` is an input for which no row holds; a row that never counts is `idle`.

    `whole`: whether all was looked through. What is found stands in any case.
    """

    gaps: tuple[tuple[Value, ...], ...]
    overlaps: tuple[Overlap, ...]
    idle: tuple[int, ...]
    whole: bool
    #: How many pairs of rows overlap.
    overlapping: int

    def sound(self, table: Table) -> bool:
        """Whether the table decides every input, and once: under `first` and `collect` rows may overlap, and `collect` may find none."""
        wrong = [*self.idle, *(self.gaps if table.hit_policy != COLLECT else ())]
        return self.whole and not wrong and not (self.overlapping and table.hit_policy == UNIQUE)


def check(table: Table) -> Checked:
    """Look for gaps, overlaps and rows that never count."""
    grid = Grid(table)
    overlaps = list(grid.overlaps())
    steps = _Steps(STEPS)
    # What stands for no row decides what no row does.
    decided = any(one.default is not None for one in table.outputs)
    gaps: list[Box] = [] if decided else list(islice(grid.left(grid.everything, grid.boxes, steps), MOST))
    whole = steps.left > 0
    idle: list[int] = []
    steps = _Steps(STEPS)
    for n, box in enumerate(grid.boxes):
        earlier = grid.boxes[:n] if table.hit_policy == FIRST else ()
        if not grid.met(box) or next(grid.left(box, earlier, steps), None) is None and steps.left > 0:
            idle.append(n + 1)
    whole = whole and steps.left > 0
    return Checked(tuple(grid.witness(box) for box in gaps), tuple(overlaps[:MOST]), tuple(idle), whole, len(overlaps))


@dataclass
class _Steps:
    left: int


class Grid:
    """The classes of each input, and each row as those that it holds for.

    A box has the bits of its columns side by side in one number, with a bit between them, into which a sum carries where a column has
    any: whether all have is one addition.
    """

    def __init__(self, table: Table) -> None:
        self.classes = [
            classes(one, [rule.conditions[n] for rule in table.rules]) for n, one in enumerate(table.inputs)
        ]
        self.offsets = [0, *accumulate(len(values) + 1 for values in self.classes)]
        widths = list(zip(self.offsets, self.classes, strict=False))
        self.columns = [((1 << len(values)) - 1) << at for at, values in widths]
        self.everything: Box = sum(self.columns)
        self.between = sum(1 << at + len(values) for at, values in widths)
        lines = [_Line(values) for values in self.classes]
        self.boxes: list[Box] = [
            sum(
                line.bits(condition) << at
                for condition, line, at in zip(rule.conditions, lines, self.offsets, strict=False)
            )
            for rule in table.rules
        ]

    def met(self, box: Box) -> bool:
        """Whether there is an input in a box."""
        return (box + self.everything) & self.between == self.between

    def witness(self, box: Box) -> tuple[Value, ...]:
        """The first input in a box."""
        found = []
        for at, column, values in zip(self.offsets, self.columns, self.classes, strict=False):
            bits = (box & column) >> at
            found.append(values[(bits & -bits).bit_length() - 1])
        return tuple(found)

    def overlaps(self) -> Iterator[Overlap]:
        for n, box in enumerate(self.boxes):
            for m in range(n):
                both = box & self.boxes[m]
                if self.met(both):
                    yield Overlap((m + 1, n + 1), self.witness(both))

    def left(self, box: Box, rows: Sequence[Box], steps: _Steps) -> Iterator[Box]:
        """What rows leave of a box, as boxes; ends early where the steps are used up."""
        waiting = [(box, 0)] if self.met(box) else []
        while waiting and steps.left > 0:
            box, n = waiting.pop()
            start = n
            while n < len(rows) and not self.met(box & rows[n]):
                n += 1
            steps.left -= n - start + 1
            if n == len(rows):
                yield box
                continue
            # Column by column, what of the box lies beside the row; the rest goes on to be cut by the next column.
            rest = box
            for column in self.columns:
                beside = rest & column & ~rows[n]
                if beside:
                    waiting.append((rest & ~column | beside, n + 1))
                rest &= ~column | rows[n]


class _Line:
    """The classes of an input in their order, and which of them a condition holds for, with no look at each."""

    def __init__(self, values: Sequence[Value]) -> None:
        self.place = {value: n for n, value in enumerate(values)}
        self.ordered = [value for value in values if value is not None]
        self.all = (1 << len(values)) - 1
        self.lacking = 1 << self.place[None] if None in self.place else 0

    def bits(self, condition: Condition) -> int:
        """As many bits as classes, each set where the condition holds."""
        if not condition.tests:
            return self.all
        found = 0
        for test in condition.tests:
            found |= self._of(test)
        if not condition.negated:
            return found
        # With nothing lacking a comparison is neither so nor not so.
        compared = any(not isinstance(test, Equal) for test in condition.tests)
        return self.all & ~(found | (self.lacking if compared else 0))

    def _of(self, test: Test) -> int:
        if isinstance(test, Equal):
            return 1 << self.place[test.value] if test.value in self.place else 0
        low, high = 0, len(self.ordered)
        if isinstance(test, Range):
            low = self._before(test.low, not test.with_low)
            high = self._before(test.high, test.with_high)
        elif test.by in ("<", "<="):
            high = self._before(test.value, test.by == "<=")
        else:
            low = self._before(test.value, test.by == ">")
        return ((1 << high - low) - 1) << low if high > low else 0

    def _before(self, value: Value, itself: bool) -> int:
        """How many classes come before a value, which is counted too where asked."""
        return (bisect_right if itself else bisect_left)(self.ordered, _ordinal(value), key=_ordinal)


def classes(one: Input, conditions: Iterable[Condition]) -> list[Value]:
    """A value for each class of an input, in order; the lacking one comes last."""
    ends = {end for condition in (one.allowed, *conditions) for end in condition.ends()} - {None}
    if one.type == BOOLEAN:
        found: list[Value] = [True, False]
    elif one.type == TEXT:
        named = sorted(str(end) for end in ends)
        found = [*named, _other(named)]
    else:
        found = list(_between(one.type, sorted(ends, key=_ordinal)))
    return [value for value in [*found, None] if one.has(value)]


def _other(named: Sequence[str]) -> str:
    """A text that is none of these."""
    n = 1
    while f"other {n}" in named:
        n += 1
    return f"other {n}"


def _ordinal(value: Value) -> Decimal:
    """Where a number or a day stands in its order."""
    return Decimal(value.toordinal()) if isinstance(value, date) else Decimal(str(value))


#: No day lies before or after these.
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)


def _between(type: str, ends: Sequence[Value]) -> Iterator[Value]:
    """Each end, and a value before, between and after them, where there is one."""
    at = [_ordinal(end) for end in ends]
    if not at:
        yield _FIRST_DAY if type == DAY else Decimal(0)
        return
    places = [at[0] - 1]
    for here, after in zip(at, [*at[1:], None], strict=True):
        places.append(here)
        if after is None or type in STEPPED:
            places.append(here.to_integral_value(ROUND_FLOOR) + 1)
        else:
            places.append((here + after) / 2)
    if type in STEPPED:
        places = sorted({place.to_integral_value(ROUND_CEILING) for place in places})
    for place in places:
        if type != DAY:
            if abs(place) < BEYOND:
                yield place
        elif _FIRST_DAY.toordinal() <= place <= _LAST_DAY.toordinal():
            yield _FIRST_DAY + timedelta(int(place) - _FIRST_DAY.toordinal())


__all__ = ["MOST", "Checked", "Grid", "Overlap", "check", "classes"]
