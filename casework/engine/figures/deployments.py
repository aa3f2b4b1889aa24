"""Figure 11, deployments: sites that came to their acceptance test, those accepted, those accepted without a failed test before, and
the capacity of those accepted, by unit."""

from __future__ import annotations

from decimal import Decimal

from casework.engine.figures.counting import NUMERATOR, Figure, Row, numbers
from casework.engine.figures.world import World

TESTED, ACCEPTED, AT_ONCE = "tested", "accepted", "accepted_at_once"


def deployments(world: World) -> Figure:
    """A case may have several sites; each is one. Capacities of different units are never added."""
    names = world.names
    tested: list[str] = []
    accepted: list[str] = []
    at_once: list[str] = []
    capacities: dict[str, list[tuple[str, Decimal]]] = {}
    for case in world.counted:
        for track in case.tracks(names.deployment):
            fired = case.on_track(track.id)
            if all(one.name != names.tested for one in fired):
                continue
            tested.append(case.number)
            acceptance = next((one for one in fired if one.name in names.accepts_site), None)
            if acceptance is None:
                continue
            accepted.append(case.number)
            if all(one.name != names.fails_test for one in fired):
                at_once.append(case.number)
            capacity, unit = (acceptance.data.get(field) for field in names.capacity)
            if capacity is not None and unit is not None:
                capacities.setdefault(str(unit), []).append((case.number, Decimal(str(capacity))))
    rows = [
        Row(of={"what": TESTED}, numerator=len(tested), cases=numbers(tested)),
        Row(of={"what": ACCEPTED}, numerator=len(accepted), denominator=len(tested), cases=numbers(accepted)),
        Row(of={"what": AT_ONCE}, numerator=len(at_once), denominator=len(tested), cases=numbers(at_once)),
    ]
    rows += [
        Row(
            of={"capacity": unit},
            numerator=len(sites),
            denominator=len(accepted),
            cases=numbers(number for number, _ in sites),
            amount=sum((amount for _, amount in sites), Decimal(0)),
        )
        for unit, sites in sorted(capacities.items())
    ]
    # A site has the capacity of one unit at most.
    by_unit = tuple((n, NUMERATOR) for n in range(3, len(rows)))
    known = (((1, NUMERATOR), (2, NUMERATOR)), *([((1, NUMERATOR), *by_unit)] if by_unit else []))
    return Figure(rows=tuple(rows), sums=known)
