"""A record of an effect in words, and what a form offers to choose: records, tasks, and whatever else has a name."""

from __future__ import annotations

from decimal import Decimal

from flask_babel import gettext

from casework.definitions import load_library
from casework.operations.cases.action_views import ImpactChoice, RightChoice, TaskChoice
from casework.operations.cases.form_choices import Offered
from casework.operations.cases.impacts import ImpactView
from casework.operations.core.views import NamedInBoth
from casework.operations.referrals.sheet_views import SheetEffect
from casework.web.shell.forms import Choices
from casework.web.shell.i18n import N_, edition_text, name_of
from casework.web.shell.values import choice_name, name_right

LEVELS = {
    "baseline": N_("baseline"), "claimed": N_("claimed"), "measured": N_("measured"), "verified": N_("verified"),
}  # fmt: skip


def say_measure(one: ImpactView | SheetEffect) -> str:
    """What the programme calls the indicator of a record, in the reader's language."""
    return name_of({"name": one.called, "name_zh": one.called_zh})


def say_level(code: str) -> str:
    return gettext(LEVELS[code])


def say_number(value: str) -> str:
    """A decimal in groups of three, without noughts that say nothing."""
    number = Decimal(value)
    plain = number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()
    return f"{plain:,f}".replace("-", "−")


#: A figure that was worked out is said with so many digits, or up to its point; what is on record stays as it is.
DIGITS = 4


def say_computed(value: str) -> str:
    """A decimal that nobody has typed: to four digits, or to the whole where that has more."""
    number = Decimal(value)
    places = max(0, DIGITS - 1 - number.adjusted())
    return say_number(str(round(number, places)))


def say_how(one: ImpactView | SheetEffect) -> str:
    """How a record was established: its method, the factor with its source, and the conditions."""
    factor = gettext("factor %(factor)s", factor=say_number(one.factor)) if one.factor else ""
    if factor and one.factor_source:
        factor = gettext("%(what)s (%(more)s)", what=factor, more=one.factor_source)
    parts = (choice_name("method", one.method) if one.method else "", factor, one.conditions or "")
    return " · ".join(part for part in parts if part)


def say_record(one: ImpactChoice) -> str:
    """A record among others from which one is chosen."""
    return gettext(
        "%(what)s, %(level)s: %(value)s (%(first)s to %(last)s)",
        what=name_of(one),
        level=say_level(one.level),
        value=say_number(one.value),
        first=one.from_on,
        last=one.to_on,
    )


def say_choice(choice: NamedInBoth) -> str:
    """One of what a form offers, in the reader's language."""
    if isinstance(choice, TaskChoice):
        return edition_text(load_library()[choice.edition], choice.key)
    if isinstance(choice, RightChoice):
        return name_right(choice.kind, None, None if choice.name == choice.kind else choice.name, choice.owner)
    return say_record(choice) if isinstance(choice, ImpactChoice) else name_of(choice)


def say_choices(offered: Offered) -> Choices:
    """What fields offer, in the reader's language."""
    return {field: [(choice.id, say_choice(choice)) for choice in several] for field, several in offered.items()}
