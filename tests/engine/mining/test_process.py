"""What a page shows of how cases ran are the first lines, and it counts what they leave out."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

from casework.engine.mining.conformance import NOT_FROM_THERE, Conformance, Deviation
from casework.engine.mining.process import MOST, LeftOut, Process, as_shown, fold_runs
from casework.engine.mining.ways import Variant
from tests.engine.toys import CALENDAR

AT = datetime(2026, 1, 5, tzinfo=UTC)


def process(ways: int, deviating: int) -> Process:
    wrong = (Deviation(2, "case", "take", NOT_FROM_THERE),)
    return Process(
        at=AT,
        calendar="c",
        variants=tuple(Variant((f"a{n}",), (f"BJ-{n}", f"BJ-{n}b"), Fraction(1, ways), None) for n in range(ways)),
        arcs=(),
        places=(),
        works=(),
        conformance=tuple(Conformance(f"BJ-{n}", 3, wrong if n % 2 else ()) for n in range(2 * deviating)),
    )


def numbers(told: Process) -> tuple[int, ...]:
    return told.ways, told.cases, told.judged, told.actions, told.deviating


def test_what_is_shown_counts_as_much_as_the_whole() -> None:
    whole = process(MOST + 5, MOST + 7)
    shown = as_shown(whole)
    assert numbers(shown) == numbers(whole) == (MOST + 5, 2 * MOST + 10, 2 * MOST + 14, 6 * MOST + 42, MOST + 7)
    assert shown.variants == whole.variants[:MOST]
    assert [one.case for one in shown.conformance] == [f"BJ-{n}" for n in range(1, 2 * MOST, 2)]


def test_of_few_lines_only_what_conforms_is_left_out() -> None:
    shown = as_shown(process(2, 1))
    assert shown.left_out == LeftOut(judged=1, actions=3)
    assert as_shown(shown) == shown


def test_without_a_case_there_is_nothing() -> None:
    told = fold_runs([], CALENDAR, AT)
    assert numbers(told) == (0, 0, 0, 0, 0)
    assert as_shown(told) == told
