"""What a case saves: computed of its records, never typed. Negative where it costs more than before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from casework.engine.state.impact_values import LEVELS, MORE_IS_BETTER
from casework.engine.state.impacts import Impact

#: Digits after the point, as many as a number of a form may have.
DIGITS = 6


def days(impact: Impact) -> int:
    """How long its period is; both days count."""
    return (date.fromisoformat(impact.to_on) - date.fromisoformat(impact.from_on)).days + 1


def saving(baseline: Impact, after: Impact) -> Decimal:
    """The baseline for as many days as the record has, less the record; of what should grow the other way round."""
    less = _without(baseline, after) - Fraction(Decimal(after.value))
    return _decimal(-less if after.indicator in MORE_IS_BETTER else less)


def expected(baseline: Impact, after: Impact) -> Decimal:
    """What the record would be without what came: the baseline for as many days."""
    return _decimal(_without(baseline, after))


def _without(baseline: Impact, after: Impact) -> Fraction:
    return Fraction(Decimal(baseline.value)) * days(after) / days(baseline)


def _decimal(exact: Fraction) -> Decimal:
    """To the last digit that is kept, halves to the even one; without noughts that say nothing."""
    digits = round(exact * 10**DIGITS)
    whole = Decimal(digits).scaleb(-DIGITS)
    return whole.quantize(Decimal(1)) if whole == whole.to_integral_value() else whole.normalize()


def saving_of(impacts: Mapping[str, Impact], record: Impact) -> Decimal | None:
    """The saving of a record against its baseline, as that stands by now; None of a baseline."""
    baseline = baseline_of(impacts, record)
    return saving(baseline, record) if baseline is not None else None


def baseline_of(impacts: Mapping[str, Impact], record: Impact) -> Impact | None:
    """What a record is compared with: its baseline, or what has come in the place of that."""
    baseline = impacts.get(record.baseline or "")
    while baseline is not None and baseline.replaced_by is not None:
        baseline = impacts[baseline.replaced_by]
    return baseline


def standing(impacts: Iterable[Impact], *levels: str) -> list[Impact]:
    """Those of the levels in whose place no other has come."""
    return [impact for impact in impacts if impact.stands and impact.level in levels]


def newest_baseline(impacts: Iterable[Impact], measure: str) -> Impact | None:
    """What records of a measure are compared with."""
    known = [impact for impact in impacts if impact.stands and impact.is_baseline and impact.measure == measure]
    return max(known, key=lambda impact: (impact.recorded_at, impact.id), default=None)


def counted(impacts: Iterable[Impact]) -> list[Impact]:
    """The records that add up: of a measure each day once, at the highest level that covers it, the newest of the same level."""
    records = sorted(
        standing(impacts, *LEVELS), key=lambda one: (LEVELS.index(one.level), one.recorded_at, one.id), reverse=True
    )
    kept: list[Impact] = []
    for record in records:
        if not any(other.measure == record.measure and _overlap(other, record) for other in kept):
            kept.append(record)
    return sorted(kept, key=lambda one: (one.measure, one.from_on))


def _overlap(one: Impact, other: Impact) -> bool:
    return one.from_on <= other.to_on and other.from_on <= one.to_on
