"""What is wrong with what a workflow tells of its money and its price."""

from __future__ import annotations

from collections.abc import Iterator

from casework.engine.definition.editions import Edition
from casework.engine.definition.graph import Fault, quoted
from casework.engine.definition.sheets import place_of
from casework.engine.parts import MONEY_DAYS, MONEY_PARTS, PRICE_AMOUNTS, PRICE_DAYS, PRICE_PARTS, REPAID_ON


def money_faults(edition: Edition) -> Iterator[Fault]:
    """What is told of the money must be told somewhere: an amount in a field for money, a day in one for days."""
    for part, written in edition.money.items():
        if part not in (*MONEY_PARTS, *MONEY_DAYS):
            yield Fault("unknown_money", "money", f"No part of its money is called {quoted(part)}.")
        for where in written.split("|"):
            name, _, field = where.partition(".")
            forms = [rule.form for rule in edition.transitions if rule.name == name]
            forms += [task.form for task in edition.tasks.values() if task.name == name]
            if not any(
                asks(edition, form, field, "date" if part in (REPAID_ON, *MONEY_DAYS) else "money") for form in forms
            ):
                yield Fault(
                    "unknown_money", "money", f"Nothing of {quoted(where)} is asked for, which is to be {quoted(part)}."
                )


def price_faults(edition: Edition) -> Iterator[Fault]:
    """What is told of a price must be a fact that an action asks for: an amount in a field for money, a day in one for a day."""
    for part, written in edition.price.items():
        type = "money" if part in PRICE_AMOUNTS else "date" if part in PRICE_DAYS else "choice"
        if part not in PRICE_PARTS:
            yield Fault("unknown_price", "price", f"No part of a price is called {quoted(part)}.")
        for where in written.split("|"):
            name, after, field = place_of(where)
            known = not after or edition.has(after)
            forms = [rule.form for rule in edition.transitions if rule.name == name and known]
            if not any(asks(edition, form, field, type) for form in forms):
                yield Fault("unknown_price", "price", f"Nothing of {quoted(where)} is asked for as {quoted(part)}.")


def asks(edition: Edition, form: str | None, field: str, type: str) -> bool:
    """Whether a form asks for a fact of this type by this name."""
    fields = edition.rules["forms"].get(form or "", [])
    # A day that stands in the body only cannot be counted from.
    return any(
        asked["name"] == field and asked["type"] == type and (asked["fact"] or type == "items") for asked in fields
    )
