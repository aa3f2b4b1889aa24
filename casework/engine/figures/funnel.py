"""Figure 1, the funnel: needs, matches and cases that reached each step, of those that reached the step before; and its branches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from casework.engine.analysis.impacts import days, standing
from casework.engine.figures.case_facts import CaseFacts
from casework.engine.figures.counting import Figure, Row, numbers, of_records
from casework.engine.figures.names import FigureNames
from casework.engine.figures.world import World
from casework.engine.state.impact_values import MEASURED, VERIFIED
from casework.engine.state.impacts import Impact

#: The first two steps are no cases yet; the last two are told by what is recorded.
NEED_PUBLISHED, MATCHED, MEASURED_12, EFFECT_VERIFIED = (
    "need_published",
    "match_not_refused",
    "measured_12_months",
    "verified",
)
#: A need may have several matches: what cases came of.
MATCHES = "matches"
#: Records that cover so many days, with no gap of more between them.
YEAR, GAP = 365, 31
NEEDED, PASSED, NOT_NEEDED = "needed", "passed", "not_needed"


def funnel(world: World) -> Figure:
    names = world.names
    published = [need for need in world.needs if need.published_on is not None and need.stands]
    matches = world.standing_matches
    matched = {need.id for need in published} & {one.need for one in matches}
    rows = [
        of_records({"step": NEED_PUBLISHED}, (need.id for need in published)),
        of_records({"step": MATCHED}, matched, among=len(published)),
        Row(of={"step": MATCHED, "what": MATCHES}, numerator=len(matches), of_needs=True),
    ]
    reached = [(case, days_of_steps(case, names)) for case in world.counted]
    before: list[str] | None = None
    for step in case_steps(names):
        there = [case.number for case, steps in reached if step in steps]
        came = frozenset(before or ())
        here = there if before is None else [number for number in there if number in came]
        among = len(matches) if before is None else len(before)
        rows.append(
            Row(
                of={"step": step},
                numerator=len(here),
                denominator=among,
                among_needs=before is None,
                # Some come to a step another way, as a licence has no site: they are no part of the line, and told.
                parts={"otherwise": len(there) - len(here)},
                cases=numbers(here),
            )
        )
        before = here
    return Figure(rows=(*rows, *_branches(world)), beside={"cases": len(world.counted), "duplicates": world.duplicates})


def case_steps(names: FigureNames) -> tuple[str, ...]:
    """The steps that cases come to, in order."""
    return (*(step for step, _ in names.trunk), MEASURED_12, EFFECT_VERIFIED)


def days_of_steps(case: CaseFacts, names: FigureNames) -> Mapping[str, date]:
    """The steps that a case has reached, each with the day on which it first had."""
    reached = {step: one.on for step, one in case.reached(names).items()}
    records = standing(case.case.impacts.values(), MEASURED, VERIFIED)
    if (seq := measured_a_year(records)) is not None:
        reached[MEASURED_12] = case.effect_days[seq]
    if verified := [one.seq for one in records if one.level == VERIFIED]:
        reached[EFFECT_VERIFIED] = case.effect_days[min(verified)]
    return reached


def measured_a_year(records: Iterable[Impact]) -> int | None:
    """By which event records of one measure covered a year without a long gap; None where they do not."""
    known: list[Impact] = []
    for one in sorted(records, key=lambda record: record.seq):
        known.append(one)
        if _covers([other for other in known if other.measure == one.measure]):
            return one.seq
    return None


def _covers(records: list[Impact]) -> bool:
    covered, last = 0, date.min
    for one in sorted(records, key=lambda record: (record.from_on, record.to_on)):
        begins, ends = date.fromisoformat(one.from_on), date.fromisoformat(one.to_on)
        if last == date.min or (begins - last).days - 1 > GAP:
            covered, last = days(one), ends
        elif ends > last:
            # What lies between counts with it, as the gap is short.
            covered, last = covered + (ends - last).days, ends
        if covered >= YEAR:
            return True
    return False


# --- branches --------------------------------------------------------------------------------------------------------


def _branches(world: World) -> list[Row]:
    """Assessment and money: of the cases with a plan, which needed it, which came through, and which needed none."""
    names = world.names
    planned = [case for case in world.counted if names.planned in case.reached(names)]
    rows = []
    for branch, tell in (("assessment", _assessment), ("money", _money)):
        told = {case.number: tell(case, names) for case in planned}
        for what, meant in ((NEEDED, (NEEDED, PASSED)), (PASSED, (PASSED,)), (NOT_NEEDED, (NOT_NEEDED,))):
            here = [number for number, said in told.items() if said in meant]
            needed = sum(said != NOT_NEEDED for said in told.values())
            rows.append(
                Row(
                    of={"branch": branch, "what": what},
                    numerator=len(here),
                    denominator=needed if what == PASSED else len(planned),
                    cases=numbers(here),
                )
            )
    return rows


def _assessment(case: CaseFacts, names: FigureNames) -> str:
    """By the latest word: what was waived may still be assessed."""
    if case.first(names.assessed) is not None:
        return PASSED
    return NOT_NEEDED if case.first(names.not_assessed) is not None else NEEDED


def _money(case: CaseFacts, names: FigureNames) -> str:
    mine = [track for track in case.case.tracks.values() if track.kind in names.money]
    if not mine:
        return NOT_NEEDED
    return PASSED if any(case.first(names.money[track.kind], track.id) for track in mine) else NEEDED
