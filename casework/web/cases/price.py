"""What an agreement that was signed says of its price, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext

from casework.operations.cases.contracts import MoneyView, PriceOfCase
from casework.web.shell.values import choice_name, say_amount


@dataclass(frozen=True)
class PriceWords:
    """The price of one agreement: its kind, when it was recorded, and what it says."""

    title: str
    at: str
    lines: tuple[tuple[str, str], ...]


def say_prices(prices: Iterable[PriceOfCase]) -> tuple[PriceWords, ...]:
    return tuple(
        PriceWords(choice_name(one.fields.get("kind", ""), one.kind or ""), one.at, tuple(_lines(one)))
        for one in prices
    )


def _lines(one: PriceOfCase) -> Iterable[tuple[str, str]]:
    if one.contract_value is not None:
        yield gettext("Contract value"), say_money(one.contract_value)
    elif one.none is not None:
        yield gettext("Contract value"), gettext("none: %(why)s", why=choice_name(*one.none))
    if one.technology_value is not None:
        yield gettext("Of which technology"), say_money(one.technology_value)
    if one.form is not None:
        yield gettext("Form of the price"), choice_name(one.fields.get("form", ""), one.form)


def say_money(money: MoneyView) -> str:
    return f"{money.currency} {say_amount(Decimal(money.amount))}"


def say_values(prices: Iterable[PriceOfCase]) -> tuple[str, str]:
    """The contract values of several agreements, and what of them is technology; each stands for itself."""
    values, technology = [], []
    for one in prices:
        if one.contract_value is not None:
            values.append(say_money(one.contract_value))
        elif one.none is not None:
            values.append(gettext("none: %(why)s", why=choice_name(*one.none)))
        if one.technology_value is not None:
            technology.append(say_money(one.technology_value))
    return " · ".join(values), " · ".join(technology)
