"""Which way cases went, counted from the events with nothing of the product."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from typing import Any

from .cases import EVERY_STEP, Case
from .programme import Programme
from .reading import WAS
from .rows import SUCCESS, row

MONEY = {"pledge": {"paid_out"}, "finance": {"pay_part", "cp_met", "cp_part"}}


def funnel(programme: Programme) -> list[dict[str, Any]]:
    matched = {one.get("need_id") for one in programme.matches}
    rows = [
        row({"step": "need_published"}, len(programme.needs), needs="lines"),
        row({"step": "match_not_refused"}, len(set(programme.needs) & matched), len(programme.needs), needs="lines"),
        row({"step": "match_not_refused", "what": "matches"}, len(programme.matches), needs="lines"),
    ]
    before: set[str] | None = None
    for step in EVERY_STEP:
        there = {case.number for case in programme.cases if step in case.steps}
        here = there if before is None else there & before
        among = len(programme.matches) if before is None else len(before)
        # Some come to a step another way: they are no part of the line, and told beside it.
        parts, needs = {"otherwise": len(there) - len(here)}, "among" if before is None else None
        rows.append(row({"step": step}, len(here), among, cases=here, parts=parts, needs=needs))
        before = here
    planned = [case for case in programme.cases if "plan_approved" in case.steps]
    for branch, tell in (("assessment", _assessment), ("money", _money)):
        told = {case.number: tell(case) for case in planned}
        needed = {number for number, what in told.items() if what != "not_needed"}
        passed = {number for number, what in told.items() if what == "passed"}
        for what, here, among in (
            ("needed", needed, len(told)),
            ("passed", passed, len(needed)),
            ("not_needed", set(told) - needed, len(told)),
        ):
            rows.append(row({"branch": branch, "what": what}, len(here), among, cases=here))
    return rows


def _assessment(case: Case) -> str:
    names = {one["name"] for one in case.fired if one["track"] == case.main}
    if "assessment_passed" in names:
        return "passed"
    return "not_needed" if names & {"skip_assessment", "waive_assessment"} else "needed"


def _money(case: Case) -> str:
    tracks = {id: track["kind"] for id, track in case.tracks.items() if track["kind"] in MONEY}
    paid = any(one["track"] in tracks and one["name"] in MONEY[tracks[one["track"]]] for one in case.fired)
    return "passed" if paid else "needed" if tracks else "not_needed"


def conversion(programme: Programme) -> list[dict[str, Any]]:
    told = [(case, {"opened": case.opened, **case.steps}) for case in programme.cases]
    rows = []
    names = ["opened", *EVERY_STEP]
    for step, following in zip(names, names[1:], strict=False):
        there = [one for one in told if step in one[1]]
        took = sorted((days[following] - days["opened"]).days for _, days in there if following in days)
        ripe = took[math.ceil(len(took) * 0.9) - 1] if len(took) >= 5 else None
        groups: list[tuple[dict[str, Any], list[Any], bool | None]] = [({}, there, None)]
        for month in sorted({f"{case.opened:%Y-%m}" for case, _ in there}):
            last = (date.fromisoformat(f"{month}-28") + timedelta(days=4)).replace(day=1) - timedelta(days=1)
            young = None if ripe is None else (programme.days.day(programme.until) - last).days < ripe
            groups.append(({"month": month}, [one for one in there if f"{one[0].opened:%Y-%m}" == month], young))
        for name in WAS:
            for value in sorted({case.by[name] for case, _ in there}, key=lambda one: (one is None, str(one))):
                groups.append(({name: value}, [one for one in there if one[0].by[name] == value], None))
        for of, mine, young in groups:
            on = [case.number for case, days in mine if following in days]
            ended = [case.number for case, days in mine if following not in days and case.closed]
            parts = {"went_on": len(on), "ended": len(ended), "open": len(mine) - len(on) - len(ended)}
            rows.append(
                row({"step": step, "next": following, **of}, len(on), len(mine), cases=on, parts=parts, unripe=young)
            )
    return rows


def discipline(programme: Programme) -> list[dict[str, Any]]:
    rows = []
    for what, nights in (("last_night", programme.nights[-1:]), ("nights", programme.nights)):
        live = sum(one for one, _ in nights)
        rows.append(row({"what": what}, live - sum(one for _, one in nights), live))
    return rows


def follow_up(programme: Programme) -> list[dict[str, Any]]:
    rungs = []
    for case in programme.cases:
        if case.closed is None:
            continue
        asked = [task for task in case.tasks.values() if task["name"] == "follow_up" and task["opened"] >= case.closed]
        for days, task in zip((180, 365, 730), asked, strict=False):
            answer = task["result"].get("running")
            ever = task["state"] == "Completed" and answer in ("yes", "no")
            due = datetime.fromisoformat(task["due"]) if task.get("due") else None
            if ever or (due is not None and due <= programme.until):
                agreed = case.outcome in SUCCESS | {"agreement_only"}
                rungs.append((days, agreed, ever and (due is None or task["closed"] <= due), ever, case.number))
    rows = []
    for days in (180, 365, 730):
        for of in ("with_agreement", "all"):
            mine = [one for one in rungs if one[0] == days and (one[1] or of == "all")]
            for what, place in (("answered_in_time", 2), ("answered", 3)):
                here = [one[4] for one in mine if one[place]]
                rows.append(row({"days": str(days), "of": of, "what": what}, len(here), len(mine), cases=here))
    return rows
