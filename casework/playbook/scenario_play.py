"""A scenario on a simulated clock, with nothing but the engine: who the people are, what lies outside, what forms are filled in with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast
from uuid import UUID

from casework.engine.case_objects.documents import CLERKS
from casework.engine.deadlines.calendars import Calendar
from casework.engine.decide import decide_and_evolve
from casework.engine.definition.editions import TransitionRule
from casework.engine.definition.prefill import prefill
from casework.engine.definition.required_documents import SCANS, THERE, papers_for
from casework.engine.execution.checklists import steps_unticked, unticked
from casework.engine.execution.commands import Command, Fire, FireTimer, Open
from casework.engine.execution.context import By, Context, Library
from casework.engine.execution.effect_roles import accepted
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.record_commands import RegisterDocument
from casework.engine.execution.task_commands import Add, Complete, Exit, Tick
from casework.engine.parts import MAIN
from casework.engine.roles import MEDIATION, ORGANISATION_ROLES, Role
from casework.engine.state.case import CREATED, Case, Task, Track
from casework.engine.state.effects_schema import CaseSubject, Effects
from casework.engine.state.events import COMPLETED, Event
from casework.engine.state.projection import evolve
from casework.errors import WrongState
from casework.json_values import Answers
from casework.playbook.forms import Form, Rule, fill_form
from casework.playbook.scenario_files import Scenario, ScenarioFault, Step

Json = Any
CALENDAR = Calendar("scenarios")
#: At ten in the morning where the calendar's people are.
TEN = time(2, 0, tzinfo=UTC)
RIGHTS = ("right 1", "right 2")
PARTIES = ("need_owner", "technology_owner")
#: More clocks than this never speak while one step waits, unless they run in a circle.
MOST_CLOCKS = 2_000
#: What a world may say in short, beside the facts that guards read.
COUNTRIES, SCREENED = "countries", "screened"


def id_of(name: str) -> str:
    """What somebody or something of a scenario is called in events; the same name is always the same."""
    return str(UUID(int=int.from_bytes(name.encode()[-15:], "big") + 2**122))


def by_name(who: str) -> By:
    """`officer`, `provider 3`: two people of each organisation."""
    role, _, number = who.partition(" ")
    n = int(number or 1)
    organisation = id_of(f"provider {(n + 1) // 2}") if role in ORGANISATION_ROLES else None
    return By(id_of(f"{role} {n} person"), Role(role), organisation)


class Play:
    """One case of a scenario. Nothing of it leaves the process, and nothing is asked of a database."""

    def __init__(self, library: Library, workflow: str, scenario: Scenario) -> None:
        self.library, self.workflow = library, workflow
        self.now = datetime.combine(scenario.begins, TEN)
        self.world: dict[str, Json] = {}
        self.events: list[Event] = []
        self.burdens: dict[str, list[dict[str, Json]]] = {id_of(right): [] for right in RIGHTS}
        self._ids = 0
        self._case: Case | None = None
        self.papers: dict[str, str] = {}
        self.change_world(scenario.world)
        self._open(scenario)

    def _open(self, scenario: Scenario) -> None:
        subject: CaseSubject = {
            "programme": id_of("programme"),
            "number": "0001",
            "match": id_of("match"),
            "need": id_of("need"),
            "technology": id_of("technology"),
            "parties": {party: id_of(party) for party in PARTIES},
            "rights": [id_of(right) for right in RIGHTS[:1]],
        }
        first, _, service = (scenario.opens or self.workflow).partition(":")
        kind = MEDIATION if MEDIATION in (first, service) else "case"
        if kind == MEDIATION:
            subject["about"] = id_of("case")
        if self.library.latest(first) is None:
            raise ScenarioFault(f"no workflow is called “{first}”")
        edition = self.library.latest(first)
        provider = None if edition and edition.part == MAIN else id_of("provider 1")
        self.do(Open(id_of("log"), kind, first, subject, None, service or None, provider), By())
        if scenario.known:
            last = self.events[-1]
            effects = cast(Effects, _known(scenario.known))
            self.events.append(replace(last, seq=last.seq + 1, at=self.now, kind=COMPLETED, effects=effects))
            self._case = evolve(self.case, self.events[-1])
            self.now += timedelta(minutes=1)

    def fork(self) -> Play:
        """The same case once more, so that it can go on in another way."""
        other = copy(self)
        other.events, other.papers, other.world = list(self.events), dict(self.papers), dict(self.world)
        other.burdens = {right: [dict(one) for one in lying] for right, lying in self.burdens.items()}
        return other

    # --- what stands ---

    @property
    def case(self) -> Case:
        assert self._case is not None
        return self._case

    @property
    def today(self) -> date:
        return CALENDAR.local_date(self.now)

    def label(self, track: Track) -> str:
        """`workflow` or `referral:service`; of several the n-th with `#n`."""
        name = f"referral:{track.kind}" if track.is_referral else track.workflow
        like = [one for one in self.case.tracks.values() if (one.workflow, one.kind) == (track.workflow, track.kind)]
        return name if len(like) == 1 else f"{name}#{like.index(track) + 1}"

    def track(self, name: str) -> Track:
        """By its label; the newest where several have the name, and the scenario's own where none is named."""
        name = name or self.workflow
        for track in reversed(list(self.case.tracks.values())):
            if name in (
                self.label(track),
                track.workflow,
                f"referral:{track.kind}" if track.is_referral else track.workflow,
            ):
                return track
        raise LookupError(
            f"there is no track “{name}”; there are {', '.join(map(self.label, self.case.tracks.values()))}"
        )

    @property
    def own(self) -> Track | None:
        """The newest track of the scenario's workflow, once there is one."""
        return next((one for one in reversed(list(self.case.tracks.values())) if one.workflow == self.workflow), None)

    def builder(self, by: By) -> EventBuilder:
        return EventBuilder(self.library, self._case, self.context(by))

    def context(self, by: By) -> Context:
        return Context(by, self.now, CALENDAR, self._new_id, self.facts)

    def _new_id(self) -> str:
        self._ids += 1
        return str(UUID(int=self._ids))

    # --- what lies outside ---

    def change_world(self, told: Mapping[str, Json]) -> None:
        known = {*_outside(self.now, self.burdens, {}), COUNTRIES, SCREENED}
        for name, value in told.items():
            if name not in known:
                raise ScenarioFault(f"the world has no “{name[:80]}”; it has {', '.join(sorted(known))}")
            self.world[name] = _merged(self.world.get(name), value)
        self._read_world()

    def _read_world(self) -> None:
        try:
            _outside(self.now, self.burdens, self.world)
        except (TypeError, AttributeError, ValueError):
            raise ScenarioFault("the world is told in other types than it has") from None

    @property
    def facts(self) -> dict[str, Json]:
        return _outside(self.now, self.burdens, self.world)

    # --- what happens ---

    def do(self, command: Command, by: By) -> list[Event]:
        """Let somebody do something; a minute later it is done."""
        events, self._case = decide_and_evolve(self.library, self._case, command, self.context(by))
        for event in events:
            self._lay(event)
        self.events += events
        self.now += timedelta(minutes=1)
        return events

    def _lay(self, event: Event) -> None:
        """What cases enter on rights lies on them from then on."""
        for one in event.effects.get("rights", ()):
            kept = self.burdens.setdefault(one["right"], [])
            if "add" in one:
                kept.append({"id": self._new_id(), "case": self.case.log, "to": None, **one["add"]})
            for burden in kept if "end" in one else ():
                if burden["to"] is None and all(burden.get(key) == value for key, value in one["end"].items()):
                    burden["to"] = self.today.isoformat()

    def wait(self, days: int) -> list[str]:
        """Let days pass; every clock does what is due at its own moment. Gives what the clocks said."""
        until, said = self.now + timedelta(days=days), list[str]()
        while due := [one for one in self.case.clocks.values() if one.fires_at is not None and one.fires_at <= until]:
            clock = min(due, key=lambda one: (one.fires_at or until, one.id))
            self.now = max(self.now, clock.fires_at or until)
            said.append(clock.steps[clock.next][1])
            self.do(FireTimer(clock.id), By())
            if len(said) > MOST_CLOCKS:
                raise ScenarioFault("its clocks run in a circle")
        self.now = max(self.now, until)
        return said

    def register(self, title: str, kind: str, party: str | None = None, track: Track | None = None) -> str:
        """A paper is entered: of the case by its office, of a referral by its provider."""
        clerks = accepted(self.case, CLERKS)
        by = next(by_name(str(role)) for role in (*CLERKS, Role.DISPUTE_OFFICER) if role in clerks)
        if track is not None and track.provider is not None:
            by = By(id_of("provider 1 person"), Role.PROVIDER, track.provider)
        events = self.do(RegisterDocument(title, kind, party, referral=track.id if track else None), by)
        self.papers[title] = id = str(events[0].effects["documents"][0]["id"])
        return id

    def hand_in(self, track: Track, rule: TransitionRule) -> None:
        """The papers that an action asks for come in, each from whom it must come."""
        facts = self.builder(By()).facts(track, {})
        for paper in papers_for(facts, rule):
            home = facts.referral(paper.rule.of) if paper.rule.of else self.case.referral_of(track)
            if paper.state == THERE or paper.rule.of and home is None:
                continue
            try:
                self.register(paper.rule.kind, paper.rule.kind, None, home)
            except WrongState:
                # What has ended takes nothing in any more.
                continue

    def ticked(self, tasks: Sequence[Task], by: By) -> None:
        for task in tasks:
            for item in unticked(self.library[task.edition], task):
                self.do(Tick(task.id, item.id), by)

    # --- one action ---

    def prepared(self, step: Step) -> tuple[Command, By]:
        """The command of an action, its form filled in. Raises LookupError for what is not there."""
        by = by_name(step.who)
        if step.adds:
            return Add(self.track(step.on).id, step.adds, step.about), by
        if step.drops:
            return Exit(self._open_task(step.drops, step.about).id, "Nobody needs it any more."), by
        if step.completes:
            return self._completing(step, by), by
        track = self.track(step.on)
        edition = self.library[track.edition]
        if not edition.has(step.does):
            raise LookupError(f"“{track.workflow}” has no transition “{step.does}”")
        found = edition.find(step.does, track.states)
        if found is None:
            raise WrongTurn(f"“{step.does}” does not lead out of {', '.join(track.states)}")
        rule = found[0]
        if not step.without_papers:
            self.hand_in(track, rule)
            self.ticked(
                [t for t in self.case.step_tasks(track.id) if steps_unticked(edition, self.case, track, rule)], by
            )
        if self.case.proposal_for(track.id, rule.name):
            return Fire(track.id, rule.name, dict(step.form)), by
        return Fire(track.id, rule.name, self.filled(rule.form, step, track, rule.name)), by

    def _completing(self, step: Step, by: By) -> Complete:
        task = self._open_task(step.completes, step.about)
        if task.type == "decision":
            return Complete(task.id, dict(step.form))
        if not step.without_papers:
            self.ticked([task], by)
        edition = self.library[task.edition]
        form = edition.tasks[task.rule].form if task.type == "side" else None
        return Complete(task.id, self.filled(form, step, self.case.tracks[task.track], task.name))

    def _open_task(self, name: str, about: str | None) -> Task:
        """The first task of a name that somebody can work on now."""
        ready = [task for task in self.case.open_tasks() if task.state != CREATED]
        tasks = [task for task in ready if task.name == name and about in (None, task.about)]
        if not tasks:
            raise LookupError(f"no task “{name}” is open; open are {', '.join(sorted({task.name for task in ready}))}")
        return min(tasks, key=lambda one: (one.about or "", one.opened_at, one.id))

    def filled(self, form: str | None, step: Step, track: Track, action: str) -> Answers:
        edition = self.library[track.edition]
        rules = edition.form(form)
        facts = _Surroundings(self, step, track)
        said = {**step.form, **dict.fromkeys(step.leaves)}
        return fill_form(Form(action, rules, prefill(self.case, track, rules)), said, facts)


