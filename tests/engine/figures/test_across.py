"""Whoever is told all figures of a programme outside the office finds no hidden number in another one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from casework.engine.figures import across as subject
from casework.engine.figures.counting import DENOMINATOR, NUMERATOR, Figure, Row, without_needs
from casework.engine.figures.every import every_figure
from casework.engine.figures.suppression import FEW, ShownRow, suppressed
from tests.engine.figures.pieces import NAMES, Told, world

LEAST = 3
#: A smaller programme says no more, and takes minutes to find.
PHASES = (Phase.explicit, Phase.generate)
INTEREST, PLAN, AGREEMENT, SITE = TRUNK = ("interest_confirmed", "plan_approved", "agreement_signed", "site_accepted")
#: By which action each is reached.
ACTIONS = {INTEREST: "confirm_interest", PLAN: "approve_plan", AGREEMENT: "sign", SITE: "accept_site"}
OPEN, NO_AGREEMENT, STOPPED, INTRODUCED = "open", "no_agreement", "compliance_stop", "introduced"
NEEDED, PASSED, NOT_NEEDED = "needed", "passed", "not_needed"


# --- an attacker who knows what is counted, and nothing of how it is hidden -------------------------------------------


@dataclass(frozen=True)
class Kind:
    """What a case can be, as far as the attacker asks."""

    steps: frozenset[str]
    state: str
    assessment: str

    def told(self, number: int, phase: str | None = None) -> Told:
        case = Told(f"{number:03}", phase=phase)
        for day, step in enumerate(TRUNK):
            if step in self.steps:
                case.fire(ACTIONS[step], day)
        if self.assessment == PASSED:
            case.fire(NAMES.assessed[0], 5)
        elif self.assessment == NOT_NEEDED:
            case.fire("waive_assessment", 5)
        if self.state == STOPPED:
            case.fire(NAMES.stops, 6)
        return case if self.state == OPEN else case.close(self.state, 9, "reason/a")


#: Some cases come to an agreement without a plan, or to a plan without a confirmed interest.
WAYS = [frozenset(way) for way in ((), (INTEREST,), (INTEREST, PLAN), (PLAN,), TRUNK[:3], (INTEREST, AGREEMENT), TRUNK)]
KINDS = [Kind(*kind) for kind in product(WAYS, (OPEN, NO_AGREEMENT, STOPPED, INTRODUCED), (NEEDED, PASSED, NOT_NEEDED))]

Is = Callable[[Kind], bool]


def _going_on(step: str, following: str) -> Mapping[str, Is]:
    def there(one: Kind) -> bool:
        return step in one.steps or step == "opened"

    def on(one: Kind) -> bool:
        return there(one) and following in one.steps

    return {
        DENOMINATOR: there,
        NUMERATOR: on,
        "went_on": on,
        "ended": lambda one: there(one) and not on(one) and one.state != OPEN,
        "open": lambda one: there(one) and not on(one) and one.state == OPEN,
    }


def meanings(name: str, of: Mapping[str, str | None]) -> Mapping[str, Is]:
    """Which cases each number of a line counts, as the documentation says it; nothing for a line that counts no cases."""
    step, following, what = of.get("step"), of.get("next"), of.get("what")
    match name:
        case "funnel" if step in TRUNK:
            before, upto = ({*TRUNK[: TRUNK.index(step) + more]} for more in (0, 1))
            return {NUMERATOR: lambda one: upto <= one.steps, DENOMINATOR: lambda one: before <= one.steps}
        case "funnel" if of.get("branch") == "assessment":
            asked = {"needed": {NEEDED, PASSED}, "passed": {PASSED}, "not_needed": {NOT_NEEDED}}[str(what)]
            among = {NEEDED, PASSED} if what == "passed" else {NEEDED, PASSED, NOT_NEEDED}
            return {
                NUMERATOR: lambda one: PLAN in one.steps and one.assessment in asked,
                DENOMINATOR: lambda one: PLAN in one.steps and one.assessment in among,
            }
        case "funnel" if of.get("branch") == "money":
            return {DENOMINATOR: lambda one: PLAN in one.steps} if what != "passed" else {}
        case "conversion" if of.keys() == {"step", "next"} and following in TRUNK:
            return _going_on(str(step), following)
        case "endings" if what in ("stopped", "main_reason", "outcome"):
            counted = {
                "stopped": lambda one: one.state == STOPPED,
                "main_reason": lambda one: one.state == NO_AGREEMENT,
                "outcome": lambda one: one.state == of["reason"],
            }
            return {NUMERATOR: counted[str(what)], DENOMINATOR: lambda one: one.state in (NO_AGREEMENT, STOPPED)}
        case "conflicts" if str(what).startswith("stops_"):

            def live(one: Kind) -> bool:
                return one.state == OPEN

            return {DENOMINATOR: live} | (
                {NUMERATOR: lambda one: one.state == STOPPED} if what == "stops_confirmed" else {}
            )
        case "assessments" if what == "signed_with_statement":
            return {DENOMINATOR: lambda one: AGREEMENT in one.steps}
        case "assessments" if what == "waived":
            return {cell: lambda one: one.assessment == NOT_NEEDED for cell in (NUMERATOR, DENOMINATOR)}
        case "second_sites":
            return {DENOMINATOR: lambda one: SITE in one.steps}
    return {}


@dataclass(frozen=True)
class Known:
    """A number as it is printed: of which kinds it counts cases, and between what it lies."""

    place: tuple[str, str, str]
    counts: tuple[bool, ...]
    true: int
    least: int
    most: int | None

    @property
    def hidden(self) -> bool:
        return self.least != self.most


#: More than all cases together.
MANY = 1000


def read(told: Mapping[str, Figure], shown: Mapping[str, Sequence[ShownRow]]) -> list[Known]:
    """What the attacker reads; a line that stands there for its number alone says that it is not nought."""
    found = []
    for name, rows in shown.items():
        for row, line in zip(told[name].rows, rows, strict=True):
            of_itself = name == "endings" and "reason" in row.of or row.of.get("what") == "waived"
            for cell, counts in meanings(name, row.of).items():
                true, said = printed(row, cell), printed(line, cell)
                if isinstance(true, int):
                    between = bounds(said, true, 1 if of_itself and true else 0)
                    found.append(Known((name, row.line, cell), tuple(map(counts, KINDS)), true, *between))
    return found


def bounds(said: object, true: int, few: int) -> tuple[int, int | None]:
    """Between what a number lies that is printed so; of most that is hidden so it is known that it is three at least."""
    if isinstance(said, int):
        return said, said
    return (few, LEAST - 1) if said == FEW else (LEAST if true >= LEAST else few, None)


def printed(row: Row | ShownRow, cell: str) -> object:
    return {NUMERATOR: row.numerator, DENOMINATOR: row.denominator, **row.parts}[cell]


def worked_out(known: Iterable[Known]) -> list[tuple[str, str, str]]:
    """Numbers under three that can be no other: by trying to make each greater and less, with any number of cases of each kind, under
    all that is printed."""
    lines = [*known]
    # A number of which the attacker knows no case that it could count is none that is asked for.
    asked = [one for one in lines if one.true < LEAST and any(one.counts)]
    programme = Programme({(one.counts, one.least, one.most) for one in lines})
    return [one.place for one in asked if not programme.could_be_other(one.counts, one.true)]


class Programme:
    """How many cases of each kind there can be: a linear programme, solved exactly by the simplex method, with Bland's rule."""

    def __init__(self, known: set[tuple[tuple[bool, ...], int, int | None]], kinds: int = len(KINDS)) -> None:
        self._kinds = kinds
        ranges = sorted((one for one in known if one[1] != one[2]), key=str)
        tight = sorted((one for one in known if one[1] == one[2]), key=str)
        bounds = [
            (counts, n, sign) for counts, least, most in ranges for n, sign in ((least, -1), (most, 1)) if n is not None
        ]
        width = kinds + len(bounds)
        self._lines: list[list[Fraction]] = []
        for counts, n, _ in tight:
            self._lines.append([*map(Fraction, counts), *[Fraction(0)] * len(bounds), Fraction(n)])
        for place, (counts, n, sign) in enumerate(bounds):
            slack = [Fraction(sign * (other == place)) for other in range(len(bounds))]
            self._lines.append([*map(Fraction, counts), *slack, Fraction(n)])
        self._basis: list[int] = []
        self._begin(width)

    def _begin(self, width: int) -> None:
        """A first solution: with numbers added that are then driven out."""
        lines = [line if line[-1] >= 0 else [-value for value in line] for line in self._lines]
        size = len(lines)
        self._lines = [[*line[:-1], *(Fraction(n == m) for m in range(size)), line[-1]] for n, line in enumerate(lines)]
        self._basis = [width + n for n in range(size)]
        assert self._most([Fraction(0)] * width + [Fraction(-1)] * size, None) == 0
        for n in range(size):
            if self._basis[n] >= width:
                column = next((m for m in range(width) if self._lines[n][m]), None)
                if column is not None:
                    self._pivot(n, column)
        kept = [n for n in range(size) if self._basis[n] < width]
        self._lines = [[*self._lines[n][:width], self._lines[n][-1]] for n in kept]
        self._basis = [self._basis[n] for n in kept]

    def _pivot(self, n: int, column: int) -> None:
        by = self._lines[n][column]
        line = self._lines[n] = [value / by if value else value for value in self._lines[n]]
        for m, other in enumerate(self._lines):
            if m != n and (times := other[column]):
                self._lines[m] = [one - times * two if two else one for one, two in zip(other, line, strict=True)]
        self._basis[n] = column

    def _most(self, weights: Sequence[Fraction], enough: int | None) -> Fraction:
        """The most that a sum can come to, or `enough`."""
        while True:
            found = sum(
                (weights[at] * line[-1] for at, line in zip(self._basis, self._lines, strict=True)), Fraction(0)
            )
            if enough is not None and found >= enough:
                return found
            busy = [(weights[at], line) for at, line in zip(self._basis, self._lines, strict=True) if weights[at]]
            column = next(
                (
                    m
                    for m in range(len(weights))
                    if m not in self._basis and weights[m] > sum(weight * line[m] for weight, line in busy)
                ),
                None,
            )
            if column is None:
                return found
            ways = [
                (line[-1] / line[column], self._basis[n], n) for n, line in enumerate(self._lines) if line[column] > 0
            ]
            if not ways:
                return Fraction(MANY)
            self._pivot(min(ways)[2], column)

    def could_be_other(self, counts: Sequence[bool], true: int) -> bool:
        width = len(self._lines[0]) - 1
        weights = [Fraction(counts[n]) if n < self._kinds else Fraction(0) for n in range(width)]
        if self._most(weights, true + 1) >= true + 1:
            return True
        return -self._most([-weight for weight in weights], 1 - true) <= true - 1


