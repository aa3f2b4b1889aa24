"""Counts the main figures of a stage report again, from its file alone and with nothing of Casework: python verify_report.py FILE

It looks whether each log is an unbroken chain that ends where the report says, whether the programme's log froze what the file has, and
whether funnel, conversion, discipline and endings are what the events add up to. `casework report verify` counts the other figures too.
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
import uuid
from collections import defaultdict
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

#: The steps that a case comes to by an action of its main track, in order, and those that its records tell.
STEPS = {
    "interest_confirmed": {"confirm_interest"}, "plan_approved": {"approve_plan", "skip_assessment"},
    "agreement_signed": {"sign", "sign_no_site"}, "site_accepted": {"accept_site"},
}  # fmt: skip
EVERY_STEP = [*STEPS, "measured_12_months", "verified"]
#: By kind of request for money the actions by which some was paid.
MONEY = {"pledge": {"paid_out"}, "finance": {"pay_part", "cp_met", "cp_part"}}
SUCCESS = {"deployed_verified", "deployed_measured", "deployed_unmeasured", "agreement_no_site"}
#: By what the id of a record of an effect is made.
SPACE = uuid.UUID("5f0c9d0e-3c1e-4a53-9a0e-6a1a6f3b7c11")


def canonical(value: Any) -> bytes:
    """RFC 8785, of what has no fractions and no names beyond U+DFFF."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha256(some: bytes) -> str:
    return hashlib.sha256(some).hexdigest()


def words_of(field: dict[str, Any]) -> str:
    """The salted hash of one field of a body; of words that were left out it is what is there."""
    return field["hash"] if "hash" in field else sha256(bytes.fromhex(field["salt"]) + canonical(field["value"]))


def broken(log: str, events: list[Any], last: int, head: str) -> list[str]:
    """Where a log is no chain, or had another event when it was counted."""
    faults, prev = list[str](), sha256(f"casework log {log}".encode())
    for n, one in enumerate(events, 1):
        header = one.header
        words = sha256(canonical({name: words_of(told) for name, told in one.body.items()}))
        for what, same in (
            ("its place", (header["log"], header["seq"], one.seq, header["at"]) == (log, n, n, one.written)),
            ("the event before it", header["prev"] == prev),
            ("its effects", header["effects"] == sha256(canonical(one.effects))),
            ("its words", header["body"] == words),
            ("its hash", one.hash == sha256(bytes.fromhex(prev) + canonical(header))),
        ):
            faults += [] if same else [f"log {log}, event {n}: {what} is another one"]
        prev = one.hash
    counted = len(events) >= last > 0 and events[last - 1].hash == head
    return faults if counted else [*faults, f"log {log}: event {last} is not the one that was counted"]


class Case:
    """What the log of a case says, as far as these figures go."""

    def __init__(self, events: list[Any], zone: ZoneInfo) -> None:
        first = events[0].effects["case"]
        told = first.get("as_opened") or {}
        self.number, self.need = first["number"], first.get("need")
        self.opened, self.main = events[0].at.astimezone(zone).date(), events[0].effects["tracks"][0]["id"]
        self.by = {name: told.get(name) for name in ("sector", "district", "source")}
        self.by |= {"phase": first.get("phase"), "month": f"{self.opened:%Y-%m}"}
        self.tracks: dict[str, Any] = {}
        self.fired: list[tuple[str, str, date]] = []
        self.effects: list[dict[str, Any]] = []
        self.outcome: str | None = None
        self.reasons: list[str | None] = []
        self.closed = False
        for event in events:
            self._take(event, event.effects, zone)

    def _take(self, event: Any, effects: dict[str, Any], zone: ZoneInfo) -> None:
        happened = effects.get("happened_on")
        on = date.fromisoformat(happened) if happened else event.at.astimezone(zone).date()
        self.tracks |= {track["id"]: track for track in effects.get("tracks", [])}
        if event.kind == "fired" and event.track is not None:
            self.fired.append((event.track, effects["transition"], on))
        for n, one in enumerate(effects.get("impacts", [])):
            id = str(uuid.uuid5(SPACE, f"{event.header['log']}:{event.seq}:impact:{n}"))
            self.effects.append({**one, "id": id, "on": on})
        self.outcome = effects.get("outcome", self.outcome)
        self.reasons = effects.get("reasons", self.reasons)
        self.closed = bool(effects.get("closed", self.closed))

    def did(self, names: set[str], track: str | None = None) -> list[date]:
        return [on for where, name, on in self.fired if where == (track or self.main) and name in names]

    def assessment(self) -> str:
        if self.did({"assessment_passed"}):
            return "passed"
        return "not_needed" if self.did({"skip_assessment", "waive_assessment"}) else "needed"

    def money(self) -> str:
        asked = [(id, track["kind"]) for id, track in self.tracks.items() if track.get("kind") in MONEY]
        paid = any(self.did(MONEY[kind], id) for id, kind in asked)
        return "passed" if paid else "needed" if asked else "not_needed"

    def steps(self) -> dict[str, date]:
        reached = {step: days[0] for step, names in STEPS.items() if (days := self.did(names))}
        gone = {old for one in self.effects for old in one.get("replaces", [])}
        good = [one for one in self.effects if one["id"] not in gone and one["level"] in ("measured", "verified")]
        for n, one in enumerate(good, 1):
            measures = {other["measure"] for other in good[:n]}
            if any(a_year([other for other in good[:n] if other["measure"] == m]) for m in measures):
                reached["measured_12_months"] = one["on"]
                break
        sure = [one["on"] for one in good if one["level"] == "verified"]
        return reached | dict(zip(["verified"], sure, strict=False))


