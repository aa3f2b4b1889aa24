"""The journeys by subject: each a name and its steps."""

from __future__ import annotations

from tests.journeys.journey import Steps
from tests.journeys.scripts import (
    assessments,
    borders,
    disputes,
    duties,
    ends,
    joins,
    licences,
    loans,
    referrals,
    sites,
    ways_out,
)

#: Every script by its name.
SCRIPTS: dict[str, Steps] = {
    name: steps
    for one in (assessments, referrals, joins, licences, sites, duties, borders, disputes, loans, ends, ways_out)
    for name, steps in one.SCRIPTS.items()
}
