"""One whole case, and what is about it, played in one open transaction: every step is held against its definition."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.state.events import FIRED, Event
from casework.engine.state.projection import fold
from casework.errors import CaseworkError, NotFound
from casework.operations.cases.case_events import list_events
from casework.operations.cases.queries import show_case
from casework.operations.core.idempotency import Done
from casework.operations.core.perform import calendar_of
from casework.operations.oversight.case_hygiene import find_breaches
from casework.operations.referrals.sheet import show_sheet
from casework.operations.referrals.sheet_views import CaseSheet
from casework.operations.tasks.queues import list_tasks
from casework.operations.verification.service import verify_case
from casework.permissions.visibility import Sight, sight
from casework.playbook import steps
from casework.playbook.hand import Do
from casework.playbook.operations_hand import OperationsHand
from casework.playbook.stage import Stage, set_clock
from casework.playbook.steps import Until, Wait
from casework.records.case_loader import load
from casework.records.event_log import now, read_events
from casework_verify.words import sentence
from tests.journeys.looks import Look, insist_as_it_was, look_at
from tests.journeys.world import START
from tests.support.declared_effects import undeclared
from tests.support.replays import told_of

Json = Any

#: A transition that fired: its workflow, its place in the edition, and the state that it led from.
Edge = tuple[str, int, str]
Check = Callable[["Journey"], None]
Step = steps.Step | Check
Steps = tuple[Step, ...]


class OneTransaction(Stage):
    """A stage whose actions all lie in the transaction that is open; the caller rolls it back."""

    def transaction(self) -> AbstractContextManager[object]:
        return nullcontext()

    def advance(self, moment: datetime) -> None:
        super().advance(moment)
        set_clock(self.db, self.moment)

    def cannot_fire(self, due: datetime) -> None:
        raise AssertionError(f"a clock is due at {due} and does not fire")


class Journey(OperationsHand):
    """One journey in one open transaction; the caller rolls it back."""

    def __init__(self, db: Connection, world: Mapping[str, str], *, look_every: int = 1) -> None:
        moment = now(db)
        super().__init__(OneTransaction(db, calendar_of(db, world["programme"]), moment, dict(world), moment))
        self.db, self.world = db, world
        #: What fired on ways that were rolled back.
        self.aside: set[Edge] = set()
        self.tried: set[tuple[str, ...]] = set()
        #: What an auditor was shown after each step, or each so many of them.
        self.looks: list[Look] = []
        self.look_every, self.done = look_every, 0

    # --- what stands ---

    def has_track(self, name: str) -> bool:
        return self.here in self.logs and bool(self.tracks(name))

    def local(self, moment: datetime) -> date:
        return self.stage.calendar.local_date(moment)

    def in_days(self, days: int) -> date:
        return self.stage.today + timedelta(days=days)

    def events(self) -> list[Event]:
        return list(read_events(self.db, self.logs[self.here][0]))

    def burdens(self, right: str) -> list[dict[str, Json]]:
        """What lies on a right, and what lay on it."""
        encumbrances = text("SELECT encumbrances FROM rights WHERE id = CAST(:id AS uuid)")
        return list(self.db.execute(encumbrances, {"id": self.world.get(right, right)}).scalar_one())

    def sheet(self, who: str, service: str) -> CaseSheet | None:
        """The case sheet of the newest referral of a service, or None where it is closed to this person."""
        try:
            return show_sheet(self.db, self.actor(who), self.track(f"referral:{service}").id)
        except NotFound:
            return None

    def refuses_dispute(self, who: str, error: type[CaseworkError]) -> bool:
        """Whether this person may not open a mediation about the case."""
        nested = self.db.begin_nested()
        with pytest.raises(error):
            self.open_dispute(who)
        nested.rollback()
        return True

    def steps_of(self, what: str, task: str) -> list[Event]:
        """When the clock of a task of this name fired for a reminder, an escalation and the like."""
        of = {one.id for one in self.case.tasks.values() if one.name == task}
        return [e for e in self.events() if e.effects.get("what") == what and e.effects.get("task") in of]

    def together(self, kind: str, transition: str) -> bool:
        """Whether the newest event of a kind brought the transition about, in one action."""
        cause = [e for e in self.events() if e.kind == kind][-1]
        return any(e.because == cause.seq and e.effects.get("transition") == transition for e in self.events())

    # --- steps ---

    def run(self, steps: Sequence[Step]) -> Journey:
        for n, step in enumerate(steps, 1):
            try:
                self.step(step)
            except (AssertionError, CaseworkError, LookupError, ValueError) as fault:
                fault.add_note(f"at step {n}, {step}, in {self.here}")
                raise
        return self

    def step(self, step: Step) -> None:
        if isinstance(step, Do):
            self.press(step)
        elif isinstance(step, Wait):
            self.stage.advance(self.stage.moment + timedelta(days=step.days))
            self.insist_nothing_waits_unseen()
        elif not isinstance(step, Until):
            step(self)
        self._case = None
        self.done += isinstance(step, Do | Wait)
        home, kind = self.logs.get(self.here, ("", ""))
        if isinstance(step, Do | Wait) and kind == "case" and self.done % self.look_every == 0:
            self.looks.append(look_at(self.db, self.actor("auditor"), home))

    def must_refuse(self, step: Do, error: type[CaseworkError], words: str) -> None:
        before, papers = self.case, dict(self.papers)
        nested = self.db.begin_nested()
        with pytest.raises(error) as refusal:
            self.press(step)
        nested.rollback()
        self.papers = papers
        assert words in refusal.value.message, refusal.value.message
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
        kept, moment = (self.here, dict(self.logs), dict(self.papers)), self.stage.moment
        looks = list(self.looks)
        nested = self.db.begin_nested()
        self.run(way)
        self.insist_whole()
        self.aside |= set(self._fired())
        nested.rollback()
        self.here, self.logs, self.papers = kept
        self.looks = looks
        self.stage.moment, self._case = moment, None

    # --- what is pressed does what its definition says ---

    def fire(self, who: str, action: str, said: Mapping[str, Json]) -> Done:
        name, _, transition = action.rpartition(".")
        before = self.track(name)
        rules = load_library()[before.edition].find(transition, before.states)
        pending = self.case.proposal_for(before.id, transition)
        done = super().fire(who, action, said)
        assert rules is not None
        rule, states = rules[0], tuple(done.answer["states"])
        if rule.confirm_by and not pending:
            assert states == before.states
            assert self.case.proposal_for(before.id, transition) is not None
        elif not rule.target.startswith("="):
            # What leads on by itself may have done so already.
            edition = load_library()[before.edition]
            onward = {one.target for one, _ in edition.leaving((rule.target,)) if one.automatic}
            assert states in {(place,) for place in (rule.target, *onward)}, (states, rule.target)
        assert self.case.tracks[before.id].states == states
        assert done.answer["revision"] == self.case.tracks[before.id].revision > before.revision
        return done

    def complete(self, who: str, task: str, about: str | None, said: Mapping[str, Json]) -> Done:
        done = super().complete(who, task, about, said)
        assert done.answer["state"] == "Completed"
        return done

    def open(self, match: str, who: str) -> Done:
        done = super().open(match, who)
        assert done.answer["state"] == "proposed"
        return done

    def open_dispute(self, who: str) -> None:
        about = self.here
        super().open_dispute(who)
        assert self.case.about == self.logs[about][0]

    # --- afterwards ---

    def insist_whole(self) -> None:
        """Every log proves itself, tells exactly the case that its rows hold, and is replayed without us."""
        for log, kind in self.logs.values():
            folded, kept = fold(read_events(self.db, log)), load(self.db, log, kind, every_task=True)
            assert folded is not None
            for name in kept.__dataclass_fields__:
                assert getattr(folded, name) == getattr(kept, name), f"the history tells another {name}"
            findings = verify_case(self.db, log)
            assert not findings, "\n".join(one.sentence for one in findings)
            refused = told_of(self.db, folded).faults()
            assert not refused, "\n".join(sentence(fault) for fault in refused)

    def insist_past(self) -> None:
        """As of each moment of it, each case is shown as it was shown then."""
        events = {log: list(read_events(self.db, log)) for log in {look.log for look in self.looks}}
        for look in self.looks:
            insist_as_it_was(self.db, self.actor("auditor"), look, events[look.log])

    def insist_nothing_waits_unseen(self) -> None:
        """Whatever happens, the nightly check would find nothing."""
        breaches = [f"{one.kind}: {one.task and one.task.name}" for one in find_breaches(self.db)]
        assert not breaches, breaches

    def insist_visible(self) -> None:
        """Everybody can look at what is theirs to see, wherever a journey ended; a mediation is there for few."""
        sealed = self.logs.get("dispute", ("a sealed log",))[0]
        for name, (_, kind) in self.logs.items():
            self.turn_to(name)
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
                    assert list_events(self.db, actor, case, limit=100).items
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
                    rules = edition.find(event.effects["transition"], event.frm)
                    assert rules is not None
                    yield edition.workflow, rules[0].index, rules[1]


def start_clock(db: Connection, *, days_before: int = 0) -> None:
    """The session's clock shows the start of every journey, or a day before it."""
    set_clock(db, START - timedelta(days=days_before))


_ONLOOKERS = (
    "officer", "supervisor", "deputy", "compliance", "auditor", "observer", "dispute_officer", "assessor", "banker",
    "mediator", "verifier",
)  # fmt: skip