def a_year(records: list[dict[str, Any]]) -> bool:
    """Whether records cover 365 days with no gap of more than 31."""
    joined: list[list[date]] = []
    for begins, ends in sorted((date.fromisoformat(one["from"]), date.fromisoformat(one["to"])) for one in records):
        if joined and (begins - joined[-1][1]).days <= 32:
            joined[-1][1] = max(joined[-1][1], ends)
        else:
            joined.append([begins, ends])
    return any((ends - begins).days + 1 >= 365 for begins, ends in joined)


class Fold:
    """The programme up to an instant: its cases, needs, matches and nights."""

    def __init__(self, logs: list[tuple[str, str, list[Any]]], until: datetime) -> None:
        self.own = next(events for kind, _, events in logs if kind == "programme")
        calendar = [one.effects["calendar"] for one in self.own if "calendar" in one.effects][-1]
        self.zone, self.until = ZoneInfo(calendar["zone"]), until
        cases = [Case(events, self.zone) for kind, _, events in logs if kind == "case"]
        self.cases = [one for one in cases if not (one.closed and one.outcome == "duplicate")]
        self.kept: dict[str, str] = {}
        self.needs = {log for kind, log, events in logs if kind == "need" and self._stands(log, events)}
        self.matches, self.nights = self._matches(), dict[str, dict[str, Any]]()
        for name, told in [field for event in self.own for field in event.body.items()]:
            if name.startswith("case_hygiene_days/") and "value" in told:
                self.nights[name[-10:]] = told["value"]

    def _stands(self, log: str, events: list[Any]) -> bool:
        """Whether a need was ever shown, and no other stands in its place."""
        status, shown = "published", False
        for one in events:
            status = one.body.get("status", {}).get("value", status)
            shown = shown or status != "draft"
            if one.kind in ("merged", "unmerged"):
                self.kept[log] = one.effects["merger"]["kept"] if one.kind == "merged" else log
        return shown and self.kept.get(log, log) == log

    def _matches(self) -> list[dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for event in self.own:
            for name, told in event.body.items():
                if name.startswith("matches/") and told.get("value", "") is None:
                    found.pop(name, None)
                elif name.startswith("matches/"):
                    one = found.setdefault(name, {})
                    one.update(told.get("value", {}))
                    if event.kind in ("match_refused", "match_taken_back"):
                        one["refused"] = event.kind == "match_refused"
        return [one for one in found.values() if not one.get("refused")]

    def funnel(self) -> list[dict[str, Any]]:
        matched = {one.get("need_id") for one in self.matches}
        rows = [
            row({"step": "need_published"}, len(self.needs)),
            row({"step": "match_not_refused"}, len(self.needs & matched), len(self.needs)),
            row({"step": "match_not_refused", "what": "matches"}, len(self.matches)),
        ]
        before: set[str] | None = None
        for step in EVERY_STEP:
            there = {case.number for case in self.cases if step in case.steps()}
            here = there if before is None else there & before
            among, otherwise = len(self.matches) if before is None else len(before), len(there) - len(here)
            rows.append(row({"step": step}, len(here), among, cases=here, parts={"otherwise": otherwise}))
            before = here
        planned = [case for case in self.cases if "plan_approved" in case.steps()]
        for branch, tell in (("assessment", Case.assessment), ("money", Case.money)):
            told = {case.number: tell(case) for case in planned}
            needed = {number for number, what in told.items() if what != "not_needed"}
            passed = {number for number, what in told.items() if what == "passed"}
            every, spared = set(told), set(told) - needed
            lines = (("needed", needed, every), ("passed", passed, needed), ("not_needed", spared, every))
            for what, mine, whole in lines:
                rows.append(row({"branch": branch, "what": what}, len(mine), len(whole), cases=mine))
        return rows

    def conversion(self) -> list[dict[str, Any]]:
        told = [(case, {"opened": case.opened, **case.steps()}) for case in self.cases]
        rows, names = list[dict[str, Any]](), ["opened", *EVERY_STEP]
        for step, following in zip(names, names[1:], strict=False):
            there = [one for one in told if step in one[1]]
            took = sorted((days[following] - days["opened"]).days for _, days in there if following in days)
            ripe = took[math.ceil(len(took) * 0.9) - 1] if len(took) >= 5 else None
            groups: list[tuple[dict[str, Any], list[Any]]] = [({}, there)]
            for name, value in {pair for case, _ in there for pair in case.by.items()}:
                groups.append(({name: value}, [one for one in there if one[0].by[name] == value]))
            for of, mine in groups:
                young = None if ripe is None or "month" not in of else self._age(of["month"]) < ripe
                on = [case.number for case, days in mine if following in days]
                ended = sum(following not in days and case.closed for case, days in mine)
                parts = {"went_on": len(on), "ended": ended, "open": len(mine) - len(on) - ended}
                of = {"step": step, "next": following, **of}
                rows.append(row(of, len(on), len(mine), cases=on, parts=parts, unripe=young))
        return rows

    def _age(self, month: str) -> int:
        last = (date.fromisoformat(f"{month}-28") + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        return (self.until.astimezone(self.zone).date() - last).days

    def discipline(self) -> list[dict[str, Any]]:
        nights = [self.nights[day] for day in sorted(self.nights)]
        told = {"last_night": nights[-1:], "nights": nights}
        sums = {of: [sum(one[name] for one in some) for name in ("live", "broken")] for of, some in told.items()}
        return [row({"what": what}, live - bad, live) for what, (live, bad) in sums.items()]

    def endings(self) -> list[dict[str, Any]]:
        closed = [case for case in self.cases if case.closed and case.outcome != "introduced"]
        failed = [case for case in closed if case.outcome not in SUCCESS]
        bars: dict[tuple[str, Any], list[str]] = defaultdict(list)
        for case in [one for one in failed if one.outcome != "compliance_stop"]:
            for n, reason in enumerate(case.reasons or [None]):
                bars["further_reason" if n else "main_reason", reason].append(case.number)
        for case in closed:
            bars["outcome", case.outcome].append(case.number)
        stops = [case.number for case in failed if case.outcome == "compliance_stop"]
        alive = {case.need for case in self.cases if not case.closed or case.outcome in SUCCESS}
        without = self.needs - {self.kept.get(need, need) for need in alive if need}
        rows = [row({"what": "stopped"}, len(stops), len(failed), cases=stops)]
        for (what, why), mine in bars.items():
            among = len(closed if what == "outcome" else failed)
            rows.append(row({"what": what, "reason": why}, len(mine), among, cases=mine))
        return [*rows, row({"what": "needs_without_a_way"}, len(without), len(self.needs))]


FIGURES = {"funnel": Fold.funnel, "conversion": Fold.conversion, "discipline": Fold.discipline, "endings": Fold.endings}


def row(of: dict[str, Any], numerator: int, denominator: int | None = None, **more: Any) -> dict[str, Any]:
    tenths = None if (denominator or 0) < 10 else round(Fraction(1000 * numerator, denominator or 1))
    told: dict[str, Any] = {"of": of, "numerator": numerator, "denominator": denominator, "unripe": None} | more
    told |= {"parts": more.get("parts", {}), "cases": sorted({*more.get("cases", ())})}
    return told | {"percent": None if tenths is None else f"{tenths / 10:.1f}"}


def compared(name: str, said: list[dict[str, Any]], found: list[dict[str, Any]]) -> list[str]:
    """The lines of a figure that are not the same, by what they are of."""
    mine = {json.dumps(one["of"], sort_keys=True): one for one in found}
    theirs = {json.dumps(one["of"], sort_keys=True): {key: one[key] for key in row({}, 0)} for one in said}
    differ = sorted(of for of in mine.keys() | theirs.keys() if mine.get(of) != theirs.get(of))
    return [f"{name} {of}: the report says {theirs.get(of)}, the logs {mine.get(of)}" for of in differ]


def read(log: dict[str, Any]) -> list[Any]:
    """The events of a log, each with what its header says of it."""
    events = [SimpleNamespace(**one, written=one["at"]) for one in log["events"]]
    for one in events:
        one.kind, one.track, one.at = one.header["kind"], one.header["track"], datetime.fromisoformat(one.written)
    return events


def main(path: str) -> int:
    file = json.loads(Path(path).read_text("utf-8"))
    content, faults, logs = file["content"], list[str](), list[tuple[str, str, list[Any]]]()
    inside = content["inside"]
    lasts, until = inside["as_of"]["logs"], datetime.fromisoformat(inside["as_of"]["at"])
    for log in file["logs"]:
        id, events, last = log["log"], read(log), lasts.get(log["log"], 0)
        faults += broken(id, events, last, content["heads"].get(id, ""))
        frozen = [one.effects["report"] for one in events if one.kind == "report_frozen"]
        said = [one["digest"] for one in frozen if one["number"] == content["number"]]
        if log["kind"] == "programme" and file["state"] is not None and said != [sha256(canonical(content))]:
            faults.append("the programme's log froze another report")
        if counted := [one for one in events if one.seq <= last and one.at <= until or one.kind == "erased"]:
            logs.append((log["kind"], id, counted))
    faults += [f"log {id} is missing" for id in sorted(lasts.keys() - {log["log"] for log in file["logs"]})]
    fold = Fold(logs, until)
    for name, tell in FIGURES.items():
        faults += compared(name, inside["figures"][name]["rows"], tell(fold))
    end = f"{len(logs)} logs; {', '.join(FIGURES)}: {f'{len(faults)} differ' if faults else 'nothing differs'}"
    sys.stdout.write("\n".join([*faults, end, ""]))
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
