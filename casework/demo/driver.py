"""Play scripts of cases through the operations, side by side on one line of simulated time.

The session's clock is set from deed to deed and only moves forward; whatever a clock of a case does in between,
it does at its own moment. A script whose next step would lie in the future simply stands there, as a live case does.
"""

from __future__ import annotations

import heapq
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

import uuid_utils
from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.demo.steps import Call, Do, Script, Until, Wait, do
from casework.demo.words import CHOICES, DAYS, MOSTLY_NOT, NUMBERS, WORDS
from casework.engine.deadlines.calendars import Calendar
from casework.engine.definition.editions import Edition, TransitionRule
from casework.engine.definition.prefill import prefill
from casework.engine.state.case import CREATED, Case, Task, Track
from casework.errors import CaseworkError, NotFound
from casework.operations.cases.service import (
    add_task,
    declare_interest,
    fire_transition,
    hand_over,
    open_case,
    register_document,
    withdraw_consent,
)
from casework.operations.core.idempotency import Request
from casework.operations.core.ip_rights import confirm_right
from casework.operations.deadlines.timers import next_moment, ring_due_on
from casework.operations.documents.service import enter
from casework.operations.mediations.service import open_mediation
from casework.operations.tasks.service import claim_task, complete_task, exit_task
from casework.permissions.actors import Actor
from casework.records.actors import find_actor
from casework.records.case_loader import load
from casework.records.database import ENGINE
from casework.records.row_security import read_as

Json = Any

_note = logging.getLogger(__name__)


# --- time ------------------------------------------------------------------------------------------------------------


