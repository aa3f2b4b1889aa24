"""A row of a need's figures in words: what is now, what is wanted, and under which condition."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask_babel import gettext

from casework.engine.case_objects.need_figures import COMPARISONS, NeedFigure
from casework.operations.referrals.sheet_views import SheetTarget
from casework.web.shell.impact_words import say_number


@dataclass(frozen=True)
class Target:
    """A row as a table shows it."""

    what: str
    now: str
    target: str
    unit: str
    conditions: str
    #: On a case sheet: who stands for it, and whether it is more than what somebody said.
    stands: str = ""
    sure: bool = False


def target_of(row: NeedFigure) -> Target:
    """A row of the record."""
    return _target(
        row["parameter"],
        row.get("unit"),
        row.get("now"),
        (row.get("comparison"), row.get("target")),
        row.get("condition"),
    )


def target_shared(row: SheetTarget) -> Target:
    """The same as a case sheet has it."""
    one = _target(row.parameter, row.unit, row.now, (row.comparison, row.target), row.condition)
    return replace(one, stands=say_stands(row.confirmed), sure=row.confirmed)


def _target(
    what: str, unit: str | None, now: str | None, wanted: tuple[str | None, str | None], condition: str | None
) -> Target:
    comparison, target = wanted
    return Target(
        what,
        say_number(now) if now is not None else "",
        f"{COMPARISONS[comparison]} {say_number(target)}" if comparison and target is not None else "",
        unit or "",
        condition or "",
    )


def pair_of(row: NeedFigure) -> tuple[str, str]:
    """A row as a name and what is said of it: “NOx”, “now 80 mg/m³, wanted ≤ 30 mg/m³ (at full load)”."""
    one = target_of(row)
    unit = f" {one.unit}" if one.unit else ""
    now = gettext("now %(value)s", value=one.now + unit) if one.now else ""
    wanted = gettext("wanted %(value)s", value=one.target + unit) if one.target else ""
    values = gettext("%(now)s, %(wanted)s", now=now, wanted=wanted) if now and wanted else now or wanted
    return one.what, gettext("%(what)s (%(more)s)", what=values, more=one.conditions) if one.conditions else values


def say_figure(row: NeedFigure) -> str:
    """A row in one line: “NOx: now 80 mg/m³, wanted ≤ 30 mg/m³ (at full load)”."""
    parameter, values = pair_of(row)
    return gettext("%(parameter)s: %(values)s", parameter=parameter, values=values)


def say_stands(confirmed: bool) -> str:
    """Who stands for a value of a record."""
    return gettext("confirmed") if confirmed else gettext("as the source says")


__all__ = ["Target", "pair_of", "say_figure", "say_stands", "target_of", "target_shared"]