def insist_on_none_worked_out(kinds: Iterable[Kind]) -> None:
    told = {name: without_needs(figure) for name, figure in every_figure(world(*tell(kinds))).items()}
    assert worked_out(read(told, suppressed(told))) == []


def tell(kinds: Iterable[Kind]) -> list[Told]:
    return [kind.told(n) for n, kind in enumerate(kinds)]


def of(times: int, steps: Sequence[str] = (), state: str = OPEN, assessment: str = NEEDED) -> list[Kind]:
    return [Kind(frozenset(steps), state, assessment)] * times


# --- attacks ---------------------------------------------------------------------------------------------------------

ATTACKS = {
    "cases with a plan are what a branch is among": [
        *of(9), *of(6, TRUNK[:1]), *of(2, TRUNK[:2]), *of(4, TRUNK[:2], assessment=PASSED), *of(5, TRUNK[:3])],
    "cases that need no assessment are what is left of those that do": [
        *of(8, TRUNK[:1]), *of(7, TRUNK[:2]), *of(1, TRUNK[:2], assessment=NOT_NEEDED), *of(4, TRUNK[:3], assessment=PASSED)],
    "one came to a plan without a confirmed interest": [*of(5), *of(6, TRUNK[:1]), *of(9, TRUNK[:2]), *of(1, (PLAN,))],
    "one has an agreement without a plan": [*of(8, TRUNK[:2]), *of(9, TRUNK[:3]), *of(1, (INTEREST, AGREEMENT))],
    "cases that live and those that closed are all": [*of(9, TRUNK[:2]), *of(2, TRUNK[:1], NO_AGREEMENT), *of(5, (), STOPPED)],
    "one of many was stopped": [*of(12, TRUNK[:2]), *of(8, TRUNK[:1], NO_AGREEMENT), *of(1, TRUNK[:1], STOPPED)],
    "one has a site": [*of(9, TRUNK[:2]), *of(7, TRUNK[:3], assessment=PASSED), *of(1, TRUNK)],
    "nobody was stopped, and no outcome says so": [
        *of(9, TRUNK[:1]), *of(1, TRUNK[:2], INTRODUCED, NOT_NEEDED), *of(1, TRUNK[:2], NO_AGREEMENT, PASSED),
        *of(1, (INTEREST, AGREEMENT), INTRODUCED), *of(3, TRUNK, NO_AGREEMENT)],
    "all came to a plan, so nobody stayed before it": [
        *of(10, TRUNK[:2]), *of(9, (PLAN,), assessment=NOT_NEEDED), *of(9, TRUNK[:2], STOPPED, NOT_NEEDED), *of(1, TRUNK[:3], STOPPED),
        *of(4, TRUNK, INTRODUCED, NOT_NEEDED)],
    "two did not go on": [*of(2), *of(9, TRUNK[:1]), *of(8, TRUNK[:2])],
}  # fmt: skip


