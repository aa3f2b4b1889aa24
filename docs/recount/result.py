"""What stands at sites, what it saved, and how cases ended, counted from the events with nothing of the product."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .cases import LEVELS, Case
from .programme import Programme
from .rows import SUCCESS, row

GOOD_WHEN_MORE = {"yield"}


def deployments(programme: Programme) -> list[dict[str, Any]]:
    sites = []
    built = defaultdict[str, list[tuple[str, Decimal]]](list)
    for case in programme.cases:
        for id, track in case.tracks.items():
            names = [one["name"] for one in case.fired if one["track"] == id]
            if track["workflow"] == "deployment" and "ready_to_test" in names:
                sites.append((case.number, bool({"pass", "pass_with_list"} & set(names)), "fail" in names))
                for one in case.fired:
                    if one["track"] == id and one["name"] in ("pass", "pass_with_list") and "capacity" in one["data"]:
                        built[one["data"]["capacity_unit"]].append((case.number, Decimal(one["data"]["capacity"])))
    accepted = [one[0] for one in sites if one[1]]
    at_once = [one[0] for one in sites if one[1] and not one[2]]
    return [
        row({"what": "tested"}, len(sites), cases=[one[0] for one in sites]),
        row({"what": "accepted"}, len(accepted), len(sites), cases=accepted),
        row({"what": "accepted_at_once"}, len(at_once), len(sites), cases=at_once),
        *(
            row(
                {"capacity": unit},
                len(there),
                len(accepted),
                cases=[number for number, _ in there],
                amount=sum(amount for _, amount in there),
            )
            for unit, there in sorted(built.items())
        ),
    ]


def effects(programme: Programme) -> list[dict[str, Any]]:
    there, cells = [], defaultdict[tuple[str, str, str], dict[str, Decimal]](dict)
    for case in programme.cases:
        sites = {id for id, track in case.tracks.items() if track["workflow"] == "deployment"}
        accepted = any(one["track"] in sites and one["name"] in ("pass", "pass_with_list") for one in case.fired)
        used = any(
            task["name"] == "use_report" and task["state"] == "Completed" and task["result"].get("in_use") is True
            for task in case.tasks.values()
        )
        if accepted or used:
            there.append(case.number)
            for one in _once(case):
                saved = _saved(one)
                if saved is not None:
                    cell = cells[one["measure"], one["unit"], one["level"]]
                    cell[case.number] = cell.get(case.number, Decimal(0)) + saved
    covered = {number for cell in cells.values() for number in cell}
    rows = [row({"what": "with_records"}, len(covered), len(there), cases=covered)]
    for (measure, unit, level), cell in sorted(cells.items()):
        of = {"indicator": measure, "unit": unit, "level": level}
        rows.append(row(of, len(cell), len(there), cases=cell, amount=sum(cell.values())))
    return rows


def _once(case: Case) -> list[dict[str, Any]]:
    """Each day of a measure once: what is known best comes first."""
    taken: list[dict[str, Any]] = []
    told = [one for one in case.records() if one["level"] in LEVELS]
    for one in sorted(told, key=lambda one: (LEVELS.index(one["level"]), one["at"], one["id"]), reverse=True):
        if all(
            one["measure"] != other["measure"] or one["to"] < other["from"] or other["to"] < one["from"]
            for other in taken
        ):
            taken.append(one)
    return taken


def _saved(one: dict[str, Any]) -> Decimal | None:
    base = one["base"]
    if base is None:
        return None
    length, whole = ((date.fromisoformat(of["to"]) - date.fromisoformat(of["from"])).days + 1 for of in (one, base))
    less = Fraction(base["value"]) * length / whole - Fraction(one["value"])
    if one["indicator"] in GOOD_WHEN_MORE:
        less = -less
    return Decimal(round(less * 10**6)) / 10**6


def endings(programme: Programme) -> list[dict[str, Any]]:
    closed = [case for case in programme.cases if case.closed and case.outcome != "introduced"]
    failed = [case for case in closed if case.outcome not in SUCCESS]
    stops = [case.number for case in failed if case.outcome == "compliance_stop"]
    rows = [row({"what": "stopped"}, len(stops), len(failed), cases=stops)]
    bars: dict[tuple[str, Any], list[str]] = defaultdict(list)
    for case in failed:
        if case.outcome != "compliance_stop":
            bars["main_reason", case.reasons[0] if case.reasons else None].append(case.number)
            for reason in case.reasons[1:]:
                bars["further_reason", reason].append(case.number)
    for case in closed:
        bars["outcome", case.outcome].append(case.number)
    for (what, reason), mine in bars.items():
        among = len(closed if what == "outcome" else failed)
        rows.append(row({"what": what, "reason": reason}, len(mine), among, cases=mine))
    alive = {programme.stands_for(case.need) for case in programme.cases if not case.closed or case.outcome in SUCCESS}
    rows.append(
        row({"what": "needs_without_a_way"}, len(set(programme.needs) - alive), len(programme.needs), needs="lines")
    )
    return rows
