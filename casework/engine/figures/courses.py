"""What somebody works out of the numbers of cases who knows how a case goes: one step after the other, then it ends in one way, and it
needs an assessment or none.

Each number counts the cases of some courses. How many cases went each course nobody is told, so a hidden number can be another one as long
as there are numbers of cases that agree with all that is printed: a linear programme, which is solved exactly. Whoever holds more courses
for possible works out less.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from casework.engine.figures.across import LEAST, OPENED, PLANNED, SIGNED, SITE, Cell, value_of
from casework.engine.figures.counting import DENOMINATOR, NUMERATOR, Figure, Row
from casework.engine.figures.simplex import Between, LinearProgramme, OutOfSteps, Steps

_LIVE, _STOPPED, _INTRODUCED = "live", "stopped", "introduced"
_NEEDED, _PASSED, _NOT_NEEDED = "needed", "passed", "not_needed"
#: So many steps of all linear programmes together. What is open by then is told with no number of cases; few programmes take a tenth.
STEPS = 4_000


@dataclass(frozen=True, slots=True)
class _Course:
    """How a case can have gone."""

    steps: frozenset[str]
    state: str
    assessment: str


_Is = Callable[[_Course], bool]


@dataclass(frozen=True, slots=True)
class _Number:
    """A number that is printed: what it counts, how many these are, and the least that it can be since its line is there."""

    cell: Cell
    counts: _Is
    true: int
    least: int

    def __lt__(self, other: _Number) -> bool:
        return (self.true, self.cell) < (other.true, other.cell)

    def between(self, hidden: Mapping[Cell, bool]) -> tuple[int, int | None]:
        """Between what it is known to lie. Of most that is hidden so it is known that it is three at least."""
        if self.cell not in hidden:
            return self.true, self.true
        if hidden[self.cell]:
            return self.least, LEAST - 1
        return (LEAST if self.true >= LEAST else self.least), None


def stands_for_its_number(figure: str, of: Mapping[str, str | None]) -> bool:
    """Whether a line is there where its number is not nought, and only there."""
    return figure == "endings" and "reason" in of or of.get("what") == "waived"


class Courses:
    """The numbers of figures that count cases, and the courses that agree with them."""

    def __init__(self, figures: Mapping[str, Figure]) -> None:
        self._figures = figures
        self._steps = Steps(STEPS)
        plain = [row.of for row in self._rows("conversion") if row.of.keys() == {"step", "next"}]
        self._trunk = [str(of["next"]) for of in plain]
        self._states, self._failed = self._ends()
        self._numbers = [*self._find()]
        self._courses = self._choose() if self._numbers else []

    def worked_out(self, hidden: Mapping[Cell, bool]) -> set[Cell]:
        """Cells that are to be hidden as well, so that none under three follows; where they are, not even that is to be said of them.

        Empty where none follows."""
        if not self._courses:
            return set()
        shown = {one.cell for one in self._numbers} - hidden.keys()
        few = {one.cell for one in self._numbers if hidden.get(one.cell)}
        try:
            return self._one_more(hidden, shown, few)
        except OutOfSteps:
            return shown | few

    def _one_more(self, hidden: Mapping[Cell, bool], shown: set[Cell], few: set[Cell]) -> set[Cell]:
        programme = self._linear_programme(hidden)
        for small in self._asked():
            binding = programme.proof(self._places(small.counts), small.true)
            if binding is None:
                continue
            # Of what it follows from the smallest that helps; else the largest of which less is said.
            near = sorted(one for one in self._numbers_in(shown) if self._key(one) in binding)
            for one in (*near, *sorted(self._numbers_in(few), key=lambda one: (-one.true, one.cell))):
                more = self._same(one.cell, shown if one.cell in shown else few)
                trial = self._linear_programme({**hidden, **dict.fromkeys(more, False)})
                if trial.proof(self._places(small.counts), small.true) is None:
                    return more
            rest = near or sorted(self._numbers_in(shown))
            return self._same(rest[0].cell, shown) if rest else few
        return set()

    def _numbers_in(self, cells: Collection[Cell]) -> list[_Number]:
        return [one for one in self._numbers if one.cell in cells]

    def _asked(self) -> Iterator[_Number]:
        """Of each of those under three one, as far as a case can be one that it counts."""
        seen = set[tuple[int, ...]]()
        for one in sorted(self._numbers, key=lambda number: number.cell):
            key = self._key(one)
            if one.true < LEAST and key and key not in seen:
                seen.add(key)
                yield one

    def _same(self, cell: Cell, shown: Collection[Cell]) -> set[Cell]:
        """What counts the same cases is hidden with it."""
        key = next(self._key(one) for one in self._numbers if one.cell == cell)
        return {one.cell for one in self._numbers if one.cell in shown and self._key(one) == key}

    def _key(self, one: _Number) -> tuple[int, ...]:
        return self._places(one.counts)

    def _places(self, counts: _Is) -> tuple[int, ...]:
        return tuple(n for n, course in enumerate(self._courses) if counts(course))

    def _linear_programme(self, hidden: Mapping[Cell, bool]) -> LinearProgramme:
        limits: dict[Between, None] = {}
        for one in self._numbers:
            limits[(self._key(one), *one.between(hidden))] = None
        return LinearProgramme(len(self._courses), [*limits], self._steps)

    # --- the courses

    def _choose(self) -> list[_Course]:
        """Those of cases that leave no step out, and of others only what some case must have gone; none where these explain nothing."""
        usual = [frozenset(self._trunk[:n]) for n in range(len(self._trunk) + 1)]
        unusual = [way - {step} for way in usual for step in way]
        ends = [*product(self._states, (_NEEDED, _PASSED, _NOT_NEEDED))]
        courses = [_Course(way, *end) for way, end in product(usual, ends)]
        if self._went(courses) is not None:
            return courses
        more = [_Course(way, *end) for way, end in product(dict.fromkeys(unusual), ends) if way not in usual]
        went = self._went([*courses, *more])
        return [] if went is None else [*courses, *(one for n, one in enumerate(more, len(courses)) if n in went)]

    def every(self) -> list[_Course]:
        """All courses, whichever step they leave out."""
        usual = [frozenset(self._trunk[:n]) for n in range(len(self._trunk) + 1)]
        ways = dict.fromkeys([*usual, *(way - {step} for way in usual for step in way)])
        return [
            _Course(way, *end) for way, end in product(ways, product(self._states, (_NEEDED, _PASSED, _NOT_NEEDED)))
        ]

    @property
    def numbers(self) -> Sequence[_Number]:
        return self._numbers

    @property
    def chosen(self) -> Sequence[_Course]:
        return self._courses

    def _went(self, courses: list[_Course]) -> set[int] | None:
        """Courses that explain the true numbers; None where none do."""
        self._courses = courses
        try:
            return self._linear_programme({}).went
        except OutOfSteps:
            return None

    # --- what the numbers count

    def _rows(self, name: str) -> Sequence[Row]:
        return self._figures[name].rows if name in self._figures else ()

    def _ends(self) -> tuple[list[str], frozenset[str]]:
        """The states that a case can be in, and which of them are failures: an outcome without a line is none."""
        rows = self._rows("endings")
        outcomes = {n: str(row.of.get("reason")) for n, row in enumerate(rows) if row.of.get("what") == "outcome"}
        sums = self._figures["endings"].sums if rows else ()
        stopped = {one[1][0] for one in sums if one[0] == (0, NUMERATOR) and len(one) == 2}
        failed = {n for one in sums if one[0] == (0, DENOMINATOR) for n, cell in one[1:] if cell == NUMERATOR and n}
        named = {outcomes[n]: n in failed for n in outcomes if n not in stopped}
        self._stop_lines = stopped
        return [_LIVE, _STOPPED, _INTRODUCED, *named], frozenset({_STOPPED, *(one for one in named if named[one])})

    def _find(self) -> Iterator[_Number]:
        for name in ("funnel", "conversion", "endings", "conflicts", "discipline", "assessments", "second_sites"):
            for n, row in enumerate(self._rows(name)):
                of_itself = stands_for_its_number(name, row.of)
                for cell, counts in self._meaning(name, n, row).items():
                    value = None if cell == DENOMINATOR and row.among_needs else value_of(row, cell)
                    if value is not None:
                        yield _Number((name, n, cell), counts, value, min(value, 1) if of_itself else 0)

    def _meaning(self, name: str, n: int, row: Row) -> Mapping[str, _Is]:
        """Which cases each number of a line counts; nothing of a line that counts others."""
        step, what = row.of.get("step"), row.of.get("what")
        match name:
            case "funnel" if step in self._trunk and row.of.keys() == {"step"}:
                upto = frozenset(self._trunk[: self._trunk.index(str(step)) + 1])
                before = upto - {str(step)}
                return {NUMERATOR: lambda one: upto <= one.steps, DENOMINATOR: lambda one: before <= one.steps}
            case "funnel" if "branch" in row.of:
                return self._branch(str(row.of["branch"]), str(what))
            case "conversion" if row.of.keys() == {"step", "next"}:
                return _conversion(str(step), str(row.of["next"]))
            case "endings":
                return self._ending(n, str(what), str(row.of.get("reason")))
            case "conflicts" if str(what).startswith("stops_"):
                return {DENOMINATOR: _is_live, **(self._stops(row) if what == "stops_confirmed" else {})}
            case "discipline" if what == "last_night":
                live = (
                    value_of(next(iter(self._rows("conflicts")[-1:])), DENOMINATOR) if self._rows("conflicts") else None
                )
                return {DENOMINATOR: _is_live} if row.denominator == live else {}
            case "assessments" if what == "signed_with_statement":
                return {DENOMINATOR: lambda one: SIGNED in one.steps}
            case "assessments" if what == "waived":
                told = {DENOMINATOR: _is_spared}
                return told | ({NUMERATOR: _is_spared} if row.numerator == row.denominator else {})
            case "second_sites" if what == "became_more":
                return {DENOMINATOR: lambda one: SITE in one.steps}
        return {}

    def _branch(self, branch: str, what: str) -> Mapping[str, _Is]:
        """Of the cases with a plan, as far as the courses tell them apart."""
        if branch != "assessment":
            return {DENOMINATOR: _is_planned} if what != _PASSED else {}
        asked = {_NEEDED: {_NEEDED, _PASSED}, _PASSED: {_PASSED}, _NOT_NEEDED: {_NOT_NEEDED}}[what]
        among = {_NEEDED, _PASSED} if what == _PASSED else {_NEEDED, _PASSED, _NOT_NEEDED}
        return {
            NUMERATOR: lambda one: _is_planned(one) and one.assessment in asked,
            DENOMINATOR: lambda one: _is_planned(one) and one.assessment in among,
        }

    def _is_failed(self, one: _Course) -> bool:
        return one.state in self._failed

    def _ending(self, n: int, what: str, reason: str) -> Mapping[str, _Is]:
        if what == "stopped":
            return {NUMERATOR: _is_stopped, DENOMINATOR: self._is_failed}
        if what == "main_reason":
            alone = sum(row.of.get("what") == what for row in self._rows("endings")) == 1
            others: Mapping[str, _Is] = {NUMERATOR: lambda one: self._is_failed(one) and not _is_stopped(one)}
            return {DENOMINATOR: self._is_failed, **(others if alone else {})}
        if what == "outcome":
            mine: _Is = _is_stopped if n in self._stop_lines else lambda one: one.state == reason
            return {NUMERATOR: mine, DENOMINATOR: lambda one: one.state not in (_LIVE, _INTRODUCED)}
        return {}

    def _stops(self, row: Row) -> Mapping[str, _Is]:
        """A case that was stopped may live again: only where none does they are the same."""
        stopped = next((one.numerator for one in self._rows("endings") if one.of.get("what") == "stopped"), None)
        return {NUMERATOR: _is_stopped} if row.numerator == stopped else {}


#: Of so many courses of all parts a linear programme is solved, those that no number tells apart as one: of some six parts. Of more it
#: would take minutes.
WIDEST = 500
#: A part, or None for the whole of all parts; and a number of its figures.
Of = tuple[str | None, Cell]


@dataclass(frozen=True, slots=True)
class _Joined:
    """A number of a part or of the whole, with the courses of all parts that it counts the cases of."""

    of: Of
    number: _Number
    places: tuple[int, ...]

    @property
    def order(self) -> tuple[int, str, Cell]:
        return self.number.true, self.of[0] or "", self.number.cell


class TooMuchIsKnown(Exception):
    """What the whole tells already is too much for anything to be told of its parts."""


class JoinedCourses:
    """What somebody works out of the numbers of all parts of a programme and of the whole together: a number of the whole counts the cases
    of each part.

    What the whole prints is told already and stays so; only of the parts more can be hidden.
    """

    def __init__(
        self,
        parts: Mapping[str, Courses],
        whole: Courses,
        told: Mapping[Of, bool | None],
        left_out: Collection[Of] = (),
    ) -> None:
        """`told`: of each number that the figures of the whole tell of it or of a part, None where it is printed, and else whether they say
        that it is under three. `left_out`: of parts what is told by no line.

        Raises TooMuchIsKnown for more courses than are asked together."""
        self._told = told
        self._left_out = frozenset(left_out)
        self._steps = Steps(STEPS)
        self._numbers: list[_Joined] = []
        self._width = 0
        for choose in (lambda one: one.chosen, Courses.every):
            self._join(parts, whole, choose)
            if self._width > WIDEST:
                raise TooMuchIsKnown
            if self._agrees():
                return
        # No numbers of such cases explain what was counted: nobody works anything out by them.
        self._numbers = []

    def _join(
        self, parts: Mapping[str, Courses], whole: Courses, choose: Callable[[Courses], Sequence[_Course]]
    ) -> None:
        """Courses that no number tells apart are one."""
        of_parts = [(part, one) for part, courses in parts.items() for one in choose(courses)]
        counted: list[tuple[Of, _Number, list[int]]] = [
            ((part, one.cell), one, [n for n, (of, course) in enumerate(of_parts) if of == part and one.counts(course)])
            for part, courses in parts.items()
            for one in courses.numbers
        ]
        counted += [
            ((None, one.cell), one, [n for n, (_, course) in enumerate(of_parts) if one.counts(course)])
            for one in whole.numbers
            if (None, one.cell) in self._told
        ]
        by: list[list[int]] = [[] for _ in of_parts]
        for at, (_, _, places) in enumerate(counted):
            for n in places:
                by[n].append(at)
        columns = {marks: n for n, marks in enumerate(dict.fromkeys(map(tuple, by)))}
        self._width = len(columns)
        self._numbers = [
            _Joined(of, one, tuple(sorted({columns[tuple(by[n])] for n in places}))) for of, one, places in counted
        ]

    def _agrees(self) -> bool:
        limits = dict.fromkeys((one.places, one.number.true, one.number.true) for one in self._numbers)
        try:
            return LinearProgramme(self._width, [*limits], self._steps).went is not None
        except OutOfSteps:
            return True

    def worked_out(self, hidden: Mapping[Of, bool]) -> set[Of]:
        """Numbers of parts that are to be hidden as well, so that none under three follows; where they are, not even that is said of them.

        Empty where none follows. Raises TooMuchIsKnown where one does whatever is hidden of the parts, or where that is not found out.
        """
        of_parts = {one.of for one in self._numbers if one.of[0] is not None} - self._left_out
        shown = of_parts - hidden.keys() - self._printed()
        few = {of for of in of_parts if hidden.get(of)}
        try:
            return self._more(hidden, shown, few)
        except OutOfSteps:
            raise TooMuchIsKnown from None

    def _printed(self) -> set[Of]:
        return {of for of, said in self._told.items() if said is None}

    def _more(self, hidden: Mapping[Of, bool], shown: set[Of], few: set[Of]) -> set[Of]:
        """For each number that follows the smallest of those that it follows from; else all that is said to be under three."""
        programme = self._linear_programme(hidden)
        more = set[Of]()
        for small in self._asked():
            binding = programme.proof(small.places, small.number.true)
            if binding is None:
                continue
            near = [one for one in self._in(shown) if one.places in binding]
            if near:
                more |= self._same(min(near, key=lambda one: one.order), shown)
            elif few or shown:
                more |= few or shown
            else:
                raise TooMuchIsKnown
        return more

    def _asked(self) -> Iterator[_Joined]:
        seen = set[tuple[int, ...]]()
        for one in sorted(self._numbers, key=lambda one: one.order):
            if one.number.true < LEAST and one.places and one.places not in seen:
                seen.add(one.places)
                yield one

    def _in(self, cells: Collection[Of]) -> list[_Joined]:
        return [one for one in self._numbers if one.of in cells]

    def _same(self, one: _Joined, among: Collection[Of]) -> set[Of]:
        """What counts the same cases is hidden with it."""
        return {other.of for other in self._numbers if other.of in among and other.places == one.places}

    def _linear_programme(self, hidden: Mapping[Of, bool]) -> LinearProgramme:
        limits: dict[Between, None] = {}
        for one in self._numbers:
            least, most = self._between(one, hidden)
            limits[one.places, least, most] = None
        return LinearProgramme(self._width, [*limits], self._steps)

    def _between(self, one: _Joined, hidden: Mapping[Of, bool]) -> tuple[int, int | None]:
        """As the part says it, and as the whole does."""
        cell = one.number.cell
        said: list[tuple[int, int | None]] = []
        if one.of in self._left_out:
            said.append((0, None))
        elif one.of[0] is not None:
            said.append(one.number.between({cell: hidden[one.of]} if one.of in hidden else {}))
        if one.of in self._told:
            of_whole = self._told[one.of]
            said.append(one.number.between({} if of_whole is None else {cell: of_whole}))
        ends = [most for _, most in said if most is not None]
        return max(least for least, _ in said), min(ends) if ends else None


def _is_live(one: _Course) -> bool:
    return one.state == _LIVE


def _is_stopped(one: _Course) -> bool:
    return one.state == _STOPPED


def _is_planned(one: _Course) -> bool:
    return PLANNED in one.steps


def _is_spared(one: _Course) -> bool:
    return one.assessment == _NOT_NEEDED


def _conversion(step: str, following: str) -> Mapping[str, _Is]:
    def there(one: _Course) -> bool:
        return step == OPENED or step in one.steps

    def on(one: _Course) -> bool:
        return there(one) and following in one.steps

    return {
        DENOMINATOR: there,
        NUMERATOR: on,
        "went_on": on,
        "ended": lambda one: there(one) and not on(one) and one.state != _LIVE,
        "open": lambda one: there(one) and not on(one) and one.state == _LIVE,
    }


__all__ = ["STEPS", "Courses", "JoinedCourses", "Of", "TooMuchIsKnown", "stands_for_its_number"]
