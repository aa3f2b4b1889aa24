"""How long something may hold at most by the programme's own limit, beside the day on which it ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from flask_babel import gettext, ngettext
from sqlalchemy import Connection

from casework.engine.deadlines.deadlines import months_after
from casework.engine.definition.editions import Edition
from casework.engine.definition.limits import GuardUnit
from casework.json_values import JsonMapping
from casework.operations.core.perform import calendar_of
from casework.web.shell.dates import say_day
from casework.web.shell.form_fields import FormView
from casework.web.shell.i18n import sentences
from casework.web.shell.layout import clock


def _say_limit(n: int, unit: GuardUnit) -> str:
    """So many days or months, the last day by it of what begins today, and whose limit it is."""
    now = clock()
    today = now.office_today
    if unit == "mo":
        day = say_day(months_after(today, n).isoformat(), now)
        words = ngettext(
            "%(num)d month at most: from today until %(day)s.",
            "%(num)d months at most: from today until %(day)s.",
            n,
            day=day,
        )
    else:
        day = say_day((today + timedelta(days=n)).isoformat(), now)
        words = ngettext(
            "%(num)d day at most: from today until %(day)s.",
            "%(num)d days at most: from today until %(day)s.",
            n,
            day=day,
        )
    return sentences((words, gettext("No law sets this limit; it is the programme's own.")))


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
    said = _say_limit(n, unit)
    return replace(
        view,
        fields=tuple(
            replace(one, help=sentences((one.help, said))) if one.name == name else one for one in view.fields
        ),
    )


__all__ = ["with_limit", "with_limits"]