@pytest.mark.parametrize("kinds", ATTACKS.values(), ids=ATTACKS.keys())
def test_no_number_of_cases_is_worked_out_from_another_figure(kinds: list[Kind]) -> None:
    insist_on_none_worked_out(kinds)


@pytest.mark.parametrize("kinds", ATTACKS.values(), ids=ATTACKS.keys())
def test_the_same_cases_are_hidden_in_every_figure_or_in_none(kinds: list[Kind]) -> None:
    told = {name: without_needs(figure) for name, figure in every_figure(world(*tell(kinds))).items()}
    places: dict[tuple[bool, ...], list[Known]] = {}
    for one in read(told, suppressed(told)):
        # Other cases than those of this test have other outcomes and reasons.
        if one.place[0] != "endings":
            places.setdefault(one.counts, []).append(one)
    split = [[one.place for one in mine] for mine in places.values() if len({one.hidden for one in mine}) > 1]
    assert split == []


@settings(max_examples=10, deadline=None, phases=PHASES, derandomize=True)
@given(st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from((1, 1, 2, 3, 4, 9))), min_size=1, max_size=7))
def test_nor_of_any_other_programme(told: list[tuple[Kind, int]]) -> None:
    insist_on_none_worked_out(kind for kind, times in told for _ in range(times))


