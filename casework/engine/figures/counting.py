"""How figures count: rows with what was counted and among what, percentages and medians only where there is enough to tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

#: A percentage is told of no fewer, a median of no fewer.
LEAST_FOR_PERCENT, LEAST_FOR_MEDIAN = 10, 5
#: Of a hundred, for how far times lie apart.
MIDDLE = 50
OF_HUNDRED = (5, 25, MIDDLE, 75, 95)
_TENTH = Decimal("0.1")

#: The numbers of a line.
NUMERATOR, DENOMINATOR = "numerator", "denominator"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a figure."""

    #: What it is of: the step, the month, the provider.
    of: Mapping[str, str | None]
    numerator: int
    #: Among how many; None where nothing is divided.
    denominator: int | None = None
    #: Whether what is counted is part of the denominator: stops of cases that are closed by now are no share of those that live.
    share: bool = True
    #: Whether needs or their matches are counted, or are what the denominator counts: to some readers closed needs do not exist.
    of_needs: bool = False
    among_needs: bool = False
    #: What the denominator adds up from, the numerator among them, where it does.
    parts: Mapping[str, int] = field(default_factory=dict)
    #: The numbers of the cases behind the numerator, in order.
    cases: tuple[str, ...] = ()
    #: How many these are, where they are kept apart from the line.
    kept_apart: int = 0
    #: By id the needs, technologies, visits or events behind the numerator, where it counts these; whoever asks for one line is told them,
    #: and no more is kept of them.
    records: tuple[str, ...] = field(default=(), compare=False)
    #: In the unit that the figure says; None where there are too few.
    median: Decimal | None = None
    p90: Decimal | None = None
    #: Within how many working minutes so many `OF_HUNDRED` were; None where there are too few, or nothing is asked of it.
    spread: tuple[Decimal, ...] | None = None
    #: By currency; never added up.
    money: Mapping[str, Decimal] = field(default_factory=dict)
    #: What is counted in the unit that the row names; None where nothing is.
    amount: Decimal | None = None
    #: Nothing is told but that it is fewer than so many, whatever it is: the numerator says nought then.
    under: int | None = None
    #: Whether the cohort is too young to tell; None where nothing says how long it takes.
    unripe: bool | None = None

    @property
    def line(self) -> str:
        """What it is of, in one text: no two lines of a figure are of the same."""
        return ";".join(f"{key}:{value or ''}" for key, value in sorted(self.of.items()))

    @property
    def behind(self) -> int:
        """How many cases are behind the numerator."""
        return len(self.cases) or self.kept_apart

    @property
    def percent(self) -> Decimal | None:
        return percent(self.numerator, self.denominator) if self.share and self.under is None else None


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure: its lines, in what a median is told, and what is told beside them."""

    rows: tuple[Row, ...]
    #: "working_minutes", "working_days" or "days".
    unit: str | None = None
    beside: Mapping[str, int] = field(default_factory=dict)
    #: What holds among its numbers by what they are: one, by the place of its line, and those that are parts of it and nothing else is
    #: told of the rest. Somebody outside the office works with it.
    sums: tuple[tuple[tuple[int, str], ...], ...] = ()


def without_needs(figure: Figure) -> Figure:
    """A figure for whoever reads no closed needs: without what would tell how many there are."""
    kept = [n for n, row in enumerate(figure.rows) if not row.of_needs]
    rows = [figure.rows[n] for n in kept]
    places = {n: place for place, n in enumerate(kept)}
    return replace(
        figure,
        rows=tuple(replace(row, denominator=None) if row.among_needs else row for row in rows),
        sums=tuple(
            tuple((places[n], cell) for n, cell in one) for one in figure.sums if all(n in places for n, _ in one)
        ),
    )


def of_records(
    of: Mapping[str, str | None], ids: Iterable[str], *, among: int | None = None, of_needs: bool = True
) -> Row:
    """A line that counts what is no case, with which it is."""
    told = tuple(sorted(ids))
    return Row(of=of, numerator=len(told), denominator=among, of_needs=of_needs, records=told)


def without_records(figure: Figure) -> Figure:
    """A figure as it is told and kept: what of it is no case is folded again for whoever asks."""
    return replace(figure, rows=tuple(replace(row, records=()) if row.records else row for row in figure.rows))


def percent(numerator: int, denominator: int | None) -> Decimal | None:
    """To one digit, halves to the even one; None among fewer than ten."""
    if denominator is None or denominator < LEAST_FOR_PERCENT:
        return None
    return _rounded(Fraction(100 * numerator, denominator))


def median(values: Iterable[int | None]) -> Decimal | None:
    """The middle one, or the mean of the two; None of fewer than five. A value that is None is longer than all that is known."""
    ordered = _ordered(values)
    if len(ordered) < LEAST_FOR_MEDIAN:
        return None
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return None if low is None or high is None else _rounded(Fraction(low + high, 2))


def p90(values: Iterable[int | None]) -> Decimal | None:
    """The least of them that nine of ten do not exceed; None of fewer than five."""
    ordered = _ordered(values)
    if len(ordered) < LEAST_FOR_MEDIAN:
        return None
    found = ordered[-(-9 * len(ordered) // 10) - 1]
    return None if found is None else Decimal(found)


def spread(values: Iterable[int]) -> tuple[Decimal, ...] | None:
    """The least of them that so many `OF_HUNDRED` do not exceed, and the middle one between; None of fewer than five."""
    ordered = sorted(values)
    middle = median(ordered)
    if middle is None:
        return None
    places = (-(-of * len(ordered) // 100) - 1 for of in OF_HUNDRED)
    return tuple(
        middle if of == MIDDLE else Decimal(ordered[place]) for of, place in zip(OF_HUNDRED, places, strict=True)
    )


def _ordered(values: Iterable[int | None]) -> Sequence[int | None]:
    return sorted(values, key=lambda value: (value is None, value or 0))


def _rounded(exact: Fraction) -> Decimal:
    tenths = round(exact * 10)
    return (Decimal(tenths) / 10).quantize(_TENTH, ROUND_HALF_EVEN)


def added(amounts: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    """Amounts by their currency."""
    sums: dict[str, Decimal] = {}
    for currency, amount in amounts:
        sums[currency] = sums.get(currency, Decimal(0)) + amount
    return dict(sorted(sums.items()))


def numbers(cases: Iterable[str | None]) -> tuple[str, ...]:
    """The numbers of some cases, each once, in order."""
    return tuple(sorted({number for number in cases if number}))
