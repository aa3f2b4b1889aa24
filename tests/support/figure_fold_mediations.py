"""Mediations, counted once more from the stored events with nothing of the product: no export has anything of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from docs.recount.programme import Programme
from docs.recount.rows import row


def mediations(programme: Programme) -> list[dict[str, Any]]:
    """What is told as of the last quarter that may be; worked out from each quarter's end since the first."""
    found = [mediation_of(programme, events) for (kind, _), events in programme.logs.items() if kind == "mediation"]
    today = programme.days.day(programme.until).isoformat()
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


def mediation_of(programme: Programme, events: list[Any]) -> dict[str, Any]:
    """The days on which what was recorded, as ISO dates; of each procedure its begin, its end and how it ended."""
    ways: dict[str, list[str]] = {}
    appointed = []
    for event in events:
        day = programme.days.day(event.at).isoformat()
        for track in event.effects.get("tracks", []):
            if track["workflow"] == "mediation":
                ways[track["id"]] = [day, "9999", ""]
        if event.track_id in ways:
            if event.effects.get("transition") in ("appointed", "appointed_free"):
                appointed.append(day)
            if "ended" in event.effects and ways[event.track_id][1] == "9999":
                ways[event.track_id][1:] = [day, event.effects["ended"]]
    opened = programme.days.day(events[0].at).isoformat()
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