@pytest.mark.parametrize("size", [60, 400])
def test_of_a_larger_programme_more_is_told_than_hidden_and_nothing_is_worked_out(size: int) -> None:
    chance = Random(size)
    kinds = chance.choices(KINDS, weights=[chance.choice((0, 0, 1, 5, 20)) for _ in KINDS], k=size)
    insist_on_none_worked_out(kinds)
    told = {name: without_needs(figure) for name, figure in every_figure(world(*tell(kinds))).items()}
    known = read(told, suppressed(told))
    large = [one for one in known if one.true >= LEAST]
    assert sum(one.hidden for one in large) < len(large) / 2


def test_the_attacker_finds_what_is_hidden_in_one_place_alone() -> None:
    """So that it would be seen if nothing held any more."""
    told = {
        name: without_needs(figure) for name, figure in every_figure(world(*tell(ATTACKS[next(iter(ATTACKS))]))).items()
    }
    shown = {name: suppressed({name: figure}).get(name, ()) for name, figure in told.items()}
    assert worked_out(read(told, shown))


# --- what else is the same, or among something -----------------------------------------------------------------------


def numbers_of(figures: Mapping[str, Iterable[Row]]) -> dict[str, list[tuple[object, object]]]:
    shown = suppressed({name: Figure(rows=tuple(rows)) for name, rows in figures.items()})
    return {name: [(row.numerator, row.denominator) for row in rows] for name, rows in shown.items()}


