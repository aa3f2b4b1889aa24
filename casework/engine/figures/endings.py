"""Figure 13, why not: the main reasons of the cases that closed without success, further reasons beside them, stops apart."""

from __future__ import annotations

from collections.abc import Iterable

from casework.engine.figures.counting import DENOMINATOR, NUMERATOR, Figure, Row, numbers, of_records
from casework.engine.figures.world import World

MAIN, FURTHER, STOPPED, OUTCOME, UNMET = "main_reason", "further_reason", "stopped", "outcome", "needs_without_a_way"


def endings(world: World) -> Figure:
    """Among those that closed without success; an introduction is no failure and stands beside."""
    names = world.names
    closed = [case for case in world.counted if case.closed and case.outcome != names.introduced]
    failed = [case for case in closed if case.outcome not in names.successes]
    stopped = [case for case in failed if case.outcome == names.stopped]
    others = [case for case in failed if case.outcome != names.stopped]
    rows = [
        Row(
            of={"what": STOPPED},
            numerator=len(stopped),
            denominator=len(failed),
            cases=numbers(case.number for case in stopped),
        )
    ]
    main = [(case.number, case.case.reasons[0] if case.case.reasons else None) for case in others]
    further = [(case.number, reason) for case in others for reason in case.case.reasons[1:]]
    rows += _bars(MAIN, main, len(failed))
    rows += _bars(FURTHER, further, len(failed))
    rows += _bars(OUTCOME, [(case.number, case.outcome) for case in closed], len(closed))
    bars = [(n, row.of["reason"]) for n, row in enumerate(rows) if row.of["what"] == OUTCOME]
    # Where no line tells of stops among the outcomes there are none: they are no part of the others.
    none = [] if any(outcome == names.stopped for _, outcome in bars) else [(0, NUMERATOR)]
    sums = [
        ((0, NUMERATOR), *((n, NUMERATOR) for n, outcome in bars if outcome == names.stopped)),
        ((0, DENOMINATOR), *none, *((n, NUMERATOR) for n, outcome in bars if outcome not in names.successes)),
        *(((0, DENOMINATOR), (n, DENOMINATOR)) for n, row in enumerate(rows) if row.of["what"] in (MAIN, FURTHER)),
    ]
    if bars:
        sums.append(((bars[0][0], DENOMINATOR), *none, *((n, NUMERATOR) for n, _ in bars)))
    # A case keeps the need that it was opened with, though another stands in its place.
    stands = {need.id: need.columns.get("merged_into") or need.id for need in world.needs}
    going = [case.case.need for case in world.counted if not case.closed or case.outcome in names.successes]
    alive = {stands.get(need, need) for need in going if need is not None}
    published = [need for need in world.needs if need.published_on is not None and need.stands]
    unmet = [need for need in published if need.id not in alive]
    rows.append(of_records({"what": UNMET}, (need.id for need in unmet), among=len(published)))
    introduced = sum(case.outcome == names.introduced for case in world.counted)
    return Figure(rows=tuple(rows), beside={"introduced": introduced}, sums=tuple(one for one in sums if len(one) > 1))


def _bars(what: str, told: Iterable[tuple[str, str | None]], among: int) -> list[Row]:
    """The longest first."""
    bars: dict[str | None, list[str]] = {}
    for number, reason in told:
        bars.setdefault(reason, []).append(number)
    ordered = sorted(bars.items(), key=lambda bar: (-len(bar[1]), bar[0] is None, bar[0] or ""))
    return [
        Row(of={"what": what, "reason": reason}, numerator=len(mine), denominator=among, cases=numbers(mine))
        for reason, mine in ordered
    ]