class WrongTurn(Exception):
    """What a scenario wants done leads out of no state in which its track stands."""


class _Surroundings:
    """Facts for a form: what the scenario has of days, people and things."""

    def __init__(self, play: Play, step: Step, track: Track) -> None:
        self.play, self.step, self.track = play, step, track

    def day(self, days: int) -> str:
        return (self.play.today + timedelta(days=days)).isoformat()

    def named(self, kind: str, name: str) -> Sequence[str]:
        if kind == "documents":
            return [self.play.papers.get(name) or self.play.register(name, "report")]
        if kind == "tasks":
            return [task.id for task in self.play.case.open_tasks() if task.name == name]
        if kind in ("person", "people"):
            return [by_name(name).person]
        return [id_of(name)]

    def choose(self, rule: Rule) -> object:  # noqa: C901  one arm for each type of field
        case = self.play.case
        match rule["type"]:
            case "right":
                return case.rights[0]
            case "rights":
                return list(case.rights)
            case "burden":
                return next(one["id"] for lying in self.play.burdens.values() for one in lying if one["to"] is None)
            case "impact":
                return [one.id for one in case.impacts.values() if one.stands][-1]
            case "person":
                return by_name(
                    self.step.who if rule.get("role") == "provider" else str(rule.get("role") or "officer")
                ).person
            case "people":
                return [by_name(str(rule.get("role") or "provider")).person]
            case "provider":
                return id_of("provider 1")
            case "providers" | "panel":
                return [id_of("provider 2")]
            case "owner":
                return id_of("owner")
            case "organisation":
                return id_of("company")
            case "tasks":
                return [task.id for task in case.open_tasks()][:1]
            case "documents":
                kinds = rule.get("kinds") or ["report"]
                there = [one.id for one in case.documents.values() if one.kind in kinds and one.withdrawn_at is None]
                return there[-1:] or [self.play.register(str(rule["name"]), kinds[0])]
        raise LookupError(f"nothing ordinary for {rule['name']}, a {rule['type']}")


