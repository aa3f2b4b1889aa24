"""Every figure that there is, by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from casework.engine.figures.activities import activities, past_projects
from casework.engine.figures.agreements import agreements
from casework.engine.figures.assessments import assessments
from casework.engine.figures.conflicts import conflicts
from casework.engine.figures.conversion import conversion
from casework.engine.figures.counting import Figure, without_records
from casework.engine.figures.data_quality import data_quality
from casework.engine.figures.deployments import deployments
from casework.engine.figures.effects import effects
from casework.engine.figures.endings import endings
from casework.engine.figures.follow_up import discipline, follow_up
from casework.engine.figures.funnel import funnel
from casework.engine.figures.mediations import mediations
from casework.engine.figures.money import finance, loans
from casework.engine.figures.referrals import referrals
from casework.engine.figures.time_in_step import time_in_step
from casework.engine.figures.workload import second_sites, workload
from casework.engine.figures.world import World

FIGURES: Mapping[str, Callable[[World], Figure]] = {
    "funnel": funnel,
    "conversion": conversion,
    "time_in_step": time_in_step,
    "discipline": discipline,
    "follow_up": follow_up,
    "referrals": referrals,
    "mediations": mediations,
    "loans": loans,
    "finance": finance,
    "assessments": assessments,
    "agreements": agreements,
    "deployments": deployments,
    "effects": effects,
    "endings": endings,
    "conflicts": conflicts,
    "second_sites": second_sites,
    "data_quality": data_quality,
    "workload": workload,
    "activities": activities,
    "past_projects": past_projects,
}


def every_figure(world: World) -> dict[str, Figure]:
    return {name: without_records(of(world)) for name, of in FIGURES.items()}
