"""Every figure that is counted again, by its name; and what of them a part of the cases does not tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import beside, deal, more, result, steps, way
from .programme import Programme
from .reading import WAS

Rows = list[dict[str, Any]]
FIGURES: Mapping[str, Callable[[Programme], Rows]] = {
    "funnel": way.funnel,
    "conversion": way.conversion,
    "time_in_step": steps.time_in_step,
    "discipline": way.discipline,
    "follow_up": way.follow_up,
    "referrals": deal.referrals,
    "loans": more.loans,
    "finance": more.finance,
    "assessments": more.assessments,
    "agreements": deal.agreements,
    "deployments": result.deployments,
    "effects": result.effects,
    "endings": result.endings,
    "conflicts": more.conflicts,
    "second_sites": more.second_sites,
    "data_quality": beside.data_quality,
    "workload": more.workload,
    "activities": beside.activities,
    "past_projects": beside.past_projects,
}
#: Of mediations nothing leaves the database that it could be counted by: a report's line is held against the rule by which it is told.
MEDIATIONS = "mediations"
#: What is told of a whole programme alone.
OF_ALL = {"discipline", MEDIATIONS, "data_quality", "activities", "past_projects"}
#: What tells the cases of a phase apart once more.
ONCE_MORE = {*WAS, "month", "provider"}
UNITS = {"time_in_step": "working_days", "assessments": "working_days", "referrals": "working_minutes"}


def every(programme: Programme) -> dict[str, dict[str, Any]]:
    """Each figure with its lines, its unit, and what is told beside them."""
    found = {}
    for name, count in FIGURES.items():
        if not programme.among or name not in OF_ALL:
            found[name] = {"unit": UNITS.get(name), "beside": _beside(name, programme), "rows": count(programme)}
    if programme.among:
        return {name: without_needs(figure) for name, figure in found.items()}
    return found


def _beside(name: str, programme: Programme) -> dict[str, int]:
    if name == "funnel":
        return {"cases": len(programme.cases), "duplicates": programme.duplicates}
    if name == "discipline":
        return {"nights": len(programme.nights)}
    return {"introduced": sum(case.ended_as == "introduced" for case in programme.cases)} if name == "endings" else {}


def without_needs(figure: dict[str, Any]) -> dict[str, Any]:
    """A figure for whoever reads no closed needs: without what would tell how many there are."""
    kept = [line for line in figure["rows"] if line["needs"] != "lines"]
    bare = {"denominator": None, "percent": None}
    return figure | {"rows": [line | bare if line["needs"] == "among" else line for line in kept]}


def told_apart_once(figure: dict[str, Any]) -> dict[str, Any]:
    """A figure of a phase as it is told outside: without the lines that tell its cases apart once more."""
    return figure | {"rows": [line for line in figure["rows"] if not ONCE_MORE & line["of"].keys()]}
