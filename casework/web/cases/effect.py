"""The records of a case's effect as pages say them: what was before, what came after, what that saves, and who says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext
from markupsafe import Markup

from casework.operations.cases.impacts import ImpactView, StatementView
from casework.web.shell.impact_words import say_computed, say_how, say_level, say_measure, say_number
from casework.web.shell.layout import day_element
from casework.web.shell.record_words import VERDICTS

_TAGS = {"claimed": "", "measured": "good", "verified": "good"}


@dataclass(frozen=True)
class EffectRow:
    """A record that stands: of a baseline `before` alone."""

    what: str
    period: Markup
    before: str
    after: str
    saving: str
    #: It costs more than before.
    worse: bool
    level: str
    kind: str
    #: Who has verified it, and the number of the statement.
    by: str
    #: A record of a higher level covers its days.
    covered: bool
    #: By which method, by which factor of which source, and under which conditions.
    how: str


@dataclass(frozen=True)
class Effect:
    """All that is known of the effect of a case."""

    rows: tuple[EffectRow, ...]
    #: What was replaced by another record, in words.
    replaced: tuple[str, ...]


def effect_of(records: Iterable[ImpactView]) -> Effect:
    known = list(records)
    rows = sorted((_row(one) for one in known if one.stands), key=lambda row: row.what)
    return Effect(tuple(rows), tuple(_replaced(one) for one in known if not one.stands))


def _row(one: ImpactView) -> EffectRow:
    baseline = one.level == "baseline"
    by = " · ".join(filter(None, (one.by.name if one.by else "", one.number)))
    spread = f" ± {say_number(one.uncertainty)} %" if one.uncertainty else ""
    return EffectRow(
        what=say_measure(one),
        period=Markup("{} – {}").format(day_element(one.from_on), day_element(one.to_on)),
        before=say_number(one.value) if baseline else say_number(one.baseline_value) if one.baseline_value else "",
        after="" if baseline else say_number(one.value) + spread,
        saving=say_computed(one.saving) if one.saving is not None else "",
        worse=one.saving is not None and Decimal(one.saving) < 0,
        level=say_level(one.level),
        kind=_TAGS.get(one.level, ""),
        by=by,
        covered=not baseline and not one.counts,
        how=say_how(one),
    )


def _replaced(one: ImpactView) -> str:
    return gettext(
        "%(what)s, %(level)s: %(value)s",
        what=say_measure(one),
        level=say_level(one.level),
        value=say_number(one.value),
    )


def say_statement(one: StatementView) -> str:
    """What an assessor has stated of a technology, in a line."""
    values = "; ".join(
        gettext("%(what)s %(value)s %(unit)s", what=row["parameter"], value=say_number(row["value"]), unit=row["unit"])
        + (f" ({row['conditions']})" if row.get("conditions") else "")
        for row in one.values
    )
    told = gettext("Statement %(number)s, %(verdict)s", number=one.number, verdict=gettext(VERDICTS[one.verdict]))
    return gettext("%(what)s: %(more)s", what=told, more=values) if values else told
