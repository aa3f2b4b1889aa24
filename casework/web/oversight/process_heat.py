"""How hot each state of a drawn edition is: its colour, its bar, and the numbers beneath it. Pure, but for words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from flask_babel import gettext

from casework.engine.mining.waits import Place
from casework.web.oversight.figure_words import say_minutes
from casework.web.shell.i18n import N_

#: Pixels of the longest bar, and as many colours as there are.
LONGEST, LEVELS = 128, 3


@dataclass(frozen=True, kw_only=True)
class Heat:
    """Nought has no colour and no bar; the most has the last one and the longest."""

    level: int
    width: int


def _late(place: Place) -> Fraction:
    return Fraction(place.overdue, place.dated) if place.dated else Fraction(0)


#: What colours can show, the first where none is asked for.
COLOURS: Mapping[str, tuple[str, Callable[[Place], Fraction]]] = {
    "late": (N_("Share that was late"), _late),
    "time": (N_("Median working time"), lambda place: Fraction(place.median or 0)),
    "count": (N_("How often cases came there"), lambda place: Fraction(place.count)),
}  # fmt: skip


def heats(places: Mapping[str, Place], colour: str) -> dict[str, Heat]:
    """By state, beside the hottest of them."""
    values = {state: COLOURS[colour][1](place) for state, place in places.items()}
    most = max(values.values(), default=Fraction(0)) or Fraction(1)
    return {
        state: Heat(level=ceil(LEVELS * value / most), width=round(LONGEST * value / most))
        for state, value in values.items()
    }


def beneath(place: Place) -> list[str]:
    """What is told of a state beneath its box."""
    lines = [gettext("%(count)s in all, %(now)s now", count=place.count, now=place.now)]
    if place.median is not None:
        lines.append(gettext("median %(median)s", median=say_minutes(place.median)))
    if place.dated:
        lines.append(gettext("%(count)s of %(all)s late", count=place.overdue, all=place.dated))
    return lines
