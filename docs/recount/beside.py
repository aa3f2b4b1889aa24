"""Activities, projects that had ended before, and the quality of data, counted from the events with nothing of the product."""

from __future__ import annotations

from typing import Any

from .programme import Programme
from .rows import row, sums_of


def activities(programme: Programme) -> list[dict[str, Any]]:
    today = programme.days.day(programme.until).isoformat()
    visits = [one for one in programme.rows("assessment_visits").values() if one.get("day") and one["day"] <= today]
    rows = []
    for month in ["", *sorted({one["day"][:7] for one in visits})]:
        mine = [one for one in visits if one["day"].startswith(month)]
        of = {"month": month} if month else {}
        events = [one for one in mine if one.get("kind") == "event"]
        guests = [guest for one in events for guest in one.get("participants") or []]
        hosts = [guest for one in mine if one.get("kind") == "visit" for guest in one.get("participants") or []]
        rows.append(row({"what": "events", **of}, len(events), needs="lines"))
        rows.append(row({"what": "event_participants", **of}, len(guests), needs="lines"))
        visited = {host["organisation"] for host in hosts if host.get("organisation")}
        rows.append(row({"what": "enterprises_visited", **of}, len(visited), needs="lines"))
    needs = set(programme.needs)
    collected = {one.get("need_id") for one in programme.rows("assessment_needs").values()} & needs
    rows.append(row({"what": "needs_collected"}, len(collected), len(needs), needs="lines"))
    return rows


def stands(events: list[Any]) -> bool:
    """Whether no other record stands in the place of this one."""
    merged = False
    for event in events:
        merged = {"merged": True, "unmerged": False}.get(event.kind, merged)
    return not merged


def past_projects(programme: Programme) -> list[dict[str, Any]]:
    told = [one for one in programme.rows("past_projects").values() if one.get("ended_on")]
    groups: list[tuple[dict[str, Any], list[dict[str, Any]]]] = [({}, told)]
    for value in sorted({str(one["outcome"]) for one in told}):
        groups.append(({"outcome": value}, [one for one in told if one["outcome"] == value]))
    for value in sorted({one["ended_on"][:4] for one in told}):
        groups.append(({"year": value}, [one for one in told if one["ended_on"].startswith(value)]))
    rows = []
    for of, mine in groups:
        values = [
            {"amount": one["contract_value"], "currency": one["contract_currency"]}
            for one in mine
            if one.get("contract_value") is not None
        ]
        rows.append(row({"what": "ended", **of}, len(mine), len(told), money=sums_of(values)))
    return rows


#: By what the record of a technology tells of each.
TOLD_BY = {
    "readiness": ["readiness_low", "readiness_high", "readiness_text"],
    "right": ["ip_text"],
    "deployment": ["reference_sites", "deployed_in"],
}


def data_quality(programme: Programme) -> list[dict[str, Any]]:
    today = programme.days.day(programme.until)
    # Of the last of February there is none two years before.
    since = f"{today.year - 2}-{today:%m-%d}".replace("-02-29", "-02-28")
    protected = {
        id
        for (kind, _), events in programme.logs.items()
        if kind == "right"
        for id in _protects(programme, events, since)
    }
    quality = {}
    for (kind, id), events in programme.logs.items():
        if kind == "technology" and stands(events) and _in_use(events):
            good = {what for what, fields in TOLD_BY.items() if set(fields) & _confirmed(programme, events, since)}
            quality[id] = good | ({"right"} if id in protected else set())
    matched = {one.get("technology_id") for one in programme.matches}
    rows = []
    for of, mine in (("with_match", [id for id in quality if id in matched]), ("all", list(quality))):
        for what in (*TOLD_BY, "all_three"):
            wanted = set(TOLD_BY) if what == "all_three" else {what}
            here, needs = sum(wanted <= quality[id] for id in mine), "lines" if of == "with_match" else None
            rows.append(row({"what": what, "of": of}, here, len(mine), needs=needs))
    return rows


def _in_use(events: list[Any]) -> bool:
    """Whether it ever was more than a draft."""
    status, shown = "published", False
    for event in events:
        status = event.body.get("status", {}).get("value", status)
        shown = shown or status != "draft"
    return shown


def _confirmed(programme: Programme, events: list[Any], since: str) -> set[str]:
    """The fields that say something, and for which somebody has stood since a day: as ISO dates they compare as days do."""
    values: dict[str, Any] = {}
    days: dict[str, str] = {}
    for event in events:
        for name, said in event.body.items():
            # What was erased said something: nothing names nobody.
            values[name] = said.get("value", ...)
            if event.kind != "erased":
                days.pop(name, None)
        if event.kind != "erased":
            days |= dict.fromkeys(event.effects.get("confirmed", []), programme.days.day(event.at).isoformat())
    return {name for name, day in days.items() if day >= since and values.get(name)}


def _protects(programme: Programme, events: list[Any], since: str) -> set[str]:
    """The technologies of a right that stands, where somebody has stood for it since a day."""
    technologies: list[str] = []
    confirmed, gone = "", False
    for event in events:
        effects = event.effects
        told = effects.get("right", {})
        technologies = effects.get("technologies", told.get("technologies", technologies))
        if event.kind == "confirmed" or effects.get("stands") or told.get("confirmed"):
            confirmed = programme.days.day(event.at).isoformat()
        gone = {"merged": True, "expired": True, "brought_back": False}.get(event.kind, gone)
    return set() if gone or confirmed < since else set(technologies)
