"""Of which cases a stage report is, as it is chosen on a page and said wherever the report is."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext
from sqlalchemy import Connection

from casework.engine.figures.cohorts import COHORT, OPENED_FROM, OPENED_TO, PHASE, Cohort
from casework.errors import InvalidForm
from casework.operations.core.views import Names
from casework.operations.oversight.figure_scope import read_scope
from casework.operations.oversight.reports import insist_cohort
from casework.web.oversight.figure_words import LABELS
from casework.web.shell.i18n import name_of, say

#: In words, and how the days of opening are called where they are chosen.
DAYS = {name: LABELS[name] for name in (OPENED_FROM, OPENED_TO)}


def asked_cohort(given: Mapping[str, str]) -> dict[str, str]:
    """What an address or a form chooses, as it was written."""
    return {name: told for name in COHORT if (told := given.get(name, "").strip()[:100])}


def fault_in(db: Connection, programme: str, asked: Cohort) -> str:
    """Why no report is of what was asked for, in words; "" where one may be."""
    try:
        insist_cohort(db, programme, read_scope(asked))
    except ValueError:
        return gettext("Write the day as YYYY-MM-DD.")
    except InvalidForm as fault:
        if OPENED_TO in fault.fields:
            return gettext("The last day comes before the first. Change one of them.")
        return say(fault.fields[PHASE])
    return ""


def say_cohort(among: Cohort, phases: Mapping[str, Names]) -> str:
    """Of which cases something is, in words."""
    if PHASE in among:
        phase = phases.get(among[PHASE])
        return gettext("Cases of the phase “%(name)s”", name=name_of(phase) if phase else among[PHASE])
    first, last = among.get(OPENED_FROM), among.get(OPENED_TO)
    if first and last:
        return gettext("Cases opened from %(first)s until %(last)s", first=first, last=last)
    if first:
        return gettext("Cases opened from %(first)s on", first=first)
    return gettext("Cases opened until %(last)s", last=last) if last else gettext("All cases")


__all__ = ["DAYS", "asked_cohort", "fault_in", "say_cohort"]