def test_all_requests_are_hidden_where_conflicts_are_among_them() -> None:
    sent = [Row(of={"what": "sent"}, numerator=9)]
    sent += [Row(of={"what": "sent", "service": name}, numerator=n) for name, n in (("a", 2), ("b", 7))]
    shown = numbers_of({"referrals": sent, "conflicts": [Row(of={"what": "declared"}, numerator=4, denominator=9)]})
    hidden = {shown["referrals"][0][0], shown["conflicts"][0][1]}
    assert hidden in ({None}, {9})
    assert None in hidden | {shown["referrals"][2][0]}


def test_the_second_door_is_told_twice_and_hidden_twice() -> None:
    of_a_door = {
        "sent": 20,
        "first_door": 12,
        "bank": 11,
        "registered": 10,
        "paid": 9,
        "second_over_first": 11,
        "overdue": 3,
    }
    among = {"sent": None, "second_over_first": 12, "overdue": 9}
    rows = [Row(of={"what": what}, numerator=n, denominator=among.get(what, 20)) for what, n in of_a_door.items()]
    shown = numbers_of({"loans": rows})["loans"]
    # One of those that passed the first door did not pass the second.
    assert shown[2][0] == shown[5][0]
    assert shown[1][0] == shown[5][1]
    assert None in (shown[2][0], shown[1][0])


def test_one_that_is_in_use_and_saves_nothing_is_hidden_beside_every_indicator() -> None:
    rows = [Row(of={"what": "with_records"}, numerator=9, denominator=10)]
    rows += [
        Row(of={"indicator": name, "unit": "t", "level": "measured"}, numerator=n, denominator=10)
        for name, n in (("a", 5), ("b", 4))
    ]
    shown = numbers_of({"effects": rows})["effects"]
    assert len({among for _, among in shown}) == 1
    assert None in shown[0]


def test_a_request_that_was_delivered_and_is_not_approved_yet_is_one_of_two_hidden_numbers() -> None:
    became = (("sent", 20), ("accepted", 15), ("started", 12), ("delivered", 8), ("approved", 7))
    rows = [Row(of={"what": what}, numerator=n, denominator=20 if what != "sent" else None) for what, n in became]
    shown = [number for number, _ in numbers_of({"referrals": rows})["referrals"]]
    assert shown[:3] == [20, 15, 12]
    assert None in shown[3:]


def test_requests_of_a_loan_that_came_in_the_place_of_another_are_too_few_to_tell() -> None:
    referrals = [Row(of={"what": "sent"}, numerator=20), Row(of={"what": "sent", "service": subject.LOAN}, numerator=9)]
    shown = numbers_of({"referrals": referrals, "loans": [Row(of={"what": "sent"}, numerator=8)]})
    assert None in (shown["referrals"][1][0], shown["loans"][0][0])


def test_what_came_another_way_is_told_nowhere() -> None:
    rows = [Row(of={"step": PLAN}, numerator=9, denominator=30, parts={"otherwise": 5})]
    (shown,) = suppressed({"funnel": Figure(rows=tuple(rows))})["funnel"]
    assert (shown.numerator, dict(shown.parts)) == (9, {})


def test_what_is_known_of_steps_and_services_is_what_the_workflows_call_them() -> None:
    assert (NAMES.planned, NAMES.site_step) == (subject.PLANNED, subject.SITE)
    assert (NAMES.loan, NAMES.finance) == (subject.LOAN, subject.FINANCE)
    assert subject.SIGNED in [step for step, _ in NAMES.trunk]
