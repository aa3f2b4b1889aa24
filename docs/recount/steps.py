"""The time in each step, counted from the events with nothing of the product."""

from __future__ import annotations

from collections import defaultdict
from copy import deepcopy
from datetime import datetime
from typing import Any

from .cases import Case
from .programme import Programme
from .rows import LATER, apart, row, through_the_middle

OPEN = ("Created", "Ready", "Reserved", "InProgress", "Suspended")
THEIRS = ("provider", "provider_lead")


def time_in_step(programme: Programme) -> list[dict[str, Any]]:
    stays = [(case.number, *stay) for case in programme.cases for stay in stays_of(programme, case)]
    rows = []
    for step in sorted({stay[1] for stay in stays}):
        mine = [stay for stay in stays if stay[1] == step]
        ended = [stay for stay in mine if stay[3] is not None]
        rows.append(line(programme, {"step": step, "what": "ended"}, ended))
        rows[-1]["spread"] = apart(sum(stay[4].values()) for stay in ended)
        for month in sorted({month_of(programme, stay) for stay in ended}):
            in_it = [stay for stay in ended if month_of(programme, stay) == month]
            rows.append(line(programme, {"step": step, "what": "ended", "month": month}, in_it))
        minutes: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for number, _, _, _, sides in ended:
            for side, taken in sides.items():
                minutes[side].append((number, taken))
        for side, taken_by in minutes.items():
            of = {"step": step, "what": "side", "side": side, "unit": "working_minutes"}
            whole = sum(taken for _, taken in taken_by)
            rows.append(row(of, len(taken_by), len(ended), cases=[number for number, _ in taken_by], amount=whole))
            rows[-1]["spread"] = apart(taken for _, taken in taken_by)
        rows.append(line(programme, {"step": step, "what": "open"}, [stay for stay in mine if stay[3] is None]))
    return rows


def month_of(programme: Programme, stay: Any) -> str:
    return f"{programme.days.day(stay[3]):%Y-%m}"


def line(programme: Programme, of: dict[str, Any], stays: list[Any]) -> dict[str, Any]:
    days = [
        programme.days.worked(programme.days.day(stay[2]), programme.days.day(stay[3] or programme.until))
        for stay in stays
    ]
    middle = through_the_middle(sorted(map(float, days)))
    return row(of, len(stays), cases=[stay[0] for stay in stays], **middle)


def stays_of(programme: Programme, case: Case) -> list[tuple[str, datetime, datetime | None, dict[str, int]]]:
    """Step, begin, end, and minutes by side: found piece by piece, from each event to the next."""
    pictures = pictures_of(case)
    gone: dict[str, datetime] = {}
    for before, after in zip(pictures, pictures[1:], strict=False):
        for request in before["asked"]:
            if request not in after["asked"]:
                gone[request] = after["at"]
    for request in pictures[-1]["asked"]:
        gone[request] = LATER
    found = []
    for n, picture in enumerate(pictures):
        for step in picture["steps"]:
            if n and step in pictures[n - 1]["steps"]:
                continue
            left = next((m for m in range(n, len(pictures)) if step not in pictures[m]["steps"]), None)
            end = None if left is None else pictures[left]["at"]
            minutes: dict[str, int] = defaultdict(int)
            for m in range(n, len(pictures) if left is None else left):
                stop = pictures[m + 1]["at"] if m + 1 < len(pictures) else programme.until
                taken = programme.days.minutes(pictures[m]["at"], stop)
                if taken:
                    minutes[side_of(pictures[m], step, end, gone)] += taken
            found.append((step, picture["at"], end, dict(minutes)))
    return found


def side_of(picture: dict[str, Any], step: str, end: datetime | None, gone: dict[str, datetime]) -> str:
    if picture["hold"] is not None:
        return picture["hold"].get("waits_for") or "other"
    within = [request for request in picture["asked"] if end is None or gone[request] <= end]
    if within:
        last = max(gone[request] for request in within)
        critical = next(request for request in within if gone[request] == last)
        if picture["asked"][critical]:
            return "provider"
    return picture["steps"][step] or "office"


def pictures_of(case: Case) -> list[dict[str, Any]]:
    """After each event: the steps with whom their task waits for, the hold, and the requests with whether it is the provider's turn."""
    tracks: dict[str, dict[str, Any]] = {}
    tasks: dict[str, dict[str, Any]] = {}
    pictures: list[dict[str, Any]] = []
    hold: Any = None
    frozen = False
    for event in case.events:
        effects = event.effects
        for track in effects.get("tracks", []):
            tracks[track["id"]] = {**deepcopy(track), "live": True, "sent": False, "begun": False, "gone": False}
        for id in effects.get("replaced_tracks", []):
            tracks[id]["gone"] = True
        if event.track_id is not None:
            move(tracks[event.track_id], event)
        for task in effects.get("tasks", []):
            tasks[task["id"]] = {**task, "wait": None}
        for change in effects.get("task_states", []):
            goes_on = change.get("state", "Suspended") != "Suspended"
            tasks[change["id"]].update({**change, "wait": None} if goes_on else change)
        hold, frozen = effects.get("hold", hold), effects.get("frozen", frozen)
        pictures.append(picture_of(event.at, case.main, tracks, tasks, hold, frozen=frozen))
    return pictures


def move(track: dict[str, Any], event: Any) -> None:
    effects = event.effects
    if "replaced" in effects:
        track["gone"] = effects["replaced"]
    if event.kind != "fired":
        return
    track["states"] = event.header["to"]
    track["sent"] = track["sent"] or effects.get("part") == "sends"
    track["begun"] = track["begun"] or effects["transition"] == "start"
    track["live"] = bool(effects.get("reopened")) or ("ended" not in effects and track["live"])


def picture_of(
    at: datetime, main: str, tracks: dict[str, Any], tasks: dict[str, Any], hold: Any, *, frozen: bool
) -> dict[str, Any]:
    steps = [task for task in tasks.values() if task["type"] == "step" and task["state"] in OPEN]
    waits: dict[str, Any] = {}
    for state in tracks[main]["states"] if tracks[main]["live"] else []:
        mine = sorted(
            (task for task in steps if (task["track"], task["of"]) == (main, state)), key=lambda one: one["id"]
        )
        waits[state] = None
        if mine and mine[0]["wait"]:
            waits[state] = mine[0]["wait"]["for"]
        elif mine and mine[0].get("awaits"):
            about = mine[0].get("about")
            named = mine[0]["awaits"] == "party" and about in ("need_owner", "technology_owner")
            waits[state] = about if named else mine[0]["awaits"]
    asked = {}
    for id, track in tracks.items():
        if track["part"] == "request" and track["sent"] and track["live"]:
            theirs = [task for task in steps if task["track"] == id and task["queue"] in THEIRS]
            below = [one["id"] for one in tracks.values() if one["parent"] == id and one["live"] and not one["gone"]]
            inner = [task["queue"] for task in steps if below and task["track"] == below[-1]]
            ours = track["begun"] and bool(inner) and not set(inner) & set(THEIRS)
            asked[id] = bool(theirs) and not frozen and not ours
    return {"at": at, "steps": waits, "hold": hold, "asked": asked}
