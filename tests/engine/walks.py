"""Random walks: a case in the hands of people who do anything that they may, with forms filled in at random."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import count
from typing import Any

from casework.definitions import library_of, load_definitions
from casework.engine.decide import decide
from casework.engine.definition.edition_schema import WrittenField
from casework.engine.definition.editions import TransitionRule
from casework.engine.definition.guard_facts import UNKNOWN, FormNeeded
from casework.engine.definition.publisher import publish
from casework.engine.definition.registry import GUARDS
from casework.engine.definition.required_documents import SCANS, THERE, papers_for
from casework.engine.execution.available_actions import Offer, offers, task_offers
from casework.engine.execution.checklists import items_of, unticked
from casework.engine.execution.commands import Command, EndConsent, Fire, FireTimer, Open
from casework.engine.execution.context import By, Context, Library
from casework.engine.execution.effect_roles import accepted
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.guards import told_to_actor
from casework.engine.execution.record_commands import RegisterDocument
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
from casework.engine.state.case import HELD, READY, Case, Task, Track
from casework.engine.state.effects_schema import Effects
from casework.engine.state.events import COMPLETED, Event
from casework.engine.state.projection import evolve
from casework.errors import CaseworkError, NotAllowed, Refused, WrongState
from casework.ledger.canonical_json import canonical
from tests.engine.random_forms import OWNER, PEOPLE, RIGHTS, Forms
from tests.engine.toys import CALENDAR, START, uuid

Json = Any

#: How often a way of a kind is gone, where it stands beside others: by people who want to get on, and by others.
CALM, WILD = {"main": 100, "return": 3, "exception": 0.3}, {"main": 10, "return": 10, "exception": 3}


@cache
def library() -> Library:
    return library_of(publish(one) for one in load_definitions())


COUNTRIES = (("CN", "CN"), ("DE", "CN"), ("DE", "CN"), ("CN", "DE"), ("CN", None))


class Walk(Forms):
    """One walk from the opening on; `faults` is what happened that never should."""

    def __init__(
        self, seed: int, command: Callable[[], Open], *, calm: bool = False, known: Effects | None = None
    ) -> None:
        """`known` is what stood in the case before the walk's own workflow began."""
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
        #: What lies outside the log, with the day on which it was looked up.
        self._outside: tuple[date, dict[str, Any]] | None = None
        # At home, out of the country, into it, and not known yet.
        self.countries = dict(zip(("need_owner", "technology_owner"), self.dice.choice(COUNTRIES), strict=True))
        # In one walk of three nobody is screened but by tasks of the case itself.
        self.screened_on_record = seed % 3 > 0
        self.told = list(RIGHTS)
        self.burdens: dict[str, list[dict[str, Json]]] = {right: [] for right in RIGHTS}
        self.seller = command().case["parties"]["technology_owner"]
        self.do(command(), By())
        if known:
            self._take_over(
                replace(self.events[-1], seq=self.events[-1].seq + 1, at=self.now, kind=COMPLETED, effects=known)
            )
        for party in ("need_owner", "technology_owner", None):
            self.do(RegisterDocument("A paper", "report", party), self.clerk)

    # --- what stands ---

    def context(self, by: By) -> Context:
        if self._outside is None or self._outside[0] != self.today:
            self._outside = self.today, self._facts()
        return Context(by, self.now, CALENDAR, lambda: uuid(next(self._ids)), self._outside[1])

    def _facts(self) -> dict[str, Any]:
        """What lies outside the log, on this day and with what lies on the rights by now."""
        later = (self.today + timedelta(days=3650)).isoformat()
        rights = {
            right: {
                "kind": "invention",
                "office": "CN",
                "number": "1",
                "status": "in_force",
                "expires_on": later,
                "fee_paid_to": later,
                "checked_on": self.today.isoformat(),
                "confirmed": True,
                # Of the second right nobody has entered whose it is.
                "owners": [{"organisation": self.seller, "share": None}] if right == RIGHTS[0] else [],
                "encumbrances": list(burdens),
            }
            for right, burdens in self.burdens.items()
        }
        return {
            "rights": rights,
            "siblings": [],
            "need": {"status": "open", "valid_until": later},
            "technology": {
                "confirmed": {},
                "verification": {"number": "1", "verdict": "verified", "valid_until": later},
            },
            "parties": {party: {"country": country} for party, country in self.countries.items()},
            "abroad": {
                "parties": sorted(party for party, country in self.countries.items() if country != "CN"),
                "providers": [],
            },
            "organisations": {},
            "screenings": {party: self._screened(later) for party in self.countries} if self.screened_on_record else {},
            "named_screenings": {},
            "owners": {party: {"organisation": self.seller, "owners": [OWNER]} for party in self.countries},
            "providers": None,
            "match": {"rationale": True, "source": "search"},
            SCANS: {},
        }

    def _screened(self, until: str) -> dict[str, Json]:
        looked = {"result": "clear", "owners_free": True, "checked_on": self.today.isoformat(), "valid_until": until}
        return {"id": uuid(9), **looked}

    def _take_over(self, event: Event) -> None:
        self._case = evolve(self.case, event)
        self.events.append(event)
        self.now += timedelta(minutes=1)

    # --- actions ---

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
        self._pass_minutes()
        return events

    def _pass_minutes(self) -> None:
        self.now += timedelta(minutes=self.dice.randint(1, 600))

    def _burden(self, event: Event) -> None:
        for one in event.effects.get("rights", ()):
            self._outside = None
            kept = self.burdens[one["right"]]
            if "add" in one:
                kept.append({"id": uuid(next(self._ids)), "case": self.case.log, "to": None} | one["add"])
            for burden in kept if "end" in one else ():
                if burden["to"] is None and all(burden.get(key) == value for key, value in one["end"].items()):
                    burden["to"] = self.today.isoformat()

    def run(self, steps: int) -> Walk:
        for _ in range(steps):
            if not any(True for _ in self.case.live_tracks()) and not list(self.case.open_tasks()):
                break
            self.step()
        return self

    def step(self) -> None:
        action = self.dice.choices(
            [
                self.fire,
                self.work,
                self.fire_clock,
                self.add,
                self.claim,
                self.refused_action,
                self.disturb,
                self.operate,
            ],
            [40, 40, 1 if self.calm else 4, 8, 2, 6, 0 if self.calm else 1, 0 if self.calm else 6],
        )[0]
        action()

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
        self._look_at_rights(by, track)
        data = {} if offer.proposal else self.form(edition, offer.rule.form, track)
        if self.calm and not offer.proposal:
            self._answer_what_is_open(edition.form(offer.rule.form), data, by, track)
        try:
            self.do(Fire(track.id, offer.transition, data), by)
        except Refused as refused:
            self._excuse(offer, by, track, refused)
        except (CaseworkError, LookupError, ValueError) as error:
            self.faults.append(f"{track.workflow}.{offer.transition} was offered and failed: {error!r} with {data}")

    def _look_at_rights(self, by: By, track: Track) -> None:
        """Nobody names what a case sheet keeps back from them."""
        builder = EventBuilder(self.library, self.case, self.context(by))
        self.told = told_to_actor(builder, builder.facts(track, {})).kept.told_of(self.case.rights)

    def _answer_what_is_open(self, form: Iterable[WrittenField], data: dict[str, Json], by: By, track: Track) -> None:
        """People who want to get on say what the record leaves open, and nothing that it answers."""
        facts = EventBuilder(self.library, self.case, self.context(by)).facts(track, data)
        for rule in form:
            if guard := rule.get("asked_if"):
                data.pop(rule["name"], None)
                if GUARDS[guard].holds(facts):
                    data[rule["name"]] = self.value(rule, track)
            if "when" in rule:
                asked, answers = rule["when"]
                if data.get(asked) not in answers:
                    data.pop(rule["name"], None)
                elif rule["required"] and rule["name"] not in data:
                    data[rule["name"]] = self.value(rule, track)

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
            if edition.as_reason(f"guards.{name}") not in refused.reasons:
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
            self._look_at_rights(by, self.case.tracks[task.track])
            self.do(Complete(task.id, self.answer(task)), by)
        except Refused:
            self.refused += 1
        except NotAllowed as no:
            if "another person" not in no.message:
                self.faults.append(f"task {task.name}: {no!r}")
        except (CaseworkError, LookupError, ValueError) as error:
            self._failed(task, error)

    def _failed(self, task: Task, error: Exception) -> None:
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

    def fire_clock(self) -> None:
        """Time passes until the next clock, or for some days."""
        if self.dice.random() < 0.3:
            self._pass_days()
            return
        due = [clock for clock in self.case.clocks.values() if clock.fires_at is not None]
        if not due:
            return
        clock = min(due, key=lambda one: (one.fires_at or self.now, one.id))
        self.now = max(self.now, clock.fires_at or self.now)
        self.do(FireTimer(clock.id), By())

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

    def refused_action(self) -> None:
        """What is not allowed says why, and is refused when it is tried all the same."""
        by = self.dice.choice(PEOPLE)
        no = [one for one in self.offers(by) if not one.allowed]
        if not no:
            return
        offer = self.dice.choice(no)
        track = self.case.tracks[offer.track]
        self._look_at_rights(by, track)
        if not all(str(why).strip() for why in offer.why_not):
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
            self.faults.append("a refused action changed the case")

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