def _outside(now: datetime, burdens: Mapping[str, list[dict[str, Json]]], world: Mapping[str, Json]) -> dict[str, Json]:
    """The facts from outside the log that guards read: an ordinary world, and what a scenario tells of it."""
    today = CALENDAR.local_date(now)
    later = (today + timedelta(days=3650)).isoformat()
    told_countries = dict.fromkeys(PARTIES, "CN") | dict(world.get(COUNTRIES, {}))
    # An empty one is not known.
    countries = {party: country or None for party, country in told_countries.items()}
    looked = {"result": "clear", "owners_free": True, "checked_on": today.isoformat(), "valid_until": later}
    facts: dict[str, Json] = {
        "rights": {right: _right(today, later, lying) for right, lying in burdens.items()},
        "siblings": [],
        "need": {"status": "open", "valid_until": later},
        "technology": {"confirmed": {}, "verification": {"number": "1", "verdict": "verified", "valid_until": later}},
        "parties": {party: {"country": country} for party, country in countries.items()},
        "abroad": {
            "parties": sorted(party for party, one in countries.items() if one not in ("CN", None)),
            "providers": [],
        },
        "organisations": {},
        "screenings": {party: {"id": id_of("screening"), **looked} for party in PARTIES}
        if world.get(SCREENED, True)
        else {},
        "named_screenings": {},
        "owners": {party: {"organisation": id_of(party), "owners": [id_of("owner")]} for party in PARTIES},
        "providers": None,
        "match": {"rationale": True, "source": "search"},
        SCANS: {},
    }
    told = {name: value for name, value in world.items() if name not in (COUNTRIES, SCREENED)}
    merged = {
        name: _merged(value, _named(told[name], today)) if name in told else value for name, value in facts.items()
    }
    for right in merged["rights"].values():
        right["encumbrances"] = [_burden(n, today) | one for n, one in enumerate(right["encumbrances"])]
    return merged


