"""How an organisation and its owners were looked for in lists of sanctions: what must be said, and for how long it may count."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from casework import reasons
from casework.reasons import Why

RESULTS = CLEAR, HIT = "clear", "hit"
#: Nothing counts longer without being looked up again; ours, no law's.
LONGEST = timedelta(days=366)
#: By which name a programme sets for how long one on an organisation's record counts at most.
RECORD_LIMIT = "case.limits.record_holds"
_NEEDED = ("result", "checked_on", "valid_until", "lists", "evidence")


@dataclass(frozen=True, slots=True)
class Looked:
    """How an organisation was looked for last: what was found of it and of its owners, and the last day on which that counts."""

    clear: bool
    owners_free: bool
    checked_on: str
    until: str

    @property
    def free(self) -> bool:
        """Whether nobody was found on a list."""
        return self.clear and self.owners_free

    def holds(self, day: date) -> bool:
        """Whether it answers for a day: also for one before it was made, but for none after its last."""
        return self.free and self.until >= day.isoformat()


def last_day(checked_on: str, said: str, days: int) -> str:
    """Until when a screening counts: as it was said, and no longer than so many days; empty where one of the two was not said."""
    return min(said, (date.fromisoformat(checked_on) + timedelta(days=days)).isoformat()) if checked_on and said else ""


def faults_of(
    fields: Mapping[str, Any], owners: Mapping[str, str], known: Collection[str], today: date
) -> dict[str, Why]:
    """What is wrong with what was said of a screening, by field. `known`: the owners on record, each of which is to be answered."""
    faults: dict[str, Why] = {name: reasons.fields.REQUIRED for name in _NEEDED if not fields.get(name)}
    if fields.get("result") not in (None, "", *RESULTS):
        faults["result"] = reasons.fields.ONE_OF(choices=RESULTS)
    if set(owners) != set(known) or not set(owners.values()) <= set(RESULTS):
        faults["owners"] = reasons.catalogue.EACH_OWNER_SCREENED
    if HIT in (fields.get("result"), *owners.values()) and not fields.get("finding"):
        faults["finding"] = reasons.fields.REQUIRED
    on, until = (_day(fields.get(name), name, faults) for name in ("checked_on", "valid_until"))
    if on is not None and on > today:
        faults["checked_on"] = reasons.fields.NOT_IN_FUTURE
    if on is not None and until is not None and not on <= until <= on + LONGEST:
        faults["valid_until"] = reasons.catalogue.SCREENING_TOO_LONG
    return faults


def _day(value: Any, name: str, faults: dict[str, Why]) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        faults[name] = reasons.fields.NO_DAY
        return None
