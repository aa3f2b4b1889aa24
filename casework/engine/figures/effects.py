"""Figure 12, the effect: what is saved by indicator and level, of the cases with a site or a use; levels are never added."""

from __future__ import annotations

from decimal import Decimal

from casework.engine.analysis.impacts import counted, saving_of
from casework.engine.figures.case_facts import CaseFacts
from casework.engine.figures.counting import Figure, Row, numbers
from casework.engine.figures.names import FigureNames
from casework.engine.figures.world import World

COVERED = "with_records"


def effects(world: World) -> Figure:
    """Of each indicator and level the cases with such a record and what they save; an indicator and a day of a case count once, at
    their highest level."""
    there = [case for case in world.counted if in_use(case, world.names)]
    cells: dict[tuple[str, str, str], dict[str, Decimal]] = {}
    for case in there:
        impacts = case.case.impacts
        for record in counted(impacts.values()):
            saved = saving_of(impacts, record)
            if saved is not None:
                cell = cells.setdefault((record.measure, record.unit, record.level), {})
                cell[case.number] = cell.get(case.number, Decimal(0)) + saved
    covered = {number for cell in cells.values() for number in cell}
    rows = [Row(of={"what": COVERED}, numerator=len(covered), denominator=len(there), cases=numbers(covered))]
    for (measure, unit, level), cell in sorted(cells.items()):
        rows.append(
            Row(
                of={"indicator": measure, "unit": unit, "level": level},
                numerator=len(cell),
                denominator=len(there),
                cases=numbers(cell),
                amount=sum(cell.values(), Decimal(0)),
            )
        )
    return Figure(rows=tuple(rows))


def in_use(case: CaseFacts, names: FigureNames) -> bool:
    """Whether a site was accepted, or its use without a site was reported."""
    accepted = any(
        one.name in names.accepts_site for track in case.tracks(names.deployment) for one in case.on_track(track.id)
    )
    return accepted or any(task.result.get(names.in_use) is True for task in case.finished(names.use_report))
