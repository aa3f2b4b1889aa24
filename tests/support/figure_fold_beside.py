"""What stands beside the figures, folded once more from the stored events of a programme with nothing of the product."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.support.figure_fold import Fold
from tests.support.figure_fold_rows import row, sums_of


def kept(fold: Fold, table: str) -> dict[str, dict[str, Any]]:
    """The rows of a table as a programme's log tells them, by key."""
    rows: dict[str, dict[str, Any]] = {}
    for event in fold.own:
        for name, said in event.body.items():
            where, _, key = name.partition("/")
            if where != table or "value" not in said:
                continue
            if said["value"] is None:
                rows.pop(key, None)
            else:
                rows.setdefault(key, {}).update(said["value"])
    return rows


def activities(fold: Fold) -> list[dict[str, Any]]:
    today = fold.days.day(fold.until).isoformat()
    visits = [one for one in kept(fold, "assessment_visits").values() if one.get("day") and one["day"] <= today]
    rows = []
    for month in ["", *sorted({one["day"][:7] for one in visits})]:
        mine = [one for one in visits if one["day"].startswith(month)]
        of = {"month": month} if month else {}
        events = [one for one in mine if one.get("kind") == "event"]
        guests = [guest for one in events for guest in one.get("participants") or []]
        hosts = [guest for one in mine if one.get("kind") == "visit" for guest in one.get("participants") or []]
        rows.append(row({"what": "events", **of}, len(events)))
        rows.append(row({"what": "event_participants", **of}, len(guests)))
        visited = {host["organisation"] for host in hosts if host.get("organisation")}
        rows.append(row({"what": "enterprises_visited", **of}, len(visited)))
    needs = set(fold.needs)
    collected = {one.get("need_id") for one in kept(fold, "assessment_needs").values()} & needs
    rows.append(row({"what": "needs_collected"}, len(collected), len(needs)))
    return rows


def stands(events: list[Any]) -> bool:
    """Whether no other record stands in the place of this one."""
    merged = False
    for event in events:
        merged = {"merged": True, "unmerged": False}.get(event.kind, merged)
    return not merged


def past_projects(fold: Fold) -> list[dict[str, Any]]:
    told = [one for one in kept(fold, "past_projects").values() if one.get("ended_on")]
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


def data_quality(fold: Fold) -> list[dict[str, Any]]:
    today = fold.days.day(fold.until)
    # Of the last of February there is none two years before.
    since = f"{today.year - 2}-{today:%m-%d}".replace("-02-29", "-02-28")
    protected = {
        id for (kind, _), events in fold.logs.items() if kind == "right" for id in _protects(fold, events, since)
    }
    quality = {}
    for (kind, id), events in fold.logs.items():
        if kind == "technology" and stands(events) and _in_use(events):
            good = {what for what, fields in TOLD_BY.items() if set(fields) & _confirmed(fold, events, since)}
            quality[id] = good | ({"right"} if id in protected else set())
    matched = {one.get("technology_id") for one in fold.matches}
    rows = []
    for of, mine in (("with_match", [id for id in quality if id in matched]), ("all", list(quality))):
        for what in (*TOLD_BY, "all_three"):
            wanted = set(TOLD_BY) if what == "all_three" else {what}
            rows.append(row({"what": what, "of": of}, sum(wanted <= quality[id] for id in mine), len(mine)))
    return rows


def _in_use(events: list[Any]) -> bool:
    """Whether it ever was more than a draft."""
    status, shown = "published", False
    for event in events:
        status = event.body.get("status", {}).get("value", status)
        shown = shown or status != "draft"
    return shown


def _confirmed(fold: Fold, events: list[Any], since: str) -> set[str]:
    """The fields that say something, and for which somebody has stood since a day: as ISO dates they compare as days do."""
    values: dict[str, Any] = {}
    days: dict[str, str] = {}
    for event in events:
        for name, said in event.body.items():
            values[name] = said.get("value")
            if event.kind != "erased":
                days.pop(name, None)
        if event.kind != "erased":
            days |= dict.fromkeys(event.effects.get("confirmed", []), fold.days.day(event.at).isoformat())
    return {name for name, day in days.items() if day >= since and values.get(name)}


