"""Drive whole cases through the operations: who does what, what is refused, and how time passes."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.definition.edition_schema import WrittenField
from casework.engine.definition.editions import Edition, TransitionRule
from casework.engine.definition.prefill import prefill
from casework.engine.state.case import CREATED, Case, Task, Track
from casework.engine.state.events import FIRED, Event
from casework.engine.state.projection import fold
from casework.errors import CaseworkError
from casework.operations.cases.history import list_events
from casework.operations.cases.queries import show_case
from casework.operations.cases.service import (
    add_task,
    declare_interest,
    fire_transition,
    hand_over,
    open_case,
    register_document,
    withdraw_consent,
)
from casework.operations.core.actions import calendar_of
from casework.operations.core.idempotency import Request
from casework.operations.core.ip_rights import confirm_right
from casework.operations.deadlines.timers import next_moment, ring_due_on
from casework.operations.documents.service import enter
from casework.operations.mediations.service import open_mediation
from casework.operations.oversight.case_hygiene import find_breaches
from casework.operations.tasks.queues import list_tasks
from casework.operations.tasks.service import complete_task
from casework.operations.verification.service import verify_case
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, sight
from casework.records.actors import find_actor
from casework.records.case_loader import load
from casework.records.event_log import now, read_events
from tests.journeys.world import START
from tests.support.declared_effects import undeclared

Json = Any
_keys = itertools.count(1)

#: A transition that fired: its workflow, its place in the edition, and the state that it led from.
Edge = tuple[str, int, str]


# --- steps -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Do:
    """Somebody fires `track.transition`, or completes the task of a name; with `error` it must be refused.

    What the form asks and `data` does not say is filled in with something ordinary. Days are numbers: 0 is today.
    """

    who: str
    what: str
    data: Mapping[str, Json] = field(default_factory=dict)
    about: str | None = None
    error: type[CaseworkError] | None = None
    words: str = ""


@dataclass(frozen=True)
class Wait:
    """Days pass, and every clock that comes due rings at its moment."""

    days: int


Step = Do | Wait | Callable[["Journey"], None]


def do(who: str, what: str, about: str | None = None, /, **data: Json) -> Do:
    return Do(who, what, data, about)


def refused(step: Do, error: type[CaseworkError], words: str = "") -> Do:
    """The same step, which must be refused in this way and with these words, and change nothing."""
    return replace(step, error=error, words=words)


def wait(days: int) -> Wait:
    return Wait(days)


def begin(match: str = "main", who: str = "officer") -> Callable[[Journey], None]:
    """Somebody opens the case of a match; what follows happens in it."""
    return lambda journey: journey.open(match, who)


def turn_to(name: str) -> Callable[[Journey], None]:
    """What follows happens in another case, or in `dispute`, the sealed mediation."""

    def turn(journey: Journey) -> None:
        assert name in journey.logs, name
        journey.here = name

    return turn


def dispute(who: str = "dispute_officer") -> Callable[[Journey], None]:
    """A dispute officer opens a sealed mediation about the case; what follows happens in it."""
    return lambda journey: journey.open_dispute(who)


def paper(name: str, party: str | None = None) -> Callable[[Journey], None]:
    """A paper of a party, or of neither, is registered under a name."""
    return lambda journey: journey.register(name, party)


def add(who: str, what: str, about: str | None = None) -> Do:
    """Somebody adds a task that the workflow offers: `track.task`."""
    return Do(who, f"+{what}", {}, about)


def withdrawn(party: str, who: str = "officer") -> Callable[[Journey], None]:
    """A party takes its newest consent back."""
    return lambda journey: journey.take_back(party, who)


def interest(who: str) -> Callable[[Journey], None]:
    return lambda journey: journey.interested(who)


def hand(who: str, to: str, *team: str) -> Callable[[Journey], None]:
    return lambda journey: journey.hand_over(who, to, team)


def right_is(right: str, **fields: Json) -> Callable[[Journey], None]:
    """The officer has looked the right up in its register, and this is what it says now."""
    return lambda journey: journey.look_up(right, fields)


def stands(track: str, *states: str) -> Callable[[Journey], None]:
    """The newest track of the name stands there."""

    def check(journey: Journey) -> None:
        assert journey.track(track).states == states, (track, journey.track(track).states, states)

    return check


def has(task: str, about: str | None = None, count: int | None = None, **is_: Json) -> Callable[[Journey], None]:
    """A task of the name is open, as many as said, and is as said."""

    def check(journey: Journey) -> None:
        found = journey.open_tasks(task, about)
        assert found, (task, sorted((t.name, t.state) for t in journey.case.open_tasks()))
        assert count in (None, len(found)), (task, len(found))
        for name, value in is_.items():
            value = journey.world[value] if name in ("holder", "organisation") and value else value
            assert getattr(found[0], name) == value, (task, name, getattr(found[0], name), value)

    return check


def has_not(task: str, about: str | None = None) -> Callable[[Journey], None]:
    def check(journey: Journey) -> None:
        assert not journey.open_tasks(task, about), task

    return check


def due_in(task: str, days: int) -> Callable[[Journey], None]:
    """The open task of the name is due on the day that is so many days from now."""

    def check(journey: Journey) -> None:
        moment = journey.open_tasks(task)[0].due_at
        assert moment is not None
        assert journey.local(moment) == journey.in_days(days), (task, moment)

    return check


def along(path: Sequence[Step], *ways: Sequence[Step], where: str = "") -> tuple[Step, ...]:
    """A path, and from each place on it where a way begins that way too, after which all is as it was before.

    A place is a state of the track on which the way begins, or of the one named.
    """
    return tuple(one for step in path for one in (step, lambda journey: journey.try_ways(ways, where)))


def outcome(code: str | None) -> Callable[[Journey], None]:
    def check(journey: Journey) -> None:
        assert journey.case.outcome == code, (journey.case.outcome, code)

    return check


def that(holds: Callable[[Journey], bool], words: str) -> Callable[[Journey], None]:
    """Anything else that must be so."""

    def check(journey: Journey) -> None:
        assert holds(journey), words

    return check


# --- the driver ------------------------------------------------------------------------------------------------------


@dataclass
class Journey:
    """One journey in one open transaction; the caller rolls it back."""

    db: Connection
    world: Mapping[str, str]
    here: str = "main"
    logs: dict[str, tuple[str, str]] = field(default_factory=dict)
    papers: dict[tuple[str, str], str] = field(default_factory=dict)
    #: What fired on ways that were rolled back.
    aside: set[Edge] = field(default_factory=set)
    tried: set[tuple[str, ...]] = field(default_factory=set)
    _case: Case | None = None
    _today: date | None = None

    # --- what stands ---

    @property
    def case(self) -> Case:
        log, kind = self.logs[self.here]
        if self._case is None or self._case.log != log:
            self._case = load(self.db, log, kind, every_task=True)
        return self._case

    def track(self, name: str) -> Track:
        """`workflow` or `referral:service`, the newest; with `#n` the n-th one."""
        name, _, nth = name.partition("#")
        found = self._tracks(name)
        assert found, f"no track {name}"
        return found[int(nth) - 1] if nth else found[-1]

    def has_track(self, name: str) -> bool:
        return self.here in self.logs and bool(self._tracks(name))

    def _tracks(self, name: str) -> list[Track]:
        workflow, _, kind = name.partition(":")
        return [t for t in self.case.tracks.values() if t.workflow == workflow and kind in ("", t.kind)]

    def open_tasks(self, name: str, about: str | None = None) -> list[Task]:
        return [
            t
            for t in self.case.open_tasks()
            if t.name == name and t.state != CREATED and (about is None or t.about == about)
        ]

    @property
    def today(self) -> date:
        if self._today is None:
            self._today = self.local(now(self.db))
        return self._today

    def local(self, moment: datetime) -> date:
        return calendar_of(self.db, self.world["programme"]).local_date(moment)

    def in_days(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def events(self) -> list[Event]:
        return list(read_events(self.db, self.logs[self.here][0]))

    def burdens(self, right: str) -> list[dict[str, Json]]:
        """What lies on a right, and what lay on it."""
        found = text("SELECT encumbrances FROM rights WHERE id = CAST(:id AS uuid)")
        return list(self.db.execute(found, {"id": self.world[right]}).scalar_one())

    def refuses_dispute(self, who: str, error: type[CaseworkError]) -> bool:
        """Whether this person may not open a mediation about the case."""
        nested = self.db.begin_nested()
        with pytest.raises(error):
            open_mediation(self.db, self.actor(who), str(self.case.number), _request())
        nested.rollback()
        return True

    def rung(self, what: str, task: str) -> list[Event]:
        """When the clock of a task of this name rang for a reminder, an escalation and the like."""
        of = {one.id for one in self.case.tasks.values() if one.name == task}
        return [e for e in self.events() if e.effects.get("what") == what and e.effects.get("task") in of]

    def together(self, kind: str, transition: str) -> bool:
        """Whether the newest event of a kind brought the transition about, in one deed."""
        cause = [e for e in self.events() if e.kind == kind][-1]
        return any(e.because == cause.seq and e.effects.get("transition") == transition for e in self.events())

    def actor(self, who: str) -> Actor:
        actor = find_actor(self.db, self.world[who])
        assert actor is not None, who
        return actor

    def _changed(self) -> None:
        self._case = None

    # --- steps ---

    def run(self, steps: Sequence[Step]) -> Journey:
        for n, step in enumerate(steps, 1):
            try:
                self.step(step)
                if isinstance(step, Wait):
                    self.insist_nothing_waits_unseen()
            except (AssertionError, CaseworkError, LookupError, ValueError) as fault:
                fault.add_note(f"at step {n}, {step}, in {self.here}")
                raise
        return self

    def step(self, step: Step) -> None:
        if isinstance(step, Wait):
            self.pass_days(step.days)
        elif not isinstance(step, Do):
            step(self)
            self._changed()
        elif step.error is None:
            self.act(step)
            self._changed()
        else:
            self._must_refuse(step, step.error)

    def _must_refuse(self, step: Do, error: type[CaseworkError]) -> None:
        before, papers = self.case, dict(self.papers)
        nested = self.db.begin_nested()
        with pytest.raises(error) as told:
            self.act(step)
        nested.rollback()
        self.papers = papers
        assert step.words in told.value.message, told.value.message
        self._changed()
        assert self.case == before, "what is refused changes nothing"

    def try_ways(self, ways: Sequence[Sequence[Step]], where: str) -> None:
        for way in ways:
            first = way[0]
            assert isinstance(first, Do)
            name, _, transition = first.what.rpartition(".")
            if not self.has_track(name) or not self.has_track(where or name):
                continue
            track = self.track(name)
            here = (str(way), *self.track(where or name).states)
            if here not in self.tried and load_library()[track.edition].find(transition, track.states):
                self.tried.add(here)
                self._go_aside(way)

    def _go_aside(self, way: Sequence[Step]) -> None:
        kept = self.here, dict(self.logs), dict(self.papers)
        nested = self.db.begin_nested()
        self.run(way)
        self.insist_whole()
        self.aside |= set(self._fired())
        nested.rollback()
        self.here, self.logs, self.papers = kept
        self._today = None
        self._changed()

    def act(self, step: Do) -> None:
        if step.what.startswith("+"):
            track, _, task = step.what[1:].rpartition(".")
            log, kind = self.logs[self.here]
            actor = self.actor(step.who)
            add_task(self.db, actor, log, kind, self.track(track).id, task, about=step.about, request=_request())
        elif "." in step.what:
            self._fire(step)
        else:
            self._complete(step)

    def _fire(self, step: Do) -> None:
        name, _, transition = step.what.rpartition(".")
        track = self.track(name)
        edition = load_library()[track.edition]
        found = edition.find(transition, track.states)
        pending = self.case.proposal_for(track.id, transition)
        data = dict(step.data)
        if found:
            self._hand_in(edition, found[0], track, step.who)
        if found and not pending:
            data = self.fill(edition.form(found[0].form), data, track, transition, step.who)
        log, kind = self.logs[self.here]
        done = fire_transition(
            self.db,
            self.actor(step.who),
            log,
            kind,
            track.id,
            transition,
            data=data,
            revision=track.revision,
            request=_request(),
        )
        assert found is not None
        rule, states = found[0], tuple(done.answer["states"])
        self._changed()
        if rule.confirm_by and not pending:
            assert states == track.states
            assert self.case.proposal_for(track.id, transition) is not None
        elif not rule.target.startswith("="):
            assert states == (rule.target,), (states, rule.target)
        assert self.case.tracks[track.id].states == states
        assert done.answer["revision"] == self.case.tracks[track.id].revision > track.revision

    def _hand_in(self, edition: Edition, rule: TransitionRule, track: Track, who: str) -> None:
        """The papers that an action asks for, where they are not on file; what another provider owes is not handed in here."""
        there = {one.kind for one in self.case.documents.values() if one.withdrawn_at is None}
        for one in rule.needs:
            if one.of is None and one.kind not in there:
                self._file(edition.text(f"papers.{one.kind}"), one.kind, track, who)

    def _file(self, title: str, kind: str, track: Track, who: str) -> str:
        """A paper of a kind: of the referral, where its provider hands it in; else of the case."""
        above, actor = self.case.referral_of(track), self.actor(who)
        if above is None or not any(one.organisation == above.provider for one in actor.memberships):
            self.register(title, None, who=self._keeper(), kind=kind)
        else:
            done = enter(
                self.db,
                actor,
                self.case,
                title=title,
                kind=kind,
                referral=above.id,
                language="en",
                valid_until=None,
                request=_request(),
            )
            self.papers[self.here, title] = done.answer["id"]
        self._changed()
        return self.papers[self.here, title]

    def _complete(self, step: Do) -> None:
        found = self.open_tasks(step.what, step.about)
        assert found, (step.what, sorted((t.name, t.state) for t in self.case.open_tasks()))
        task = min(found, key=lambda one: one.about or "")
        track, data = self.case.tracks[task.track], dict(step.data)
        if task.type == "side":
            edition = load_library()[task.edition]
            data = self.fill(edition.form(edition.tasks[task.rule].form), data, track, task.name, step.who)
        actor = self.actor(step.who)
        done = complete_task(self.db, actor, task.id, data=data, happened_on=None, request=_request())
        assert done.answer["state"] == "Completed"

    # --- other deeds ---

    def open(self, match: str, who: str) -> None:
        done = open_case(self.db, self.actor(who), self.world[match], _request())
        self.here, self.logs[match] = match, (done.answer["id"], "case")
        assert done.answer["state"] == "proposed"

    def open_dispute(self, who: str) -> None:
        about = self.here
        done = open_mediation(self.db, self.actor(who), str(self.case.number), _request())
        self.here, self.logs["dispute"] = "dispute", (done.answer["id"], "mediation")
        assert self.case.about == self.logs[about][0]

    def register(self, name: str, party: str | None, who: str = "officer", kind: str = "report") -> None:
        done = register_document(
            self.db,
            self.actor(who),
            str(self.case.number),
            title=name,
            kind=kind,
            party=party,
            language="en",
            valid_until=None,
            revision=self.case.revision,
            request=_request(),
        )
        self.papers[self.here, name] = done.answer["id"]

    def take_back(self, party: str, who: str) -> None:
        consent = [c for c in self.case.consents.values() if c.party == party and c.ended_at is None][-1]
        withdraw_consent(
            self.db,
            self.actor(who),
            str(self.case.number),
            consent.id,
            reason="They wish it.",
            revision=self.case.revision,
            request=_request(),
        )

    def interested(self, who: str) -> None:
        declare_interest(self.db, self.actor(who), str(self.case.number), nature="Family.", request=_request())

    def hand_over(self, who: str, to: str, team: Sequence[str]) -> None:
        hand_over(
            self.db,
            self.actor(who),
            str(self.case.number),
            owner=self.world[to],
            team=[self.world[one] for one in team],
            note="See the file.",
            revision=self.case.revision,
            request=_request(),
        )
        assert self.case.log

    def look_up(self, right: str, fields: Mapping[str, Json]) -> None:
        actor, checked = self.actor("officer"), self.today
        confirm_right(self.db, actor, self.world[right], checked_on=checked, fields=fields, request=_request())

    # --- time ---

    def set_clock(self, moment: datetime) -> None:
        """Let the session's clock show this moment."""
        there: datetime = self.db.execute(text("SELECT clock_timestamp()")).scalar_one()
        offset = (moment - there).total_seconds()
        self.db.execute(text("SELECT set_config('casework.clock_offset', :offset, true)"), {"offset": f"{offset:.6f}"})
        self._today = None

    def pass_days(self, days: int) -> None:
        end = now(self.db) + timedelta(days=days)
        while (moment := next_moment(self.db)) is not None and moment <= end:
            if moment > now(self.db):
                self.set_clock(moment + timedelta(milliseconds=1))
            assert ring_due_on(self.db) > 0, "a clock is due and does not ring"
        self.set_clock(end)
        self._changed()

    # --- forms ---

    def fill(
        self, form: Sequence[WrittenField], said: dict[str, Json], track: Track, deed: str, who: str
    ) -> dict[str, Json]:
        """The form's values: what was said, else what is known already, else something ordinary where it must be."""
        if unknown := said.keys() - {rule["name"] for rule in form}:
            raise AssertionError(f"{deed} has no field {', '.join(sorted(unknown))}")
        known, data = prefill(self.case, track, form), dict[str, Json]()
        for rule in form:
            name = rule["name"]
            if "when" in rule and data.get(rule["when"][0]) not in rule["when"][1]:
                continue
            if name in said:
                if said[name] is not None:
                    data[name] = self._resolved(rule, said[name])
            elif name in known:
                data[name] = known[name]
            elif rule["required"] or rule["type"] == "rights":
                data[name] = self._ordinary(rule, deed, who, track)
        return data

    def _resolved(self, rule: Mapping[str, Json], value: Json) -> Json:
        match rule["type"]:
            case "date" if isinstance(value, int):
                return self._day(value)
            case "person" | "provider" | "right":
                return self.world[value]
            case "people" | "providers" | "panel" | "rights":
                return [self.world[one] for one in value]
            case "documents":
                return [self.papers[self.here, one] for one in value]
            case "tasks":
                return [task.id for name in value for task in self.open_tasks(name)]
            case "items":
                return [{"what": what, "by": self._day(day)} for what, day in value]
            case "money":
                return {"amount": f"{value}.00", "currency": "CNY"}
            case "number":
                return str(value)
        return value

    def _ordinary(self, rule: Mapping[str, Json], deed: str, who: str, track: Track) -> Json:
        name = rule["name"]
        match rule["type"]:
            case "text" | "note":
                return "As filed."
            case "number":
                return "100" if name == "bank_share" else str(int(float(rule["min"] or 1)) or 1)
            case "money":
                return {"amount": "100000.00", "currency": "CNY"}
            case "date":
                return self._day(_DAYS.get(name, 0 if rule["past"] else 30))
            case "choice":
                return _CHOICES.get((deed, name), rule["choices"][0])
            case "many":
                return rule["choices"][:1]
            case "yes_no":
                return rule["must"] if rule["must"] is not None else name not in _MOSTLY_NOT
            case "party":
                return "need_owner"
            case "right":
                return self.case.rights[0]
            case "rights":
                return list(self.case.rights)
            case "person":
                return self.world[who if rule["role"] == "provider" else "officer"]
            case "documents" if rule.get("kinds"):
                on_file = [one.id for one in self.case.documents.values() if one.kind in rule["kinds"]]
                return [on_file[-1] if on_file else self._file(name, rule["kinds"][0], track, who)]
            case "documents":
                if (self.here, "a paper") not in self.papers:
                    self.register("a paper", None, who=self._keeper())
                    self._changed()
                return [self.papers[self.here, "a paper"]]
            case "items":
                return [{"what": "As agreed.", "by": self._day(30)}]
        raise LookupError(f"nothing ordinary for {name}, a {rule['type']}")

    def _keeper(self) -> str:
        """Whoever owns the case registers its papers."""
        return next((name for name, id in self.world.items() if id == self.case.owner), "supervisor")

    def _day(self, days: int) -> str:
        return self.in_days(days).isoformat()

    # --- afterwards ---

    def insist_whole(self) -> None:
        """Every log proves itself, and tells exactly the case that its rows hold."""
        for log, kind in self.logs.values():
            told, kept = fold(read_events(self.db, log)), load(self.db, log, kind, every_task=True)
            assert told is not None
            for name in kept.__dataclass_fields__:
                assert getattr(told, name) == getattr(kept, name), f"the history tells another {name}"
            findings = verify_case(self.db, log)
            assert not findings, "\n".join(one.sentence for one in findings)

    def insist_nothing_waits_unseen(self) -> None:
        """Whatever happens, the nightly check would find nothing."""
        found = [f"{one.kind}: {one.task and one.task.name}" for one in find_breaches(self.db)]
        assert not found, found

    def insist_visible(self) -> None:
        """Everybody can look at what is theirs to see, wherever a journey ended; a mediation is there for few."""
        sealed = self.logs.get("dispute", ("a sealed log",))[0]
        for name, (_, kind) in self.logs.items():
            self.here = name
            case = self.case
            for who in _ONLOOKERS:
                actor = self.actor(who)
                level = sight(actor, case)
                if kind == "mediation":
                    assert (level > Sight.NOTHING) == (who in ("dispute_officer", "mediator")), (who, level)
                    continue
                if level > Sight.NOTHING:
                    seen = show_case(self.db, actor, str(case.number))
                    assert sealed not in str(seen), who
                if level > Sight.OUTLINE:
                    assert list_events(self.db, actor, case, limit=100)["items"]
                list_tasks(self.db, actor, view="queue")

    def fired(self) -> set[Edge]:
        """Every transition that fired, also on the ways aside."""
        return self.aside | set(self._fired())

    def _fired(self) -> Iterator[Edge]:
        library = load_library()
        for log, _ in self.logs.values():
            for event in read_events(self.db, log):
                assert undeclared(event.effects) == []
                if event.kind == FIRED:
                    edition = library[str(event.edition)]
                    found = edition.find(event.effects["transition"], event.frm)
                    assert found is not None
                    yield edition.workflow, found[0].index, found[1]


def start_clock(db: Connection, *, days_before: int = 0) -> None:
    """The session's clock shows the start of every journey, or a day before it."""
    Journey(db, {}).set_clock(START - timedelta(days=days_before))


def _request() -> Request:
    return Request(f"journey-{next(_keys)}", "")


_ONLOOKERS = (
    "officer", "supervisor", "deputy", "compliance", "auditor", "observer", "dispute_officer", "assessor", "banker",
    "mediator", "verifier",
)  # fmt: skip
_DAYS = {
    "expires_on": 700, "valid_until": 700, "final_due_on": 700, "effective_on": 0, "baseline_from": -60,
    "baseline_to": -1, "period_from": -60, "period_to": -1,
}  # fmt: skip
_CHOICES = {("propose", "kind"): "licence", ("waive_assessment", "reason"): "risk_accepted"}
_MOSTLY_NOT = {
    "skip_assessment", "crosses_border", "exclusive", "interest", "correction_refused", "foreign_pledgor",
    "duties_shared", "confirmation_asked", "owner_changed", "urgent",
}  # fmt: skip