def _known(told: Mapping[str, Json]) -> dict[str, Json]:
    """What a case has recorded before; of a consent what nobody tells is nothing."""
    plain = {"providers": None, "documents": None, "expires_on": None}
    consents = [{"id": id_of(f"consent {n}"), **plain, **one} for n, one in enumerate(told.get("consents", []))]
    return {**told, **({"consents": consents} if consents else {})}


def _right(today: date, later: str, lying: list[dict[str, Json]]) -> dict[str, Json]:
    return {
        "kind": "invention",
        "office": "CN",
        "number": "1",
        "status": "in_force",
        "expires_on": later,
        "fee_paid_to": later,
        "checked_on": today.isoformat(),
        "confirmed": True,
        "owners": [{"organisation": id_of("technology_owner"), "share": None}],
        "encumbrances": list(lying),
    }


def _burden(n: int, today: date) -> dict[str, Json]:
    """What a burden is that a world tells of without saying more."""
    began = (today - timedelta(days=60)).isoformat()
    return {"id": id_of(f"burden {n}"), "case": None, "from": began, "to": None, "territories": ["CN"]}


def _named(value: Json, today: date) -> Json:
    """Rights by their names, and days as numbers of days from today: what a world tells is about the day on which it is read."""
    match value:
        case dict():
            return {id_of(name) if name in RIGHTS else name: _named(one, today) for name, one in value.items()}
        case list():
            return [_named(one, today) for one in value]
        case str() if value.startswith("today"):
            return (today + timedelta(days=int(value.removeprefix("today") or 0))).isoformat()
        case date():
            return value.isoformat()
    return value


def _merged(before: Json, told: Json) -> Json:
    """What is told comes into what was there before; anything but a table takes its place."""
    if isinstance(before, dict) and isinstance(told, dict):
        return {**before, **{name: _merged(before.get(name), value) for name, value in told.items()}}
    return told


__all__ = ["CALENDAR", "Play", "WrongTurn", "by_name", "id_of"]
