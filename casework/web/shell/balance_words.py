"""What is owed of a loan, and what was agreed for the day, beside the field in which a repayment is typed."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import gettext

from casework.engine.case_objects.money import amount_of, money_of
from casework.engine.definition.editions import Edition
from casework.engine.parts import REPAID
from casework.engine.state.case import Case, Track
from casework.web.shell.dates import say_day
from casework.web.shell.form_fields import FormView
from casework.web.shell.i18n import sentences
from casework.web.shell.layout import clock
from casework.web.shell.values import say_amount


def with_balance(
    view: FormView, case: Case, track: Track, edition: Edition, form: str, *, about: str | None
) -> FormView:
    """The form of a repayment says what is owed before it, and which of those agreed it is; every other stays as it is."""
    task, _, field = edition.money.get(REPAID, "").partition(".")
    if not any(rule.name == task and rule.form == form for rule in edition.tasks.values()):
        return view
    money = money_of(case, track, edition.money)
    if money.balance is None:
        return view
    amount = f"{money.stages[-1].currency} {say_amount(money.balance)}"
    owed = gettext("Owed before this repayment: %(amount)s.", amount=amount)
    owed = sentences((_say_agreed(track, edition, task, about), owed))
    fields = (replace(one, help=sentences((owed, one.help))) if one.name == field else one for one in view.fields)
    return replace(view, fields=tuple(fields))


def _say_agreed(track: Track, edition: Edition, task: str, about: str | None) -> str:
    """The day and the amount of the row for which the task was opened; nothing of one that somebody added."""
    lists = {
        rule.per.removeprefix("items:") for rule in edition.tasks.values() if rule.name == task and rule.per is not None
    }
    found = (fired.data[name] for fired in track.fired.values() for name in lists if name in fired.data)
    rows = next(found, ()) if about is not None and about.isdigit() else ()
    row = rows[int(about or 0)] if rows and int(about or 0) < len(rows) else {}
    agreed = next((money for value in row.values() if (money := amount_of(value)) is not None), None)
    if agreed is None:
        return ""
    amount = f"{agreed[1]} {say_amount(agreed[0])}"
    return gettext("Agreed for %(day)s: %(amount)s.", day=say_day(str(row["by"]), clock()), amount=amount)


__all__ = ["with_balance"]
