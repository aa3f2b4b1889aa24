"""Which cells are hidden, so that none under three can be worked out from those that are printed and from what adds up among them.

For each cell under three other numbers are looked for that agree with all that is shown: as long as there are none, one more is hidden,
the smallest that helps. How long is looked has a bound that does not ask how fast the machine is, so that the same figures are always told
as the same; what is open by then is told with nothing that it hangs together with.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from casework.engine.figures.across import LEAST, REST, ROOM, Cell


def hide(
    cells: Mapping[Cell, int],
    sums: Sequence[Sequence[Cell]],
    known: Sequence[Sequence[Cell]] = (),
    also: Collection[Cell] = (),
) -> dict[Cell, bool]:
    """The cells that are not printed: those under three, and so many more that none of them can be worked out; of each whether it is
    said to be under three.

    Of each of `sums` the first cell is what the others come to. What those of each of `known` come to a reader may have from elsewhere.
    Those of `also` are hidden in any case, and it is not said of them that they are under three.
    """
    found = _Search(cells, [one for one in sums if len(one) == 2])
    found.hide_first(also)
    real = [found.written(one[0], one[1:]) for one in sums if len(one) > 2]
    # Where all are hidden from the beginning, nothing more can be.
    told = [found.written(None, one) for one in known if any(cells[cell] >= LEAST for cell in one)]
    found.hide_more([*real, *told], far=False)
    found.hide_more(real, far=True)
    return {cell: found.is_said_few(cell) for cell in cells if found.is_hidden(cell)}


#: What is added and taken off, by the number of an unknown, which comes to nothing.
Equation = Mapping[int, int]
#: So many tries, until a cell is taken for one that can be worked out.
TRIES = 100
#: So many equations and cells are looked at in all, for some seconds: a programme of many hundred lines comes to a tenth.
LOOKS = 20_000_000
#: More than any number.
_ANY = 1 << 62


class _Search:
    """Whether numbers other than the true ones agree with all that is printed, for each cell under three that is hidden.

    An unknown is one of the cells that are known to be the same, by its place among all of them in their order.
    """

    def __init__(self, cells: Mapping[Cell, int], same: Iterable[Sequence[Cell]], also: Collection[Cell] = ()) -> None:
        ordered = sorted(cells)
        self._number = {cell: n for n, cell in enumerate(ordered)}
        self._first: list[int] = [*range(len(ordered))]
        for one, other in same:
            kept, gone = self._follow(self._number[one]), self._follow(self._number[other])
            self._first[gone] = kept
        self._first = [self._follow(n) for n in range(len(ordered))]
        self._values = [cells[cell] for cell in ordered]
        self._is_room = [cell[2] == ROOM for cell in ordered]
        self._hidden: list[bool] = [False] * len(ordered)
        for n, first in enumerate(self._first):
            if self._values[n] < LEAST or self._is_room[n]:
                self._hidden[first] = True
        #: Between what a reader holds each for possible: that a line is there says that it is not nought.
        self._between = [(LEAST, _ANY) if value >= LEAST else (min(value, 1), LEAST - 1) for value in self._values]
        #: Of which it is not even said that they are under three.
        self._unsaid = set[int]()
        for n, cell in enumerate(ordered):
            if cell[2] in (REST, ROOM):
                self._between[n] = (0, _ANY)
                self._unsaid |= {n} if self._hidden[n] else set()
        self._looks = LOOKS
        #: Of which nothing is told, since it was not looked to the end.
        self._untold = set[int]()
        self._begin([])

    def _follow(self, n: int) -> int:
        while self._first[n] != n:
            n = self._first[n]
        return n

    def hide_first(self, cells: Iterable[Cell]) -> None:
        """Before anything is looked for."""
        for first in {self._first[self._number[cell]] for cell in cells}:
            self._hidden[first] = True
            if self._values[first] < LEAST:
                self._say_nothing(first)

    def is_hidden(self, cell: Cell) -> bool:
        return self._hidden[self._first[self._number[cell]]]

    def is_said_few(self, cell: Cell) -> bool:
        """Of a hidden one."""
        first = self._first[self._number[cell]]
        return self._values[first] < LEAST and first not in self._unsaid

    def written(self, whole: Cell | None, parts: Iterable[Cell]) -> Equation:
        row: dict[int, int] = {}
        for sign, cell in (*((1, part) for part in parts), *([] if whole is None else [(-1, whole)])):
            first = self._first[self._number[cell]]
            row[first] = row.get(first, 0) + sign
        return {first: times for first, times in row.items() if times}

    def _begin(self, rows: Sequence[Equation]) -> None:
        self._rows = rows
        #: By cell the equations it is in, each with how often.
        self._among: list[list[tuple[int, int]]] = [[] for _ in self._values]
        for n, row in enumerate(rows):
            for cell, times in row.items():
                self._among[cell].append((n, times))
        #: By equation the hidden cells; and whether nothing follows from it but that one number is no more than another.
        self._hidden_in = [[cell for cell in row if self._hidden[cell]] for row in rows]
        self._has_room = [any(self._is_room[cell] for cell in row) for row in rows]
        #: What was moved by now, by equation how many of the hidden cells were not, and by how much which equations are off.
        self._moved, self._free = set[int](), [*map(len, self._hidden_in)]
        self._off: dict[int, int] = {}

    def hide_more(self, rows: Sequence[Equation], *, far: bool) -> None:
        """Until each cell under three could be another number; `far`: also by what is not printed beside it, and by saying less."""
        self._begin(rows)
        self._never_alone(range(len(rows)))
        few = [cell for cell, value in enumerate(self._values) if value < LEAST and not self._is_room[cell]]
        for small in [cell for cell in few if self._hidden[cell]]:
            while not self._could_differ(small):
                near = [n for n, _ in self._among[small]]
                if self._looks < 0:
                    self._tell_nothing_beside(small)
                    break
                if far and not any(self._shows(n) for n in near):
                    near = sorted({m for n in near for cell in self._rows[n] for m, _ in self._among[cell]})
                    self._looks -= len(near)
                shown = [n for n in near if self._shows(n)]
                if shown:
                    self._hide_in(min(shown, key=lambda n: (self._has_room[n], len(self._hidden_in[n]))))
                elif not far or not self._say_less(small):
                    break

    def _shows(self, n: int) -> bool:
        return len(self._hidden_in[n]) < len(self._rows[n])

    def _never_alone(self, rows: Iterable[int]) -> None:
        """What is hidden alone in an equation follows at once."""
        waiting = [iter(rows)]
        while waiting:
            for n in waiting[-1]:
                if len(self._hidden_in[n]) == 1 and self._shows(n) and not self._has_room[n]:
                    waiting.append(iter(self._hide_one(n)))
                    break
            else:
                waiting.pop()

    def _hide_in(self, n: int) -> None:
        self._never_alone(self._hide_one(n))

    def _hide_one(self, n: int) -> list[int]:
        """One cell more of an equation: one beside others that are alone, not one that is alone itself; the smallest of these. Gives in
        which equations it is."""

        def cost(cell: int) -> tuple[int, int, int]:
            beside = [len(self._hidden_in[m]) for m, _ in self._among[cell] if not self._has_room[m]]
            return beside.count(0) - beside.count(1), self._values[cell], cell

        cell = min((cell for cell in self._rows[n] if not self._hidden[cell]), key=cost)
        self._hide(cell)
        return [m for m, _ in self._among[cell]]

    def _hide(self, cell: int) -> None:
        self._hidden[cell] = True
        for n, _ in self._among[cell]:
            self._hidden_in[n].append(cell)
            self._free[n] += 1

    def _say_less(self, small: int) -> bool:
        """Of the largest of an equation whose cells are all under three, and can be nothing else, not even that."""
        for n, _ in self._among[small]:
            row = self._rows[n]
            sides = [
                [self._values[cell] * times for cell, times in row.items() if times * sign > 0] for sign in (1, -1)
            ]
            if all(self._values[cell] < LEAST for cell in row) and not self._unsaid & row.keys() and _forced(*sides):
                self._say_nothing(max(row, key=lambda cell: (self._values[cell], cell)))
                return True
        return False

    def _say_nothing(self, cell: int) -> None:
        self._unsaid.add(cell)
        self._between[cell] = (min(self._between[cell][0], 1), _ANY)

    def _tell_nothing_beside(self, small: int) -> None:
        """Of what hangs together with a cell by equations no number, nor that one is under three: twice each agrees with them as well."""
        if small in self._untold:
            return
        found, waiting = {small}, [small]
        while waiting:
            for n, _ in self._among[waiting.pop()]:
                more = self._rows[n].keys() - found
                found |= more
                waiting += more
        for cell in found:
            self._say_nothing(cell)
            if not self._hidden[cell]:
                self._hide(cell)
        self._untold |= found

    # --- other numbers

    def _could_differ(self, small: int) -> bool:
        for by in (1, -1):
            if self._may_be(small, by):
                self._left = TRIES
                self._move(small, by)
                could = not self._off or self._balanced()
                self._move(small, -by, back=True)
                if could:
                    return True
        return False

    def _may_be(self, cell: int, by: int) -> bool:
        least, most = self._between[cell]
        return least <= self._values[cell] + by <= most

    def _move(self, cell: int, by: int, *, back: bool = False) -> None:
        """A cell is another number, and equations are off by that; or it is the true one again."""
        if back:
            self._moved.remove(cell)
        else:
            self._moved.add(cell)
        off, free, more = self._off, self._free, 1 if back else -1
        for n, times in self._among[cell]:
            free[n] += more
            if after := off.get(n, 0) + times * by:
                off[n] = after
            else:
                off.pop(n, None)

    def _off_after(self, cell: int, by: int) -> int:
        """How many equations are off once a cell is moved too."""
        off, count = self._off, len(self._off)
        for n, times in self._among[cell]:
            before = off.get(n, 0)
            count += bool(before + times * by) - bool(before)
        return count

    def _balanced(self) -> bool:
        """Whether other hidden cells can make up for what was moved: tried first are those that leave the fewest equations off."""
        self._left -= 1
        free = self._free
        _, n = min((free[n], n) for n in self._off)
        self._looks -= len(self._off) + len(self._hidden_in[n])
        if self._left < 0 or self._looks < 0:
            return False
        off, row = self._off[n], self._rows[n]
        moves = sorted(
            (self._off_after(cell, by), -self._values[cell], cell, by)
            for cell in self._hidden_in[n]
            if cell not in self._moved
            for by in {-off // row[cell], -1 if off * row[cell] > 0 else 1}
            if self._may_be(cell, by)
        )
        for off_after, _, cell, by in moves:
            # Nothing is off.
            if not off_after:
                return True
            self._move(cell, by)
            balanced = self._balanced()
            self._move(cell, -by, back=True)
            if balanced or self._left < 0:
                return balanced
        return False


def _forced(parts: Sequence[int], whole: Sequence[int]) -> bool:
    """Whether parts cannot be others, as there is a line of each, and they come to no more than is under three."""
    return bool(whole) and sum(min(part, 1) for part in parts) == LEAST - 1


__all__ = ["LOOKS", "hide"]