@dataclass
class Stage:
    """The connection, its simulated clock, and who and what the scripts' names stand for."""

    db: Connection
    calendar: Calendar
    end: datetime
    ids: dict[str, str]
    moment: datetime

    @property
    def today(self) -> date:
        return self.calendar.local_date(self.moment)

    @contextmanager
    def deed(self) -> Iterator[Connection]:
        """One transaction, at the moment that it is."""
        began = monotonic()
        with self.db.begin():
            self._set(self.moment)
            yield self.db
        # The simulated clock ran on meanwhile.
        self.moment += timedelta(seconds=monotonic() - began)

    def _set(self, moment: datetime) -> None:
        self.db.execute(
            text(
                "SELECT set_config('casework.clock_offset', extract(epoch FROM CAST(:moment AS timestamptz)"
                " - clock_timestamp())::text, true)"
            ),
            {"moment": moment},
        )

    def advance(self, moment: datetime) -> None:
        """Let time pass; every clock that comes due rings at its own moment."""
        while True:
            with self.db.begin():
                due = next_moment(self.db)
                if due is None or due > moment:
                    break
                self._set(max(due + timedelta(milliseconds=1), self.moment))
                if ring_due_on(self.db) == 0:
                    _note.warning("a clock that was due at %s could not ring", due)
                    break
        self.moment = max(self.moment, moment)

    def at_work(self, day: date, n: int, *, exactly: bool = False) -> datetime:
        """A moment in office hours, on this day or the next one that is worked; `n` spreads over the day."""
        while not exactly and not self.calendar.is_working_day(day):
            day += timedelta(days=1)
        minutes = 9 * 60 + (n * 37) % (8 * 60)
        return datetime.combine(day, time(minutes // 60, minutes % 60), ZoneInfo(self.calendar.zone))


def play(stage: Stage, scripts: Sequence[Script], progress: Callable[[], None] = lambda: None) -> list[Performance]:
    """Play the scripts side by side, as far as today."""
    playing = [Performance(stage, script, n) for n, script in enumerate(scripts)]
    waiting = [(one.next_at(), n) for n, one in enumerate(playing)]
    heapq.heapify(waiting)
    while waiting and waiting[0][0] <= stage.end:
        moment, n = heapq.heappop(waiting)
        stage.advance(moment)
        playing[n].step()
        if (following := playing[n].next_at()) is not None:
            heapq.heappush(waiting, (following, n))
        else:
            progress()
    stage.advance(stage.end)
    return playing


# --- one case --------------------------------------------------------------------------------------------------------


class Performance:
    """One script on its way."""

    def __init__(self, stage: Stage, script: Script, n: int) -> None:
        self.stage, self.script, self.n = stage, script, n
        self.place, self.done = 0, 0
        self.here = "main"
        self.logs: dict[str, tuple[str, str]] = {}
        self.papers: dict[tuple[str, str], str] = {}
        self.clock, self.exactly = float(script.begins), False
        self._case: Case | None = None

    def next_at(self) -> Any:
        """When the next deed is; None when there is none."""
        while self.place < len(self.script.steps):
            step = self.script.steps[self.place]
            if isinstance(step, Wait):
                self.clock -= step.days
            elif isinstance(step, Until):
                self.clock, self.exactly = min(self.clock, step.days), step.exactly
            else:
                day = self.stage.calendar.local_date(self.stage.end) - timedelta(days=int(self.clock))
                moment = self.stage.at_work(day, self.n * 5 + self.done, exactly=self.exactly)
                return max(moment, self.stage.moment)
            self.place += 1
        return None

    def step(self) -> None:
        step = self.script.steps[self.place]
        self.place, self.done, self.clock = self.place + 1, self.done + 1, self.clock - self.script.pace
        self.exactly = False
        try:
            if isinstance(step, Do):
                self._do(step)
            elif isinstance(step, Call):
                getattr(self, step.name)(*step.given)
        except (CaseworkError, LookupError, ValueError) as fault:
            fault.add_note(f"in “{self.script.name}”, step {self.place}, {step}, on {self.stage.today}")
            raise
        self._case = None

    # --- what stands ---

    @property
    def case(self) -> Case:
        """As the open transaction reads it; read again after every deed."""
        if self._case is None:
            log, kind = self.logs[self.here]
            # Also between two deeds.
            read_as(self.stage.db, ENGINE)
            self._case = load(self.stage.db, log, kind, every_task=True)
        return self._case

    def track(self, name: str) -> Track:
        """`workflow` or `referral:service`, the newest; with `#n` the n-th one."""
        name, _, nth = name.partition("#")
        workflow, _, kind = name.partition(":")
        found = [t for t in self.case.tracks.values() if t.workflow == workflow and kind in ("", t.kind)]
        if not found:
            raise LookupError(f"no track {name}")
        return found[int(nth) - 1] if nth else found[-1]

    def open_tasks(self, name: str, about: str | None = None) -> list[Task]:
        return [
            one
            for one in self.case.open_tasks()
            if one.name == name and one.state != CREATED and about in (None, one.about)
        ]

    def id(self, name: str) -> str:
        return self.stage.ids[self.script.cast.get(name, name)]

    def actor(self, who: str) -> Actor:
        found = find_actor(self.stage.db, self.id(who))
        if found is None:
            raise NotFound(f"person {who}")
        return found

    # --- deeds ---

    def _do(self, step: Do) -> None:
        with self.stage.deed() as db:
            log, kind = self.logs[self.here]
            if step.what.startswith("+"):
                name, _, task = step.what[1:].rpartition(".")
                track = self.track(name)
                add_task(db, self.actor(step.who), log, kind, track.id, task, about=step.about, request=_request())
            elif "." in step.what:
                self._fire(db, log, kind, step)
            else:
                self._complete(db, step)

    def _fire(self, db: Connection, log: str, kind: str, step: Do) -> None:
        name, _, transition = step.what.rpartition(".")
        track = self.track(name)
        edition = load_library()[track.edition]
        found, data = edition.find(transition, track.states), dict(step.data)
        if found:
            self._hand_in(edition, found[0], track, step.who)
        if found and not self.case.proposal_for(track.id, transition):
            data = self.fill(edition, found[0].form, data, track, transition, step.who)
        # Registering a paper has moved the case, not the track.
        fire_transition(
            db,
            self.actor(step.who),
            log,
            kind,
            track.id,
            transition,
            data=data,
            revision=track.revision,
            request=_request(),
        )

    def _hand_in(self, edition: Edition, rule: TransitionRule, track: Track, who: str) -> None:
        """The papers that an action asks for, where they are not on file; what another provider owes is not handed in here."""
        there = {one.kind for one in self.case.documents.values()}
        for one in rule.needs:
            if one.of is None and one.kind not in there:
                self._file(edition.text(f"papers.{one.kind}"), one.kind, track, who)

    def _complete(self, db: Connection, step: Do) -> None:
        found = self.open_tasks(step.what, step.about)
        if not found:
            raise LookupError(f"no open task {step.what}; open are {sorted(t.name for t in self.case.open_tasks())}")
        task = min(found, key=lambda one: (one.about or "", one.id))
        track, data = self.case.tracks[task.track], dict(step.data)
        if task.type == "side":
            edition = load_library()[task.edition]
            data = self.fill(edition, edition.tasks[task.rule].form, data, track, task.name, step.who)
        complete_task(db, self.actor(step.who), task.id, data=data, happened_on=None, request=_request())

    def open(self, who: str = "officer") -> None:
        with self.stage.deed() as db:
            match = db.execute(
                text(
                    "SELECT m.id FROM matches m JOIN needs n ON n.id = m.need_id JOIN technologies t"
                    " ON t.id = m.technology_id WHERE n.external_id = :need AND t.external_id = :technology"
                ),
                {"need": self.script.match[0], "technology": self.script.match[1]},
            ).scalar_one()
            done = open_case(db, self.actor(who), match, _request())
        self.logs["main"] = (done.answer["id"], "case")

    def finish(self, who: str, task: str, data: Mapping[str, Json] | None = None) -> None:
        """Somebody completes every task of the name that is open, if there is one."""
        while self.open_tasks(task):
            self._do(do(who, task, **(data or {})))
            self._case = None

    def drop(self, who: str, *tasks: str) -> None:
        """Somebody ends tasks that nobody needs any more."""
        for name in tasks:
            for task in self.open_tasks(name):
                with self.stage.deed() as db:
                    exit_task(db, self.actor(who), task.id, reason="The case ends before it.", request=_request())
                self._case = None

    def claim(self, who: str, task: str) -> None:
        """Somebody takes a task, and has it on the desk."""
        with self.stage.deed() as db:
            claim_task(db, self.actor(who), self.open_tasks(task)[0].id, _request())

    def dispute(self, who: str = "dispute_officer") -> None:
        """A dispute officer opens a sealed mediation; what follows happens in it."""
        with self.stage.deed() as db:
            done = open_mediation(db, self.actor(who), str(self.case.number), _request())
        self.here, self.logs["dispute"] = "dispute", (done.answer["id"], "mediation")

    def turn(self, name: str) -> None:
        self.here = name

    def paper(self, name: str, party: str | None = None) -> None:
        with self.stage.deed() as db:
            self.papers[self.here, name] = self._register(db, name, party)

    def _file(self, title: str, kind: str, track: Track, who: str) -> str:
        """A paper of a kind: of the referral, where its provider hands it in; else of the case."""
        above, actor = self.case.referral_of(track), self.actor(who)
        if above is None or not any(one.organisation == above.provider for one in actor.memberships):
            return self._register(self.stage.db, _capital(title), kind=kind)
        done = enter(
            self.stage.db,
            actor,
            self.case,
            title=_capital(title),
            kind=kind,
            referral=above.id,
            language="en",
            valid_until=None,
            request=_request(),
        )
        self._case = None
        return str(done.answer["id"])

    def _register(self, db: Connection, title: str, party: str | None = None, kind: str = "report") -> str:
        keeper = find_actor(db, self.case.owner or self.id("officer"))
        assert keeper is not None
        done = register_document(
            db,
            keeper,
            str(self.case.number),
            title=title,
            kind=kind,
            party=party,
            language="en",
            valid_until=None,
            revision=self.case.revision,
            request=_request(),
        )
        self._case = None
        return str(done.answer["id"])

    def take_back(self, party: str, who: str = "officer") -> None:
        with self.stage.deed() as db:
            consent = [c for c in self.case.consents.values() if c.party == party and c.ended_at is None][-1]
            withdraw_consent(
                db,
                self.actor(who),
                str(self.case.number),
                consent.id,
                reason="The party has written that it withdraws.",
                revision=self.case.revision,
                request=_request(),
            )

    def interest(self, who: str, nature: str) -> None:
        with self.stage.deed() as db:
            declare_interest(db, self.actor(who), str(self.case.number), nature=nature, request=_request())

    def hand(self, who: str, to: str, note: str) -> None:
        with self.stage.deed() as db:
            hand_over(
                db,
                self.actor(who),
                str(self.case.number),
                owner=self.id(to),
                team=[],
                note=note,
                revision=self.case.revision,
                request=_request(),
            )

    def look_up(self, who: str, fields: Mapping[str, Json]) -> None:
        """An officer looks the case's rights up in their register, and records what it says."""
        with self.stage.deed() as db:
            for right in self.case.rights:
                confirm_right(
                    db, self.actor(who), right, checked_on=self.stage.today, fields=fields, request=_request()
                )

    # --- forms ---

    def fill(
        self, edition: Edition, name: str | None, said: dict[str, Json], track: Track, deed: str, who: str
    ) -> dict[str, Json]:
        """The form's values: what was said, else what is known already, else something ordinary where it must be."""
        form = edition.form(name)
        if unknown := said.keys() - {rule["name"] for rule in form}:
            raise LookupError(f"{deed} has no field {', '.join(sorted(unknown))}")
        known, data = prefill(self.case, track, form), dict[str, Json]()
        for rule in form:
            field_ = rule["name"]
            if "when" in rule and data.get(rule["when"][0]) not in rule["when"][1]:
                continue
            if field_ in said:
                if said[field_] is not None:
                    data[field_] = self._resolved(rule, said[field_])
            elif field_ in known:
                data[field_] = known[field_]
            elif rule["required"] or rule["type"] == "rights":
                label = edition.text(f"forms.{name}.{field_}.label")
                data[field_] = self._ordinary(rule, deed, who, label, track)
        return data

    def _resolved(self, rule: Mapping[str, Json], value: Json) -> Json:
        match rule["type"]:
            case "date" if isinstance(value, int):
                return self._day(value)
            case "person" | "provider":
                return self.id(value)
            case "people" | "providers" | "panel":
                return [self.id(one) for one in value]
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

    def _ordinary(self, rule: Mapping[str, Json], deed: str, who: str, label: str, track: Track) -> Json:
        name = rule["name"]
        match rule["type"]:
            case "text" | "note":
                return WORDS.get((deed, name)) or WORDS.get(("", name)) or "On file."
            case "number":
                return NUMBERS.get(name) or str(int(float(rule["min"] or 1)) or 1)
            case "money":
                return {"amount": NUMBERS.get(name, "2400000") + ".00", "currency": "CNY"}
            case "date":
                return self._day(DAYS.get(name, 0 if rule["past"] else 30))
            case "choice":
                return CHOICES.get((deed, name), rule["choices"][0])
            case "many":
                return rule["choices"][:1]
            case "yes_no":
                return rule["must"] if rule["must"] is not None else name not in MOSTLY_NOT
            case "party":
                return "need_owner"
            case "right":
                return self.case.rights[0]
            case "rights":
                return list(self.case.rights)
            case "person":
                return self.id(who if rule["role"] == "provider" else "officer")
            case "documents":
                return self._documents(rule, label, track, who)
            case "items":
                return [{"what": "As the parties have agreed.", "by": self._day(30)}]
        raise LookupError(f"nothing ordinary for {name}, a {rule['type']}")

    def _documents(self, rule: Mapping[str, Json], label: str, track: Track, who: str) -> list[str]:
        """A new paper; of a kind that is asked for the one that is on file already."""
        if not rule.get("kinds"):
            return [self._register(self.stage.db, label)]
        on_file = [one.id for one in self.case.documents.values() if one.kind in rule["kinds"]]
        return [on_file[-1] if on_file else self._file(label, rule["kinds"][0], track, who)]

    def _day(self, days: int) -> str:
        return (self.stage.today + timedelta(days=days)).isoformat()


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _request() -> Request:
    return Request(str(uuid_utils.uuid7()), "")
