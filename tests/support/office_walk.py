"""Random walks of people over running cases: absences, roles that begin and end, accounts that close, hand-overs, work.

The cases are the demo's, followed by whoever may at that moment; between their steps people come and go as they do in an
office. Time is moved on; clocks fire, and what a worker does by itself is done.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from casework.demo.cast import PLAYERS
from casework.demo.scripts import scripts
from casework.demo.story import prepare, rounds
from casework.engine.roles import ORGANISATION_QUEUES, QUEUE_ROLES, Role
from casework.engine.state.case import HELD, READY, Case, Task
from casework.errors import CaseworkError, NotFound
from casework.operations.cases.case_actions import declare_interest
from casework.operations.cases.handing_over import hand_over
from casework.operations.cases.transitions import fire_transition
from casework.operations.core.national_holidays import china
from casework.operations.deadlines.timers import fire_timers
from casework.operations.mediations.service import hand_over_mediation, list_leaders, list_mediations, open_mediation
from casework.operations.mediations.succession import pass_on_all
from casework.operations.oversight.case_hygiene import find_breaches
from casework.operations.oversight.views import BreachFound
from casework.operations.people.offboarding import take_over
from casework.operations.tasks.allocation import allocate_due, choose_allocation
from casework.operations.tasks.queues import list_tasks
from casework.operations.tasks.service import (
    activate_task,
    assign_task,
    claim_task,
    delegate_task,
    forward_task,
    release_task,
    resume_task,
    start_task,
    stop_task,
    suspend_task,
)
from casework.permissions.actors import Actor
from casework.permissions.work import may_hold, may_work
from casework.playbook.stage import Stage
from casework.records.actors import find_actor
from casework.records.case_loader import load
from casework.records.database import connect_engine, connected
from casework.records.row_security import always_whole
from casework.settings import Settings
from tests.support.office_lives import Life
from tests.support.office_people import OfficePeople, new_request

Json = Any
STARTS = date(2026, 1, 5)
#: No walk goes on for longer.
DAYS = 900


class Office(OfficePeople):
    """The programme, its people and its cases; `counts` says what was done and what was refused."""

    def __init__(self, settings: Settings, seed: int, cases: int) -> None:
        self.settings, self.dice, self.counts = settings, random.Random(seed), Counter[str]()
        calendar = china(range(STARTS.year - 1, STARTS.year + 8))
        zone = ZoneInfo(calendar.zone)
        start = datetime.combine(STARTS, time(8), zone)
        self._engine = connect_engine(settings)
        always_whole(self._engine)
        self._held = connected(self._engine)
        db = self._held.__enter__()
        self.stage = Stage(db, calendar, datetime.combine(STARTS + timedelta(days=DAYS), time(), zone), {}, start)
        chosen = rounds(scripts(calendar, self.stage.end), cases)
        prepare(settings, self.stage, chosen)
        self.programme = self.stage.ids["programme"]
        self.roles_of = {self.stage.ids[one.key]: (one.roles, one.where) for one in PLAYERS}
        self.lives = [Life(self, script, n) for n, script in enumerate(chosen)]

    def close(self) -> None:
        self._held.__exit__(None, None, None)
        self._engine.dispose()

    # --- what happens ---

    def run(self, steps: int) -> None:
        actions: list[tuple[int, Callable[[Connection], None]]] = [
            (30, self.work),
            (4, self.go_away),
            (3, self.come_back),
            (2, self.give_role),
            (2, self.end_role),
            (1, self.leave),
            (1, self.newcomer),
            (3, self.hand),
            (1, self.interest),
            (1, self.allocate),
            (2, self.hold),
            (1, self.close_account),
            (3, self.reopen),
            (2, self.hand_mediation),
        ]
        weights = [34, 14, 12, *(weight for weight, _ in actions)]
        for _ in range(steps):
            n = self.dice.choices(range(len(weights)), weights)[0]
            if n == 0:
                self._follow()
            elif n == 1:
                self.tick(self.dice.uniform(0.1, 5))
            elif n == 2:
                self._wander()
            else:
                self._try(actions[n - 3][1])

    def _follow(self) -> None:
        going = [one for one in self.lives if not one.over]
        if going:
            self.dice.choice(going).live()
            self.counts["script"] += 1

    def _wander(self) -> None:
        try:
            self.dice.choice(self.lives).whoever.wander()
            self.counts["wander"] += 1
        except (CaseworkError, LookupError, ValueError) as refused:
            self.counts[f"wander refused: {type(refused).__name__}"] += 1

    def _try(self, action: Callable[[Connection], None]) -> None:
        try:
            with self.action() as db:
                action(db)
        except CaseworkError as refused:
            self.counts[f"{action.__name__} refused: {type(refused).__name__}"] += 1
        else:
            self.counts[action.__name__] += 1

    def tick(self, days: float) -> None:
        """Time passes; clocks fire, roles that have ended are seen, and queues allocate."""
        self.stage.advance(self.stage.moment + timedelta(days=days))
        offset = int((self.stage.moment - datetime.now(UTC)).total_seconds()) + 1
        engine = connect_engine(self.settings.model_copy(update={"clock_offset": offset, "pool_size": 1}))
        try:
            fire_timers(engine)
            pass_on_all(engine)
            allocate_due(engine)
        finally:
            engine.dispose()
        self.stage.moment += timedelta(seconds=2)
        self.counts["tick"] += 1

    # --- work on tasks ---

    def work(self, db: Connection) -> None:
        """Somebody does something with a task of a queue or of the own: finishing it is the scripts'."""
        actor = self.dice.choice(self.people(db))
        view = self.dice.choice(("queue", "mine", "mine"))
        items = list_tasks(db, actor, view=view, limit=100).items
        if not items:
            self.counts["nothing to do"] += 1
            return
        task, others = (
            self.dice.choice(items).id,
            [one.person for one in self.people(db) if one.person != actor.person],
        )
        note, until = "As we said.", (self.stage.today + timedelta(days=self.dice.randint(1, 20))).isoformat()
        request, other = new_request(), self._colleague(db, task, actor) or self.dice.choice(others)
        actions: list[Callable[[], object]] = [
            lambda: claim_task(db, actor, task, request),
            lambda: start_task(db, actor, task, request),
            lambda: stop_task(db, actor, task, request),
            lambda: release_task(db, actor, task, note=note, request=request),
            lambda: suspend_task(db, actor, task, reason=note, waits_for="provider", until=until, request=request),
            lambda: resume_task(db, actor, task, request),
            lambda: assign_task(db, actor, task, person=other, note=note, request=request),
            lambda: delegate_task(db, actor, task, person=other, note=note, request=request),
            lambda: forward_task(db, actor, task, person=self.dice.choice((None, other)), note=note, request=request),
            lambda: activate_task(db, actor, task, request),
        ]
        self.dice.choice(actions[:1] * 4 + actions)()

    def _colleague(self, db: Connection, task: str, actor: Actor) -> str | None:
        row = db.execute(
            text(
                "SELECT t.log_id::text AS log, l.kind FROM tasks t JOIN logs l ON l.id = t.log_id WHERE t.id = CAST(:id AS uuid)"
            ),
            {"id": task},
        ).one()
        case = load(db, row.log, row.kind)
        able = [
            one.person
            for one in self.people(db)
            if one.person != actor.person and may_work(one, case, case.tasks[task])
        ]
        return self.dice.choice(able) if able else None

    # --- cases ---

    def _case(self, db: Connection) -> Case | None:
        logs = [id for id, kind in self.logs(db) if kind == "case"]
        return load(db, self.dice.choice(logs), "case") if logs else None

    def hand(self, db: Connection) -> None:
        """A case goes to other hands: by its owner, or a supervisor who looks after a leaver."""
        case, new = self._case(db), self.one_with(db, Role.OFFICER)
        by, chief = (
            self.one_with(db, Role.OFFICER, Role.SUPERVISOR, own=False),
            self.one_with(db, Role.SUPERVISOR, own=False),
        )
        if case is None or case.owner is None or new is None or by is None or chief is None or case.number is None:
            return
        if self.dice.random() < 0.5:
            leaver = self.dice.choice((case.owner, *case.team))
            take_over(db, chief, case.number, leaver=leaver, successor=new.person, note="Yours.", request=new_request())
            return
        team = [one.person for one in (self.one_with(db, Role.OFFICER),) if one and self.dice.random() < 0.4]
        hand_over(
            db,
            find_actor(db, case.owner) or by,
            case.number,
            owner=new.person,
            team=team,
            note="Yours.",
            revision=case.revision,
            request=new_request(),
        )

    def hand_mediation(self, db: Connection) -> None:
        """A sealed mediation begins, or goes to another dispute officer by whoever is named for it, maybe with a stand-in."""
        led = [
            (one, found.id)
            for one in self.people(db)
            for found in list_mediations(db, one).items
            if found.ended is None
        ]
        case, officer = self._case(db), self.one_with(db, Role.DISPUTE_OFFICER)
        if len(led) < 2 and case is not None and case.number is not None and officer is not None:
            open_mediation(db, officer, case.number, new_request())
            return
        if not led:
            raise NotFound("mediation")
        actor, id = self.dice.choice(led)
        owner, *others = self.dice.sample(
            leaders := [one.id for one in list_leaders(db, actor, id).items], len(leaders)
        )
        hand_over_mediation(
            db,
            actor,
            id,
            owner=owner,
            team=others[:1] if self.dice.random() < 0.5 else [],
            note="Yours.",
            revision=load(db, id, "mediation").revision,
            request=new_request(),
        )

    def interest(self, db: Connection) -> None:
        case, person = self._case(db), self.dice.choice(self.people(db))
        if case is not None and case.number is not None and self.dice.random() < 0.3:
            declare_interest(db, person, case.number, nature="Family.", request=new_request())

    def hold(self, db: Connection) -> None:
        """The owner lets a case wait, or goes on with it."""
        case = self._case(db)
        actor = find_actor(db, case.owner) if case is not None and case.owner else None
        if case is None or actor is None:
            return
        day = (self.stage.today + timedelta(days=self.dice.randint(3, 60))).isoformat()
        data = {"reason": "The parties think.", "waits_for": "need_owner", "resume_by": day, "remind_days": "7"}
        name = "resume" if case.hold is not None else "hold"
        form = {"hold": data, "resume": {}}[name]
        fire_transition(
            db,
            actor,
            case.log,
            "case",
            case.main.id,
            transition=name,
            data=form,
            revision=case.main.revision,
            request=new_request(),
        )

    def allocate(self, db: Connection) -> None:
        """A queue gives its tasks to people by itself, or no longer."""
        chief = self.one_with(db, Role.SUPERVISOR)
        if chief is not None:
            choose_allocation(
                db,
                chief,
                scope=self.programme,
                queue=self.dice.choice((Role.SUPERVISOR, Role.COMPLIANCE, Role.OFFICER)),
                strategy=self.dice.choice(("none", "turns", "load", "knows")),
                cap=None,
                request=new_request(),
            )

    # --- what must hold ---

    def unseen(self) -> list[str]:
        """Open tasks that nobody who may do them sees in a queue or among the own, and that the check does not name."""
        with self.action() as db:
            named = {(one.log, one.task and one.task.id) for one in find_breaches(db)}
            cases = {log for log, task in named if task is None}
            people, found = self.people(db), []
            seen = {(one.person, task) for one in people for task in self._listed(db, one)}
            for log, kind in self.logs(db):
                case = load(db, log, kind)
                for task in case.open_tasks():
                    if task.state not in (READY, *HELD) or (log, task.id) in named or log in cases:
                        continue
                    if not any(self._sees(one, case, task, seen) for one in people):
                        found.append(f"{case.number}: {task.name} of {task.queue} is {task.state}, with {task.holder}")
            return found

    @staticmethod
    def _sees(actor: Actor, case: Case, task: Task, seen: set[tuple[str, str]]) -> bool:
        if task.holder is not None and task.holder != actor.person:
            return False
        may = may_hold(actor, case, task) if task.holder else may_work(actor, case, task) is not None
        return may and (actor.person, task.id) in seen

    def _listed(self, db: Connection, actor: Actor) -> Iterator[str]:
        for view in ("queue", "mine"):
            cursor = None
            while True:
                page = list_tasks(db, actor, view=view, limit=100, cursor=cursor)
                yield from (one.id for one in page.items)
                cursor = page.next
                if cursor is None:
                    break

    def repair(self) -> list[str]:
        """What the check names is repaired as its page says, until nothing is left that people can repair."""
        for _ in range(6):
            with self.action() as db:
                found = find_breaches(db)
            if not found:
                return []
            for one in found:
                self._try(lambda db, one=one: self._repair(db, one))  # type: ignore[misc]  # bound here, called at once
            self.tick(0.01)
        with self.action() as db:
            return [
                f"{one.kind}: {one.number or 'a mediation'} {one.task and one.task.name}" for one in find_breaches(db)
            ]

    def _repair(self, db: Connection, one: BreachFound) -> None:
        kind, case = one.kind, load(db, one.log, "case" if one.number else "mediation")
        task = case.tasks.get(one.task.id) if one.task else None
        if kind == "owner_left" or (kind == "nobody_may" and task and task.queue in (Role.OFFICER, "intake")):
            self.newcomer(db, Role.OFFICER)
            new = max(self.roles_of)
            chief = next(iter(self._able(db, Role.SUPERVISOR, case)), None)
            if chief is None:
                self.newcomer(db, Role.SUPERVISOR)
                return
            hand_over(
                db,
                chief,
                str(case.number),
                owner=new,
                team=[],
                note="You have it now.",
                revision=case.revision,
                request=new_request(),
            )
        elif kind == "nobody_leads":
            self.newcomer(db, Role.DISPUTE_OFFICER)
        elif kind == "nobody_may" and task is not None:
            role = sorted(QUEUE_ROLES[task.queue])[0]
            self.newcomer(db, role, task.organisation if task.queue in ORGANISATION_QUEUES else None)

    def _able(self, db: Connection, role: str, case: Case) -> list[Actor]:
        return [
            one
            for one in self.people(db)
            if one.person not in case.interests
            and any(m.role == role and m.deputy_for is None for m in one.memberships)
        ]
