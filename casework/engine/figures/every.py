"""Every figure that there is, by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from casework.engine.figures.agreements import agreements
from casework.engine.figures.conversion import conversion
from casework.engine.figures.counting import Figure
from casework.engine.figures.deployments import deployments
from casework.engine.figures.effects import effects
from casework.engine.figures.endings import endings
from casework.engine.figures.follow_up import discipline, follow_up
from casework.engine.figures.funnel import funnel
from casework.engine.figures.referrals import referrals
from casework.engine.figures.world import World

FIGURES: Mapping[str, Callable[[World], Figure]] = {
    "funnel": funnel,
    "conversion": conversion,
    "discipline": discipline,
    "follow_up": follow_up,
    "referrals": referrals,
    "agreements": agreements,
    "deployments": deployments,
    "effects": effects,
    "endings": endings,
}


def every_figure(world: World) -> dict[str, Figure]:
    return {name: of(world) for name, of in FIGURES.items()}
