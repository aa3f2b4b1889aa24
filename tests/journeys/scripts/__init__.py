"""The journeys by subject: each a name and its steps."""

from __future__ import annotations

from tests.journeys.journey import Steps
from tests.journeys.scripts import (
    assessments,
    borders,
    deals,
    disputes,
    duties,
    ends,
    joins,
    loans,
    referrals,
    ways_out,
)

#: Every script by its name.
SCRIPTS: dict[str, Steps] = {
    name: steps
    for one in (assessments, referrals, joins, deals, duties, borders, disputes, loans, ends, ways_out)
    for name, steps in one.SCRIPTS.items()
}
