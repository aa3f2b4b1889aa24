"""What is owed of a loan, beside the field in which a repayment is typed."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import gettext

from casework.engine.case_objects.money import money_of
from casework.engine.definition.editions import Edition
from casework.engine.parts import REPAID
from casework.engine.state.case import Case, Track
from casework.web.shell.form_fields import FormView
from casework.web.shell.values import say_amount


def with_balance(view: FormView, case: Case, track: Track, edition: Edition, form: str) -> FormView:
    """The form of a repayment says what is owed before it; every other stays as it is."""
    task, _, field = edition.money.get(REPAID, "").partition(".")
    if not any(rule.name == task and rule.form == form for rule in edition.tasks.values()):
        return view
    money = money_of(case, track, edition.money)
    if money.balance is None:
        return view
    amount = f"{money.stages[-1].currency} {say_amount(money.balance)}"
    owed = gettext("Owed before this repayment: %(amount)s.", amount=amount)
    fields = (replace(one, help=f"{owed} {one.help}".strip()) if one.name == field else one for one in view.fields)
    return replace(view, fields=tuple(fields))


__all__ = ["with_balance"]
