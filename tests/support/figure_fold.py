"""The figures folded once more from the stored events, with nothing of the product: what a report says must be what an outsider finds.

It reads the rows of `events` and `logs` as any export has them, and knows the definitions alone.
"""

from __future__ import annotations

import json
import math
import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

#: The steps that a case comes to by an action, in order.
STEPS = {
    "interest_confirmed": {"confirm_interest"},
    "plan_approved": {"approve_plan", "skip_assessment"},
    "agreement_signed": {"sign", "sign_no_site"},
    "site_accepted": {"accept_site"},
}
EVERY_STEP = [*STEPS, "measured_12_months", "verified"]
MONEY = {"pledge": {"paid_out"}, "finance": {"pay_part", "cp_met", "cp_part"}}
SUCCESS = {"deployed_verified", "deployed_measured", "deployed_unmeasured", "agreement_no_site"}
LEVELS = ["claimed", "measured", "verified"]
GOOD_WHEN_MORE = {"yield"}


class Days:
    """The programme's working days, counted here once more."""

    def __init__(self, stored: dict[str, Any]) -> None:
        self.zone = ZoneInfo(stored["zone"])
        self.slots = {
            int(day): [tuple(map(time.fromisoformat, slot)) for slot in slots] for day, slots in stored["slots"].items()
        }
        self.holidays = set(stored["holidays"])
        self.make_up = set(stored["make_up"])

    def day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def open(self, day: date) -> list[tuple[datetime, datetime]]:
        written = day.isoformat()
        if written in self.holidays:
            return []
        slots = self.slots.get(0 if written in self.make_up else day.weekday(), [])
        return [(datetime.combine(day, a, self.zone), datetime.combine(day, b, self.zone)) for a, b in slots]

    def minutes(self, start: datetime, end: datetime) -> int:
        start, end = (at.astimezone(self.zone).replace(second=0, microsecond=0) for at in (start, end))
        total, day = 0, start.date()
        while day <= end.date():
            for opens, closes in self.open(day):
                total += max(0, int((min(closes, end) - max(opens, start)).total_seconds()) // 60)
            day += timedelta(days=1)
        return total

    def close_of_nth(self, start: datetime, n: int) -> datetime:
        day = self.day(start)
        while n:
            day += timedelta(days=1)
            n -= bool(self.open(day))
        return self.open(day)[-1][1]


class Case:
    """What one log says, by subject; everything is taken from the events as they are stored."""

    def __init__(self, events: list[Any], days: Days) -> None:
        self.events = events
        first = events[0].effects["case"]
        self.number, self.need, self.phase = first["number"], first.get("need"), first.get("phase")
        told = first.get("as_opened") or {}
        self.by = {"phase": self.phase, **{name: told.get(name) for name in ("sector", "district", "source")}}
        self.opened = days.day(events[0].at)
        self.main = events[0].effects["tracks"][0]["id"]
        self.tracks: dict[str, dict[str, Any]] = {}
        self.tasks: dict[str, dict[str, Any]] = {}
        self.fired: list[dict[str, Any]] = []
        self.impacts: list[dict[str, Any]] = []
        self.statements: list[dict[str, Any]] = []
        self.refused: list[str] = []
        self.owner: str | None = None
        self.outcome: str | None = None
        self.reasons: list[str] = []
        self.closed: datetime | None = None
        for event in events:
            self._take(event, days)

    def _take(self, event: Any, days: Days) -> None:
        effects = event.effects
        on = date.fromisoformat(effects["happened_on"]) if "happened_on" in effects else days.day(event.at)
        for track in effects.get("tracks", []):
            self.tracks[track["id"]] = {**track, "live": True}
        for id in effects.get("replaced_tracks", []):
            self.tracks[id]["replaced"] = True
        if event.track_id is not None:
            self._move(event, on)
        for task in effects.get("tasks", []):
            self.tasks[task["id"]] = {**task, "opened": event.at, "result": {}}
        for change in effects.get("task_states", []):
            task = self.tasks[change["id"]]
            task.update(change)
            if change.get("state") == "Completed":
                task["closed"] = event.at
        for one in effects.get("impacts", []):
            n = len([other for other in self.impacts if other["seq"] == event.seq])
            self.impacts.append({**one, "seq": event.seq, "n": n, "at": event.at, "on": on, "log": str(event.log_id)})
        self._turn(event)

    def _turn(self, event: Any) -> None:
        """What an event says of the case itself."""
        effects = event.effects
        if "statement" in effects:
            self.statements.append(effects["statement"])
        if event.kind == "refused":
            self.refused.append(effects["transition"])
        self.owner = effects.get("owner", self.owner)
        if "outcome" in effects:
            self.outcome = effects["outcome"]
        if "reasons" in effects:
            self.reasons = effects["reasons"]
        if "closed" in effects:
            self.closed = event.at if effects["closed"] else None

    def _move(self, event: Any, on: date) -> None:
        """What an event says of its own track."""
        effects = event.effects
        if event.kind == "fired":
            self.fired.append(
                {
                    "seq": event.seq,
                    "track": event.track_id,
                    "name": effects["transition"],
                    "part": effects.get("part"),
                    "at": event.at,
                    "on": on,
                    "data": effects.get("data", {}),
                    "to": event.header["to"],
                    "actor": event.header["actor"],
                }
            )
            if "ended" in effects:
                self.tracks[event.track_id]["live"] = False
            if effects.get("reopened"):
                self.tracks[event.track_id]["live"] = True
        if "provider" in effects:
            self.tracks[event.track_id]["provider"] = effects["provider"]
        if "replaced" in effects:
            self.tracks[event.track_id]["replaced"] = effects["replaced"]
        if event.kind == "corrected" and "transition" in effects:
            for one in self.fired:
                if one["seq"] == effects.get("of"):
                    one["data"] = effects["data"]

    @property
    def ended_as(self) -> str | None:
        return self.outcome if self.closed else None

    def records(self) -> list[dict[str, Any]]:
        """The records that stand, each with the baseline that it is compared with now."""
        space = uuid.UUID("5f0c9d0e-3c1e-4a53-9a0e-6a1a6f3b7c11")
        by_id = {str(uuid.uuid5(space, f"{one['log']}:{one['seq']}:impact:{one['n']}")): one for one in self.impacts}
        gone = {old: id for id, one in by_id.items() for old in one.get("replaces", [])}
        found = []
        for id, one in by_id.items():
            if id in gone:
                continue
            base = one.get("baseline")
            while base in gone:
                base = gone[base]
            found.append({**one, "id": id, "base": by_id.get(base) if base else None})
        return found

    def steps(self) -> dict[str, date]:
        reached: dict[str, date] = {}
        for step, names in STEPS.items():
            when = [one["on"] for one in self.fired if one["track"] == self.main and one["name"] in names]
            if when:
                reached[step] = when[0]
        good = sorted((one for one in self.records() if one["level"] in LEVELS[1:]), key=lambda one: one["seq"])
        for n in range(1, len(good) + 1):
            if any(
                _year([one for one in good[:n] if one["measure"] == m]) for m in {one["measure"] for one in good[:n]}
            ):
                reached["measured_12_months"] = good[n - 1]["on"]
                break
        sure = [one for one in good if one["level"] == "verified"]
        if sure:
            reached["verified"] = sure[0]["on"]
        return reached


def _year(records: list[dict[str, Any]]) -> bool:
    """Whether the days that are covered, short gaps with them, are a year."""
    spans = sorted((date.fromisoformat(one["from"]), date.fromisoformat(one["to"])) for one in records)
    joined: list[list[date]] = []
    for begins, ends in spans:
        if joined and (begins - joined[-1][1]).days <= 32:
            joined[-1][1] = max(joined[-1][1], ends)
        else:
            joined.append([begins, ends])
    return any((ends - begins).days + 1 >= 365 for begins, ends in joined)


class Fold:
    """All figures of a programme up to a moment."""

    def __init__(self, db: Connection, programme: str, until: datetime) -> None:
        rows = db.execute(
            text(
                "SELECT e.log_id::text, e.seq, e.at, e.kind, e.track_id::text, e.header, e.effects, e.body, l.kind AS log_kind"
                " FROM events e JOIN logs l ON l.id = e.log_id WHERE l.programme_id = CAST(:p AS uuid) OR l.id = CAST(:p AS uuid)"
                " ORDER BY e.log_id, e.seq"
            ),
            {"p": programme},
        ).all()
        logs: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for row in rows:
            if row.at <= until:
                logs[row.log_kind, row.log_id].append(row)
        self.own = own = next(events for (kind, _), events in logs.items() if kind == "programme")
        self.logs = logs
        self.days = Days([event.effects["calendar"] for event in own if "calendar" in event.effects][-1])
        self.until = until
        everybody = [Case(events, self.days) for (kind, _), events in sorted(logs.items()) if kind == "case"]
        self.duplicates = sum(case.ended_as == "duplicate" for case in everybody)
        self.cases = [case for case in everybody if case.ended_as != "duplicate"]
        self.needs = [id for (kind, id), events in logs.items() if kind == "need" and self._published(events)]
        self.matches = self._matches(own)
        self.nights = self._nights(own)

    @staticmethod
    def _published(events: list[Any]) -> bool:
        status, shown, merged = "published", False, False
        for event in events:
            told = event.body.get("status")
            if told and "value" in told:
                status = told["value"]
            shown = shown or status != "draft"
            merged = {"merged": True, "unmerged": False}.get(event.kind, merged)
        return shown and not merged

    def stands_for(self, need: str | None) -> str | None:
        """The need that stands in the place of another one, or that one."""
        kept = need
        for event in self.logs.get(("need", need or ""), []):
            if event.kind in ("merged", "unmerged"):
                kept = event.effects["merger"]["kept"] if event.kind == "merged" else need
        return kept

    @staticmethod
    def _matches(own: list[Any]) -> list[dict[str, Any]]:
        """Those that are not refused, each with what was matched."""
        found: dict[str, dict[str, Any]] = {}
        for event in own:
            for name, said in event.body.items():
                if name.startswith("matches/") and said.get("value", "") is None:
                    found.pop(name, None)
                elif name.startswith("matches/"):
                    one = found.setdefault(name, {"refused": False})
                    one.update(said.get("value", {}))
                    if event.kind in ("match_refused", "match_taken_back"):
                        one["refused"] = event.kind == "match_refused"
        return [one for one in found.values() if not one["refused"]]

    @staticmethod
    def _nights(own: list[Any]) -> list[tuple[int, int]]:
        nights = {}
        for event in own:
            for name, told in event.body.items():
                if name.startswith("case_hygiene_days/") and "value" in told:
                    nights[name[-10:]] = (told["value"]["live"], told["value"]["broken"])
        return [nights[day] for day in sorted(nights)]

    # --- the figures, each as rows of plain values ---

    def every(self) -> dict[str, list[dict[str, Any]]]:
        return {
            "funnel": self.funnel(),
            "conversion": self.conversion(),
            "discipline": self.discipline(),
            "follow_up": self.follow_up(),
            "referrals": self.referrals(),
            "agreements": self.agreements(),
            "deployments": self.deployments(),
            "effects": self.effects(),
            "endings": self.endings(),
        }

    def funnel(self) -> list[dict[str, Any]]:
        matched = {one.get("need_id") for one in self.matches}
        rows = [
            row({"step": "need_published"}, len(self.needs)),
            row({"step": "match_not_refused"}, len(set(self.needs) & matched), len(self.needs)),
            row({"step": "match_not_refused", "what": "matches"}, len(self.matches)),
        ]
        before: set[str] | None = None
        for step in EVERY_STEP:
            there = {case.number for case in self.cases if step in case.steps()}
            here = there if before is None else there & before
            among = len(self.matches) if before is None else len(before)
            rows.append(row({"step": step}, len(here), among, cases=here, parts={"otherwise": len(there) - len(here)}))
            before = here
        planned = [case for case in self.cases if "plan_approved" in case.steps()]
        for branch, tell in (("assessment", self._assessment), ("money", self._money)):
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

    @staticmethod
    def _assessment(case: Case) -> str:
        names = {one["name"] for one in case.fired if one["track"] == case.main}
        if "assessment_passed" in names:
            return "passed"
        return "not_needed" if names & {"skip_assessment", "waive_assessment"} else "needed"

    @staticmethod
    def _money(case: Case) -> str:
        tracks = {id: track["kind"] for id, track in case.tracks.items() if track["kind"] in MONEY}
        paid = any(one["track"] in tracks and one["name"] in MONEY[tracks[one["track"]]] for one in case.fired)
        return "passed" if paid else "needed" if tracks else "not_needed"

    def conversion(self) -> list[dict[str, Any]]:
        told = [(case, {"opened": case.opened, **case.steps()}) for case in self.cases]
        rows = []
        names = ["opened", *EVERY_STEP]
        for step, following in zip(names, names[1:], strict=False):
            there = [one for one in told if step in one[1]]
            took = sorted((days[following] - days["opened"]).days for _, days in there if following in days)
            ripe = took[math.ceil(len(took) * 0.9) - 1] if len(took) >= 5 else None
            groups: list[tuple[dict[str, Any], list[Any], bool | None]] = [({}, there, None)]
            for month in sorted({f"{case.opened:%Y-%m}" for case, _ in there}):
                last = (date.fromisoformat(f"{month}-28") + timedelta(days=4)).replace(day=1) - timedelta(days=1)
                young = None if ripe is None else (self.days.day(self.until) - last).days < ripe
                groups.append(({"month": month}, [one for one in there if f"{one[0].opened:%Y-%m}" == month], young))
            for name in ("phase", "sector", "district", "source"):
                for value in sorted({case.by[name] for case, _ in there}, key=lambda one: (one is None, str(one))):
                    groups.append(({name: value}, [one for one in there if one[0].by[name] == value], None))
            for of, mine, young in groups:
                on = [case.number for case, days in mine if following in days]
                ended = [case.number for case, days in mine if following not in days and case.closed]
                parts = {"went_on": len(on), "ended": len(ended), "open": len(mine) - len(on) - len(ended)}
                rows.append(
                    row(
                        {"step": step, "next": following, **of}, len(on), len(mine), cases=on, parts=parts, unripe=young
                    )
                )
        return rows

    def discipline(self) -> list[dict[str, Any]]:
        rows = []
        for what, nights in (("last_night", self.nights[-1:]), ("nights", self.nights)):
            live = sum(one for one, _ in nights)
            rows.append(row({"what": what}, live - sum(one for _, one in nights), live))
        return rows

    def follow_up(self) -> list[dict[str, Any]]:
        rungs = []
        for case in self.cases:
            if case.closed is None:
                continue
            asked = [
                task for task in case.tasks.values() if task["name"] == "follow_up" and task["opened"] >= case.closed
            ]
            for days, task in zip((180, 365, 730), asked, strict=False):
                answer = task["result"].get("running")
                ever = task["state"] == "Completed" and answer in ("yes", "no")
                due = datetime.fromisoformat(task["due"]) if task.get("due") else None
                if ever or (due is not None and due <= self.until):
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

    def _sent(self) -> list[dict[str, Any]]:
        found = []
        for case in self.cases:
            for id, track in case.tracks.items():
                mine = [one for one in case.fired if one["track"] == id]
                sent = next((n for n, one in enumerate(mine) if one["part"] == "sends"), None)
                if track["part"] != "request" or sent is None:
                    continue
                start, later = mine[sent], mine[sent + 1 :]
                names = [one["name"] for one in later]
                answer = next(
                    (n for n, one in enumerate(later) if one["name"] in ("accept", "decline", "declare_conflict")), None
                )
                minutes = None
                if answer is not None:
                    path = [start, *later[: answer + 1]]
                    minutes = sum(
                        self.days.minutes(one["at"], other["at"])
                        for one, other in zip(path, path[1:], strict=False)
                        if one["to"] == start["to"]
                    )
                what = {
                    label
                    for label, name in (
                        ("asked_back", "ask_info"),
                        ("accepted", "accept"),
                        ("declined", "decline"),
                        ("started", "start"),
                        ("delivered", "deliver"),
                        ("approved", "approve"),
                    )
                    if name in names
                }
                if answer is not None and later[answer]["at"] <= self.days.close_of_nth(start["at"], 5):
                    what.add("answered_in_time")
                found.append(
                    {
                        "case": case.number,
                        "service": track["kind"],
                        "provider": track["provider"],
                        "month": f"{start['on']:%Y-%m}",
                        "minutes": minutes,
                        "settled": answer is not None or not track["live"],
                        "what": what,
                        "reason": next((one["data"].get("reason") for one in later if one["name"] == "decline"), None),
                    }
                )
        return found

    def referrals(self) -> list[dict[str, Any]]:
        told, rows = self._sent(), []
        groups: list[dict[str, Any]] = [{}]
        for name in ("service", "provider", "month"):
            groups += [{name: value} for value in sorted({str(one[name]) for one in told})]
        for of in groups:
            mine = [one for one in told if all(one[name] == value for name, value in of.items())]
            waits = sorted(
                (one["minutes"] if one["minutes"] is not None else math.inf) for one in mine if one["settled"]
            )
            rows.append(
                row({"what": "sent", **of}, len(mine), cases=[one["case"] for one in mine], **through_the_middle(waits))
            )
            for what in ("answered_in_time", "asked_back", "accepted", "started", "delivered", "approved"):
                here = [one["case"] for one in mine if what in one["what"]]
                rows.append(row({"what": what, **of}, len(here), len(mine), cases=here))
        declined = [one for one in told if "declined" in one["what"]]
        for reason in sorted({one["reason"] for one in declined}):
            here = [one["case"] for one in declined if one["reason"] == reason]
            rows.append(row({"what": "declined", "reason": reason}, len(here), len(declined), cases=here))
        return rows

    def agreements(self) -> list[dict[str, Any]]:
        rounds = []
        for case in self.cases:
            clauses = [
                task
                for task in case.tasks.values()
                if task["name"] == "dispute_clause_check" and task["state"] == "Completed"
            ]
            clause = max(clauses, key=lambda task: task["closed"])["result"].get("clause") if clauses else None
            for id, track in case.tracks.items():
                if track["workflow"] != "agreement":
                    continue
                open_: dict[str, Any] | None = None
                for one in (one for one in case.fired if one["track"] == id):
                    if one["name"] in ("sign_local", "sign_cross"):
                        rounds.append((case.number, one["data"], clause, one))
                    elif one["name"] == "sign_to_licence":
                        open_ = one
                    elif one["name"] in ("redraft", "abandon", "refused_by_authority"):
                        open_ = None
                    elif one["name"] == "licence_issued" and open_ is not None:
                        rounds.append((case.number, open_["data"], clause, open_))
                        open_ = None
                if open_ is not None:
                    rounds.append((case.number, open_["data"], clause, open_))
        binding = [one for one in rounds if one[1].get("kind") not in ("nda", "loi")]
        rows = [self._signed({"what": "signed"}, binding, len(binding))]
        for kind in sorted({one[1]["kind"] for one in rounds}):
            mine = [one for one in rounds if one[1]["kind"] == kind]
            rows.append(
                self._signed({"what": "signed", "kind": kind}, mine, len(rounds if kind in ("nda", "loi") else binding))
            )
        with_clause = [one[0] for one in binding if one[2] not in (None, "none")]
        rows.append(row({"what": "with_dispute_clause"}, len(with_clause), len(binding), cases=with_clause))
        rows += self._contracts({}, binding)
        for month in sorted({f"{one[3]['on']:%Y-%m}" for one in binding if _technology(one[1])}):
            rows += self._contracts({"month": month}, [one for one in binding if f"{one[3]['on']:%Y-%m}" == month])
        known = [(one, self._registered(one, rounds)) for one in binding]
        ripe, good = ([one for one, is_in_time in known if is_in_time in wanted] for wanted in ((True, False), (True,)))
        rows.append(self._signed({"what": "registered_in_time"}, good, len(ripe)))
        licensed = [one for one in binding if one[3]["name"] == "sign_to_licence"]
        rows.append(self._signed({"what": "under_licence"}, licensed, len(binding)))
        return rows

    def _contracts(self, of: dict[str, Any], binding: list[Any]) -> list[dict[str, Any]]:
        contracts = [one for one in binding if _technology(one[1])]
        told = [one for one in contracts if one[1].get("technology_value")]
        value = row(
            {"what": "technology_contracts", "of": "technology_value", **of},
            len(told),
            len(contracts),
            cases=[one[0] for one in told],
            money=sums_of(one[1]["technology_value"] for one in told),
        )
        return [self._signed({"what": "technology_contracts", **of}, contracts, len(binding)), value]

    def _registered(self, one: Any, rounds: list[Any]) -> bool | None:
        """Whether what was signed across a border was registered in 60 days; None of others, and as long as nobody knows."""
        number, data, _, signed = one
        since = data.get("first_base_on") or data.get("effective_on")
        if signed["name"] != "sign_cross" or not since:
            return None
        last = date.fromisoformat(since) + timedelta(days=60)
        end = min(
            (o["at"] for *_, o in rounds if o["track"] == signed["track"] and o["at"] > signed["at"]), default=LATER
        )
        (case,) = [case for case in self.cases if case.number == number]
        told = sorted(
            (task["closed"], task["result"]["registered_on"])
            for task in case.tasks.values()
            if (task["name"], task["track"], task["state"]) == ("contract_registration", signed["track"], "Completed")
            and signed["at"] <= task["opened"] < end
        )
        if told:
            return date.fromisoformat(told[0][1]) <= last
        return False if last < self.days.day(self.until) else None

    @staticmethod
    def _signed(of: dict[str, Any], mine: list[Any], among: int) -> dict[str, Any]:
        values = [one[1]["contract_value"] for one in mine if one[1].get("contract_value")]
        return row(of, len(mine), among, cases=[one[0] for one in mine], money=sums_of(values))

    def deployments(self) -> list[dict[str, Any]]:
        sites = []
        built = defaultdict[str, list[tuple[str, Decimal]]](list)
        for case in self.cases:
            for id, track in case.tracks.items():
                names = [one["name"] for one in case.fired if one["track"] == id]
                if track["workflow"] == "deployment" and "ready_to_test" in names:
                    sites.append((case.number, bool({"pass", "pass_with_list"} & set(names)), "fail" in names))
                    for one in case.fired:
                        if (
                            one["track"] == id
                            and one["name"] in ("pass", "pass_with_list")
                            and "capacity" in one["data"]
                        ):
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

    def effects(self) -> list[dict[str, Any]]:
        there, cells = [], defaultdict[tuple[str, str, str], dict[str, Decimal]](dict)
        for case in self.cases:
            sites = {id for id, track in case.tracks.items() if track["workflow"] == "deployment"}
            accepted = any(one["track"] in sites and one["name"] in ("pass", "pass_with_list") for one in case.fired)
            used = any(
                task["name"] == "use_report" and task["state"] == "Completed" and task["result"].get("in_use") is True
                for task in case.tasks.values()
            )
            if accepted or used:
                there.append(case.number)
                for one in self._once(case):
                    saved = self._saved(one)
                    if saved is not None:
                        cell = cells[one["measure"], one["unit"], one["level"]]
                        cell[case.number] = cell.get(case.number, Decimal(0)) + saved
        covered = {number for cell in cells.values() for number in cell}
        rows = [row({"what": "with_records"}, len(covered), len(there), cases=covered)]
        for (measure, unit, level), cell in sorted(cells.items()):
            of = {"indicator": measure, "unit": unit, "level": level}
            rows.append(row(of, len(cell), len(there), cases=cell, amount=sum(cell.values())))
        return rows

    @staticmethod
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

    @staticmethod
    def _saved(one: dict[str, Any]) -> Decimal | None:
        base = one["base"]
        if base is None:
            return None
        length, whole = ((date.fromisoformat(of["to"]) - date.fromisoformat(of["from"])).days + 1 for of in (one, base))
        less = Fraction(base["value"]) * length / whole - Fraction(one["value"])
        if one["indicator"] in GOOD_WHEN_MORE:
            less = -less
        return Decimal(round(less * 10**6)) / 10**6

    def endings(self) -> list[dict[str, Any]]:
        closed = [case for case in self.cases if case.closed and case.outcome != "introduced"]
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
        alive = {self.stands_for(case.need) for case in self.cases if not case.closed or case.outcome in SUCCESS}
        rows.append(row({"what": "needs_without_a_way"}, len(set(self.needs) - alive), len(self.needs)))
        return rows


def _technology(said: dict[str, Any]) -> bool:
    if said.get("kind") == "joint_venture":
        return said.get("contribution") not in (None, "none")
    return said.get("kind") in {"development", "technical_service", "patent_licence", "know_how_licence", "assignment"}


def sums_of(amounts: Iterable[dict[str, Any]]) -> dict[str, str]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for one in amounts:
        sums[one["currency"]] += Decimal(str(one["amount"]))
    return {currency: str(amount) for currency, amount in sums.items()}


def through_the_middle(ordered: list[float]) -> dict[str, Any]:
    if len(ordered) < 5:
        return {}
    half = len(ordered) // 2
    middle = ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
    ninth = ordered[math.ceil(len(ordered) * 0.9) - 1]
    return {
        "median": None if math.isinf(middle) else f"{middle:.1f}",
        "p90": None if math.isinf(ninth) else str(int(ninth)),
    }


def row(of: dict[str, Any], numerator: int | None, denominator: int | None = None, **more: Any) -> dict[str, Any]:
    """A line of a figure as the API tells it."""
    share = None
    if numerator is not None and denominator is not None and denominator >= 10 and more.get("share", True):
        share = f"{round(Fraction(1000 * numerator, denominator)) / 10:.1f}"
    amount = more.get("amount")
    return {
        "of": of,
        "numerator": numerator,
        "under": more.get("under"),
        "denominator": denominator,
        "percent": share,
        "parts": more.get("parts", {}),
        "median": more.get("median"),
        "p90": more.get("p90"),
        "money": more.get("money", {}),
        "amount": None if amount is None else str(amount),
        "unripe": more.get("unripe"),
        "cases": sorted(set(more.get("cases", ()))),
    }


def told(rows: list[dict[str, Any]]) -> list[str]:
    """Rows in one order and one way of writing, so that two folds can be held against each other."""
    plain = [{**one, "amount": None if one["amount"] is None else str(Fraction(one["amount"]))} for one in rows]
    money = [
        {**one, "money": {currency: str(Fraction(amount)) for currency, amount in one["money"].items()}}
        for one in plain
    ]
    return sorted(json.dumps(one, sort_keys=True) for one in money)


#: Any moment after all that tests do.
LATER = datetime(9999, 1, 1, tzinfo=UTC)
