"""Figure 9, assessment: the verdicts of those that ended, how long they took, signed cases with a valid statement, and waivers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from casework.engine.deadlines.calendars import Calendar
from casework.engine.figures.case_facts import CaseFacts
from casework.engine.figures.counting import Figure, Row, median, numbers, p90
from casework.engine.figures.world import World

VERDICT, ISSUED, STATED, WAIVED = "verdict", "issued", "signed_with_statement", "waived"
SIGNED = "agreement_signed"


def assessments(world: World) -> Figure:
    """Of those that ended and were not replaced; the days are working days from the admission to the issue."""
    names = world.names
    ended: list[tuple[str, str, int | None]] = []
    for case in world.counted:
        for track in case.tracks(names.assessment):
            if track.outcome is not None and not track.replaced:
                begin, end = case.first((names.admits,), track.id), case.first(names.issues, track.id)
                took = None if begin is None or end is None else working_days(world.calendar, begin.on, end.on)
                ended.append((case.number, track.outcome, took))
    rows = []
    for verdict in sorted({verdict for _, verdict, _ in ended}):
        mine = [number for number, said, _ in ended if said == verdict]
        rows.append(
            Row(
                of={"what": VERDICT, "verdict": verdict},
                numerator=len(mine),
                denominator=len(ended),
                cases=numbers(mine),
            )
        )
    issued = [(number, took) for number, _, took in ended if took is not None]
    days = [took for _, took in issued]
    rows.append(
        Row(
            of={"what": ISSUED},
            numerator=len(issued),
            denominator=len(ended),
            cases=numbers(number for number, _ in issued),
            median=median(days),
            p90=p90(days),
        )
    )
    signed = [(case, on) for case in world.counted if (on := _signed(case, world)) is not None]
    stated = [case.number for case, on in signed if _stated(case, on, names.stating)]
    rows.append(Row(of={"what": STATED}, numerator=len(stated), denominator=len(signed), cases=numbers(stated)))
    rows.extend(_waivers(world))
    return Figure(rows=tuple(rows), unit="working_days")


def working_days(calendar: Calendar, begin: date, end: date) -> int:
    """Days of work after the one on which it began, up to the one on which it ended."""
    return calendar.working_days(begin, end)


def _signed(case: CaseFacts, world: World) -> date | None:
    signed = case.reached(world.names).get(SIGNED)
    return None if signed is None else signed.on


def _stated(case: CaseFacts, on: date, stating: Iterable[str]) -> bool:
    """Whether a statement of the case's own was valid on a day; one that another replaced later was so too."""
    day = on.isoformat()
    return any(
        one.verdict in stating and one.issued_on <= day <= one.valid_until for one in case.case.statements.values()
    )


def _waivers(world: World) -> list[Row]:
    """By reason, of all that went on without an assessment."""
    told = [
        (case.number, one.data.get(world.names.waiver_reason))
        for case in world.counted
        if (one := case.first(world.names.not_assessed)) is not None
    ]
    reasons = sorted({str(reason or "") for _, reason in told})
    return [
        Row(
            of={"what": WAIVED, "reason": reason or None},
            numerator=sum(str(said or "") == reason for _, said in told),
            denominator=len(told),
            cases=numbers(number for number, said in told if str(said or "") == reason),
        )
        for reason in reasons
    ]