def _protects(fold: Fold, events: list[Any], since: str) -> set[str]:
    """The technologies of a right that stands, where somebody has stood for it since a day."""
    technologies: list[str] = []
    confirmed, gone = "", False
    for event in events:
        effects = event.effects
        told = effects.get("right", {})
        technologies = effects.get("technologies", told.get("technologies", technologies))
        if event.kind == "confirmed" or effects.get("stands") or told.get("confirmed"):
            confirmed = fold.days.day(event.at).isoformat()
        gone = {"merged": True, "expired": True, "brought_back": False}.get(event.kind, gone)
    return set() if gone or confirmed < since else set(technologies)


def mediations(fold: Fold) -> list[dict[str, Any]]:
    """What is told as of the last quarter that may be; worked out from each quarter's end since the first."""
    found = [mediation_of(fold, events) for (kind, _), events in fold.logs.items() if kind == "mediation"]
    today = fold.days.day(fold.until).isoformat()
    first = min((one["opened"] for one in found), default=today)
    known: set[int] = {0}
    told: dict[str, int] = {}
    until: str | None = None
    for end in (f"{year}-{month}-01" for year in range(2000, 2200) for month in ("01", "04", "07", "10")):
        if not first < end <= today:
            continue
        numbers = as_of(found, end)
        fresh: dict[str, int] = {}
        for name in ("referred", "settled", "ripe", "appointed", "resolved_by_talks"):
            if min(abs(numbers[name] - other) for other in known | set(fresh.values())) >= 5:
                fresh[name] = numbers[name]
        if "referred" in fresh:
            known, told = known | set(fresh.values()), fresh
            until = (date.fromisoformat(end) - timedelta(days=1)).isoformat()
    rows = []
    for what, among in (
        ("referred", None),
        ("settled", "referred"),
        ("settled", "ripe"),
        ("settled", "appointed"),
        ("resolved_by_talks", "referred"),
    ):
        of = {"what": what, "until": until, **({"among": among} if among else {})}
        under = None if what in told else 5
        rows.append(row(of, told.get(what), told.get(among or ""), under=under))
    return rows


def mediation_of(fold: Fold, events: list[Any]) -> dict[str, Any]:
    """The days on which what was recorded, as ISO dates; of each procedure its begin, its end and how it ended."""
    ways: dict[str, list[str]] = {}
    appointed = []
    for event in events:
        day = fold.days.day(event.at).isoformat()
        for track in event.effects.get("tracks", []):
            if track["workflow"] == "mediation":
                ways[track["id"]] = [day, "9999", ""]
        if event.track_id in ways:
            if event.effects.get("transition") in ("appointed", "appointed_free"):
                appointed.append(day)
            if "ended" in event.effects and ways[event.track_id][1] == "9999":
                ways[event.track_id][1:] = [day, event.effects["ended"]]
    opened = fold.days.day(events[0].at).isoformat()
    return {"opened": opened, "appointed": min(appointed, default="9999"), "ways": list(ways.values())}


def as_of(found: list[dict[str, Any]], end: str) -> dict[str, int]:
    numbers = dict.fromkeys(("referred", "settled", "ripe", "appointed", "resolved_by_talks"), 0)
    year_ago = date(int(end[:4]) - 1, int(end[5:7]), 1).isoformat()
    for one in found:
        if one["opened"] >= end:
            continue
        ends = {outcome for _, ended, outcome in one["ways"] if ended < end}
        begun = [way for way in one["ways"] if way[0] < end]
        settled = bool(ends & {"settled_full", "settled_partial"})
        numbers["referred"] += 1
        numbers["settled"] += settled
        numbers["ripe"] += settled or one["opened"] <= year_ago or bool(begun and begun[-1][1] < end)
        numbers["appointed"] += one["appointed"] < end
        numbers["resolved_by_talks"] += not settled and "resolved_directly" in ends
    return numbers
