"""Figure 11, deployments: sites that came to their acceptance test, those accepted, and those accepted without a failed test before."""

from __future__ import annotations

from casework.engine.figures.counting import NUMERATOR, Figure, Row, numbers
from casework.engine.figures.world import World

TESTED, ACCEPTED, AT_ONCE = "tested", "accepted", "accepted_at_once"


def deployments(world: World) -> Figure:
    """A case may have several sites; each is one."""
    names = world.names
    tested: list[str] = []
    accepted: list[str] = []
    at_once: list[str] = []
    for case in world.counted:
        for track in case.tracks(names.deployment):
            fired = [one.name for one in case.on_track(track.id)]
            if names.tested not in fired:
                continue
            tested.append(case.number)
            if any(name in names.accepts_site for name in fired):
                accepted.append(case.number)
                if names.fails_test not in fired:
                    at_once.append(case.number)
    rows = (
        Row(of={"what": TESTED}, numerator=len(tested), cases=numbers(tested)),
        Row(of={"what": ACCEPTED}, numerator=len(accepted), denominator=len(tested), cases=numbers(accepted)),
        Row(of={"what": AT_ONCE}, numerator=len(at_once), denominator=len(tested), cases=numbers(at_once)),
    )
    return Figure(rows=rows, sums=(((1, NUMERATOR), (2, NUMERATOR)),))
