"""Days of an IP right that cannot be: against each other, against the term that the law gives its kind, or in the future.

The terms are the longest that there can be, with all that an office adds, so that only what is impossible is refused. What the law
of China says stands in docs/explanation/law.md; of other offices the longest term that is known to us counts.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from casework import reasons
from casework.engine.case_objects.licence_conflicts import LICENCE, SEIZURE
from casework.engine.case_objects.offices import of_china
from casework.engine.case_objects.outside_burdens import PLEDGE
from casework.engine.state.right_values import Encumbrance
from casework.reasons import Why


@dataclass(frozen=True)
class Term:
    """How long a right of one kind lasts at most."""

    years: int
    #: Years that an office adds at most for the time until a product may be sold.
    added: int = 0
    #: It counts from the grant, not from the filing.
    from_grant: bool = False
    #: An examination that takes longer than so many years is made up for, day by day.
    slow_after: int | None = None


#: By kind at the office of China, and at any other. What is not here has no term that counts from a day on record: know-how, a
#: pending application, software (from its publication, or its author's death), and what is of no kind.
TERMS: Mapping[str, tuple[Term, Term]] = {
    "invention": (Term(20, added=5, slow_after=4), Term(20, added=6, slow_after=0)),
    "utility_model": (Term(10), Term(20)),
    "design": (Term(15), Term(25)),
    "plant_variety": (Term(25, from_grant=True), Term(35, from_grant=True)),
}
#: Kinds of which the law of China makes the term sure from the filing on.
_BY_FILING = frozenset(kind for kind, (here, _) in TERMS.items() if not here.from_grant)
#: Kinds of which there is nothing before somebody has filed for them, and of those that is pledged which is granted.
_FILED = frozenset({*TERMS, "application"})


def last_day(right: Mapping[str, Any], today: str) -> str | None:
    """The latest day on which such a right can end; None where nothing bounds it.

    A day of filing or of grant that is not on record is today's at the latest.
    """
    terms = TERMS.get(str(right.get("kind")))
    if terms is None:
        return None
    term = terms[0 if of_china(right.get("office")) else 1]
    filed, granted = _day(right.get("filed_on")), _day(right.get("granted_on"))
    start = (None if term.from_grant else filed) or granted or date.fromisoformat(today)
    ends = _later(start, term.years + term.added)
    if filed and granted and term.slow_after is not None:
        lost = granted.toordinal() - _later(filed, term.slow_after).toordinal()
        ends = date.fromordinal(ends.toordinal() + max(0, lost))
    return ends.isoformat()


def sure_until(right: Mapping[str, Any]) -> str | None:
    """The last day on record; where there is none that to which the filing alone brings such a right, with nothing that an office adds.

    None where neither tells it. Of an invention the twenty years hold at any office (TRIPS Art. 33), of the other kinds the term is
    ours alone: abroad the one that is known to us is the longest.
    """
    ends, filed, kind = right.get("expires_on"), _day(right.get("filed_on")), str(right.get("kind"))
    if ends or filed is None or kind not in _BY_FILING or not (kind == "invention" or of_china(right.get("office"))):
        return ends or None
    return date.fromordinal(_later(filed, TERMS[kind][0].years).toordinal() - 1).isoformat()


def impossible(right: Mapping[str, Any], today: str) -> dict[str, Why]:
    """What cannot be of a right's days, by field; they are in words, as the record keeps them."""
    filed, granted, ends, paid = (right.get(name) for name in ("filed_on", "granted_on", "expires_on", "fee_paid_to"))
    found: dict[str, Why] = {
        name: reasons.fields.NOT_IN_FUTURE
        for name in ("filed_on", "granted_on", "checked_on")
        if (right.get(name) or today) > today
    }
    if found:
        # What counts from such a day would be told wrongly.
        return found
    if filed and granted and granted < filed:
        found["granted_on"] = reasons.catalogue.GRANTED_BEFORE_FILED
    last = last_day(right, today)
    if ends and (first := max(filed or "", granted or "")) and ends <= first:
        found["expires_on"] = reasons.catalogue.EXPIRES_TOO_EARLY(day=first)
    elif ends and last and ends > last:
        found["expires_on"] = reasons.catalogue.BEYOND_TERM(day=last)
    if paid and filed and paid < filed:
        found["fee_paid_to"] = reasons.catalogue.GRANTED_BEFORE_FILED
    elif paid and ends and paid > ends:
        found["fee_paid_to"] = reasons.catalogue.FEE_AFTER_END(day=ends)
    elif paid and last and paid > last:
        found["fee_paid_to"] = reasons.catalogue.BEYOND_TERM(day=last)
    return found


def burden_impossible(burden: Mapping[str, Any], right: Mapping[str, Any]) -> dict[str, Why]:
    """Why nothing of the kind can have lain on the right from its first day on; know-how and software need no filing."""
    first, kind = burden.get("from"), right.get("kind")
    filed, granted, ends = right.get("filed_on"), right.get("granted_on"), right.get("expires_on")
    if not first or kind not in _FILED:
        return {}
    if filed and first < filed:
        return {"from": reasons.catalogue.BEFORE_FILING(day=filed)}
    if granted and burden.get("kind") == PLEDGE and first < granted:
        return {"from": reasons.catalogue.PLEDGED_BEFORE_GRANT(day=granted)}
    if ends and first > ends and burden.get("kind") in (LICENCE, PLEDGE, SEIZURE):
        return {"from": reasons.catalogue.RIGHT_HAD_ENDED(day=ends)}
    return {}


def filed_after_burdens(right: Mapping[str, Any], burdens: Iterable[Encumbrance]) -> dict[str, Why]:
    """Whether the filing of a right would come after what lies, or lay, on it."""
    days = [day for burden in burdens if (day := burden["from"])]
    if right.get("kind") in _FILED and days and (right.get("filed_on") or "") > min(days):
        return {"filed_on": reasons.catalogue.BURDENED_BEFORE(day=min(days))}
    return {}


def _day(words: object) -> date | None:
    return date.fromisoformat(str(words)) if words else None


def _later(day: date, years: int) -> date:
    """The same day so many years on; of a leap day the first of March."""
    year = day.year + years
    return date(year, 3, 1) if (day.month, day.day) == (2, 29) and not isleap(year) else day.replace(year=year)
