"""Random walks: a case in the hands of people who do anything that they may, with forms filled in at random."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

from casework.definitions import library_of, load_definitions
from casework.engine.case_objects.documents import CLERKS
from casework.engine.decide import decide
from casework.engine.definition.editions import Edition, TransitionRule
from casework.engine.definition.facts import UNKNOWN, FormNeeded
from casework.engine.definition.publisher import publish
from casework.engine.definition.registry import GUARDS
from casework.engine.definition.required_documents import SCANS, THERE, papers_for
from casework.engine.execution.available_actions import Offer, offers, task_offers
from casework.engine.execution.checklists import items_of, unticked
from casework.engine.execution.commands import Command, EndConsent, Fire, Open, Ring
from casework.engine.execution.context import By, Context, Library
from casework.engine.execution.effect_roles import accepted
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.record_commands import RegisterDocument
from casework.engine.execution.state_machine import move
from casework.engine.execution.task_commands import (
    Activate,
    Add,
    AddItem,
    Assign,
    Claim,
    Complete,
    Delegate,
    Forward,
    Modify,
    Nominate,
    Release,
    Resume,
    Start,
    Stop,
    Suspend,
    Tick,
)
from casework.engine.execution.task_lifecycle import refusal, works
from casework.engine.roles import ORGANISATION_ROLES
from casework.engine.state.case import HELD, READY, Case, Task, Track
from casework.engine.state.events import Event
from casework.engine.state.projection import evolve
from casework.errors import CaseworkError, NotAllowed, Refused, WrongState
from casework.ledger.canonical_json import canonical, instant, parse_instant
from tests.engine.toys import CALENDAR, START, uuid

Json = Any

#: Two of each, so that four eyes can be found.
ROLES = ("officer", "supervisor", "compliance", "dispute_officer", "provider", "provider_lead", "verifier")
PROVIDERS = [uuid(700), uuid(701)]
PEOPLE = [
    By(uuid(800 + 10 * n + m), role, organisation=PROVIDERS[m] if role in ORGANISATION_ROLES else None)
    for n, role in enumerate(ROLES)
    for m in (0, 1)
]
RIGHTS = [uuid(900), uuid(901)]
#: How often a way of a kind is gone, where it stands beside others: by people who want to get on, and by others.
CALM, WILD = {"main": 100, "return": 3, "exception": 0.3}, {"main": 10, "return": 10, "exception": 3}


@cache
def library() -> Library:
    return library_of(publish(one) for one in load_definitions())


class Walk:
    """One walk from the opening on; `faults` is what happened that never should."""

    def __init__(self, seed: int, command: Callable[[], Open], *, calm: bool = False) -> None:
        self.dice = random.Random(seed)
        self.library = library()
        self.now = START
        self.events: list[Event] = []
        self.faults: list[str] = []
        self.fired: Counter[tuple[str, str]] = Counter()
        self.refused = 0
        self.calm = calm
        self.weights = CALM if calm else WILD
        self._ids = count(10**6)
        self._case: Case | None = None
        self.burdens: dict[str, list[dict[str, Json]]] = {right: [] for right in RIGHTS}
        self.do(command(), By())
        for party in ("need_owner", "technology_owner", None):
            self.do(RegisterDocument("A paper", "report", party), self.clerk)

    # --- what stands ---

    @property
    def clerk(self) -> By:
        """Somebody who enters papers."""
        return next(one for one in PEOPLE if one.role in accepted(self.case, CLERKS))

    @property
    def case(self) -> Case:
        assert self._case is not None
        return self._case

    @property
    def today(self) -> date:
        return CALENDAR.local_date(self.now)

    def context(self, by: By) -> Context:
        later = (self.today + timedelta(days=3650)).isoformat()
        rights = {
            right: {
                "kind": "patent",
                "office": "CN",
                "number": "1",
                "in_force": True,
                "expires_on": later,
                "fee_paid_to": later,
                "checked_on": self.today.isoformat(),
                "confirmed": True,
                "encumbrances": list(burdens),
            }
            for right, burdens in self.burdens.items()
        }
        facts = {
            "rights": rights,
            "siblings": [],
            "need": {"status": "open", "valid_until": later},
            "technology": {
                "confirmed": {},
                "verification": {"number": "1", "verdict": "verified", "valid_until": later},
            },
            "match": {"rationale": True, "source": "search"},
            SCANS: {},
        }
        return Context(by, self.now, CALENDAR, lambda: uuid(next(self._ids)), facts)

    # --- deeds ---

    def do(self, command: Command, by: By) -> list[Event]:
        events = decide(self.library, self._case, command, self.context(by))
        for event in events:
            canonical(dict(event.effects))
            canonical(dict(event.body))
            self._case = evolve(self._case, event)
            if event.kind == "fired":
                track = self.case.tracks[str(event.track)]
                self.fired[track.workflow, event.effects["transition"]] += 1
            self._burden(event)
        self.events += events
        self.now += timedelta(minutes=self.dice.randint(1, 600))
        return events

    def _burden(self, event: Event) -> None:
        for one in event.effects.get("rights", ()):
            kept = self.burdens[one["right"]]
            if "add" in one:
                kept.append({"id": uuid(next(self._ids)), "case": self.case.log} | one["add"])
                continue
            for burden in kept:
                if burden["to"] is None and all(burden.get(key) == value for key, value in one["end"].items()):
                    burden["to"] = self.today.isoformat()

    def run(self, steps: int) -> Walk:
        for _ in range(steps):
            if not any(True for _ in self.case.live_tracks()) and not list(self.case.open_tasks()):
                break
            self.step()
        return self

    def step(self) -> None:
        deed = self.dice.choices(
            [self.fire, self.work, self.ring, self.add, self.claim, self.refused_deed, self.disturb, self.operate],
            [40, 40, 1 if self.calm else 4, 8, 2, 6, 0 if self.calm else 1, 0 if self.calm else 6],
        )[0]
        deed()

    def fire(self) -> None:
        """Somebody does something that is offered, and it must succeed, unless what the form says speaks against it."""
        ways = [
            (track, rule)
            for track in self.case.tracks.values()
            for rule, _ in self.library[track.edition].leaving(track.states)
            # What keeps the rights checked and an agreement in force is not ended by people who want to get on.
            if rule.by_people and not (self.calm and rule.name == "end")
        ]
        if not ways:
            return
        track, rule = self.dice.choices(ways, [self.weights[rule.kind] for _, rule in ways])[0]
        if self.calm or self.dice.random() < 0.9:
            self._hand_in(track, rule)
        pending = self.case.proposal_for(track.id, rule.name)
        roles = accepted(self.case, rule.confirm_by if pending else rule.by_people)
        by = self.dice.choice([one for one in PEOPLE if one.role in roles and self._mine(one, track)] or PEOPLE)
        offer = next(
            (one for one in self.offers(by) if (one.track, one.transition) == (track.id, rule.name) and one.allowed),
            None,
        )
        if offer is None:
            return
        edition = self.library[track.edition]
        data = {} if offer.proposal else self.form(edition, offer.rule.form, track)
        try:
            self.do(Fire(track.id, offer.transition, data), by)
        except Refused as refused:
            self._excuse(offer, by, track, refused)
        except (CaseworkError, LookupError, ValueError) as error:
            self.faults.append(f"{track.workflow}.{offer.transition} was offered and failed: {error!r} with {data}")

    def _hand_in(self, track: Track, rule: TransitionRule) -> None:
        """The papers that a way asks for come in, each from whom it must come."""
        facts = EventBuilder(self.library, self.case, self.context(By())).facts(track, {})
        for paper in papers_for(facts, rule):
            home = facts.referral(paper.rule.of) if paper.rule.of else self.case.referral_of(track)
            if (
                paper.state == THERE
                or paper.rule.of
                and home is None
                or home
                and (home.provider is None or "accept" not in home.fired)
            ):
                continue
            by = self.clerk if home is None else next(one for one in PEOPLE if one.organisation == home.provider)
            try:
                self.do(RegisterDocument("A paper", paper.rule.kind, referral=home.id if home else None), by)
            except WrongState:
                # What has ended takes nothing in any more.
                self.refused += 1

    def _excuse(self, offer: Offer, by: By, track: Track, refused: Refused) -> None:
        edition = self.library[track.edition]
        facts = EventBuilder(self.library, self.case, self.context(by)).facts(track, UNKNOWN)
        for name in offer.rule.guards:
            if edition.text(f"guards.{name}") not in refused.reasons:
                continue
            try:
                GUARDS[name].holds(facts)
            except FormNeeded:
                continue
            self.faults.append(f"{track.workflow}.{offer.transition} was offered, but {name} refused without the form")
        self.refused += 1

    def work(self) -> None:
        """Somebody completes a side task or decides on a proposal."""
        ready = [task for task in self.case.open_tasks() if task.type != "step" and task.state == READY]
        if not ready:
            self._pass_days()
            return
        task = self.dice.choice(ready)
        if not (workers := self._workers(task)):
            return
        by = self.dice.choice(workers)
        try:
            if task.type == "side":
                for item in unticked(self.library[task.edition], task):
                    self.do(Tick(task.id, item.id), by)
            self.do(Complete(task.id, self.answer(task)), by)
        except Refused:
            self.refused += 1
        except NotAllowed as no:
            if "another person" not in no.message:
                self.faults.append(f"task {task.name}: {no!r}")
        except (CaseworkError, LookupError, ValueError) as error:
            self.faults.append(f"task {task.name} failed: {error!r}")

    def answer(self, task: Task) -> dict[str, Json]:
        if task.type == "decision":
            # A stop is the end of a walk; it is mostly refused.
            stop = task.rule == "compliance_stop"
            if self.dice.random() < (0.1 if stop else 0.7):
                return {"decision": "confirm"}
            return {"decision": "refuse", "reason": "Not now."}
        edition = self.library[task.edition]
        return self.form(edition, edition.tasks[task.rule].form, self.case.tracks[task.track], task)

    def ring(self) -> None:
        """Time passes until the next clock, or for some days."""
        if self.dice.random() < 0.3:
            self._pass_days()
            return
        due = [clock for clock in self.case.clocks.values() if clock.fires_at is not None]
        if not due:
            return
        clock = min(due, key=lambda one: (one.fires_at or self.now, one.id))
        self.now = max(self.now, clock.fires_at or self.now)
        self.do(Ring(clock.id), By())

    def _pass_days(self) -> None:
        self.now += timedelta(days=self.dice.randint(1, 5))

    def add(self) -> None:
        by = self.dice.choice(PEOPLE)
        found = [one for one in task_offers(self.library, self.case, self.context(by)) if one.allowed]
        if found and self.dice.random() < 0.5:
            one = self.dice.choice(found)
            self.do(Add(one.track, one.task), by)

    def claim(self) -> None:
        """Somebody takes a task, and mostly gives it back soon, so that the others are not kept from it."""
        for task in list(self.case.open_tasks()):
            if task.state in HELD:
                held_by = next(one for one in PEOPLE if one.person == task.holder)
                self.do(Release(task.id), held_by)
                return
        ready = [
            (task, workers)
            for task in self.case.open_tasks()
            if task.state == READY and (workers := self._workers(task))
        ]
        if ready:
            task, workers = self.dice.choice(ready)
            self.do(Claim(task.id), self.dice.choice(workers))

    def _workers(self, task: Task) -> list[By]:
        return [one for one in PEOPLE if works(self.case, task, one)]

    def operate(self) -> None:
        """Somebody does something to a task that the table allows, and it must succeed."""
        tasks = list(self.case.open_tasks())
        if not tasks:
            return
        task, by = self.dice.choice(tasks), self.dice.choice(PEOPLE)
        made = self._operations(task, by)
        free = [one for one in made if refusal(self.library[task.edition], self.case, task, by, one) is None]
        if not free or self.case.frozen:
            return
        operation = self.dice.choice(free)
        try:
            self.do(made[operation], by)
        except (CaseworkError, LookupError, ValueError) as error:
            self.faults.append(f"{operation} of {task.name} was allowed and failed: {error!r}")

    def _operations(self, task: Task, by: By) -> dict[str, Command]:
        day = (self.today + timedelta(days=self.dice.randint(1, 20))).isoformat()
        others = [one.person for one in self._workers(task) if one.person not in (by.person, task.holder)]
        made: dict[str, Command] = {
            "start": Start(task.id),
            "stop": Stop(task.id),
            "release": Release(task.id),
            "resume": Resume(task.id),
            "suspend": Suspend(task.id, day, "provider", "They are away."),
            "activate": Activate(task.id),
            "nominate": Nominate(task.id, "For all of you."),
            "forward": Forward(task.id, "Not mine."),
            "tick": self._tick(task),
            "modify": Modify(task.id, 1 if task.priority < 1 else -1, "It matters."),
        }
        if others:
            person = self.dice.choice(others)
            made |= {
                "delegate": Delegate(task.id, person, "Please prepare it."),
                "assign": Assign(task.id, person, "Yours now."),
            }
        return made

    def _tick(self, task: Task) -> Command:
        items = items_of(self.library[task.edition], task)
        if not items or self.dice.random() < 0.3:
            return AddItem(task.id, "The handle too")
        item = self.dice.choice(items)
        return Tick(task.id, item.id, not item.done)

    def refused_deed(self) -> None:
        """What is not allowed says why, and is refused when it is tried all the same."""
        by = self.dice.choice(PEOPLE)
        no = [one for one in self.offers(by) if not one.allowed]
        if not no:
            return
        offer = self.dice.choice(no)
        track = self.case.tracks[offer.track]
        if not all(why.strip() for why in offer.why_not):
            self.faults.append(f"{track.workflow}.{offer.transition} does not say why not")
        data = {} if offer.proposal else self.form(self.library[track.edition], offer.rule.form, track)
        before = self._case
        try:
            decide(self.library, self._case, Fire(track.id, offer.transition, data), self.context(by))
        except CaseworkError:
            self.refused += 1
        else:
            self.faults.append(f"{track.workflow}.{offer.transition} was refused ({offer.why_not}) and succeeded")
        if self._case is not before:
            self.faults.append("a refused deed changed the case")

    def disturb(self) -> None:
        """A consent is withdrawn, or a paper comes in."""
        standing = [one.id for one in self.case.consents.values() if one.ended_at is None]
        if standing and self.dice.random() < 0.3:
            self.do(EndConsent(self.dice.choice(standing), "withdrawn", "They changed their mind."), PEOPLE[0])
        else:
            self.do(RegisterDocument("Another paper", "report", "technology_owner"), self.clerk)

    def offers(self, by: By) -> list[Offer]:
        return offers(self.library, self.case, self.context(by))

    @staticmethod
    def _mine(by: By, track: Track) -> bool:
        """A provider's person works on its own organisation's tracks; the policy that says so is not the engine's."""
        return by.organisation is None or track.provider in (None, by.organisation) and by.person not in track.barred

    # --- forms ---

    def form(self, edition: Edition, name: str | None, track: Track, task: Task | None = None) -> dict[str, Json]:
        data: dict[str, Json] = {}
        for rule in edition.form(name):
            asked = "when" not in rule or data.get(rule["when"][0]) in rule["when"][1]
            # Nothing comes of a plan in which nobody assesses.
            wanted = 1.0 if self.calm and rule["name"] == "assessment" else 0.3
            if not asked or not rule["required"] and self.dice.random() > wanted:
                continue
            value = self.value(rule, track)
            if value not in (None, []):
                data[rule["name"]] = value
        return data

    def value(self, rule: Mapping[str, Json], track: Track) -> Json:
        dice = self.dice
        match rule["type"]:
            case "text" | "note":
                return dice.choice(["Well.", "専利", "So it is; see the file.", "x" * min(40, rule["max"])])[
                    : rule["max"]
                ]
            case "number":
                low = int(float(rule["min"] or 0))
                if rule["name"].endswith("_share"):
                    # The shares of a risk make a hundred.
                    return "100" if rule["name"] == "bank_share" else "0"
                return str(dice.randint(low, int(float(rule["max"] or low + 100))))
            case "money":
                return {"amount": f"{dice.randint(1, 10**6)}.00", "currency": "CNY"}
            case "date":
                return self._day(rule)
            case "choice":
                return track.kind if rule.get("prefill") == "track.kind" else self._likely(rule["choices"])
            case "many":
                return dice.sample(rule["choices"], dice.randint(1, min(2, len(rule["choices"]))))
            case "yes_no":
                return rule["must"] if rule["must"] is not None else dice.random() < (0.97 if self.calm else 0.8)
            case "party":
                return dice.choice(["need_owner", "technology_owner"])
            case "right":
                return dice.choice(RIGHTS)
            case "rights":
                return dice.sample(RIGHTS, dice.randint(1, len(RIGHTS)))
            case "person":
                return self._person(rule["role"])
            case "people":
                return [self._person(rule["role"])]
            case "provider":
                return dice.choice(PROVIDERS)
            case "providers":
                return dice.sample(PROVIDERS, 1)
            case "panel":
                return dice.sample(PROVIDERS, dice.randint(1, len(PROVIDERS)))
            case "documents":
                kinds = rule.get("kinds")
                if kinds and not any(one.kind in kinds for one in self.case.documents.values()):
                    self.do(RegisterDocument("A paper", kinds[0]), self.clerk)
                return dice.sample(
                    [one.id for one in self.case.documents.values() if not kinds or one.kind in kinds], 1
                )
            case "tasks":
                return [task.id for task in self.case.open_tasks()][:1]
            case "items":
                day = (self.today + timedelta(days=dice.randint(-3, 60))).isoformat()
                return [{"what": "See to it.", "by": day}]
            case other:
                raise ValueError(f"no value for a {other}")

    def _likely(self, choices: list[str]) -> str:
        """Mostly the answer that lets a case go on."""
        good = [
            one for one in choices if one in ("none", "clear", "signed", "passed", "consent_on_file", "licence", "free")
        ]
        return self.dice.choice(good if good and self.dice.random() < (0.97 if self.calm else 0.8) else choices)

    def _person(self, role: str) -> str:
        return self.dice.choice([one.person for one in PEOPLE if one.role == (role or "provider")])

    def _day(self, rule: Mapping[str, Json]) -> str:
        days = self.dice.randint(-20, 0) if rule["past"] else self.dice.randint(0, 200)
        if not rule["past"] and rule["name"].startswith(("effective", "from", "operating")):
            days = self.dice.randint(0, 5)
        if rule["name"].startswith(("expires", "valid_until")):
            days = self.dice.randint(201, 900)
        return (self.today + timedelta(days=days)).isoformat()


