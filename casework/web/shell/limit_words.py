"""How long something may hold at most by the programme's limit and from when on, beside the day on which it ends."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

from flask_babel import gettext, ngettext
from sqlalchemy import Connection

from casework.engine.deadlines.deadlines import months_after
from casework.engine.definition.editions import Edition
from casework.engine.definition.limits import GuardUnit
from casework.json_values import JsonMapping
from casework.operations.core.perform import calendar_of
from casework.web.shell.dates import say_day
from casework.web.shell.form_fields import Field, FormView
from casework.web.shell.i18n import sentences
from casework.web.shell.layout import clock


def _say_limit(n: int, unit: GuardUnit, start: Field | None) -> str:
    """So many days or months after the day that the form asks as its start, and the last day by it where that is known."""
    name = start.label if start is not None else ""
    if unit == "mo":
        words = (
            ngettext(
                "%(num)d month at most after “%(start)s”.", "%(num)d months at most after “%(start)s”.", n, start=name
            )
            if name
            else ngettext("%(num)d month at most.", "%(num)d months at most.", n)
        )
    else:
        words = (
            ngettext("%(num)d day at most after “%(start)s”.", "%(num)d days at most after “%(start)s”.", n, start=name)
            if name
            else ngettext("%(num)d day at most.", "%(num)d days at most.", n)
        )
    begins = _day_in(start)
    if begins is None:
        return words
    ends = months_after(begins, n) if unit == "mo" else begins + timedelta(days=n)
    now = clock()
    days = {"start": say_day(begins.isoformat(), now), "day": say_day(ends.isoformat(), now)}
    return sentences((words, gettext("After %(start)s that is until %(day)s.", **days)))


def _day_in(start: Field | None) -> date | None:
    """The day that stands in a question already."""
    with suppress(ValueError):
        return date.fromisoformat(start.values[0]) if start is not None and start.values else None
    return None


def _start_of(view: FormView, name: str) -> Field | None:
    """The question before one for the end that asks when it began: a day that is past."""
    names = [one.name for one in view.fields]
    before = view.fields[: names.index(name)] if name in names else ()
    return next((one for one in reversed(before) if one.type == "date" and one.past), None)


def with_limits(
    db: Connection, view: FormView, programme: str, rules: Iterable[JsonMapping], edition: Edition
) -> FormView:
    """The form with the limit of the programme beside each day that ends what holds for so long at most."""
    limits = {rule["name"]: rule["holds"] for rule in rules if "holds" in rule}
    own = calendar_of(db, programme).limits if limits else {}
    for name, what in limits.items():
        ours = edition.guard_limits[what]
        view = with_limit(view, name, own.get(what, ours["n"]), ours["unit"])
    return view


def with_limit(view: FormView, name: str, n: int, unit: GuardUnit) -> FormView:
    """The form with a limit beside one of its days."""
    said = _say_limit(n, unit, _start_of(view, name))
    return replace(
        view,
        fields=tuple(
            replace(one, help=sentences((one.help, said))) if one.name == name else one for one in view.fields
        ),
    )


def limit_words(unit: str, days: int) -> str:
    """5 working days."""
    if unit == "wd":
        return ngettext("%(num)d working day", "%(num)d working days", days)
    if unit == "mo":
        return ngettext("%(num)d month", "%(num)d months", days)
    return ngettext("%(num)d calendar day", "%(num)d calendar days", days)


__all__ = ["limit_words", "with_limit", "with_limits"]
