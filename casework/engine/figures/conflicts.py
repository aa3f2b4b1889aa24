"""Figure 14, conflicts and compliance: conflicts of interest that providers declared, what became of them, and stops."""

from __future__ import annotations

from casework.engine.figures.counting import Figure, Row, numbers
from casework.engine.figures.world import World
from casework.engine.parts import SENDS

DECLARED, CONFIRMED, REFUSED = "declared", "stops_confirmed", "stops_refused"


def conflicts(world: World) -> Figure:
    """Conflicts of the requests that were sent, stops of the cases that live; one person in one case is one."""
    names = world.names
    sent = sum(
        any(one.part == SENDS for one in case.on_track(track.id))
        for case in world.counted
        for track in case.case.tracks.values()
        if track.is_referral
    )
    told = {(case.number, one.actor) for case in world.counted for one in case.firings if one.name == names.conflict}
    rows = [Row(of={"what": DECLARED}, numerator=len(told), denominator=sent, cases=numbers(n for n, _ in told))]
    for what, action in names.settled:
        mine = [case.number for case in world.counted for one in case.firings if one.name == action]
        rows.append(Row(of={"what": what}, numerator=len(mine), denominator=sent, cases=numbers(mine)))
    live = sum(not case.closed for case in world.counted)
    stops = [case.number for case in world.counted if case.first((names.stops,)) is not None]
    refused = [case.number for case in world.counted for _ in range(case.refusals.get(names.stops, 0))]
    rows.append(Row(of={"what": CONFIRMED}, numerator=len(stops), denominator=live, share=False, cases=numbers(stops)))
    rows.append(
        Row(of={"what": REFUSED}, numerator=len(refused), denominator=live, share=False, cases=numbers(refused))
    )
    return Figure(rows=tuple(rows))
