"""The money of a case's services in words: wanted, offered, approved, paid, and what is owed after each repayment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext

from casework.operations.cases.money import ServiceMoney
from casework.web.shell.i18n import N_
from casework.web.shell.values import say_amount, service_name

_STAGES = {"wanted": N_("wanted"), "offered": N_("offered"), "approved": N_("approved"), "paid": N_("paid out")}


@dataclass(frozen=True)
class MoneyLine:
    """A stage of an amount: what it is, how much, and on which day; where none was asked for, when it was recorded."""

    words: str
    amount: str
    at: str | None


@dataclass(frozen=True)
class RepaidLine:
    """A repayment: its day, what of it lessened the debt, the interest, and what is owed after it."""

    on: str
    principal: str
    interest: str
    balance: str


@dataclass(frozen=True)
class MoneyWords:
    """The money of one service."""

    title: str
    lines: tuple[MoneyLine, ...]
    repayments: tuple[RepaidLine, ...]


def say_money(told: Iterable[ServiceMoney], names: Mapping[str, str] | None = None) -> list[MoneyWords]:
    """Each service by the name of its track where it has one."""
    return [
        MoneyWords(
            (names or {}).get(one.track) or service_name(one.kind),
            tuple(_lines(one)),
            tuple(
                RepaidLine(
                    row.on,
                    _amount(one.currency, row.principal),
                    _amount(one.currency, row.interest) if row.interest else "",
                    _amount(one.currency, row.balance),
                )
                for row in one.repayments
            ),
        )
        for one in told
    ]


def _lines(one: ServiceMoney) -> Iterable[MoneyLine]:
    for said in one.stages:
        yield MoneyLine(gettext(_STAGES[said.stage]), _amount(said.currency, said.amount), said.on or said.at)
    if one.recovered:
        yield MoneyLine(gettext("recovered"), _amount(one.currency, one.recovered), None)
    if one.balance is not None:
        paid = Decimal(one.balance) == 0
        yield MoneyLine(
            gettext("owed"), gettext("nothing, all is paid back") if paid else _amount(one.currency, one.balance), None
        )
    if one.value is not None:
        yield MoneyLine(
            gettext("value of the rights"), _amount(one.value.currency, one.value.amount), one.value.on or one.value.at
        )


def _amount(currency: str, amount: str) -> str:
    return f"{currency} {say_amount(Decimal(amount))}"


__all__ = ["MoneyLine", "MoneyWords", "RepaidLine", "say_money"]