# --- what must hold of every walk ------------------------------------------------------------------------------------


def again(events: list[Event], seed: int) -> list[Event]:
    """The events as a database gives them back: through JSON, with the keys in another order."""
    dice = random.Random(seed)
    return [_read(json.loads(json.dumps(_shuffled(asdict(event), dice), default=_written))) for event in events]


def _read(kept: dict[str, Json]) -> Event:
    event = Event(**kept)
    return replace(event, at=parse_instant(kept["at"]), frm=tuple(kept["frm"]), to=tuple(kept["to"]))


def _written(value: Any) -> str:
    assert isinstance(value, datetime)
    return instant(value)


def _shuffled(value: Json, dice: random.Random) -> Json:
    if isinstance(value, Mapping):
        keys = list(value)
        dice.shuffle(keys)
        return {key: _shuffled(value[key], dice) for key in keys}
    return [_shuffled(one, dice) for one in value] if isinstance(value, list | tuple) else value


def can_end(edition: Edition, track: Track) -> bool:
    """Whether some way, with every guard taken to hold, leads a track to its end."""
    return track.ended_at is not None or _can_end(edition, track.states, tuple(sorted(track.came_from.items())))


_KNOWN: dict[Any, bool] = {}


def _can_end(edition: Edition, states: tuple[str, ...], came_from: tuple[tuple[str, tuple[str, ...]], ...]) -> bool:
    key = (edition.fingerprint, states, came_from)
    if key not in _KNOWN:
        _KNOWN[key] = _search(edition, states, dict(came_from))
    return _KNOWN[key]


def _search(edition: Edition, states: tuple[str, ...], came_from: dict[str, tuple[str, ...]]) -> bool:
    seen: set[tuple[str, ...]] = set()
    todo = [states]
    while todo:
        at = todo.pop()
        if edition.ended(at):
            return True
        if at in seen:
            continue
        seen.add(at)
        for rule, place in edition.leaving(at):
            back = came_from.get(place, ())
            if rule.target != "=previous" or back:
                todo.append(move(edition, at, rule, place, back))
    return False
