"""What the log of one case says, and the programme's working days, read from the events with nothing of the product."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from .reading import WAS

#: The steps that a case comes to by an action, in order.
STEPS = {
    "interest_confirmed": {"confirm_interest"},
    "plan_approved": {"approve_plan", "skip_assessment"},
    "agreement_signed": {"sign", "sign_no_site"},
    "site_accepted": {"accept_site"},
}
EVERY_STEP = [*STEPS, "measured_12_months", "verified"]
LEVELS = ["claimed", "measured", "verified"]


class Days:
    """The programme's working days, counted here once more."""

    def __init__(self, stored: dict[str, Any]) -> None:
        self.zone = ZoneInfo(stored["zone"])
        self.slots = {
            int(day): [tuple(map(time.fromisoformat, slot)) for slot in slots] for day, slots in stored["slots"].items()
        }
        self.holidays = set(stored["holidays"])
        self.make_up = set(stored["make_up"])
        self._open: dict[date, list[tuple[datetime, datetime]]] = {}

    def day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def open(self, day: date) -> list[tuple[datetime, datetime]]:
        if day not in self._open:
            written = day.isoformat()
            slots = self.slots.get(0 if written in self.make_up else day.weekday(), [])
            slots = [] if written in self.holidays else slots
            self._open[day] = [(self._at(day, a), self._at(day, b)) for a, b in slots]
        return self._open[day]

    def _at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, self.zone)

    def worked(self, begin: date, end: date) -> int:
        """Working days after one day, up to another."""
        return sum(bool(self.open(begin + timedelta(days=n))) for n in range(1, (end - begin).days + 1))

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
        self.log, self.follows_from = str(events[0].log_id), first.get("follows_from")
        told = first.get("as_opened") or {}
        self.by = {"phase": self.phase, **{name: told.get(name) for name in WAS if name != "phase"}}
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

    @cached_property
    def steps(self) -> dict[str, date]:
        """The steps that it came to, each with the day of the first time."""
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
