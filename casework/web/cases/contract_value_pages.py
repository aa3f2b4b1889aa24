"""The sum of contract values: what the technology contracts in effect come to, by currency, year of signing and kind, with others apart."""

from __future__ import annotations

from decimal import Decimal

from flask import Blueprint, render_template
from flask_babel import gettext

from casework.errors import NotFound
from casework.operations.cases.contracts import KindApart, MoneyView, PriceOfCase, SumView, sum_contracts
from casework.permissions.visibility import reach
from casework.web.cases.price import say_money
from casework.web.shell.session import list_transaction
from casework.web.shell.values import choice_name

blueprint = Blueprint("contract_values", __name__)


@blueprint.get("/contract-values")
def index() -> str:
    with list_transaction() as (db, actor):
        if not reach(actor).all_of:
            raise NotFound()
        told = sum_contracts(db, actor)
    return render_template(
        "cases/contract_values.html",
        told=told,
        amount=_amount,
        kind_of=_kind,
        kind_of_price=lambda price: choice_name(price.fields.get("kind", "kind"), price.kind or ""),
        reason_of=_reason,
    )


def _amount(total: SumView, part: str) -> str:
    """The whole, or what of it is technology; nothing where none is, and said where nobody knows."""
    value = getattr(total, part)
    if value is None:
        return gettext("not known")
    return say_money(MoneyView(amount=value, currency=total.currency)) if Decimal(value) else ""


def _kind(total: SumView | KindApart) -> str:
    return choice_name(total.field or "kind", total.kind or "")


def _reason(price: PriceOfCase) -> str:
    return choice_name(*price.none) if price.none else ""
