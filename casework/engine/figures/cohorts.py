"""Of which cases a stage report is: of all of its programme, of those of a phase, or of those that were opened in a period."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

#: The first and the last day of the opening, where the programme is.
PHASE, OPENED_FROM, OPENED_TO = COHORT = ("phase", "opened_from", "opened_to")
#: After it there is no day.
_LAST = date.max.isoformat()

#: Nothing where it is of all cases.
Cohort = Mapping[str, str]


def is_cohort(among: Cohort) -> bool:
    """Whether this is nothing, a phase, or a period of the opening, which begins before it ends."""
    if PHASE in among:
        return among.keys() == {PHASE}
    return among.keys() <= {*COHORT} and is_in_order(among)


def is_in_order(among: Cohort) -> bool:
    """Whether the first day of the opening does not come after the last."""
    return among.get(OPENED_FROM, "") <= among.get(OPENED_TO, _LAST)


def opened_within(among: Cohort, day: date) -> bool:
    """Whether a case that was opened on a day is of the period; of none where none is named."""
    return among.get(OPENED_FROM, "") <= day.isoformat() <= among.get(OPENED_TO, _LAST)


def is_told_outside(among: Cohort) -> bool:
    """A period is not: two that differ by a day would tell of a case. All cases are, and so are phases, which are told all in one."""
    return among.keys() <= {PHASE}
