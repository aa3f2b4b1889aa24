"""Figure 16, data quality: technologies of which a person has confirmed readiness, right and deployment in the last two years.

A confirmation that is older does not count, and nor does one of a field that says nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from casework.engine.deadlines.calendars import Calendar
from casework.engine.figures.counting import Figure, of_records
from casework.engine.figures.register_facts import RecordFacts
from casework.engine.figures.world import World
from casework.ledger.canonical_json import parse_instant

READINESS, RIGHT, DEPLOYMENT, ALL_THREE = "readiness", "right", "deployment", "all_three"
ALL, WITH_MATCH = "all", "with_match"
#: By what the fields of a record that tell it; a right may stand in the register of rights instead.
TOLD_BY: Mapping[str, tuple[str, ...]] = {
    READINESS: ("readiness_low", "readiness_high", "readiness_text"),
    RIGHT: ("ip_text",),
    DEPLOYMENT: ("reference_sites", "deployed_in"),
}
#: So many years a confirmation counts.
YEARS = 2


def data_quality(world: World) -> Figure:
    """Of all technologies that stand, and of those with a match that is not refused."""
    since = years_before(world.today, YEARS)
    protected = {id for right in world.rights if right.confirmed_since(since) for id in right.technologies}
    matched = {one.technology for one in world.standing_matches}
    standing = [one for one in world.technologies if one.published_on is not None and one.stands]
    rows = []
    for of, mine in ((WITH_MATCH, [one for one in standing if one.id in matched]), (ALL, standing)):
        told = [(one.id, _confirmed(one, since, protected, world.calendar)) for one in mine]
        for what in (*TOLD_BY, ALL_THREE):
            wanted = {*TOLD_BY} if what == ALL_THREE else {what}
            here = (id for id, confirmed in told if wanted <= confirmed)
            rows.append(of_records({"what": what, "of": of}, here, among=len(mine), of_needs=of == WITH_MATCH))
    return Figure(rows=tuple(rows))


def years_before(day: date, years: int) -> date:
    """The same day some years before; of the last of February where there is none the one before it."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _confirmed(record: RecordFacts, since: date, protected: Collection[str], calendar: Calendar) -> set[str]:
    """What of a technology is confirmed."""
    found = {
        what for what, fields in TOLD_BY.items() if any(_stands_for(record, name, since, calendar) for name in fields)
    }
    return found | {RIGHT} if record.id in protected else found


def _stands_for(record: RecordFacts, name: str, since: date, calendar: Calendar) -> bool:
    """Whether somebody has stood for what a field says since a day."""
    at = record.columns.get("provenance", {}).get(name, {}).get("confirmed_at")
    if at is None or not record.columns.get(name):
        return False
    return calendar.local_date(parse_instant(at)) >= since
