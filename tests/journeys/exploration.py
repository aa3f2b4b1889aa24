"""Everybody at once, at random, over the API: what is offered must succeed, and what is refused must say why.

Each step one person looks at something, does what is offered there, does what is not, or sends a broken form; now and
then hours or days pass and the clocks fire. What never should happen is kept as a fault.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from casework.operations.deadlines.timers import fire_timers
from casework.playbook.words import ITEMS
from casework.settings import Settings
from casework.web.app import create_app
from tests.support.api_client import Answer, Client
from tests.support.world import World

Json = Any

#: What a form may be broken with, whatever the field asks for.
BROKEN: tuple[Json, ...] = (
    None, "", "\x00", "\ud800", "Infinity", "NaN", "-1", 1e308, True, [], {}, [[[[]]]], "2020-02-30", "9999-12-31", "x" * 20_000,
    "00000000-0000-0000-0000-000000000000", {"amount": "1e999", "currency": "CNY"}, "<b>", "\u202e", ["\x00"],
)  # fmt: skip
#: What each of a task's operations asks for.
BODIES: Mapping[str, Callable[[Explorer, Json], Json]] = {
    "release": lambda _e, _t: {}, "suspend": lambda e, _t: {"until": e.day(3), "waits_for": "other", "reason": "They are away."},
    "skip": lambda _e, _t: {"reason": "It is not needed."}, "exit": lambda _e, _t: {"reason": "It is not needed."},
    "fail": lambda _e, _t: {"reason": "It cannot be done."},
    "modify": lambda _e, t: {"priority": "low" if t["priority"] == "high" else "high", "reason": "It is so."},
}  # fmt: skip
BUSY = ("officer", "supervisor", "compliance", "provider")
PLAIN = ("claim", "start", "stop", "resume", "activate")


@dataclass
class Explorer:
    """A world, the people in it, and what has come of what they did."""

    settings: Settings
    world: World
    dice: random.Random
    offset: int = 0
    faults: list[str] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    _clients: dict[str, Client] = field(default_factory=dict)
    _engine: Engine | None = None

    def __post_init__(self) -> None:
        self._at(self.offset)

    def _at(self, offset: int) -> None:
        """Everybody goes on at this many seconds from now."""
        self.offset = offset
        self.close()
        later = self.settings.model_copy(update={"clock_offset": offset})
        app = create_app(later)
        self._engine = app.extensions["casework"]
        self._clients = {who: Client(app.test_client(), token) for who, token in self.world.tokens.items()}

    def close(self) -> None:
        if self._engine is not None:
            self._engine.dispose()

    @property
    def today(self) -> date:
        return (datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(seconds=self.offset)).date()

    def day(self, days: int = 0) -> str:
        return (self.today + timedelta(days=days)).isoformat()

    # --- asking ---

    def ask(self, who: str, method: str, path: str, body: Json = None, **headers: Any) -> Answer:
        client = self._clients[who]
        answer = client.get(path) if method == "GET" else client.post(path, body, **headers)
        self.asked[f"{method} {answer.status_code}"] += 1
        place = f"{who} {method} {path} {str(body)[:300]} at {self.offset}"
        if answer.status_code >= 500:
            self.faults.append(f"{answer.status_code}: {place}: {answer.text[:300]}")
        elif answer.status_code >= 400 and not (answer.json or {}).get("detail"):
            self.faults.append(f"no reason: {answer.status_code}: {place}")
        return answer

    def get(self, who: str, path: str) -> Json:
        answer = self.ask(who, "GET", path)
        return answer.json if answer.status_code == 200 else None

    def insist(self, answer: Answer, who: str, what: str, moved: Callable[[], bool], *, form: bool) -> None:
        """What was offered and answers 404, or 409 while nothing has moved, is a fault; a form may speak against itself."""
        if (
            answer.status_code < 400
            or answer.status_code == 422
            and form
            or form
            and (answer.json or {}).get("reasons")
        ):
            return
        if answer.status_code in (403, 404) or answer.status_code == 409 and not moved():
            self.faults.append(
                f"offered and refused: {answer.status_code}: {who} {what}: {answer.text[:400]} at {self.offset}"
            )

    # --- steps ---

    def run(self, steps: int) -> Explorer:
        actions = [self.look, self.act, self.not_offered, self.broken, self.work, self.write, self.pass_time]
        for _ in range(steps):
            self.dice.choices(actions, [12, 40, 6, 8, 24, 4, 4])[0]()
        return self

    def pass_time(self) -> None:
        self._at(self.offset + self.dice.choice([3_600, 20_000, 86_400, 86_400, 3 * 86_400, 8 * 86_400]))
        assert self._engine is not None
        for stuck in fire_timers(self._engine, until=None).stuck:
            self.faults.append(f"a clock of {stuck.log} could not fire: {stuck.why} at {self.offset}")

    def look(self) -> None:
        who = self._anybody()
        found = self._something(who)
        if found is None:
            self.get(
                who,
                self.dice.choice(
                    [
                        "/tasks?view=mine",
                        "/tasks?view=queue",
                        "/cases",
                        "/referrals",
                        "/notifications",
                        "/me",
                        "/matches",
                    ]
                ),
            )
            return
        kind, one = found
        if kind == "case":
            for part in ("", "/events", "/clocks", "/documents", "/messages", "/letters"):
                self.ask(who, "GET", f"/cases/{one['number']}{part}")
        else:
            for part in ("", "/events", "/documents", "/contract"):
                self.ask(who, "GET", f"/referrals/{one['id']}{part}")

    def act(self) -> None:
        """Somebody does what is offered."""
        for who, address, seen, action in self._actions():
            if not action["allowed"]:
                continue
            data = self._fill(who, seen, action["form"], action.get("prefill") or {})
            if data is None:
                continue
            answer = self._fire(who, address, seen, action, data)
            self.insist(
                answer,
                who,
                f"{address} {action['transition']} {data}",
                partial(self._moved, who, seen),
                form=bool(action["form"]),
            )
            return

    def not_offered(self) -> None:
        for who, address, seen, action in self._actions():
            if not action["allowed"]:
                data = self._fill(who, seen, action["form"], action.get("prefill") or {})
                self._fire(who, address, seen, action, data or {})
                return

    def broken(self) -> None:
        """A form with one answer spoilt must be refused by name, or the answer was one."""
        for who, address, seen, action in self._actions():
            if not action["form"]:
                continue
            data = self._fill(who, seen, action["form"], action.get("prefill") or {}) or {}
            rule = self.dice.choice(action["form"])
            data[rule["name"]] = self.dice.choice(BROKEN)
            if self.dice.random() < 0.1:
                data = self.dice.choice(BROKEN)
            self._fire(who, address, seen, action, data)
            return

    def work(self) -> None:
        """Somebody works on a task: whatever its operations are."""
        who = self._anybody()
        listed = self.get(who, f"/tasks?view={self.dice.choice(['mine', 'queue'])}")
        if not listed or not listed["items"]:
            return
        id = self.dice.choice(listed["items"])["id"]
        task = self.get(who, f"/tasks/{id}")
        if task is None:
            self.faults.append(f"listed and not there: {who} /tasks/{id} at {self.offset}")
            return
        offered = [one for one in task["operations"] if one in BODIES or one in PLAIN or one == "complete"]
        if not offered:
            return
        operation = self.dice.choice(offered)
        if operation == "complete":
            if task["type"] != "side":
                return
            seen = self.get(who, f"/cases/{task['case']}") if task.get("case") else None
            data = self._fill(who, seen or {}, task["form"] or [], task.get("prefill") or {})
            if data is None:
                return
            body: Json = {"data": data}
        else:
            body = BODIES[operation](self, task) if operation in BODIES else {}
        answer = self.ask(who, "POST", f"/tasks/{id}/{operation}", body)
        self.insist(answer, who, f"/tasks/{id}/{operation} {body}", lambda: False, form=operation == "complete")

    def write(self) -> None:
        who = self._anybody()
        found = self._something(who)
        if found is not None:
            kind, one = found
            place = f"/cases/{one['number']}" if kind == "case" else f"/referrals/{one['id']}"
            self.ask(
                who,
                "POST",
                f"{place}/messages",
                {"words": self.dice.choice(["Look at this.", "x", "你好"]), "sure": True},
            )

    # --- what there is ---

    def _anybody(self) -> str:
        """Those who move cases more often than those who only look."""
        people = sorted(self._clients)
        return self.dice.choices(people, [6 if one in BUSY else 1 for one in people])[0]

    def _something(self, who: str) -> tuple[str, Json] | None:
        """A case or a referral that this person sees, as the list has it."""
        for kind, path in self.dice.sample([("case", "/cases"), ("referral", "/referrals")], 2):
            listed = self.get(who, path)
            if listed and listed["items"]:
                return kind, self.dice.choice(listed["items"])
        return None

    def _actions(self) -> Iterator[tuple[str, str, Json, Json]]:
        """Somebody, where their action is fired, what they saw, and the action: in random order."""
        who = self._anybody()
        found = self._something(who)
        if found is None:
            return
        kind, one = found
        address = f"/cases/{one['number']}" if kind == "case" else f"/referrals/{one['id']}"
        seen = self.get(who, address)
        if seen is None:
            self.faults.append(f"listed and not there: {who} {address} at {self.offset}")
            return
        if "actions" in seen:
            actions = sorted(seen["actions"], key=lambda a: (not a["allowed"], self.dice.random()))
            yield from ((who, address, seen, action) for action in self.dice.sample(actions, len(actions)))

    def _fire(self, who: str, address: str, seen: Json, action: Json, data: Json) -> Answer:
        own = [seen] if "service" in seen else []
        tracks: list[Json] = [*(seen.get("tracks") or ()), *own, *(seen.get("service") or ())]
        revision = next((one["revision"] for one in tracks if one["id"] == action["track"]), seen.get("revision"))
        if address.startswith("/cases"):
            path, body = f"{address}/tracks/{action['track']}/transitions/{action['transition']}", {"data": data}
        else:
            path, body = f"{address}/transitions/{action['transition']}", {"data": data, "track": action["track"]}
        return self.ask(who, "POST", path, body, if_match=revision)

    def _moved(self, who: str, seen: Json) -> bool:
        again: Json = self.get(who, f"/cases/{seen['number']}" if "number" in seen else f"/referrals/{seen['id']}")
        return again is None or again.get("revision") != seen.get("revision")

    # --- forms ---

    def _fill(self, who: str, seen: Json, form: list[Json], known: Mapping[str, Json]) -> dict[str, Json] | None:
        """Answers as the form asks for them; None where something is wanted that is not there."""
        data: dict[str, Json] = {}
        for rule in form or ():
            when = rule.get("when")
            if when and data.get(when[0]) not in when[1]:
                continue
            name = rule["name"]
            if known.get(name) is not None and self.dice.random() < 0.8:
                data[name] = known[name]
            elif rule["required"] or self.dice.random() < 0.2:
                answer = self._answer(who, seen, rule | {"service": rule.get("service") or data.get("service")})
                if answer is not None:
                    data[name] = answer
                elif rule["required"]:
                    return None
        return data

    def _answer(self, who: str, seen: Json, rule: Json) -> Json:  # noqa: C901  one arm for each type of field
        match rule["type"]:
            case "text" | "note":
                return "As filed."
            case "number":
                return rule.get("min") or "1"
            case "money":
                return {"amount": "100000.00", "currency": "CNY"}
            case "date":
                return self.day(60 if rule.get("future") else -1 if rule.get("past") else self.dice.choice([-1, 0, 60]))
            case "choice":
                return self.dice.choice(rule["choices"])
            case "many":
                return rule["choices"][:1]
            case "listed":
                return ITEMS[rule["catalogue"]]
            case "listed_many":
                return [ITEMS[rule["catalogue"]]]
            case "yes_no":
                return rule["must"] if rule.get("must") is not None else self.dice.random() < 0.7
            case "party":
                return self.dice.choice(["need_owner", "technology_owner"])
            case "person" | "people":
                return self._several(
                    rule, [self.world.people[one] for one in ("officer", "provider") if one in self.world.people]
                )
            case "provider" | "providers" | "panel":
                listed = self.get(
                    who, f"/organisations?service={rule['service']}" if rule.get("service") else "/organisations"
                )
                return self._several(rule, [one["id"] for one in (listed or {}).get("items", ())])
            case "organisation":
                return self.world.organisations[self.dice.choice(["need_owner", "technology_owner"])]
            case "documents":
                return self._several(rule, [one["id"] for one in seen.get("documents", ()) if isinstance(one, dict)])
            case "right" | "rights":
                return self._several(rule, seen.get("rights", ()))
            case "impact":
                return self._several(rule, [one["id"] for one in seen.get("impacts", ()) if one["stands"]])
            case "tasks":
                return [one["id"] for one in seen.get("tasks", ())][:1]
            case "items":
                return [{"what": "As agreed.", "by": self.day(30)}]
            case "rows":
                if any(column["type"] == "owner" for column in rule["fields"]):
                    # No party here has an owner on record.
                    return None
                row = self._fill(who, seen, rule["fields"], {})
                return [row] if row else None
        raise LookupError(f"nothing for {rule}")

    def _several(self, rule: Json, found: Any) -> Json:
        chosen = list(found)
        if not chosen:
            return None
        one = self.dice.choice(chosen)
        return one if rule["type"] in ("person", "provider", "right", "impact") else [one]


def explore(settings: Settings, world: World, seed: int, steps: int, offset: int = 0) -> Explorer:
    """`offset`: of so many seconds from now it begins, where an earlier one has let time pass."""
    explorer = Explorer(settings, world, random.Random(seed), offset)
    try:
        return explorer.run(steps)
    finally:
        explorer.close()


__all__ = ["Explorer", "explore"]
